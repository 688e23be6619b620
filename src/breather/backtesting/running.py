"""Which versions are meant, the backtest itself with its progress shown, and its report as JSON."""

import re
from pathlib import Path

import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from breather.bootstrap import exchange_database
from breather.clock import Clock
from breather.domain.campaign import Campaign
from breather.domain.finding import Finding, Refused
from breather.exchange.backtest import STAGES, Question, backtest
from breather.exchange.backtest_report import Report
from breather.exchange.campaign_file import CAMPAIGN, read_campaign
from breather.operate import campaign_folder
from breather.protocol.pack import from_blob, read_folder
from breather.settings import Settings

_ACTIVATED = re.compile(r"([a-z][a-z0-9-]{0,63})@([1-9][0-9]{0,6})")


def version_of(settings: Settings, clock: Clock, name: str) -> Campaign:
    """`CAMPAIGN@VERSION` as it was activated here, or else a campaign's folder, or a sample's name in test mode.

    Raises Refused, OSError for a folder that is none, StorageFailure where there is no database.
    """
    match = _ACTIVATED.fullmatch(name)
    if match is not None and not Path(name).exists():
        return _activated(settings, clock, match[1], int(match[2]))
    # Its examples are `campaign check`'s: what they hold does not change what the rules say.
    files = read_folder(campaign_folder(settings, Path(name)), "campaign")
    return read_campaign({file: files[file] for file in (CAMPAIGN,) if file in files})


def _activated(settings: Settings, clock: Clock, name: str, version: int) -> Campaign:
    database = exchange_database(settings, clock, creates=False)
    try:
        with database.reading() as reader:
            known = reader.all("all_campaigns")
    finally:
        database.close()
    for row in known:
        if (row["id"], row["version"]) == (name, version):
            return read_campaign(from_blob(row["files"]))
    there = ", ".join(f"{row['id']}@{row['version']}" for row in known) or "none"
    message = f"was never activated here; activated were: {there}"
    raise Refused("no such campaign", [Finding(f"{name}@{version}", "no-campaign", message)])


def run(question: Question, console: Console) -> Report:
    """The report, with a bar for its stages on `console`. Raises what `backtest` raises."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(STAGES[0], total=len(STAGES))
        return backtest(question, lambda stage: progress.update(task, description=stage, completed=STAGES.index(stage)))


def as_json(report: Report) -> str:
    """The whole report, under the names of its fields."""
    return msgspec.json.format(msgspec.json.encode(report), indent=2).decode()
