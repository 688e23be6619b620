"""`breather recover`, `breather clock` and `breather retention`: what an operator says after something went wrong, and
what would be erased now.
"""

import os
from typing import Annotated

import typer

from breather import backing
from breather.bootstrap import exchange_database
from breather.clock import SystemClock
from breather.domain.instant import Millis, format_instant
from breather.exchange.retain import would_go
from breather.exchange.time_confirmed import confirm_time
from breather.settings import AgencySettings, Settings, read_agency_settings, read_settings
from breather.storage.recovery import Fact
from breather.trust_commands import SERVICE_OPTION, Service, refusals

recover = typer.Typer(help="A database that is behind: what is known, and the way out of recovery mode.")
clock = typer.Typer(help="The machine's clock, after it was set or stood still.", no_args_is_help=True)

ACTOR_OPTION = typer.Option("--actor", help="Your name: it stands in the journal.")
BASIS_OPTION = typer.Option("--because", help="On what basis you say so: it stands in the journal.")


@recover.callback(invoke_without_command=True)
def recover_status(context: typer.Context, service: Annotated[Service, SERVICE_OPTION] = Service.EXCHANGE) -> None:
    """Say what the database has, what was witnessed, and what is still to be said. Exits with 1 while it is behind."""
    if context.invoked_subcommand is not None:
        return
    with refusals():
        found = backing.standing(_settings_of(service), SystemClock())
        typer.echo(f"the database: {found.seen.number:,} entries, epoch {found.seen.epoch}")
        typer.echo(_witnessed(found))
        if found.recovery is None and not found.behind:
            typer.echo("it is not behind")
            return
        if found.recovery is None:
            typer.echo(f"it is behind: {found.behind}; `serve` enters recovery mode when it starts")
        else:
            since = format_instant(Millis(found.recovery.since))
            typer.echo(f"in recovery mode since {since}: {found.recovery.because}")
            for fact in Fact:
                typer.echo(f"  {fact.value}: {_said(found, fact)}")
        raise typer.Exit(1)


@recover.command("begin")
def recover_begin(
    actor: Annotated[str, ACTOR_OPTION],
    because: Annotated[str, BASIS_OPTION],
    service: Annotated[Service, SERVICE_OPTION] = Service.EXCHANGE,
) -> None:
    """After other tools brought a database back: a new epoch, recovery mode, and what was erased is erased again."""
    with refusals():
        erased = backing.begin(_settings_of(service), SystemClock(), actor, because)
        typer.echo("in recovery mode: nothing is cleared or sealed")
        if erased:
            typer.echo(f"erased again: {erased:,} withdrawals")


@recover.command("confirm")
def recover_confirm(
    fact: Annotated[Fact, typer.Argument(help="withdrawals: all were told again. peers: their streams were compared.")],
    actor: Annotated[str, ACTOR_OPTION],
    because: Annotated[str, BASIS_OPTION],
    service: Annotated[Service, SERVICE_OPTION] = Service.EXCHANGE,
) -> None:
    """Say that one of the two facts holds; with both, recovery mode ends."""
    with refusals():
        left = backing.say(_settings_of(service), SystemClock(), fact, actor, because)
        if left is None:
            typer.echo("recovered: recovery mode has ended")
        else:
            typer.echo(f"kept; still to be said: {' and '.join(each.value for each in left.missing)}")


@clock.command("confirm")
def clock_confirm(actor: Annotated[str, ACTOR_OPTION], because: Annotated[str, BASIS_OPTION]) -> None:
    """Say that this machine's clock is right: every process of the exchange's service goes on by its machine's."""
    with refusals():
        ours = SystemClock()
        database = exchange_database(read_settings(os.environ), ours, creates=False)
        try:
            with database.writing() as tx:
                confirm_time(tx, actor, because)
        finally:
            database.close()
        typer.echo(f"confirmed: it is {format_instant(ours.now())}; a running service follows within a second")


def retention() -> None:
    """Say what the worker would erase now, and why it keeps the rest. Erases nothing."""
    with refusals():
        settings = read_settings(os.environ)
        if not settings.keep_days:
            typer.echo("nothing is ever erased: BREATHER_KEEP_DAYS is not set")
            return
        ours = SystemClock()
        database = exchange_database(settings, ours, creates=False)
        try:
            with database.reading() as reader:
                free, kept = would_go(reader, ours.now(), settings.keep_days)
        finally:
            database.close()
        typer.echo(f"{free:,} withdrawals would be erased: untouched for {settings.keep_days} days")
        for why, count in kept.items():
            typer.echo(f"{count:,} are as old and kept: {why.value}")


def _witnessed(found: backing.Standing) -> str:
    if found.witness is None:
        return "the witness: none"
    return f"the witness: {found.witness.number:,} entries, epoch {found.witness.epoch}"


def _said(found: backing.Standing, fact: Fact) -> str:
    assert found.recovery is not None, "asked only in the mode"
    word = found.recovery.facts.get(fact.value)
    if word is None:
        return f'to be said: `breather recover confirm {fact.value} --actor NAME --because "..."`'
    return f"{word.actor} at {format_instant(Millis(word.at))}: {word.basis}"


def _settings_of(service: Service) -> Settings | AgencySettings:
    return read_settings(os.environ) if service is Service.EXCHANGE else read_agency_settings(os.environ)
