"""The report on a terminal of 80 columns: rules, frictions, what they cost, what changes, and what nobody can know."""

from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from breather.backtesting.number import best, interval, percent, whole
from breather.backtesting.wording import (
    accuracies,
    classes,
    costs,
    counted,
    hits_moved,
    labelled_words,
    remarks,
    span,
    tried_on,
    waiting,
)
from breather.exchange.backtest_report import Changes, Report
from breather.measurement.proportion import Proportion

MOST_OVERLAPS = 10


def show(report: Report, console: Console) -> None:
    def say(line: str) -> None:
        console.print(line, highlight=False, markup=False)

    say(f"{report.campaign} on {report.history}")
    say(f"{span(report)} ({report.time_zone})")
    say(tried_on(report))
    for table in _tables(report):
        console.print()
        console.print(table)
    console.print()
    if report.labelled is not None:
        say(f"{labelled_words(report.labelled)}. In parentheses: Wilson's intervals of 95 %.")
    for line in filter(None, (waiting(report), *remarks(report))):
        say(line)
    for limit in report.limits:
        say(f"- {limit}")


def _tables(report: Report) -> Iterator[Table]:
    of = report.withdrawals
    rules = counted(report)
    if rules:
        yield _table(("rule", "friction", "hits", "of all", "alone"), _hits(report), words=2)
    if any(rule.undetermined for rule in rules):
        yield _table(("undetermined", "of all", "because of"), _undetermined(report), words=1)
    yield _table(
        ("friction", "withdrawals", "of all"),
        ((word, whole(count), percent(count, of)) for word, count in report.friction.items()),
        words=1,
    )
    yield _table(("what it costs", "", ""), (fact[:3] for fact in costs(report)), words=1, last_is_words=True)
    if report.overlaps:
        rows = [(each.one, each.other, whole(each.both)) for each in report.overlaps[:MOST_OVERLAPS]]
        yield _table(("hit together", "", "withdrawals"), rows, words=2)
    if report.changes is not None:
        yield _changed(report.changes)
        if moved := hits_moved(report):
            rows = [(each.rule, _hits_of(each.before), _hits_of(each.after)) for each in moved]
            yield _table(("hits that differ", "there", "here"), rows, words=1)
    if report.labelled is not None:
        yield _table(
            ("of the labelled, in per cent", "precision", "recall"),
            (
                (name, _interval(accuracy.precision), _interval(accuracy.recall))
                for name, accuracy in accuracies(report)
            ),
            words=1,
        )


def _hits(report: Report) -> Iterator[tuple[str, ...]]:
    for rule in counted(report):
        hits = rule.hits or 0
        yield rule.id, rule.friction, whole(hits), percent(hits, report.withdrawals), whole(rule.alone)


def _undetermined(report: Report) -> Iterator[tuple[str, str, str]]:
    for rule in counted(report):
        first = (rule.id, percent(rule.undetermined, report.withdrawals))
        for name, share in classes(rule, report.withdrawals):
            yield *first, f"{name} {share}"
            first = ("", "")


def _changed(changes: Changes) -> Table:
    rows = []
    for name, moved in (
        ("newly interrupted", changes.newly_interrupted),
        ("no longer interrupted", changes.no_longer_interrupted),
    ):
        rows.append((name, whole(moved.withdrawals), whole(moved.customers)))
        rows += [(f"  {sample}", "", "") for sample in moved.sample[:3]]
    return _table((f"against {changes.against}", "withdrawals", "customers"), rows, words=1)


def _hits_of(count: int | None) -> str:
    return "no such rule" if count is None else whole(count)


def _interval(found: Proportion) -> str:
    return "none" if found.share is None else f"{best(found).removesuffix(' %')} ({interval(found)})"


def _table(headings: Iterable[str], rows: Iterable[tuple[str, ...]], words: int, last_is_words: bool = False) -> Table:
    """As plain text: an id of a withdrawal is the exchange's, and no markup. The first `words` columns are words, what
    follows numbers. Nothing is cut: a long name goes on in the next line.
    """
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    names = list(headings)
    for number, name in enumerate(names):
        wordy = number < words or (last_is_words and number == len(names) - 1)
        table.add_column(name, justify="left" if wordy else "right", overflow="fold", no_wrap=not wordy)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table
