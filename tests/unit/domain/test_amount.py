"""Amounts: canonical text outside, integers inside, and nothing in between."""

import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breather.domain.amount import MOST_USD, MOST_WHOLE_UNITS, dollars, format_units, parse_units, parse_usd

DECIMALS = st.integers(0, 18)


@given(st.integers(1, MOST_WHOLE_UNITS), DECIMALS)
def test_units_survive_the_way_out_and_back(units: int, decimals: int) -> None:
    assert parse_units(format_units(units, decimals), decimals) == units


@given(st.integers(1, MOST_WHOLE_UNITS * 10**18), DECIMALS)
def test_what_is_written_is_the_exact_decimal_and_has_no_spare_zero(units: int, decimals: int) -> None:
    text = format_units(units, decimals)
    assert Fraction(text) * 10**decimals == units
    assert "." not in text or text[-1] != "0"
    assert text[0] != "0" or text == "0" or text[1] == "."


@given(st.integers(1, 10**12), DECIMALS, st.integers(0, 3), st.integers(0, 5))
def test_zeros_around_an_amount_say_nothing(units: int, decimals: int, before: int, after: int) -> None:
    text = format_units(units, decimals)
    padded = "0" * before + (text if "." in text else f"{text}.0") + "0" * after
    assert parse_units(padded, decimals) == units


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("0", "more than zero"),
        ("0.000", "more than zero"),
        ("-5", "more than zero"),
        ("1.0000001", "7 decimals; at most 6"),
        ("1000000000000001", "larger than"),
        ("1000000000000000.000001", "larger than"),
        ("9" * 25, "decimal number"),
        ("1e5", "without signs or exponents"),
        ("+5", "without signs"),
        (" 5", "decimal number"),
        ("5\n", "decimal number"),
        ("5.", "decimal number"),
        (".5", "decimal number"),
        ("", "decimal number"),
        ("5,000", "decimal number"),
        ("٥", "decimal number"),
        ("NaN", "decimal number"),
        ("Infinity", "decimal number"),
        ("0x10", "decimal number"),
        ("1_000", "decimal number"),
    ],
)
def test_what_is_no_amount_is_refused_with_what_would_be_right(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        parse_units(text, 6)


@given(st.text(max_size=12), DECIMALS)
def test_any_text_is_an_amount_or_a_refusal_that_is_never_negative_or_zero(text: str, decimals: int) -> None:
    try:
        units = parse_units(text, decimals)
    except ValueError:
        return
    assert 0 < units <= MOST_WHOLE_UNITS * 10**decimals
    assert Fraction(text) * 10**decimals == units


def test_the_largest_amount_is_one() -> None:
    assert parse_units(str(MOST_WHOLE_UNITS), 18) == MOST_WHOLE_UNITS * 10**18
    assert parse_usd(str(MOST_USD)) == MOST_USD * 1_000_000
    with pytest.raises(ValueError, match="larger"):
        parse_usd(f"{MOST_USD}.01")


@given(st.integers(1, 2**53))
def test_dollars_are_the_nearest_double_of_the_millionths(micro: int) -> None:
    assert dollars(micro) == float(Decimal(micro) / 1_000_000)
