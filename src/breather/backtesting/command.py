"""The command `breather backtest`. Bad input is named and exits with 2; then nothing is written."""

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from breather.clock import SystemClock
from breather.domain.finding import Refused
from breather.settings import read_settings
from breather.storage.failure import StorageFailure


def backtest(
    campaign: Annotated[str, typer.Argument(help="A campaign's folder, or CAMPAIGN@VERSION as activated here.")],
    history: Annotated[Path, typer.Option(help="Parquet with features, of `history export` or `replay --features`.")],
    against: Annotated[str | None, typer.Option(help="What to compare with: likewise.")] = None,
    labels: Annotated[Path | None, typer.Option(help="Parquet or CSV: withdrawal, and scam true or false.")] = None,
    json: Annotated[bool, typer.Option("--json", help="The whole report as JSON instead of a table.")] = False,
    html: Annotated[Path | None, typer.Option(help="Also as one page of HTML: a new file.")] = None,
) -> None:
    """Try a campaign on a recorded past: whom it would interrupt, how often, and what changes. Nothing is served."""
    try:
        from breather.backtesting.page import refuse_page, write_page
        from breather.backtesting.running import as_json, run, version_of
        from breather.backtesting.table import show
        from breather.exchange.backtest import Question
    except ModuleNotFoundError as missing:
        typer.echo(f"refused: {missing.name} is not installed; install breather[analysis]", err=True)
        raise typer.Exit(1) from None
    try:
        if html is not None:
            refuse_page(html)
        settings, clock = read_settings(os.environ), SystemClock()
        question = Question(
            campaign=version_of(settings, clock, campaign),
            history=history,
            against=None if against is None else version_of(settings, clock, against),
            labels=labels,
        )
        report = run(question, Console(stderr=True))
        if html is not None:
            write_page(report, html)
    except (Refused, StorageFailure, OSError, LookupError, ValueError) as wrong:
        typer.echo(f"refused: {wrong}", err=True)
        raise typer.Exit(2) from None
    if json:
        typer.echo(as_json(report))
    else:
        show(report, Console())
