"""What a report says in words, the same on a terminal and on the page."""

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from breather.backtesting.number import percent, rate, whole
from breather.domain.friction import INTERRUPTS
from breather.exchange.backtest_report import Accuracy, Day, Labelled, Report, RuleFound


class Fact(NamedTuple):
    """`note` says what the number is to be held against; `bad` where that is exceeded."""

    name: str
    number: str
    note: str = ""
    bad: bool = False


class HitsMoved(NamedTuple):
    """None where a version has no such rule, or lets it wait for a later phase."""

    rule: str
    before: int | None
    after: int | None


def every_day(report: Report) -> list[Day]:
    """Those without a withdrawal as well: a plot would hide them."""
    known = {day.day: day for day in report.days}
    first, last = report.days[0].day, report.days[-1].day
    dates = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [known.get(date) or Day(date, 0, {}, {}) for date in dates]


def span(report: Report) -> str:
    first, last = report.days[0].day, report.days[-1].day
    days = (last - first).days + 1
    return f"{first}, one day" if days == 1 else f"{first} to {last}, {whole(days)} days"


def tried_on(report: Report) -> str:
    elsewhere = f"; {whole(report.elsewhere)} from elsewhere are left out" if report.elsewhere else ""
    return f"{whole(report.withdrawals)} withdrawals from {report.jurisdiction}{elsewhere}"


def costs(report: Report) -> tuple[Fact, ...]:
    cost = report.cost
    expected = cost.expected_per_thousand_withdrawals
    days = (report.days[-1].day - report.days[0].day).days + 1
    return (
        Fact(
            "interruptions per 1,000 withdrawals",
            rate(cost.per_thousand_withdrawals),
            f"the campaign expects {whole(expected)}",
            cost.per_thousand_withdrawals > expected,
        ),
        Fact("interruptions per 1,000 customers", rate(cost.per_thousand_customers), f"in {whole(days)} days"),
        Fact(
            "customers interrupted",
            whole(cost.customers_interrupted),
            f"{percent(cost.customers_interrupted, cost.customers)} of {whole(cost.customers)}",
        ),
        Fact("minutes of pause, at most", whole(cost.pause_minutes), f"{whole(report.friction['cooling_off'])} pauses"),
    )


def remarks(report: Report) -> Iterator[str]:
    """What a reader of the frictions would otherwise take for granted."""
    cost = report.cost
    if cost.notices_too_soon:
        too_soon = f"{whole(cost.notices_too_soon)} of the {whole(cost.notices)} notices"
        yield f"{too_soon} come sooner after another alert than the budget allows: most would be kept back."
    if cost.degraded:
        yield f"{whole(cost.degraded)} decisions are degraded: an input of theirs failed."


def waiting(report: Report) -> str:
    """Those that run later, in a sentence; nothing if there are none."""
    rules = [f"{rule.id} ({rule.phase})" for rule in report.rules if rule.hits is None]
    return f"Not counted, because they wait for a later phase: {', '.join(rules)}." if rules else ""


def counted(report: Report) -> list[RuleFound]:
    return [rule for rule in report.rules if rule.hits is not None]


def hits_moved(report: Report) -> list[HitsMoved]:
    """Rules whose hits differ between the versions, or which only one of them has."""
    if report.changes is None:
        return []
    before, after = report.changes.hits, {rule.id: rule.hits for rule in counted(report)}
    rules = dict.fromkeys([*after, *before])
    return [HitsMoved(rule, before.get(rule), after.get(rule)) for rule in rules if before.get(rule) != after.get(rule)]


def classes(rule: RuleFound, withdrawals: int) -> list[tuple[str, str]]:
    """Why it is undetermined: a class, and of how many withdrawals."""
    found = (rule.undetermined_by or {}).items()
    return [(name, percent(count, withdrawals)) for name, count in found]


def accuracies(report: Report) -> Iterator[tuple[str, Accuracy]]:
    if report.labelled is not None:
        yield "any alert", report.labelled.told
        yield INTERRUPTED, report.labelled.interrupted
    for rule in report.rules:
        if rule.accuracy is not None:
            yield rule.id, rule.accuracy


def labelled_words(labelled: Labelled) -> str:
    found = f"{whole(labelled.found)} of {whole(labelled.labels)} labels are about these withdrawals"
    return f"{found}, {whole(labelled.scams)} of them scams"


INTERRUPTED = f"interrupted ({INTERRUPTS.word} or more)"
