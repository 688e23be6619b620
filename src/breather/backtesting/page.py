"""The report as one page of HTML that names no address and runs no script: to be sent, printed, kept."""

import base64
import hashlib
from importlib.resources import files
from pathlib import Path
from tempfile import NamedTemporaryFile

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from breather.backtesting import plot
from breather.backtesting.table import (
    RULE_HEADINGS,
    accuracy_rows,
    change_rows,
    cost_rows,
    friction_rows,
    labelled_words,
    rule_rows,
)
from breather.domain.friction import WORDS
from breather.domain.instant import format_instant
from breather.exchange.backtest_report import Report

MOST_OVERLAPS = 30


def refuse_page(file: Path) -> None:
    """Raises FileExistsError, and FileNotFoundError where there is nothing to write into."""
    if file.exists():
        raise FileExistsError(f"{file} exists already; nothing is ever written over")
    if not file.absolute().parent.is_dir():
        raise FileNotFoundError(f"there is no folder {file.absolute().parent} to write into")


def write_page(report: Report, file: Path) -> None:
    """Complete or not at all. Raises OSError."""
    refuse_page(file)
    text = page(report)
    with NamedTemporaryFile(
        "w", encoding="utf-8", newline="\n", dir=file.absolute().parent, prefix=f".{file.name}-", delete=False
    ) as unfinished:
        unfinished.write(text)
    Path(unfinished.name).chmod(0o644)
    Path(unfinished.name).rename(file)


def page(report: Report) -> str:
    """The style sheet stands in the page, and its hash in the page's own policy: nothing else is let in."""
    here = files(__package__)
    style = here.joinpath("page.css").read_text("utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(here.joinpath("page.html").read_text("utf-8"))
    days = [str(day.day) for day in report.days]
    return template.render(
        report=report,
        style=Markup(style),  # noqa: S704  our own file
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        first=format_instant(report.first),
        last=format_instant(report.last),
        days=plot.stacked_days(days, {word: [day.friction.get(word, 0) for day in report.days] for word in WORDS[1:]}),
        hits=plot.bars({rule.id: rule.hits for rule in report.rules if rule.hits is not None}),
        words=WORDS[1:],
        headings=RULE_HEADINGS,
        rules=rule_rows(report),
        frictions=friction_rows(report),
        costs=cost_rows(report),
        overlaps=report.overlaps[:MOST_OVERLAPS],
        changes=None if report.changes is None else change_rows(report.changes),
        labels=None if report.labelled is None else labelled_words(report.labelled),
        accuracies=accuracy_rows(report),
    )
