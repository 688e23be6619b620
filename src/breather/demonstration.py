"""`breather demo`: the service, a demo exchange on another site, and invented withdrawals, all on this machine.

Everything lives in a temporary folder and goes with it. Pauses last seconds, and pages say for how long they stand.
"""

import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import msgspec
from rich.console import Console
from rich.progress import track

from breather.bootstrap import exchange_database
from breather.clock import SystemClock
from breather.demo.history import PastEvent, PastWithdrawal, history
from breather.domain.event import Actor, Event, EventKind
from breather.domain.instant import DAY, Millis
from breather.domain.refusal import Refusal
from breather.exchange.activate import activate, check
from breather.exchange.assess import assess
from breather.exchange.clear import clear
from breather.exchange.respond import respond
from breather.exchange.snapshot import Identity, Snapshot, read_snapshot
from breather.operate import create_api_key, create_signing_keys, set_password
from breather.protocol.key_folder import KeyFolder
from breather.protocol.pack import read_folder
from breather.samples import SAMPLE_PUBLIC_KEY, sample_campaign, sample_pack
from breather.settings import Settings, as_environment
from breather.storage.database import Database
from breather.web.api_keys import Scope
from breather.web.exchange.bodies import WithdrawalBody
from breather.web.exchange.event_reading import event_of, read_event_body
from breather.web.exchange.submission import read_withdrawal
from breather.web.shape import read_shape

CAMPAIGN, PACK, VASP = "macau-pj-trial", "macau-pj", "demo-exchange"
BEGAN_DAYS_AGO = 20
READY_WITHIN_SECONDS = 30
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

TRY = """
[bold]What to try[/bold]
  1. Open the exchange, sign in as Mei, a customer in Macau, and withdraw 5,000 USDT to the address it offers.
     The alert comes up in her language. Answer the questions: the pause runs for {seconds} seconds and says that it
     stands for {minutes} minutes.
  2. When it is over, sign in again at the exchange and confirm there; the exchange fetches the clearance and pays out.
  3. Do it again and press the big button. Or say that somebody is listening. Or let it be.
  4. Open the console and look at why it was decided so.

Everything here is invented, the police's words are samples of this project, and all of it goes when you press Ctrl-C.
"""


class _PastClock:
    """Follows the invented history, so that the real use cases see it as it happened."""

    def __init__(self, at: Millis) -> None:
        self.at = at

    def now(self) -> Millis:
        return self.at

    def suspect(self) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class _Story:
    settings: Settings
    exchange_url: str
    api_key: str
    clearance_key: str
    password: str
    folder: Path


def run(port: int, pause_seconds: int) -> int:
    """Until Ctrl-C, SIGTERM or SIGHUP. Returns the exit status; ValueError if a port is taken."""
    console = Console()
    for number in (port, port + 1):
        _refuse_taken(number)
    with tempfile.TemporaryDirectory(prefix="breather-demo-") as name, _stoppable():
        processes: list[subprocess.Popen[bytes]] = []
        try:
            story = _prepare(Path(name), port, pause_seconds)
            _start(story, processes)
            _wait_ready(story, processes)
            _say(console, story, pause_seconds)
            while all(process.poll() is None for process in processes):
                time.sleep(0.2)
            return 1
        except KeyboardInterrupt:
            console.print("\nStopping.")
            return 0
        finally:
            _stop(processes)


def _prepare(folder: Path, port: int, pause_seconds: int) -> _Story:
    exchange_url = f"http://localhost:{port + 1}"
    settings = Settings(
        database=f"sqlite:///{folder / 'breather.db'}",
        keys=folder / "keys",
        vasp=VASP,
        port=port,
        public_url=f"http://127.0.0.1:{port}",
        exchange_origins=(exchange_url,),
        exchange_home=exchange_url,
        deadline_ms=500,
        worker_seconds=2,
    )
    _, kid, public = create_signing_keys(settings)
    _live_through(settings, pause_seconds)
    scopes = [Scope.ASSESS, Scope.RESPOND, Scope.CLEAR, Scope.READ]
    key = create_api_key(settings, SystemClock(), "demo-exchange", scopes)
    password = f"demo-{secrets.token_hex(8)}"
    set_password(settings, SystemClock(), password)
    return _Story(settings, exchange_url, key, f"{kid}={public}", password, folder)


def _live_through(settings: Settings, pause_seconds: int) -> None:
    """The invented past, through the real use cases, with the campaign beginning in the midst of it."""
    now = SystemClock().now()
    steps = list(history(now))
    clock = _PastClock(Millis(now - 60 * DAY))
    database = exchange_database(settings, clock)
    began = Millis(now - BEGAN_DAYS_AGO * DAY)
    snapshot = _snapshot(database, settings)
    active = False
    for step in track(steps, "Inventing two months of withdrawals", transient=True):
        if not active and step.at >= began:
            clock.at, active = began, True
            _activate(database, pause_seconds)
            snapshot = _snapshot(database, settings)
        clock.at = max(clock.at, Millis(step.at))
        _relive(database, snapshot, step)
    database.close()


