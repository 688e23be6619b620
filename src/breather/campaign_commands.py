"""`breather campaign`: begin one, check it, try it beside the active one, put it into force."""

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

from breather import operate
from breather.clock import SystemClock
from breather.domain.finding import Refused
from breather.domain.instant import format_instant
from breather.settings import read_settings
from breather.storage.failure import StorageFailure
from breather.trust_commands import PACK_OPTION, refusals

campaign = typer.Typer(
    help="Campaigns: begin one, check it, try it as a shadow, put it into force.", no_args_is_help=True
)


@campaign.command("copy")
def campaign_copy(
    name: Annotated[str, typer.Argument(help="The sample, such as macau-pj-trial.")],
    folder: Annotated[Path, typer.Argument(help="Where your campaign begins; made new.")],
) -> None:
    """Copy a sample campaign with its examples, to change it into your own."""
    with refusals():
        operate.copy_campaign(name, folder)
        typer.echo(f"{name} is in {folder}; a change of what is active needs a higher version")


@campaign.command("new")
def campaign_new(
    jurisdiction: Annotated[str, typer.Option(help="The place that it is for, as ISO 3166-1 has it, such as HK.")],
    source: Annotated[str, typer.Option("--from", help="A sample, or a folder, whose rules it begins with.")],
    folder: Annotated[Path | None, typer.Argument(help="A new folder; left out: named after both.")] = None,
) -> None:
    """Begin a campaign for another place: the rules of one that is there, and gaps for what is agreed anew."""
    with refusals():
        made = operate.new_campaign(source, jurisdiction, folder)
        typer.echo(f"{made}: `breather campaign check {made}` says what is still to be filled in")


@campaign.command("check")
def campaign_check(folder: Path, pack_folder: Annotated[Path | None, PACK_OPTION] = None) -> None:
    """Check a campaign with its pack, and run its examples. What is wrong with it exits with 2."""
    with refusals(2):
        candidate, warnings = operate.check_campaign(read_settings(os.environ), SystemClock(), folder, pack_folder)
        for warning in warnings:
            typer.echo(f"warning  {warning}", err=True)
        rules = len(candidate.campaign.rules)
        typer.echo(f"{candidate.campaign.id} version {candidate.campaign.version}: {rules} rules, every example holds")


@campaign.command("explain")
def campaign_explain(
    withdrawal: Annotated[Path, typer.Argument(help="A file with the body of POST /v1/withdrawals.")],
    folder: Annotated[
        Path | None, typer.Option("--campaign", help="A campaign's folder. Left out: the one in force where she lives.")
    ] = None,
) -> None:
    """Show what every rule says of one withdrawal: hit, miss or undetermined, with which values, and why."""
    from breather import explaining

    try:
        explanation = explaining.explain(read_settings(os.environ), SystemClock(), withdrawal, folder)
    except (Refused, StorageFailure, OSError, LookupError, ValueError) as wrong:
        typer.echo(f"refused: {wrong}", err=True)
        raise typer.Exit(2) from None
    explaining.show(explanation, Console())


@campaign.command("activate")
def campaign_activate(folder: Path, pack_folder: Annotated[Path | None, PACK_OPTION] = None) -> None:
    """Put a campaign version into force from now on."""
    with refusals():
        candidate, ends_at = operate.activate_campaign(read_settings(os.environ), SystemClock(), folder, pack_folder)
        name = f"{candidate.campaign.id} version {candidate.campaign.version}"
        typer.echo(f"{name} is active in {candidate.campaign.jurisdiction} until {format_instant(ends_at)}")


@campaign.command("shadow")
def campaign_shadow(folder: Path, pack_folder: Annotated[Path | None, PACK_OPTION] = None) -> None:
    """Run a campaign version beside the active one, without effect; the console compares them."""
    with refusals():
        candidate, begun = operate.begin_campaign_shadow(read_settings(os.environ), SystemClock(), folder, pack_folder)
        found, name = candidate.campaign, " version ".join(map(str, begun.beside))
        typer.echo(f"{found.id} version {found.version} is the shadow of {name} in {found.jurisdiction}")
        typer.echo("The console compares the two. To put it into force, activate these files as they are.")


@campaign.command("stop-shadow")
def campaign_stop_shadow(
    name: Annotated[str, typer.Argument(help="The campaign whose version runs as a shadow.")],
) -> None:
    """Stop a shadow. What it said so far stays in the console."""
    with refusals():
        version, jurisdiction = operate.stop_campaign_shadow(read_settings(os.environ), SystemClock(), name)
        typer.echo(f"{name} version {version} runs as a shadow in {jurisdiction} no more; what it said stays")


@campaign.command("list")
def campaign_list() -> None:
    """Every version that was put into force here, and those that run, or ran, as a shadow."""
    with refusals():
        table = Table(box=None, pad_edge=False)
        for heading in ("campaign", "version", "in", "standing", "since", "until"):
            table.add_column(heading, no_wrap=True)
        for line in operate.campaign_lines(read_settings(os.environ), SystemClock()):
            table.add_row(*line)
        # Wider than the terminal rather than with an instant cut off.
        console = Console()
        wanted = Measurement.get(console, console.options.update(max_width=10_000), table).maximum
        console.width = max(wanted, console.width)
        console.print(table)
