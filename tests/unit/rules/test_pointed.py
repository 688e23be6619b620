"""Errors point at the text: carets under the very characters, in a terminal that is not harmed by them."""

import pytest

from breather.domain.rules import BadExpression, ExpressionError, pointed, read_expression
from tests.scenarios.rules.features import FEATURES


def shown(text: str, at: int, length: int = 1) -> list[str]:
    return pointed(text, ExpressionError(at, length, "wrong")).split("\n")


def test_carets_stand_under_the_words_that_are_wrong() -> None:
    assert shown("amout_usd > 5", 0, 9) == ["amout_usd > 5", "^^^^^^^^^"]
    assert shown("5 < amout_usd", 4, 9) == ["5 < amout_usd", "    ^^^^^^^^^"]


def test_only_the_line_that_holds_the_error_is_shown() -> None:
    assert shown("TRUE\nAND x\nAND y", 9) == ["AND x", "    ^"]
    assert shown("TRUE AND (\nFALSE\n)", 9, 9) == ["TRUE AND (", "         ^"]


def test_the_end_of_the_text_can_be_pointed_at() -> None:
    assert shown("a >", 3, 0) == ["a >", "   ^"]
    assert shown("", 0, 0) == ["", "^"]


def test_chinese_characters_take_two_columns_and_accents_none() -> None:
    assert shown("a = '風險' x", 9) == ["a = '風險' x", "           ^"]
    assert shown("'風'", 1) == ["'風'", " ^^"]
    assert shown("'e\u0301' x", 5)[1] == "    ^"


def test_a_long_line_is_cut_around_the_error() -> None:
    line, carets = shown("a" * 1_000 + "!" + "b" * 1_000, 1_000)
    assert len(line) == 102
    assert line.index("!") == carets.index("^")
    assert line[0] == line[-1] == "…"
    assert shown("!" + "b" * 1_000, 0)[0] == "!" + "b" * 99 + "…"


@pytest.mark.parametrize("hostile", ["\x00", "\x1b", "\u202e", "\x7f", "\x85", "\ud800"])
def test_what_would_move_a_terminal_is_not_printed(hostile: str) -> None:
    line, carets = shown(f"a {hostile} b", 2)
    assert line == "a \N{REPLACEMENT CHARACTER} b"
    assert carets == "  ^"


def test_a_tab_counts_as_one_blank() -> None:
    assert shown("\tx", 1) == [" x", " ^"]


def test_a_refusal_prints_every_error_with_its_place_and_suggestion() -> None:
    with pytest.raises(BadExpression) as refusal:
        read_expression("amout_usd > 5 AND network = 'trom'", FEATURES)
    assert str(refusal.value) == (
        "amout_usd > 5 AND network = 'trom'\n"
        "^^^^^^^^^\n"
        "there is no feature amout_usd; did you mean amount_usd?\n"
        "amout_usd > 5 AND network = 'trom'\n"
        "                            ^^^^^^\n"
        "network is never 'trom'; its values are tron, ethereum, bitcoin; did you mean 'tron'?"
    )


def test_parentheses_belong_to_the_part_that_they_enclose() -> None:
    with pytest.raises(BadExpression) as refusal:
        read_expression("TRUE AND (amount_usd + 1)", FEATURES)
    (error,) = refusal.value.errors
    assert (error.at, error.length) == (9, 16)
