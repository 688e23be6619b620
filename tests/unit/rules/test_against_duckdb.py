"""Backtests say what serving says: the SQL for DuckDB and the compiled function agree on every generated row.

The connection's type stands between quotes: held by a test's signature, it would make DuckDB complain at the end.
"""

import math
from collections.abc import Iterator, Mapping, Sequence

import duckdb
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from breather.domain.feature import FeatureValue, Unknown, ValueType
from breather.domain.rules import Expression, Truth, make_decider, read_expression
from breather.domain.rules.duckdb_hits import hit
from breather.domain.rules.duckdb_text import column, condition, stored_column
from breather.domain.rules.duckdb_text import stored as stored_text
from breather.domain.rules.token import MOST_CHARACTERS, MOST_TOKENS
from tests.scenarios.rules.features import FEATURES
from tests.scenarios.rules.test_tables import rows, values_of
from tests.unit.rules.generated import conditions, values
from tests.unit.rules.kleene import Part
from tests.unit.rules.printed import printed

STORED: Mapping[ValueType, str] = {
    ValueType.NUMBER: "DOUBLE",
    ValueType.BOOLEAN: "BOOLEAN",
    ValueType.TEXT: "VARCHAR",
}
TRUTHS = {None: Truth.UNDETERMINED, False: Truth.MISS, True: Truth.HIT}
Row = Mapping[str, FeatureValue]


@pytest.fixture(scope="module")
def database() -> Iterator["duckdb.DuckDBPyConnection"]:
    connection = duckdb.connect()
    connection.execute("SET threads TO 1")
    yield connection
    connection.close()


def stored(value: FeatureValue | None) -> float | bool | str | None:
    """As a file of history holds it: unknown is NULL, a number is a double, and one too large for it is unknown."""
    if value is None or isinstance(value, Unknown):
        return None
    if isinstance(value, bool | str):
        return value
    try:
        return float(value)
    except OverflowError:
        return None


def asked(
    database: "duckdb.DuckDBPyConnection", texts: Sequence[str], given_rows: Sequence[Mapping[str, FeatureValue | None]]
) -> list[list[Truth]]:
    names = list(FEATURES)
    columns = ", ".join(f'"{name}" {STORED[FEATURES[name].type]}' for name in names)
    database.execute(f"CREATE OR REPLACE TABLE history (row_number INTEGER, {columns})")
    marks = ", ".join("?" * (len(names) + 1))
    for number, row in enumerate(given_rows):
        known = [stored(row[name]) if name in row else None for name in names]
        database.execute(f"INSERT INTO history VALUES ({marks})", [number, *known])
    clean = ", ".join(
        f"{column(feature)}, {stored_text(feature)} AS {stored_column(feature)}" for feature in FEATURES.values()
    )
    found = database.execute(
        f"SELECT {', '.join(texts)} FROM (SELECT row_number, {clean} FROM history) ORDER BY row_number"
    )
    return [[TRUTHS[answer] for answer in answers] for answers in found.fetchall()]


def compiled(expressions: Sequence[Expression], row: Row) -> list[Truth]:
    hits, _, undetermined = make_decider(list(range(len(expressions))), expressions)(row)
    open_ones = {number for number, _ in undetermined}
    return [
        Truth.HIT if n in hits else Truth.UNDETERMINED if n in open_ones else Truth.MISS
        for n in range(len(expressions))
    ]


SETTINGS = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@SETTINGS
@given(parts=st.lists(conditions(), min_size=1, max_size=4), given_rows=st.lists(values(), min_size=1, max_size=4))
def test_backtest_and_serving_say_the_same(
    database: "duckdb.DuckDBPyConnection", parts: list[Part], given_rows: list[dict[str, FeatureValue]]
) -> None:
    texts = [" ".join(printed(part)) for part in parts]
    assume(all(len(printed(part)) <= MOST_TOKENS for part in parts))
    assume(all(len(text) <= MOST_CHARACTERS for text in texts))
    expressions = [read_expression(text, FEATURES) for text in texts]
    answers = asked(database, [condition(each.root) for each in expressions], given_rows)
    said = [compiled(expressions, row) for row in given_rows]
    assert answers == said
    hits = asked(database, [hit(each.root) for each in expressions], given_rows)
    assert [[each is Truth.HIT for each in row] for row in hits] == [
        [each is Truth.HIT for each in row] for row in said
    ]


TESTS = (
    *(
        f"amount_usd {sign} {other}"
        for sign in ("=", "<>", "<", "<=", ">", ">=")
        for other in ("1", "amount_over_median")
    ),
    *(f"amount_usd {sign} amount_over_median > 0.5" for sign in "+-*"),
    "ratio(1, amount_usd) < 1",
    "ratio(amount_usd, amount_over_median) >= 1",
    "-amount_usd < 1",
    "amount_usd + amount_over_median - 1 < 5",
    "amount_usd BETWEEN 0 AND amount_over_median",
    "amount_over_median BETWEEN amount_usd AND 5",
    "amount_usd IN (1, 5)",
    "amount_usd NOT IN (1, 5)",
    "amount_usd IS NULL",
    "amount_usd IS NOT NULL",
    "amount_usd + amount_over_median IS NULL",
    "ratio(amount_usd, amount_over_median) IS NOT NULL",
)
SHAPES = (
    "{}",
    "NOT {}",
    "({}) OR amount_over_median > 0.5",
    "({}) AND NOT amount_over_median > 0.5",
    "NOT ({} AND screen_shared)",
)


