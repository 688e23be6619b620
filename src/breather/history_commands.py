"""Commands about histories: `breather history export` and `breather replay`. Bad input is named and exits with 2."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from breather.clock import SystemClock
from breather.domain.finding import Refused
from breather.settings import read_settings
from breather.storage.failure import StorageFailure

history = typer.Typer(help="What the exchange decided, as files to analyse.", no_args_is_help=True)


@history.command("export")
def history_export(
    target: Annotated[Path, typer.Argument(help="A new file that ends in .parquet, or a new folder of parts.")],
) -> None:
    """Write every decision with its features as they were recorded, in the order in which they were made."""
    with _bad_input():
        from breather import replaying

        console = Console(stderr=True)
        rows = replaying.export_history(read_settings(os.environ), SystemClock(), target, console)
        console.print(f"{rows} withdrawals: {target}", highlight=False, soft_wrap=True)


def replay(
    place: Annotated[Path, typer.Argument(metavar="HISTORY", help="A Parquet file, or a folder of parts.")],
    features: Annotated[
        Path | None, typer.Option(help="A new file, or a folder, for the history with features.")
    ] = None,
    campaign: Annotated[
        Path | None, typer.Option(help="For a history without decisions: the folder of the campaign that decides.")
    ] = None,
) -> None:
    """Compute every feature again from a history, and compare with what was recorded; exits with 1 if they differ."""
    with _bad_input():
        from breather import replaying

        console = Console(stderr=True)
        chosen = None if campaign is None else replaying.campaign_of(read_settings(os.environ), campaign)
        found = replaying.replay_history(place, features, chosen, console)
    if found is None:
        typer.echo(f"written: {features}")
        return
    typer.echo(f"{found.withdrawals} withdrawals, {found.values} values compared, {found.differing} differ")
    if found.missing:
        typer.echo(f"{found.missing} values were not recorded: their features are younger")
    for difference in found.first:
        typer.echo(f"  {difference}")
    if found.differing:
        raise typer.Exit(1)


@contextmanager
def _bad_input() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as missing:
        typer.echo(f"refused: {missing.name} is not installed; install breather[analysis]", err=True)
        raise typer.Exit(1) from None
    except (Refused, StorageFailure, OSError, LookupError, ValueError) as wrong:
        typer.echo(f"refused: {wrong}", err=True)
        raise typer.Exit(2) from None
