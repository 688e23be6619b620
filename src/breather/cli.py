"""The command `breather`. Every command says what it did; a refusal says what would be right, and exits with 1."""

import os
import signal
import subprocess
import sys
import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from breather import backing, operate
from breather.agency.expire import expire as expire_at_agency
from breather.backtesting.command import backtest
from breather.bootstrap import (
    agency_app,
    agency_database,
    exchange_app,
    running_agency,
    running_exchange,
    work_for_exchange,
)
from breather.campaign_commands import campaign
from breather.client import BreatherError
from breather.clock import SystemClock
from breather.domain.finding import Refused
from breather.domain.instant import Millis, format_instant
from breather.history_commands import history, replay
from breather.intel_commands import intel
from breather.keeping_commands import clock, recover, retention
from breather.logs import log_as_json
from breather.pack_commands import pack
from breather.serve import serve
from breather.settings import AgencySettings, Settings, read_agency_settings, read_settings
from breather.trust_commands import (
    SERVICE_OPTION,
    Service,
    alert_slot,
    identity,
    officer_key,
    peer,
    refusals,
)
from breather.web.api_keys import Scope
from breather.worker import work

app = typer.Typer(
    help="Stands between a person and the scam that is about to take their savings.", no_args_is_help=True
)
apikey = typer.Typer(help="Keys of the exchange's back end.", no_args_is_help=True)
signing_key = typer.Typer(help="The keys that this service signs with.", no_args_is_help=True)
password = typer.Typer(help="The console's login.", no_args_is_help=True)
agency_password = typer.Typer(help="The officers' login to the portal.", no_args_is_help=True)
app.add_typer(agency_password, name="agency-password")
app.add_typer(identity, name="identity")
app.add_typer(peer, name="peer")
app.add_typer(alert_slot, name="alert-slot")
app.add_typer(officer_key, name="officer-key")
app.add_typer(apikey, name="apikey")
app.add_typer(signing_key, name="signing-key")
app.add_typer(password, name="password")
app.add_typer(campaign, name="campaign")
app.add_typer(pack, name="pack")
app.add_typer(history, name="history")
app.add_typer(recover, name="recover")
app.add_typer(clock, name="clock")
app.command()(retention)
app.add_typer(intel, name="intel")
app.command()(replay)
app.command()(backtest)


class Process(StrEnum):
    SERVE = "serve"
    WORKER = "worker"
    BOTH = "both"


@app.command()
def exchange(
    process: Annotated[Process, typer.Argument(help="Which process; both by default.")] = Process.BOTH,
) -> None:
    """The exchange service: serve, worker, or both."""
    with refusals():
        settings = _settings()
        log_as_json(settings.log_level, sys.stderr)
        if process is Process.SERVE:
            _serve(settings)
        elif process is Process.WORKER:
            work_for_exchange(settings, SystemClock())
        else:
            raise typer.Exit(_both(Service.EXCHANGE))


@app.command()
def agency(
    process: Annotated[Process, typer.Argument(help="Which process; both by default.")] = Process.BOTH,
) -> None:
    """The agency service: serve, worker, or both."""
    with refusals():
        settings = read_agency_settings(os.environ)
        log_as_json(settings.log_level, sys.stderr)
        if process is Process.SERVE:
            _serve_agency(settings)
        elif process is Process.WORKER:
            work(agency_database(settings, SystemClock()), settings.worker_seconds, expire_at_agency)
        else:
            raise typer.Exit(_both(Service.AGENCY))


@app.command()
def doctor(service: Annotated[Service, SERVICE_OPTION] = Service.EXCHANGE) -> None:
    """Say what is wrong, and what to do about it."""
    with refusals():
        if service is Service.EXCHANGE:
            signs = list(operate.examination(_settings(), SystemClock()))
        else:
            signs = list(operate.agency_examination(read_agency_settings(os.environ), SystemClock()))
        table = Table("", "what", "what to do", box=None, pad_edge=False)
        for sign in signs:
            table.add_row("[red]wrong[/red]" if sign.wrong else "[green]fine[/green]", sign.what, sign.remedy)
        Console().print(table)
        if any(sign.wrong for sign in signs):
            raise typer.Exit(1)


@app.command()
def backup(
    folder: Annotated[Path, typer.Argument(help="A new folder for the copy.")],
    service: Annotated[Service, SERVICE_OPTION] = Service.EXCHANGE,
) -> None:
    """Copy the database, as it stands at one moment, while the service runs. Keys are not in it."""
    with refusals():
        made = backing.take_backup(_settings_of(service), SystemClock(), folder)
        typer.echo(f"{folder}: {made.bytes:,} bytes, up to entry {made.number:,} of the journal")


@app.command()
def restore(
    folder: Annotated[Path, typer.Argument(help="What `breather backup` made.")],
    service: Annotated[Service, SERVICE_OPTION] = Service.EXCHANGE,
) -> None:
    """Put a copy where the settings say that the database is, and nothing is now."""
    with refusals():
        found = backing.restore_backup(_settings_of(service), SystemClock(), folder)
        taken = format_instant(Millis(found.manifest.taken_at))
        typer.echo(f"restored up to entry {found.manifest.number:,}, as it stood at {taken}")
        if found.erased:
            typer.echo(f"erased again: {found.erased:,} withdrawals")
        typer.echo("It is in recovery mode, because what happened after that is missing: `breather recover`", err=True)


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="The first of the five ports that it takes.")] = 8080,
    pause_seconds: Annotated[int, typer.Option(min=1, max=60, help="How long a pause lasts here.")] = 20,
) -> None:
    """Two exchanges with Breather, a police force and an invented past, on this machine only."""
    from breather import demonstration

    with refusals():
        raise typer.Exit(demonstration.run(port, pause_seconds))