def test_what_a_file_holds_that_is_not_finite_is_as_good_as_unknown(database: "duckdb.DuckDBPyConnection") -> None:
    """All tests in all shapes over all pairs of numbers: chance seldom meets a division by infinity behind a NOT."""
    numbers = [0.0, 1.0, 5.0, math.nan, math.inf, -math.inf, None]
    pairs = [(one, other, flag) for one in numbers for other in numbers for flag in (True, False)]
    given_rows: list[dict[str, float | None]] = [
        {"amount_usd": one, "amount_over_median": other, "screen_shared": flag} for one, other, flag in pairs
    ]
    served = [
        {name: Unknown.FAILED if each is None or not math.isfinite(each) else each for name, each in row.items()}
        for row in given_rows
    ]
    expressions = [read_expression(shape.format(text), FEATURES) for shape in SHAPES for text in TESTS]
    said = [compiled(expressions, row) for row in served]
    texts = [of(each.root) for of in (condition, hit) for each in expressions]
    for row, answers, expected in zip(given_rows, asked(database, texts, given_rows), said, strict=True):
        assert answers[: len(expected)] == expected, row
        hits = [each is Truth.HIT for each in answers[len(expected) :]]
        assert hits == [each is Truth.HIT for each in expected], row


@pytest.mark.parametrize("name", ["logic.txt", "values.txt"])
def test_every_row_of_the_scenarios_has_the_same_answer_in_sql(
    database: "duckdb.DuckDBPyConnection", name: str
) -> None:
    wrong = []
    for text, given_values, expected in rows(name):
        row = values_of(given_values)
        root = read_expression(text, FEATURES).root
        ((answer, as_hit),) = asked(database, [condition(root), hit(root)], [row])
        if answer is not Truth[expected.upper()] or (as_hit is Truth.HIT) is not (answer is Truth.HIT):
            wrong.append((text, given_values, expected, answer.name, as_hit.name))
    assert not wrong


@SETTINGS
@given(st.floats(min_value=0, allow_nan=False, allow_infinity=False))
@example(5e-324)
@example(2.2250738585072014e-308)
@example(1.7976931348623157e308)
@example(0.12345678901234567)
@example(float(2**53 + 2))
def test_a_constant_is_the_same_double_in_both(database: "duckdb.DuckDBPyConnection", value: float) -> None:
    expression = read_expression(f"amount_usd = {value!r}", FEATURES)
    near = [value, math.nextafter(value, math.inf), math.nextafter(value, 0)]
    given_rows: list[Row] = [{"amount_usd": each} for each in near if math.isfinite(each)]
    answers = asked(database, [condition(expression.root)], given_rows)
    assert answers == [compiled([expression], row) for row in given_rows]


@SETTINGS
@given(
    st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs"]), max_size=20), st.text("aA'\u00e9e\u0301", max_size=5)
)
def test_a_text_is_the_same_text_in_both(database: "duckdb.DuckDBPyConnection", constant: str, other: str) -> None:
    """No folding of case, of accents, or of two ways to write one letter."""
    quoted = constant.replace("'", "''")
    expression = read_expression(f"source_label = '{quoted}' OR source_label IN ('{quoted}', 'x')", FEATURES)
    given_rows: list[Row] = [{"source_label": constant}, {"source_label": other}]
    answers = asked(database, [condition(expression.root)], given_rows)
    assert answers == [compiled([expression], row) for row in given_rows]


@pytest.mark.parametrize(("kind", "value"), [("BIGINT", 2**53 + 1), ("BIGINT", -(2**63)), ("HUGEINT", 10**30)])
def test_integers_of_a_file_become_the_nearest_double(
    database: "duckdb.DuckDBPyConnection", kind: str, value: int
) -> None:
    expression = read_expression(f"amount_usd = {abs(float(value))!r} OR -amount_usd = {abs(float(value))!r}", FEATURES)
    (answer,) = database.execute(
        f"SELECT {condition(expression.root)} FROM"
        f" (SELECT {column(FEATURES['amount_usd'])} FROM (SELECT CAST({value} AS {kind}) AS amount_usd))"
    ).fetchone() or (None,)
    assert TRUTHS[answer] is Truth.HIT


def test_the_longest_sum_is_no_longer_in_sql_than_it_was(database: "duckdb.DuckDBPyConnection") -> None:
    """A text that doubled with every operation would have 2 to the 98th characters."""
    expression = read_expression("amount_usd" + " + 1" * 98 + " > 0", FEATURES)
    text = condition(expression.root)
    assert len(text) < 10_000
    row: Row = {"amount_usd": 1.0}
    assert asked(database, [text], [row]) == [[Truth.HIT]]
