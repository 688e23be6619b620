"""What rules say and which errors they are refused with: one row of a text table, one test."""

import re
from itertools import groupby
from pathlib import Path

import pytest

from breather.domain.feature import FeatureValue, Unknown
from breather.domain.rules import BadExpression, Truth, read_expression
from tests.scenarios.rules.features import FEATURES
from tests.unit.rules.decided import decided

TABLES = Path(__file__).parent
_BAR = re.compile(r"(?<!\|)\|(?!\|)")  # `||` is a sign of other languages, and stands in a row


def rows(name: str) -> list[list[str]]:
    lines = (TABLES / name).read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in _BAR.split(line)] for line in lines if line and line[0] != "#"]


def value_of(written: str) -> FeatureValue:
    if written.startswith("?"):
        return Unknown(written[1:] or "not_provided")
    if written in ("true", "false"):
        return written == "true"
    if written.startswith("'"):
        return written[1:-1]
    if written.startswith("10**"):
        return int("1" + int(written[4:]) * "0")
    return int(written) if written.isdigit() else float(written)


def values_of(written: str) -> dict[str, FeatureValue]:
    pairs = (pair.split("=", 1) for pair in written.split(", ") if pair)
    return {name: value_of(value) for name, value in pairs}


@pytest.mark.parametrize(("expression", "values", "expected"), [*rows("logic.txt"), *rows("values.txt")])
def test_a_rule_says_what_its_row_says(expression: str, values: str, expected: str) -> None:
    compiled = read_expression(expression, FEATURES)
    assert decided(compiled, values_of(values)) is Truth[expected.upper()]


BY_EXPRESSION = [
    pytest.param(expression, [row[1:] for row in group], id=expression or "empty")
    for expression, group in groupby(rows("errors.txt"), key=lambda row: row[0])
]


@pytest.mark.parametrize(("expression", "expected"), BY_EXPRESSION)
def test_a_bad_rule_is_refused_with_all_of_its_errors_and_no_other(expression: str, expected: list[list[str]]) -> None:
    with pytest.raises(BadExpression) as refusal:
        read_expression(expression, FEATURES)
    found = refusal.value.errors
    assert [(str(error.at), error.suggestion) for error in found] == [(row[0], row[2]) for row in expected]
    for error, row in zip(found, expected, strict=True):
        assert row[1] in error.message
