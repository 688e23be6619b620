"""What was recorded held against what replay computes: what is counted, what is named, and in which order."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pytest

from breather.domain.catalogue import CATALOGUE, NOT_YET
from breather.domain.feature import Features, FeatureValue, Phase, Unknown
from breather.history.cells import feature_columns, undetermined_cells
from breather.history.comparison import MOST_NAMED, Comparison
from breather.history.schema import feature_column, unknown_column
from tests.unit.domain.strategies import ORDINARY

STOPS, NEW = "destination_stops", "destination_is_new"
BOTH = (STOPS, NEW)
Values = Mapping[str, FeatureValue]


def whole(*rows: Values) -> list[Features]:
    return [{**ORDINARY, **NOT_YET, **row} for row in rows]


def recorded(rows: Sequence[Values], missing: Sequence[tuple[int, str]] = ()) -> Any:
    """As a file holds them, `w0` first; of `missing` (row, feature) nothing was recorded."""
    columns = feature_columns(whole(*rows))
    for row, name in missing:
        for column in (feature_column(name), unknown_column(name)):
            cells = columns[column].to_pylist()
            cells[row] = None
            columns[column] = pa.array(cells, columns[column].type)
    return pa.table({"id": [f"w{number}" for number in range(len(rows))], **columns})


def compared(
    old: Sequence[Values], new: Sequence[Values], missing: Sequence[tuple[int, str]] = (), names: Sequence[str] = BOTH
) -> Comparison:
    found = Comparison()
    found.take(recorded(old, missing), whole(*new), names)
    return found


def counts(found: Comparison) -> tuple[int, int, int, int]:
    return found.withdrawals, found.values, found.missing, found.differing


def test_what_is_the_same_is_counted_and_nothing_is_named() -> None:
    rows: list[Values] = [{STOPS: 1.0}, {STOPS: Unknown.FAILED}, {NEW: True}]
    found = compared(rows, rows)
    assert (counts(found), found.first) == ((3, 6, 0, 0), [])


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        (1.0, 2.0, "w1 destination_stops: recorded 1.0, replayed 2.0"),
        (Unknown.FAILED, 2.0, "w1 destination_stops: recorded (failed), replayed 2.0"),
        (1.0, Unknown.NO_HISTORY, "w1 destination_stops: recorded 1.0, replayed (no_history)"),
        (Unknown.FAILED, Unknown.NO_HISTORY, "w1 destination_stops: recorded (failed), replayed (no_history)"),
    ],
)
def test_a_value_and_why_one_is_unknown_are_both_compared(was: FeatureValue, now: FeatureValue, said: str) -> None:
    found = compared([{}, {STOPS: was}, {}], [{}, {STOPS: now}, {}])
    assert counts(found) == (3, 6, 0, 1)
    assert [str(each) for each in found.first] == [said]


def test_what_was_not_recorded_is_missing_and_no_difference() -> None:
    """A feature may be younger than the decision: nothing was said then, and nothing can be held against it."""
    found = compared([{}, {STOPS: 1.0}], [{STOPS: 5.0}, {STOPS: 2.0}], missing=[(0, STOPS)])
    assert counts(found) == (2, 3, 1, 1)
    assert [each.withdrawal for each in found.first] == ["w1"]


def test_only_the_features_that_are_asked_for_and_known_at_submission_are_compared() -> None:
    answer = next(name for name, feature in CATALOGUE.items() if feature.phase is not Phase.SUBMIT)
    found = compared([{answer: True, NEW: True}], [{NEW: False}], names=[answer, STOPS])
    assert (counts(found), found.first) == ((1, 1, 0, 0), [])


def test_differences_are_named_in_the_order_of_the_history_and_no_more_than_ten() -> None:
    old: list[Values] = [{STOPS: 1.0, NEW: True} for _ in range(MOST_NAMED)]
    new: list[Values] = [{STOPS: 2.0, NEW: False} for _ in range(MOST_NAMED)]
    found = compared(old, new)
    assert (MOST_NAMED, counts(found)) == (10, (10, 20, 0, 20))
    assert [each.withdrawal for each in found.first] == [f"w{number}" for number in range(5) for _ in BOTH]


def test_tables_add_up_and_the_first_that_was_named_stays_first() -> None:
    found = Comparison()
    for count in (4, 0, 9):
        found.take(recorded([{STOPS: 1.0}] * count), whole(*[{STOPS: float(count)}] * count), [STOPS])
    assert counts(found) == (13, 13, 0, 13)
    assert [each.replayed for each in found.first] == ["4.0"] * 4 + ["9.0"] * 6


def test_a_rule_left_undetermined_is_a_cell_for_each_feature_it_waited_for() -> None:
    given = {"a": {STOPS: Unknown.FAILED, NEW: Unknown.NO_HISTORY}, "b": {STOPS: Unknown.FAILED}}
    assert undetermined_cells(given) == [
        {"rule": "a", "feature": STOPS, "unknown": "failed"},
        {"rule": "a", "feature": NEW, "unknown": "no_history"},
        {"rule": "b", "feature": STOPS, "unknown": "failed"},
    ]
    assert undetermined_cells({}) == []
