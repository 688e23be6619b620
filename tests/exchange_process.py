"""A real exchange service in a process of its own: the sample campaign is in force, the clock is the test's."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import msgspec

from breather.domain.instant import Millis, format_instant, parse_instant
from breather.operate import activate_campaign, create_api_key, create_signing_keys
from breather.samples import sample_campaign
from breather.settings import Settings, as_environment
from breather.web.api_keys import Scope
from tests.launcher import CLOCK, FileClock, write_clock
from tests.tidy.source import ROOT

BEGAN = parse_instant("2026-11-22T10:43:00.000Z")
READY_WITHIN_SECONDS = 30.0
VASP = "demo-exchange"
CAMPAIGN = "macau-pj-trial"
ORIGIN = "https://www.exchange.example"
HOME = "https://www.exchange.example/home"


@dataclass
class ExchangeProcess:
    """`key` may do everything, each of `keys` only what its scope says; `clearance_keys` are payout's."""

    folder: Path
    settings: Settings
    key: str = ""
    keys: dict[Scope, str] = field(default_factory=dict)
    clearance_keys: dict[str, str] = field(default_factory=dict)
    campaign: Path = field(default_factory=lambda: sample_campaign(CAMPAIGN))
    now: Millis = BEGAN
    holds: "Callable[[str, str, httpx.Response], None] | None" = None  # looks at every reply of the API
    around: Mapping[str, str] = field(default_factory=dict)  # what else its processes find in their environment
    launcher: tuple[str, ...] = ("tests.launcher",)  # the module that starts them, and what it is told first
    process: "subprocess.Popen[bytes] | None" = None
    client: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False, timeout=30))

    @property
    def url(self) -> str:
        return self.settings.public_url

    @property
    def clock(self) -> FileClock:
        return FileClock(self.folder / "clock")

    def set_time(self, now: Millis, suspect: bool = False) -> None:
        self.now = now
        write_clock(self.folder / "clock", now, suspect)

    def advance(self, milliseconds: int) -> Millis:
        self.set_time(Millis(self.now + milliseconds))
        return self.now

    def instant(self, later: int = 0) -> str:
        """The test's now, or a little later, as it stands in a body."""
        return format_instant(Millis(self.now + later))

    def prepare(self) -> None:
        """Keys, the sample campaign, API keys: through the same code as the command line."""
        self.set_time(self.now)
        _, kid, public = create_signing_keys(self.settings)
        self.clearance_keys = {kid: public}
        activate_campaign(self.settings, self.clock, self.campaign, None)
        self.key = create_api_key(self.settings, self.clock, "everything", list(Scope))
        for scope in Scope:
            self.keys[scope] = create_api_key(self.settings, self.clock, f"only-{scope.value}", [scope])

    def environment(self) -> dict[str, str]:
        outside = {name: value for name, value in os.environ.items() if not name.startswith("BREATHER_")}
        return {**outside, **as_environment(self.settings), CLOCK: str(self.folder / "clock"), **self.around}

    def spawn(self, process: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", *self.launcher, process]
        with (self.folder / f"{process}.log").open("ab") as log:
            return subprocess.Popen(command, cwd=ROOT, env=self.environment(), stdout=log, stderr=log)

    def start(self) -> None:
        self.process = self.spawn("serve")
        until = time.monotonic() + READY_WITHIN_SECONDS
        while not self._listens():
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(0.02)
                raise AssertionError(f"serve ended before it listened:\n{self.log()}")
            assert time.monotonic() < until, f"serve does not listen:\n{self.log()}"

    def kill(self) -> None:
        """SIGKILL, without any chance to finish."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM, as an operator stops it. Returns the exit status; ending by that very signal counts as 0."""
        assert self.process is not None
        self.process.terminate()
        status = self.process.wait(20)
        return 0 if status == -signal.SIGTERM else status

    def close(self) -> None:
        self.client.close()
        if self.process is not None and self.process.poll() is None:
            self.stop()

    def log(self) -> str:
        path = self.folder / "serve.log"
        return path.read_text("utf-8", errors="replace") if path.exists() else ""

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """With `key` None the key that may do everything, with `key` "" none. Bytes are sent as they are."""
        given = dict(headers or {})
        chosen = self.key if key is None else key
        if chosen:
            given["Authorization"] = f"Bearer {chosen}"
        content = body if isinstance(body, bytes) else None if body is None else msgspec.json.encode(body)
        reply = self.client.request(method, self.url + path, content=content, headers=given)
        if self.holds is not None:
            self.holds(method, path, reply)
        return reply

    def post(self, path: str, body: object, key: str | None = None) -> httpx.Response:
        return self.call("POST", path, body, key=key)

    def get(self, path: str, key: str | None = None) -> httpx.Response:
        return self.call("GET", path, key=key)

    def event(self, withdrawal: str, body: Mapping[str, Any]) -> httpx.Response:
        return self.post(f"/v1/withdrawals/{withdrawal}/events", body)

    def state(self, withdrawal: str) -> dict[str, Any]:
        found: dict[str, Any] = self.get(f"/v1/withdrawals/{withdrawal}").json()
        return found

    def confirm(self, withdrawal: str, event: str, **changed: object) -> httpx.Response:
        """By a customer who has just signed in again, unless `changed` says otherwise."""
        body = {
            "id": event,
            "event": "confirm",
            "session_started_at": self.instant(),
            "authenticated_at": self.instant(),
            "session": {"remote_access": False, "screen_shared": False, "on_call": False, "new_device": False},
        }
        return self.event(withdrawal, {**body, **changed})

    def _listens(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.settings.port), timeout=1):
            return True
        return False


@dataclass
class StandingTime:
    """What its clock says to whoever sends a simulation: it stands, until the test sets it."""

    exchange: ExchangeProcess
    moves: bool = False

    def now(self) -> int:
        return self.exchange.now

    def reach(self, at: int) -> None:
        """It never comes."""


@contextmanager
def prepared_exchange(
    folder: Path, database: str, *, campaign: Path | None = None, **changed: Any
) -> Iterator[ExchangeProcess]:
    """Ready to start; whatever was started in it is stopped at the end. `changed` are settings."""
    port = free_port()
    settings = Settings(
        database=database,
        keys=folder / "keys",
        vasp=VASP,
        port=port,
        public_url=f"http://127.0.0.1:{port}",
        exchange_origins=(ORIGIN,),
        exchange_home=HOME,
        **{
            "deadline_ms": 20_000,
            "worker_seconds": 1,
            "spool_slots": 64,
            "intelligence": folder / "lists",
            **changed,
        },
    )
    found = ExchangeProcess(folder, settings)
    found.campaign = campaign or found.campaign
    try:
        found.prepare()
        yield found
    finally:
        found.close()


@contextmanager
def running_exchange_process(folder: Path, database: str, **changed: Any) -> Iterator[ExchangeProcess]:
    with prepared_exchange(folder, database, **changed) as found:
        found.start()
        yield found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
