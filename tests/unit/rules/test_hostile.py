"""Whatever is pasted into `when`: an expression, or a BadExpression that points into it. Nothing else."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from breather.domain.rules import BadExpression, Truth, pointed, read_expression
from tests.scenarios.rules.features import FEATURES
from tests.unit.rules.decided import decided

ODDMENTS = [
    "AND", "or", "NOT", "IN", "BETWEEN", "IS", "NULL", "TRUE", "FALSE", "ratio", "(", ")", ",", "=", "<>",
    "<", "<=", "+", "-", "*", "/", "'", "''", '"', "!=", "--", ";", "1", "0.5", "1e400",
    "'tron'", "\x00", "≥", "\u202e",
    "amount_usd", "network", "screen_shared", "amount_usdd", "(1)", "\n", "é",
]  # fmt: skip


def refusal_of(text: str) -> BadExpression | None:
    try:
        read_expression(text, FEATURES)
    except BadExpression as refused:
        return refused
    return None


@settings(max_examples=300, deadline=None)
@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from(ODDMENTS), max_size=25).map(" ".join)
    | st.lists(st.sampled_from(ODDMENTS), max_size=25).map("".join)
)
@example("\ud800")
@example("network = '\ud800'")
def test_any_text_compiles_or_is_refused_with_a_place_in_it(text: str) -> None:
    refused = refusal_of(text)
    if refused is None:
        return
    assert refused.errors
    assert refused.text == text
    for error in refused.errors:
        assert 0 <= error.at <= error.at + error.length <= len(text)
        assert error.message
        line, carets = pointed(text, error).split("\n")
        assert carets.strip(" ").strip("^") == ""
        assert carets.endswith("^")
        assert line.isprintable()


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("TRUE" + " " * 1_997, 2_000, "2001 characters"),
        (" OR ".join(["TRUE"] * 101), 800, "more than 200 words and signs"),
        ("(" * 21 + "TRUE" + ")" * 21, 20, "nested more than 20 deep"),
        ("NOT " * 21 + "TRUE", 80, "nested more than 20 deep"),
        ("(" * 2_000, 200, "more than 200 words and signs"),
        ("(" * 200, 20, "nested more than 20 deep"),
        ("- " * 150 + "1 > 0", 40, "nested more than 20 deep"),
        ("ratio(1, " * 21 + "1" + ")" * 21 + " > 0", 180, "nested more than 20 deep"),
        ("(" * 10_000_000, 2_000, "10000000 characters"),
        ("'" * 1_999, 0, "no closing quote"),
        ("9" * 2_000, 0, "too large"),
        ("a" * 2_000, 0, "there is no feature aaa"),
        ("amount_usd > 5\x00", 14, "U+0000 is not allowed anywhere"),
        ("network = 'tr\x00on'", 13, "U+0000 is not allowed anywhere"),
        ("network = 'tr\u202eon'", 13, "U+202E is not allowed anywhere"),
        ("amount_usd\u00a0> 5", 10, "write a space"),
        ("amount_usd > 5 é", 15, "é (U+00E9) is not part of the language"),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else None,
)
def test_limits_and_strange_characters_are_refused_by_name_and_place(text: str, at: int, message: str) -> None:
    refused = refusal_of(text)
    assert refused is not None
    assert refused.errors[-1].at == at
    assert message in refused.errors[-1].message


@pytest.mark.parametrize(
    "text",
    [
        "TRUE" + " " * 1_996,
        " AND ".join(["TRUE"] * 100),
        "(" * 20 + "TRUE" + ")" * 20,
        "NOT " * 20 + "TRUE",
        "1" + " + 1" * 98 + " > 0",
        "(" * 20 + "1" + " + 1" * 78 + ")" * 20 + " > 0",
        "- " * 20 + "1 > 0",
    ],
    ids=lambda text: text[:24],
)
def test_what_just_keeps_the_limits_compiles_and_runs(text: str) -> None:
    assert decided(read_expression(text, FEATURES), {}) is Truth.HIT
