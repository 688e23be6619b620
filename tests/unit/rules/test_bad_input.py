"""What is refused, by name and within 50 ms: the inputs that break other rule languages."""

import time

import pytest

from breather.domain.catalogue import CATALOGUE
from breather.domain.feature import Feature, Phase, ValueType
from breather.domain.rules import BadExpression, ExpressionError, Truth, read_expression
from tests.unit.rules.decided import decided

LONGEST = 0.050  # seconds

PLACES = tuple(one + other for one in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" for other in "ABCDEFGHIJ")
IN_A_PLACE = {"ip_place": Feature("ip_place", ValueType.TEXT, "", Phase.SUBMIT, "for tests", "never", PLACES)}


def refused(text: str) -> tuple[ExpressionError, ...]:
    """All errors, of a refusal that was written out in time. The best of three: the machine has other work, too."""
    answers = [timed(text) for _ in range(3)]
    assert min(seconds for seconds, _ in answers) < LONGEST
    return answers[0][1]


def timed(text: str) -> tuple[float, tuple[ExpressionError, ...]]:
    started = time.thread_time()
    with pytest.raises(BadExpression) as refusal:
        read_expression(text, {**CATALOGUE, **IN_A_PLACE})
    assert str(refusal.value)
    return time.thread_time() - started, refusal.value.errors


@pytest.mark.parametrize(
    ("text", "at", "message", "suggestion"),
    [
        ("amount_usd = 'much'", 0, "compares two of a kind; left is a number, right is a text", ""),
        ("destination_is_new >= 1", 0, "left is a condition, true or false, right is a number", ""),
        ("asset", 0, "this is a text, not a condition", ""),
        ("asset = kind", 0, "asset and kind have no value in common", ""),
        ("amount_eur > 5", 0, "there is no feature amount_eur", "amount_usd"),
        ("customer_age > 60", 0, "there is no feature customer_age", ""),
        ("asset = 'USTD'", 8, "asset is never 'USTD'; its values are USDT, USDC", "'USDT'"),
        ("network IN ('TRON', 'Tron')", 20, "network is never 'Tron'", "'TRON'"),
        ("answer_sounds_like = 'fake-polize'", 21, "is never 'fake-polize'", "'fake-police'"),
        ("answer_sounds_like = 'mule'", 21, "answer_sounds_like is never 'mule'", ""),
        ("kind <> 'API'", 8, "kind is never 'API'", "'api'"),
        ("ip_place = 'aa'", 11, "ip_place is never 'aa'", "'AA'"),
        ("ip_place = 'A1'", 11, "its values are AA, AB, AC", ""),
        ("amount_usd > (SELECT 1)", 14, "there are no subqueries", ""),
        ("EXISTS (SELECT amount_usd)", 0, "there is no function EXISTS", ""),
        ("abs(amount_usd) > 5", 0, "there is no function abs; the only one is ratio(a, b)", ""),
        ("asset IN (SELECT 1)", 10, "expected a constant", ""),
        ("__import__('os')", 0, "there is no function __import__", ""),
        ("amount_usd / balance_share > 2", 11, "there is no division sign; write ratio(a, b)", ""),
        ("amount_usd > 1/0", 14, "which is unknown where b is 0", ""),
        ("аmount_usd > 5", 0, "а (U+0430) is not part of the language", ""),
        ("amount＿usd > 5", 6, "＿ (U+FF3F) is not part of the language", ""),
        ("amount_usd\u200b > 5", 10, "U+200B is not allowed anywhere", ""),
        ("amount_usd > 1 ＡＮＤ TRUE", 15, "Ａ (U+FF21) is not part of the language", ""),
        ("on_call = 'ТRUE'", 0, "left is a condition, true or false, right is a text", ""),
        (" OR ".join(["amount_usd > 5"] * 10_000), 2_000, "the expression has 179996 characters", ""),
        (" OR ".join(["on_call"] * 101), 1_100, "more than 200 words and signs", ""),
        ("(" * 200 + "TRUE" + ")" * 200, 200, "more than 200 words and signs", ""),
        ("(" * 90 + "TRUE" + ")" * 90, 20, "nested more than 20 deep", ""),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else None,
)
def test_it_is_refused_by_name_and_in_time(text: str, at: int, message: str, suggestion: str) -> None:
    first = refused(text)[0] if "more than 200" not in message else refused(text)[-1]
    assert message in first.message
    assert (first.suggestion, first.at) == (suggestion, at) or "200 words" in message


@pytest.mark.parametrize(
    ("text", "errors"),
    [
        (" AND ".join(f"{name[:13]}{number}" for number, name in enumerate(CATALOGUE)), len(CATALOGUE)),
        ("asset IN (" + ", ".join(f"'USD{number}'" for number in range(95)) + ")", 95),
        ("ip_place IN (" + ", ".join(f"'A{place}'" for place in PLACES[:95]) + ")", 95),
        ("amount_usd" + " != 1 AND amount_usd" * 50 + " == 1", 51),
    ],
)
def test_every_error_of_a_text_full_of_them_is_named_in_time(text: str, errors: int) -> None:
    """Looking for the nearest word is what takes long; so only the first twenty different ones get one."""
    found = refused(text)
    assert len(found) == errors
    assert sum(bool(error.suggestion) for error in found) > 10


def test_division_by_zero_is_an_unknown_and_no_error() -> None:
    for text, truth in (("ratio(payee_stops, 0) IS NULL", Truth.HIT), ("ratio(0, 0) > 2", Truth.UNDETERMINED)):
        assert decided(read_expression(text, CATALOGUE), {"payee_stops": 1.0}) is truth
