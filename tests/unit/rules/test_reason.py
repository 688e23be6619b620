"""Why a rule said what it said: only the parts that decided, in the words of the rule."""

import pytest
from hypothesis import given, settings

from breather.domain.feature import FeatureValue
from breather.domain.rules import Truth, read_expression, reasons
from tests.scenarios.rules.features import FEATURES
from tests.scenarios.rules.test_tables import values_of
from tests.unit.rules.generated import conditions, values
from tests.unit.rules.interpreter import interpret
from tests.unit.rules.kleene import Part
from tests.unit.rules.test_decider import read


@pytest.mark.parametrize(
    ("text", "given_values", "truth", "expected"),
    [
        ("screen_shared", "screen_shared=true", "hit", "screen_shared"),
        ("amount_usd > 5 AND screen_shared", "amount_usd=1, screen_shared=?", "miss", "amount_usd > 5"),
        ("amount_usd > 5 AND screen_shared", "amount_usd=9, screen_shared=?", "undetermined", "screen_shared"),
        ("amount_usd > 5 AND screen_shared", "amount_usd=9, screen_shared=true", "hit", "amount_usd > 5|screen_shared"),
        ("amount_usd > 5 OR screen_shared", "amount_usd=9, screen_shared=?", "hit", "amount_usd > 5"),
        ("amount_usd > 5 OR screen_shared", "amount_usd=1, screen_shared=false", "miss",
            "amount_usd > 5|screen_shared"),
        ("NOT (amount_usd > 5 OR screen_shared)", "amount_usd=9, screen_shared=?", "miss", "amount_usd > 5"),
        ("screen_shared OR (amount_usd > 5 AND TRUE)", "amount_usd=?, screen_shared=false", "undetermined",
            "amount_usd > 5"),
        ("screen_shared AND screen_shared", "screen_shared=true", "hit", "screen_shared"),
        ("amount_usd IS NULL OR amount_usd > 5", "amount_usd=?no_history", "hit", "amount_usd IS NULL"),
        ("(screen_shared = FALSE) AND (amount_usd>5)", "amount_usd=1, screen_shared=true", "miss",
            "(screen_shared = FALSE)|(amount_usd>5)"),
    ],
)  # fmt: skip
def test_the_parts_that_decided_are_named(text: str, given_values: str, truth: str, expected: str) -> None:
    found, why = reasons(read_expression(text, FEATURES), values_of(given_values))
    assert found is Truth[truth.upper()]
    assert [reason.text for reason in why] == expected.split("|")


@settings(max_examples=100, deadline=None)
@given(part=conditions(), row=values())
def test_every_reason_is_a_condition_of_the_rule_and_was_what_it_says(part: Part, row: dict[str, FeatureValue]) -> None:
    expression = read(part)
    truth, why = reasons(expression, row)
    assert truth is interpret(expression.root, row)
    assert why
    for reason in why:
        assert reason.text in expression.text
        assert reason.truth is interpret(read_expression(reason.text, FEATURES).root, row)
