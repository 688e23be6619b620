"""A small past of which everything can be counted by hand."""

from pathlib import Path

import pytest

from breather.domain.feature import Unknown
from breather.exchange.backtest import STAGES, Question, backtest
from breather.exchange.backtest_report import Overlap, Report
from tests.unit.backtest.written import HOUR, START, campaign, history, row

RULES = {
    "new": ("notice", "destination_is_new"),
    "large": ("cooling_off", "amount_usd >= 1000"),
    "call": ("questions", "on_call"),
    "asked": ("cooling_off", "answer_paid_tasks"),
}
LARGE, NEW, CALL = {"amount_usd": 1000.0}, {"destination_is_new": True}, {"on_call": True}
LATE = 15 * HOUR  # after START it is 23:00 in Macau; one hour later the next day begins
PAST = [
    row(0, {**NEW, "days_since_notice": Unknown.NO_HISTORY}, customer_ref="ann", at=START),
    row(1, {**NEW, "days_since_notice": 6.9}, customer_ref="ann", at=START + HOUR),
    row(2, {**NEW, "days_since_notice": 7.0}, customer_ref="ann", at=START + LATE),
    row(3, {**NEW, **LARGE}, customer_ref="ben", at=START + LATE + HOUR - 1),
    row(4, {**LARGE, "on_call": Unknown.NOT_PROVIDED}, customer_ref="ben", at=START + LATE + HOUR),
    row(5, {**LARGE, "kind": "api"}, customer_ref="cat", at=START + LATE + HOUR),
    row(6, {**CALL, "amount_usd": Unknown.FAILED}, customer_ref="dan", at=START + LATE + HOUR),
    row(7, LARGE, residence_kyc="HK", residence_ip="MO"),
    row(8, LARGE, residence_kyc=None),
    row(9, {}, residence_kyc=None, residence_phone="MO", residence_ip="HK", customer_ref="eve", at=START + LATE + HOUR),
]


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return history(tmp_path_factory.mktemp("past") / "what's [past]*.parquet", PAST)


@pytest.fixture(scope="module")
def report(past: Path) -> Report:
    return backtest(Question(campaign(RULES), past))


def test_only_those_who_live_where_the_campaign_applies_are_counted(report: Report) -> None:
    assert (report.withdrawals, report.elsewhere) == (8, 2)
    assert report.cost.customers == 5


def test_days_begin_where_the_campaign_applies(report: Report) -> None:
    assert [(str(day.day), day.withdrawals) for day in report.days] == [("2026-01-01", 4), ("2026-01-02", 4)]
    assert [day.hits for day in report.days] == [{"new": 4, "large": 1}, {"large": 2, "call": 1}]
    assert [dict(day.friction) for day in report.days] == [
        {"none": 1, "notice": 2, "cooling_off": 1},
        {"none": 2, "questions": 1, "cooling_off": 1},
    ]


def test_notices_have_their_budget_and_screenless_withdrawals_their_answer(report: Report) -> None:
    assert report.friction == {"none": 3, "notice": 2, "questions": 1, "cooling_off": 2, "hold": 0}
    assert (report.cost.notices, report.cost.notices_too_soon) == (2, 1)


def test_what_it_costs(report: Report) -> None:
    cost = report.cost
    assert (cost.interruptions, cost.customers_interrupted, cost.pause_minutes) == (3, 2, 2 * 60)
    assert (cost.per_thousand_withdrawals, cost.per_thousand_customers) == (375.0, 600.0)
    assert cost.degraded == 1


def test_rules_alone_together_and_undetermined(report: Report) -> None:
    found = {rule.id: rule for rule in report.rules}
    assert {name: (rule.hits, rule.alone) for name, rule in found.items()} == {
        "new": (4, 3), "large": (3, 2), "call": (1, 1), "asked": (None, 0),
    }  # fmt: skip
    assert report.overlaps == (Overlap("new", "large", 1),)
    assert (found["large"].undetermined, found["large"].undetermined_by) == (1, {"failed": 1})
    assert (found["call"].undetermined, found["call"].undetermined_by) == (1, {"not_provided": 1})
    assert found["asked"].phase == "answer"


def test_against_another_version(past: Path) -> None:
    stricter = campaign({**RULES, "new": ("questions", "destination_is_new"), "call": ("notice", "on_call")})
    changes = backtest(Question(stricter, past, against=campaign(RULES))).changes
    assert changes is not None
    newly, no_longer = changes.newly_interrupted, changes.no_longer_interrupted
    assert (newly.withdrawals, newly.customers, sorted(newly.sample)) == (3, 1, ["wd-0", "wd-1", "wd-2"])
    assert (no_longer.withdrawals, no_longer.sample) == (1, ("wd-6",))
    assert changes.friction == {
        "none": {"none": 2, "questions": 1}, "notice": {"questions": 2},
        "questions": {"none": 1}, "cooling_off": {"cooling_off": 2},
    }  # fmt: skip
    assert changes.hits == {"new": 4, "large": 3, "call": 1}


def test_against_itself_nothing_changes(past: Path) -> None:
    changes = backtest(Question(campaign(RULES), past, against=campaign(RULES))).changes
    assert changes is not None
    assert (changes.newly_interrupted.withdrawals, changes.no_longer_interrupted.withdrawals) == (0, 0)
    assert all(one == other for one, others in changes.friction.items() for other in others)


def test_precision_and_recall_are_of_the_labelled_alone(past: Path, tmp_path: Path) -> None:
    labels = tmp_path / "labels.csv"
    labels.write_text("withdrawal,scam\nwd-3,true\nwd-4,FALSE\nwd-0,true\nwd-9,true\nwd-7,true\nabsent,true\n", "utf-8")
    report = backtest(Question(campaign(RULES), past, labels=labels))
    found = report.labelled
    assert found is not None
    assert (found.labels, found.found, found.scams) == (6, 4, 3)
    assert (found.told.precision.count, found.told.precision.of) == (2, 3)
    assert (found.interrupted.recall.count, found.interrupted.recall.of) == (1, 3)
    large = report.rules[1].accuracy
    assert large is not None
    assert (large.precision.count, large.precision.of, large.recall.of) == (1, 2, 3)
    assert 0.09 < large.precision.low < 0.1 < large.precision.high < 0.91


def test_every_stage_is_told(past: Path) -> None:
    told: list[str] = []
    backtest(Question(campaign(RULES), past), told.append)
    assert tuple(told) == STAGES


def test_more_rules_than_an_integer_has_bits(past: Path) -> None:
    many = campaign({f"rule-{n}": ("notice", "destination_is_new") for n in range(130)})
    report = backtest(Question(many, past))
    assert [rule.hits for rule in report.rules] == [4] * 130
    assert {each.both for each in report.overlaps} == {4}
    assert len(report.overlaps) == 130 * 129 // 2


def test_a_campaign_of_answers_only_costs_nothing_at_submission(past: Path) -> None:
    report = backtest(Question(campaign({"asked": ("hold", "answer_paid_tasks")}), past))
    assert report.friction["none"] == report.withdrawals == 8


def test_a_folder_of_parts_is_one_history(tmp_path: Path, report: Report) -> None:
    for number, part in enumerate((PAST[:4], PAST[4:]), 1):
        history(tmp_path / f"part-{number:05d}.parquet", part)
    assert backtest(Question(campaign(RULES), tmp_path)).friction == report.friction
