"""Many rules in one compiled function: the same answers as a walk through each tree, and nothing that was typed."""

import ast
import math
import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from breather.domain.catalogue import CATALOGUE
from breather.domain.feature import FeatureValue, Unknown
from breather.domain.rules import Expression, Truth, make_decider, read_expression
from breather.domain.rules.python_text import python_text
from breather.domain.rules.token import MOST_CHARACTERS, MOST_TOKENS
from tests.scenarios.rules.features import FEATURES
from tests.unit.rules.generated import conditions, values
from tests.unit.rules.interpreter import interpret
from tests.unit.rules.kleene import Part
from tests.unit.rules.printed import printed

# All that generated text may name, beside variables and rules by their number.
GIVEN = {"values", "hits", "misses", "undetermined", "unknown", "found", "number", "boolean", "text"}
GIVEN |= {"type", "float", "str", "Unknown", "decide"}


def read(part: Part) -> Expression:
    tokens = printed(part)
    assume(len(tokens) <= MOST_TOKENS and sum(map(len, tokens)) + len(tokens) <= MOST_CHARACTERS)
    return read_expression(" ".join(tokens), FEATURES)


@settings(max_examples=150, deadline=None)
@given(parts=st.lists(conditions(), max_size=5), rows=st.lists(values(), min_size=1, max_size=4))
def test_rules_together_say_what_each_says_alone(parts: list[Part], rows: list[dict[str, FeatureValue]]) -> None:
    expressions = [read(part) for part in parts]
    decide = make_decider(list(range(len(parts))), expressions)
    for row in rows:
        hits, misses, undetermined = decide(row)
        by_truth = {Truth.HIT: hits, Truth.MISS: misses, Truth.UNDETERMINED: [number for number, _ in undetermined]}
        for truth, found in by_truth.items():
            right = [n for n, expression in enumerate(expressions) if interpret(expression.root, row) is truth]
            assert found == right
        for number, unknown in undetermined:
            named = sorted(expressions[number].features)
            assert list(unknown.items()) == [(name, row[name]) for name in named if isinstance(row[name], Unknown)]


def test_an_undetermined_rule_comes_with_the_class_of_every_unknown_that_it_names() -> None:
    expression = read_expression("amount_usd > 5 AND screen_shared AND NOT destination_is_new", FEATURES)
    row: dict[str, FeatureValue] = {
        "amount_usd": float("nan"),  # unknown, and of no class: nobody said why
        "screen_shared": Unknown.FAILED,
        "destination_is_new": Unknown.NO_HISTORY,
    }
    _, _, undetermined = make_decider(["a"], [expression])(row)
    assert undetermined == [("a", {"destination_is_new": Unknown.NO_HISTORY, "screen_shared": Unknown.FAILED})]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 10**400, -(10**309), *Unknown])
def test_what_is_no_finite_double_is_unknown_before_any_sign_sees_it(value: FeatureValue) -> None:
    texts = ["amount_usd < 5", "amount_usd <> 5", "amount_usd IN (5)", "-amount_usd > 5", "amount_usd IS NULL"]
    expressions = [read_expression(text, FEATURES) for text in texts]
    hits, misses, undetermined = make_decider(texts, expressions)({"amount_usd": value})
    assert (hits, misses, [text for text, _ in undetermined]) == (texts[4:], [], texts[:4])


@pytest.mark.parametrize("sign", ["=", "<>", "<", "<=", ">", ">="])
def test_a_number_beside_itself_is_above_equal_or_below(sign: str) -> None:
    """Each sign is true or false of known numbers: never open, never both."""
    for value in (4.0, 5.0, 6.0):
        answers = make_decider(["rule"], [read_expression(f"amount_usd {sign} 5", FEATURES)])({"amount_usd": value})
        right = {"=": value == 5, "<>": value != 5, "<": value < 5, "<=": value <= 5, ">": value > 5, ">=": value >= 5}
        assert answers == ((["rule"], [], []) if right[sign] else ([], ["rule"], []))


def test_a_division_by_zero_is_unknown() -> None:
    decide = make_decider(["rule"], [read_expression("ratio(amount_usd, days_since_notice) > 1", FEATURES)])
    assert decide({"amount_usd": 3.0, "days_since_notice": 0.0}) == ([], [], [("rule", {})])
    assert decide({"amount_usd": 3.0, "days_since_notice": 2.0}) == (["rule"], [], [])


def test_a_value_is_read_once_for_all_rules_and_a_calculation_made_once() -> None:
    texts = ["amount_usd * 2 > 5", "amount_usd * 2 > 6 AND amount_usd > 1", "amount_usd * 2 > 7"]
    text = python_text([read_expression(each, FEATURES).root for each in texts])
    assert text.count("values['amount_usd']\n") == 1
    assert text.count("* 2.0") == 1


@settings(max_examples=100, deadline=None)
@given(part=conditions())
def test_generated_text_calls_and_names_nothing_else(part: Part) -> None:
    root = read(part).root
    for node in ast.walk(ast.parse(python_text([root]))):
        assert not isinstance(node, ast.Import | ast.ImportFrom | ast.Lambda | ast.Global)
        if isinstance(node, ast.Name):
            assert node.id in GIVEN or re.fullmatch(r"v[0-9]+|rule[0-9]+", node.id)
        if isinstance(node, ast.Attribute):
            assert node.attr == "append"


def test_a_text_that_looks_like_python_stays_a_text() -> None:
    hostile = "'] or __import__(''os'') or ['"
    expression = read_expression(f"source_label = {hostile}", FEATURES)
    decide = make_decider(["rule"], [expression])
    assert decide({"source_label": "tron"}) == ([], ["rule"], [])
    assert decide({"source_label": "] or __import__('os') or ["}) == (["rule"], [], [])


def test_every_name_of_the_catalogue_is_an_identifier_that_python_does_not_use() -> None:
    """They stand in the text as constants; should that ever change, they would still do no harm."""
    for name in CATALOGUE:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", name)


def test_no_rules_are_no_answers() -> None:
    assert make_decider([], [])({}) == ([], [], [])
