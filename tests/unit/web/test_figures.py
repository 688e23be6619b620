"""What is counted of decisions: outcome, steps that make up the whole, and what got none."""

import time

import pytest
from prometheus_client.metrics_core import Metric

from breather.domain.instant import Millis
from breather.exchange.assess import Assessed
from breather.exchange.record import DecisionRecord, Place
from breather.storage.failure import DeadlineTaken, Overloaded, StorageFailure
from breather.storage.pending import Answer, Batch
from breather.web.exchange.figures import STEPS, Figures
from breather.web.exchange.metrics import counted
from breather.web.problems import Problem
from tests.unit.exchange.world import asked_for

RECORD = DecisionRecord("intervene", "questions", Place("MO", None, {}), [], campaign=("macau", 3))


def assessed(record: DecisionRecord = RECORD, created: bool = True) -> Assessed:
    return Assessed(asked_for("wd-1", 20), record, Millis(0), created)


def answer() -> Answer[Assessed]:
    """Submitted a second ago, taken half a second later."""
    found: Answer[Assessed] = Answer()
    now = time.monotonic()
    found.submitted = now - 1
    found.batch = Batch(3, now - 0.5, now - 0.3, now - 0.2)
    return found


def samples(figures: Figures) -> dict[tuple[str, tuple[str, ...]], float]:
    metrics: list[Metric] = list(counted(figures))
    return {
        (sample.name, tuple(sample.labels.values())): sample.value for metric in metrics for sample in metric.samples
    }


def test_decisions_are_counted_by_what_they_were_and_repeats_apart() -> None:
    figures = Figures()
    for one in (assessed(), assessed(), assessed(created=False), assessed(replace_degraded())):
        figures.decided(one, answer(), time.monotonic() - 1.1)
    found = samples(figures)
    assert found["breather_decisions_total", ("intervene", "questions", "macau")] == 2
    assert found["breather_decisions_total", ("proceed", "none", "")] == 1
    assert found["breather_repeats_total", ()] == 1
    assert found["breather_degraded_decisions_total", ()] == 1


def replace_degraded() -> DecisionRecord:
    return DecisionRecord("proceed", "none", Place(None, None, {}), [], degraded=True)


def test_the_steps_make_up_the_whole_time() -> None:
    figures = Figures()
    began = time.monotonic() - 1.25
    figures.decided(assessed(), answer(), began)
    took = time.monotonic() - began
    totals = [tally.total for tally in figures.steps]
    assert sum(totals) == pytest.approx(took, abs=0.2)
    assert totals[:4] == pytest.approx([0.25, 0.5, 0.2, 0.1], abs=0.05)
    found = samples(figures)
    assert [found["breather_step_seconds_count", (step,)] for step in STEPS] == [1] * 5


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (DeadlineTaken("late"), "deadline-taken"),
        (Overloaded("full"), "overloaded"),
        (Problem(503, "pending", "Taken"), "pending"),
    ],
)
def test_what_got_no_decision_is_counted_by_what_kept_it_from_one(failure: Problem | StorageFailure, code: str) -> None:
    figures = Figures()
    figures.left("wd-1", failure)
    (found,) = [key[1][0] for key in samples(figures) if key[0] == "breather_undecided_total"]
    assert found == code
