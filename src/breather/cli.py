"""The command `breather`. Every command says what it did; a refusal says what would be right, and exits with 1."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import structlog
import typer
from rich.console import Console
from rich.table import Table

from breather import demonstration, operate
from breather.bootstrap import exchange_app, exchange_database, running_exchange
from breather.clock import SystemClock
from breather.domain.finding import Refused
from breather.domain.instant import format_instant
from breather.people.password import BadPassword
from breather.serve import serve
from breather.settings import Settings, read_settings
from breather.storage.failure import StorageFailure
from breather.web.api_keys import Scope
from breather.worker import work

app = typer.Typer(
    help="Stands between a person and the scam that is about to take their savings.", no_args_is_help=True
)
apikey = typer.Typer(help="Keys of the exchange's back end.", no_args_is_help=True)
signing_key = typer.Typer(help="The keys that this service signs with.", no_args_is_help=True)
password = typer.Typer(help="The console's login.", no_args_is_help=True)
campaign = typer.Typer(help="Campaigns: check them, put them into force.", no_args_is_help=True)
pack = typer.Typer(help="Packs: what the agency wrote.", no_args_is_help=True)
app.add_typer(apikey, name="apikey")
app.add_typer(signing_key, name="signing-key")
app.add_typer(password, name="password")
app.add_typer(campaign, name="campaign")
app.add_typer(pack, name="pack")

PACK_OPTION = typer.Option("--pack", help="The pack's folder. Left out: the sample pack of that name, in test mode.")


class Process(StrEnum):
    SERVE = "serve"
    WORKER = "worker"
    BOTH = "both"


@app.command()
def exchange(
    process: Annotated[Process, typer.Argument(help="Which process; both by default.")] = Process.BOTH,
) -> None:
    """The exchange service: serve, worker, or both."""
    with _refusals():
        settings = _settings()
        _log_as_json()
        if process is Process.SERVE:
            _serve(settings)
        elif process is Process.WORKER:
            work(exchange_database(settings, SystemClock()), settings.worker_seconds)
        else:
            raise typer.Exit(_both())


@app.command()
def doctor() -> None:
    """Say what is wrong, and what to do about it."""
    with _refusals():
        signs = list(operate.examination(_settings(), SystemClock()))
        table = Table("", "what", "what to do", box=None, pad_edge=False)
        for sign in signs:
            table.add_row("[red]wrong[/red]" if sign.wrong else "[green]fine[/green]", sign.what, sign.remedy)
        Console().print(table)
        if any(sign.wrong for sign in signs):
            raise typer.Exit(1)


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="Breather's port; the demo exchange takes the next one.")] = 8080,
    pause_seconds: Annotated[int, typer.Option(min=1, max=60, help="How long a pause lasts here.")] = 20,
) -> None:
    """The service, a demo exchange and a few hundred invented withdrawals, on this machine only."""
    with _refusals():
        raise typer.Exit(demonstration.run(port, pause_seconds))


@apikey.command("create")
def apikey_create(
    name: Annotated[str, typer.Argument(help="What it is for, such as withdrawals.")],
    scope: Annotated[list[Scope], typer.Option(help="May be given several times.")],
) -> None:
    """Make an API key and show it, once."""
    with _refusals():
        key = operate.create_api_key(_settings(), SystemClock(), name, scope)
        typer.echo(key)
        typer.echo("Shown once, and stored only as a hash.", err=True)


@apikey.command("revoke")
def apikey_revoke(name: str) -> None:
    """Revoke every key of that name; a running service follows within a second."""
    with _refusals():
        typer.echo(f"{operate.revoke_api_key(_settings(), SystemClock(), name)} revoked")


@signing_key.command("create")
def signing_key_create() -> None:
    """Make what is missing in the key folder, and print the public key that payout code needs."""
    with _refusals():
        made, kid, public = operate.create_signing_keys(_settings())
        for name in made:
            typer.echo(f"made {name}", err=True)
        typer.echo(f"{kid}={public}")


@password.command("set")
def password_set() -> None:
    """Set the console's password and end every session. It is read from the terminal, or from standard input."""
    with _refusals():
        asks = sys.stdin.isatty()
        text = typer.prompt("Password", hide_input=True, confirmation_prompt=True) if asks else sys.stdin.readline()
        operate.set_password(_settings(), SystemClock(), text.rstrip("\n"))
        typer.echo("The console's password is set; every session has ended.")


@campaign.command("check")
def campaign_check(folder: Path, pack_folder: Annotated[Path | None, PACK_OPTION] = None) -> None:
    """Check a campaign with its pack, and run its examples."""
    with _refusals():
        candidate, warnings = operate.check_campaign(_settings(), SystemClock(), folder, pack_folder)
        for warning in warnings:
            typer.echo(f"warning  {warning}", err=True)
        rules = len(candidate.campaign.rules)
        typer.echo(f"{candidate.campaign.id} version {candidate.campaign.version}: {rules} rules, every example holds")


@campaign.command("activate")
def campaign_activate(folder: Path, pack_folder: Annotated[Path | None, PACK_OPTION] = None) -> None:
    """Put a campaign version into force from now on."""
    with _refusals():
        candidate, ends_at = operate.activate_campaign(_settings(), SystemClock(), folder, pack_folder)
        name = f"{candidate.campaign.id} version {candidate.campaign.version}"
        typer.echo(f"{name} is active in {candidate.campaign.jurisdiction} until {format_instant(ends_at)}")


@pack.command("check")
def pack_check(folder: Path) -> None:
    """Check a pack's signature, its words in every locale, and its numbers."""
    with _refusals():
        found = operate.check_pack_folder(_settings(), SystemClock(), folder)
        typer.echo(f"{found.id} version {found.version}: {', '.join(found.locales)}; signed, complete, in date")


def main() -> None:
    app()


def _serve(settings: Settings) -> None:
    try:
        made = exchange_app(settings, running_exchange(settings, SystemClock()))
    except FileNotFoundError as missing:
        raise LookupError(f"there is no {missing.filename}; run `breather signing-key create`") from None
    serve(made, settings)


def _settings() -> Settings:
    return read_settings(os.environ)


def _log_as_json() -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _both() -> int:
    """`serve` and `worker` as two processes; if one ends, the other is asked to. Returns the worse exit status."""
    command = [sys.executable, "-m", "breather", "exchange"]
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


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except (Refused, StorageFailure, BadPassword, FileNotFoundError, LookupError, ValueError) as failure:
        typer.echo(f"refused: {failure}", err=True)
        raise typer.Exit(1) from None
