"""A database that speaks SQL gives the same answers: powers, three-valued logic, IN, BETWEEN and IS NULL.

Only finite numbers and no ratio: there the language departs from SQL on purpose (see test_semantics.py).
"""

import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from breather.domain.feature import FeatureValue, Unknown, ValueType
from breather.domain.rules import Truth, read_expression
from breather.domain.rules.token import MOST_CHARACTERS, MOST_TOKENS
from tests.scenarios.rules.features import FEATURES
from tests.unit.rules.decided import decided
from tests.unit.rules.generated import conditions
from tests.unit.rules.kleene import Part
from tests.unit.rules.printed import printed

ANSWERS = {None: Truth.UNDETERMINED, 0: Truth.MISS, 1: Truth.HIT}
SQL_VALUES: dict[ValueType, st.SearchStrategy[FeatureValue]] = {
    ValueType.NUMBER: st.sampled_from([0.0, 1.0, 2.0, 3.0, 0.5, -1.0, 7.0]) | st.just(Unknown.NO_HISTORY),
    ValueType.BOOLEAN: st.booleans() | st.just(Unknown.NOT_PROVIDED),
    ValueType.TEXT: st.sampled_from(["", "tron", "it's", "高"]) | st.just(Unknown.FAILED),
}
ROWS = st.fixed_dictionaries({name: SQL_VALUES[feature.type] for name, feature in FEATURES.items()})


@pytest.fixture(scope="module")
def database() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    yield connection
    connection.close()


def tamed(part: Any) -> Any:
    """The same part, with no number that overflows and no ratio."""
    match part:
        case ("number", value):
            return ("number", value if value == 0 or 0.001 < value < 1e6 else 1)
        case ("ratio", left, right):
            return ("-", tamed(left), tamed(right))
        case tuple() | list():
            return type(part)(tamed(inner) for inner in part)
        case _:
            return part


def asked(database: sqlite3.Connection, text: str, row: dict[str, FeatureValue]) -> Truth:
    columns = ", ".join(f"? AS {name}" for name in row)
    bound = [None if isinstance(value, Unknown) else value for value in row.values()]
    (answer,) = database.execute(f"SELECT {text} FROM (SELECT {columns})", bound).fetchone()
    return ANSWERS[answer]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(part=conditions().map(tamed), row=ROWS)
def test_sqlite_gives_the_same_answer(database: sqlite3.Connection, part: Part, row: dict[str, FeatureValue]) -> None:
    tokens = printed(part)
    text = " ".join(tokens)
    assume(len(tokens) <= MOST_TOKENS and len(text) <= MOST_CHARACTERS)
    assert decided(read_expression(text, FEATURES), row) is asked(database, text, row)
