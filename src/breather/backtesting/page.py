"""The report as one page of HTML that names no address and runs no script: to be sent, printed, kept."""

import base64
import hashlib
import os
import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup, escape

from breather.backtesting import plot
from breather.backtesting.number import best, interval, percent, whole
from breather.backtesting.wording import (
    accuracies,
    classes,
    costs,
    counted,
    every_day,
    hits_moved,
    labelled_words,
    remarks,
    span,
    tried_on,
    waiting,
)
from breather.domain.friction import WORDS
from breather.exchange.backtest_report import Changes, Report
from breather.measurement.proportion import Proportion

MOST_OVERLAPS = 12
_CODE = re.compile(r"`([^`]*)`")


def refuse_page(file: Path) -> None:
    """Raises FileExistsError, and FileNotFoundError where there is nothing to write into."""
    # A link that leads nowhere is somebody's, too.
    if os.path.lexists(file):
        raise FileExistsError(f"{file} exists already; nothing is ever written over")
    if not file.absolute().parent.is_dir():
        raise FileNotFoundError(f"there is no folder {file.absolute().parent} to write into")


def write_page(report: Report, file: Path) -> None:
    """Complete or not at all. Raises OSError."""
    text = page(report)
    with TemporaryDirectory(prefix=".breather-", dir=file.absolute().parent) as folder:
        unfinished = Path(folder) / "page.html"
        unfinished.write_text(text, "utf-8", newline="\n")
        refuse_page(file)  # somebody may have been quicker
        unfinished.rename(file)


def page(report: Report) -> str:
    """The style sheet stands in the page, and its hash in the page's own policy: nothing else is let in."""
    style = files(__package__).joinpath("page.css").read_text("utf-8")
    changes = report.changes
    return _template().render(
        report=report,
        style=Markup(style),  # noqa: S704  our own file
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        span=span(report),
        tried_on=tried_on(report),
        costs=costs(report),
        words=WORDS[1:],
        remarks=tuple(remarks(report)),
        rules=counted(report),
        waiting=waiting(report),
        overlaps=report.overlaps[:MOST_OVERLAPS],
        more_overlaps=len(report.overlaps[MOST_OVERLAPS:]),
        labels="" if report.labelled is None else labelled_words(report.labelled),
        accuracies=tuple(accuracies(report)),
        limits=[Markup(_CODE.sub(r"<code>\1</code>", str(escape(limit)))) for limit in report.limits],  # noqa: S704
        **_plots(report),
        **({"before": {}, "gone": ""} if changes is None else _changed(report, changes)),
    )


def _plots(report: Report) -> Mapping[str, Any]:
    days = every_day(report)
    dates = [str(day.day) for day in days]
    return {
        "shown": any(count for word, count in report.friction.items() if word != WORDS[0]),
        "plot": plot.stacked(
            {word: [day.friction.get(word, 0) for day in days] for word in WORDS[1:]}, "withdrawals by day and friction"
        ),
        "ticks": list(dict.fromkeys([dates[0], dates[len(dates) // 2], dates[-1]])),
        "sparks": {
            rule.id: plot.spark([day.hits.get(rule.id, 0) for day in days], f"hits of {rule.id} by day")
            for rule in counted(report)
        },
    }


def _changed(report: Report, changes: Changes) -> Mapping[str, Any]:
    moved = hits_moved(report)
    return {
        "moves": (
            ("newly interrupted", changes.newly_interrupted),
            ("no longer interrupted", changes.no_longer_interrupted),
        ),
        "steps": [
            (before, after, count)
            for before, others in changes.friction.items()
            for after, count in others.items()
            if before != after
        ],
        "before": {
            each.rule: "new" if each.before is None else f"before {whole(each.before)}"
            for each in moved
            if each.after is not None
        },
        "gone": ", ".join(each.rule for each in moved if each.after is None),
    }


def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(whole=whole, best=best, bounds=_bounds)
    environment.globals.update(percent=percent, classes=classes, interval=plot.interval)
    return environment.from_string(files(__package__).joinpath("page.html").read_text("utf-8"))


def _bounds(found: Proportion) -> str:
    return f"{interval(found)} · {whole(found.count)} of {whole(found.of)}" if found.of else "nothing to count"