def _activate(database: Database, pause_seconds: int) -> None:
    """The sample campaign with pauses of seconds that say what they stand for; nothing else is different."""
    files = dict(read_folder(sample_campaign(CAMPAIGN)))
    text = files["campaign.toml"].decode()
    shorter = text.replace('pause = "60m"', f'pause = "{pause_seconds}s"\ndemo_stands_for = "60m"')
    if shorter == text:
        raise ValueError("the sample campaign has no pause of 60m to shorten")
    files["campaign.toml"] = shorter.encode()
    with database.writing() as tx:
        candidate = check(files, read_folder(sample_pack(PACK)), [SAMPLE_PUBLIC_KEY], "test", tx.now)
        activate(tx, candidate, "demonstration")


def _relive(database: Database, snapshot: Snapshot, step: PastWithdrawal | PastEvent) -> None:
    """Some events suppose another decision than was made; those are refused, as they would have been."""
    try:
        with database.writing() as tx:
            if isinstance(step, PastWithdrawal):
                body = read_shape(msgspec.json.encode(step.body), WithdrawalBody)
                assess(tx, snapshot, read_withdrawal(body), f"vasp:{VASP}")
                return
            event = _past_event(step)
            if event.kind is EventKind.BROADCAST:
                clear(tx, snapshot, step.withdrawal, f"vasp:{VASP}", time_suspect=False)
            respond(tx, snapshot, step.withdrawal, event, time_suspect=False)
    except Refusal:
        return


def _past_event(step: PastEvent) -> Event:
    if step.by == "link":
        return Event(str(step.body["id"]), EventKind.ACKNOWLEDGE, Actor.CUSTOMER)
    return event_of(read_event_body(msgspec.json.encode(step.body)), VASP)


def _snapshot(database: Database, settings: Settings) -> Snapshot:
    identity = Identity(VASP, "test", KeyFolder(settings.keys).assignment_keys())
    with database.reading() as reader:
        return read_snapshot(reader, identity)


def _start(story: _Story, processes: list["subprocess.Popen[bytes]"]) -> None:
    """Into `processes` one by one, so that an interruption in the midst leaves none behind."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith("BREATHER_")}
    ours = {**outside, **as_environment(story.settings)}
    theirs = {
        **outside,
        "BREATHER_DEMO_PORT": str(story.settings.port + 1),
        "BREATHER_DEMO_SERVICE_URL": story.settings.public_url,
        "BREATHER_DEMO_API_KEY": story.api_key,
        "BREATHER_DEMO_CLEARANCE_KEYS": story.clearance_key,
        "BREATHER_DEMO_DATABASE": str(story.folder / "exchange.db"),
        "BREATHER_DEMO_VASP": VASP,
    }
    log = (story.folder / "log").open("wb")
    exchange = [sys.executable, "-m", "breather", "exchange"]
    commands = (
        ([*exchange, "serve"], ours),
        ([*exchange, "worker"], ours),
        ([sys.executable, "-m", "breather.demo.process"], theirs),
    )
    # A session of their own: Ctrl-C reaches only this process, which then asks them to stop in order.
    for command, environment in commands:
        processes.append(
            subprocess.Popen(  # noqa: S603  our own commands
                command, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        )


def _wait_ready(story: _Story, processes: list["subprocess.Popen[bytes]"]) -> None:
    until = time.monotonic() + READY_WITHIN_SECONDS
    for address in (f"{story.settings.public_url}/openapi.json", story.exchange_url):
        while not _answers(address):
            if time.monotonic() > until or any(process.poll() is not None for process in processes):
                log = (story.folder / "log").read_text("utf-8", errors="replace")
                raise ValueError(f"{address} does not answer:\n{log[-2000:]}")
            time.sleep(0.1)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=1):  # noqa: S310  our own loopback address
            return True
    except (urllib.error.URLError, OSError):
        return False


def _say(console: Console, story: _Story, pause_seconds: int) -> None:
    console.print("\n[bold]Breather is running, with a demo exchange beside it.[/bold]\n")
    console.print(f"  The demo exchange   {story.exchange_url}", highlight=False, soft_wrap=True)
    console.print(
        f"  Breather's console  {story.settings.public_url}/console   password {story.password}", highlight=False
    )
    console.print(f"  Breather's API      {story.settings.public_url}/openapi.json", highlight=False, soft_wrap=True)
    console.print(TRY.format(seconds=pause_seconds, minutes=60), highlight=False, soft_wrap=True)


def _stop(processes: list["subprocess.Popen[bytes]"]) -> None:
    """The exchange first, so that nobody asks a service that is going."""
    for process in reversed(processes):
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _refuse_taken(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise ValueError(
                f"port {port} is taken; choose another with --port (it and the next one are used)"
            ) from None


@contextmanager
def _stoppable() -> Iterator[None]:
    """SIGTERM and a closed terminal end the demonstration as Ctrl-C does; once it is ending, nothing hurries it."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        for each in STOPPING:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {each: signal.signal(each, interrupt) for each in STOPPING}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
