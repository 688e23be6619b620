"""Amounts are exact; what cannot be one is None."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breather.demo.holding import OFFERS, offer_of, to_text, to_units, usd_of


@given(st.integers(1, 10**29), st.sampled_from([0, 6, 8, 18]))
@settings(max_examples=200)
def test_units_go_there_and_back(units: int, decimals: int) -> None:
    text = to_text(units, decimals)
    if units < 10 ** (decimals + 12):
        assert to_units(text, decimals) == units


@pytest.mark.parametrize(
    ("text", "decimals", "units"),
    [
        ("5000", 6, 5_000_000_000),
        ("5000.00", 6, 5_000_000_000),
        ("0.000001", 6, 1),
        ("0.0000010", 6, 1),
        ("0.0000001", 6, None),
        ("9.3", 18, 9_300_000_000_000_000_000),
        ("0", 6, None),
        ("0.0", 6, None),
        ("-1", 6, None),
        ("+1", 6, None),
        ("1e3", 6, None),
        (".5", 6, None),
        ("5.", 6, None),
        ("1 000", 6, None),
        ("１", 6, None),
        ("1\n", 6, None),
        ("", 6, None),
        ("9" * 13, 6, None),
    ],
)
def test_only_plain_positive_decimals_are_amounts(text: str, decimals: int, units: int | None) -> None:
    assert to_units(text, decimals) == units


def test_value_is_to_the_cent_at_the_invented_price() -> None:
    assert usd_of("USDT", "5000") == "5000.00"
    assert usd_of("ETH", "0.5") == "1500.00"


def test_offers_are_found_by_their_key() -> None:
    assert [offer_of(offer.key) for offer in OFFERS] == list(OFFERS)
    assert offer_of("DOGE/TRON") is None