@app.command()
def simulate(
    folder: Annotated[Path | None, typer.Argument(help="A new folder for the files, or - for lines of JSON.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same bytes.")] = 1,
    customers: Annotated[int | None, typer.Option(help="How many; before what the parameters say.")] = None,
    parameters: Annotated[Path | None, typer.Option(help="A TOML file of what is to be assumed otherwise.")] = None,
    service: Annotated[str | None, typer.Option(help="Send it to this URL instead; key in EXCHANGE_API_KEY.")] = None,
) -> None:
    """Invent customers and scams: Parquet files, lines of JSON, or load for a service. Bad input exits with 2."""
    try:
        from breather import simulating
    except ModuleNotFoundError as missing:
        typer.echo(f"refused: {missing.name} is not installed; install breather[analysis]", err=True)
        raise typer.Exit(1) from None
    try:
        if (folder is None) == (service is None):
            raise ValueError("give either a folder (or -) or --service")
        assumed = simulating.parameters_from(parameters, {} if customers is None else {"customers": customers})
        if service is not None:
            simulating.to_service(assumed, seed, service, os.environ.get("EXCHANGE_API_KEY", ""))
        elif folder == simulating.LINES:
            simulating.to_lines(assumed, seed, sys.stdout)
        elif folder is not None:
            simulating.to_folder(assumed, seed, folder)
    except (Refused, OSError, ValueError, BreatherError) as wrong:
        typer.echo(f"refused: {wrong}", err=True)
        raise typer.Exit(2) from None


@apikey.command("create")
def apikey_create(
    name: Annotated[str, typer.Argument(help="What it is for, such as withdrawals.")],
    scope: Annotated[list[Scope], typer.Option(help="May be given several times.")],
) -> None:
    """Make an API key and show it, once."""
    with refusals():
        key = operate.create_api_key(_settings(), SystemClock(), name, scope)
        typer.echo(key)
        typer.echo("Shown once, and stored only as a hash.", err=True)


@apikey.command("revoke")
def apikey_revoke(name: str) -> None:
    """Revoke every key of that name; a running service follows within a second."""
    with refusals():
        typer.echo(f"{operate.revoke_api_key(_settings(), SystemClock(), name)} revoked")


@signing_key.command("create")
def signing_key_create() -> None:
    """Make what is missing in the key folder, and print the public key that payout code needs."""
    with refusals():
        made, kid, public = operate.create_signing_keys(_settings())
        for name in made:
            typer.echo(f"made {name}", err=True)
        typer.echo(f"{kid}={public}")


@password.command("set")
def password_set() -> None:
    """Set the console's password and end every session. It is read from the terminal, or from standard input."""
    with refusals():
        operate.set_password(_settings(), SystemClock(), _password())
        typer.echo("The console's password is set; every session has ended.")


@agency_password.command("set")
def agency_password_set() -> None:
    """Set the portal's password and end every session. It is read from the terminal, or from standard input."""
    with refusals():
        operate.set_portal_password(read_agency_settings(os.environ), SystemClock(), _password())
        typer.echo("The portal's password is set; every session has ended.")


def main() -> None:
    app()


def _serve_agency(settings: AgencySettings) -> None:
    try:
        made = agency_app(settings, running_agency(settings, SystemClock()))
    except FileNotFoundError as missing:
        hint = "run `breather identity create --service agency`"
        raise LookupError(f"there is no {missing.filename}; {hint}") from None
    serve(made, settings)


def _password() -> str:
    asks = sys.stdin.isatty()
    text: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True) if asks else sys.stdin.readline()
    return text.rstrip("\n")


def _serve(settings: Settings) -> None:
    try:
        made = exchange_app(settings, running_exchange(settings, SystemClock()))
    except FileNotFoundError as missing:
        raise LookupError(f"there is no {missing.filename}; run `breather signing-key create`") from None
    serve(made, settings)


def _settings_of(service: Service) -> Settings | AgencySettings:
    return _settings() if service is Service.EXCHANGE else read_agency_settings(os.environ)


def _settings() -> Settings:
    return read_settings(os.environ)


def _both(service: Service) -> int:
    """`serve` and `worker` as two processes; if one ends, the other is asked to. Returns the worse exit status."""
    command = [sys.executable, "-m", "breather", service.value]
    running = [subprocess.Popen([*command, name.value]) for name in (Process.SERVE, Process.WORKER)]  # noqa: S603  ours

    def pass_on(number: int, frame: object) -> None:
        for process in running:
            process.send_signal(signal.SIGTERM)

    signal.signal(signal.SIGTERM, pass_on)
    signal.signal(signal.SIGINT, pass_on)
    while all(process.poll() is None for process in running):
        time.sleep(0.2)
    pass_on(0, None)
    # A process that ends by the signal it was sent has stopped as it was asked to.
    ends = [process.wait() for process in running]
    return max(0 if end == -signal.SIGTERM else abs(end) for end in ends)
