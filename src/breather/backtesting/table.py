"""The report on a terminal: rules, frictions, what they cost, what changes, and what nobody can know."""

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from breather.domain.instant import format_instant
from breather.exchange.backtest_report import Accuracy, Changes, Labelled, Report, RuleFound
from breather.measurement.proportion import Proportion

MOST_OVERLAPS = 10


def show(report: Report, console: Console) -> None:
    say = console.print
    span = f"{format_instant(report.first)} to {format_instant(report.last)}"
    say(f"{report.campaign} on {report.history}, {span}", highlight=False, markup=False)
    where = f"{report.withdrawals} withdrawals from {report.jurisdiction}; {report.elsewhere} from elsewhere left out"
    say(where, highlight=False, markup=False)
    say(_rules(report))
    say(_table(("friction", "withdrawals", "of all"), friction_rows(report)))
    say(_table(("what it costs", ""), cost_rows(report)))
    if report.overlaps:
        rows = [(each.one, each.other, str(each.both)) for each in report.overlaps[:MOST_OVERLAPS]]
        say(_table(("these rules", "hit together", "withdrawals"), rows))
    if report.changes is not None:
        say(
            _table(
                (f"against {report.changes.against}", "withdrawals", "customers", "some"), change_rows(report.changes)
            )
        )
    if report.labelled is not None:
        say(_table((labelled_words(report.labelled), "precision", "recall"), accuracy_rows(report)))
    for limit in report.limits:
        say(f"- {limit}", highlight=False, markup=False)


def rule_rows(report: Report) -> Iterable[tuple[str, ...]]:
    """rule, friction, hits, share, alone, undetermined, by class."""
    for rule in report.rules:
        if rule.hits is None:
            yield rule.id, rule.friction, f"from {rule.phase}", "", "", "", ""
        else:
            yield (
                rule.id,
                rule.friction,
                str(rule.hits),
                percent(rule.hits, report.withdrawals),
                str(rule.alone),
                percent(rule.undetermined, report.withdrawals),
                by_class(rule, report.withdrawals),
            )


RULE_HEADINGS = ("rule", "friction", "hits", "of all", "alone", "undetermined", "because of")


def friction_rows(report: Report) -> Iterable[tuple[str, ...]]:
    return ((word, str(count), percent(count, report.withdrawals)) for word, count in report.friction.items())


def cost_rows(report: Report) -> Iterable[tuple[str, ...]]:
    cost = report.cost
    expected = cost.expected_per_thousand_withdrawals
    yield (
        "interruptions per 1,000 withdrawals",
        f"{cost.per_thousand_withdrawals:.1f} (the campaign expects {expected})",
    )
    yield "interruptions per 1,000 customers", f"{cost.per_thousand_customers:.1f}"
    yield "customers interrupted", f"{cost.customers_interrupted} of {cost.customers}"
    yield "minutes of pause, at most", str(cost.pause_minutes)
    yield "holds", str(cost.holds)
    yield "notices", f"{cost.notices} ({cost.notices_too_soon} sooner after another alert than the budget allows)"
    yield "degraded decisions", str(cost.degraded)


def change_rows(changes: Changes) -> Iterable[tuple[str, ...]]:
    for name, moved in (
        ("newly interrupted", changes.newly_interrupted),
        ("no longer interrupted", changes.no_longer_interrupted),
    ):
        yield name, str(moved.withdrawals), str(moved.customers), " ".join(moved.sample)


def accuracy_rows(report: Report) -> Iterable[tuple[str, ...]]:
    if report.labelled is not None:
        yield "any alert", *_accuracy(report.labelled.told)
        yield "interrupted", *_accuracy(report.labelled.interrupted)
    for rule in report.rules:
        if rule.accuracy is not None:
            yield rule.id, *_accuracy(rule.accuracy)


def labelled_words(labelled: Labelled) -> str:
    return f"{labelled.found} of {labelled.labels} labels, {labelled.scams} scams"


def percent(count: int, of: int) -> str:
    return f"{100 * count / of:.1f} %"


def by_class(rule: RuleFound, withdrawals: int) -> str:
    found = (rule.undetermined_by or {}).items()
    return ", ".join(f"{name} {percent(count, withdrawals)}" for name, count in found)


def _accuracy(accuracy: Accuracy) -> tuple[str, str]:
    return _interval(accuracy.precision), _interval(accuracy.recall)


def _interval(found: Proportion) -> str:
    if found.share is None:
        return "none"
    return f"{100 * found.share:.1f} % ({100 * found.low:.1f} to {100 * found.high:.1f}; {found.count} of {found.of})"


def _rules(report: Report) -> Table:
    return _table(RULE_HEADINGS, rule_rows(report))


def _table(headings: Iterable[str], rows: Iterable[tuple[str, ...]]) -> Table:
    """As plain text: an id of a withdrawal is the exchange's, and no markup."""
    table = Table(*headings, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table
