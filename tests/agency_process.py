"""A real agency service in a process of its own, two exchanges that it knows, and the clock in the test's hand."""

import html
import os
import re
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

from breather.domain.instant import Millis, parse_instant
from breather.operate import set_portal_password
from breather.peering import add_peer, create_slot, make_identity
from breather.protocol.alert_slot import AlertSlot
from breather.protocol.identity_folder import FOLDER, KEY_LIST, load_identity
from breather.settings import AgencySettings, as_environment
from tests.exchange_process import free_port
from tests.launcher import CLOCK, FileClock, write_clock
from tests.sending_exchange import AGENCY, TERMS, SendingExchange
from tests.tidy.source import ROOT

BEGAN = parse_instant("2026-11-22T10:43:00.000Z")
READY_WITHIN_SECONDS = 30.0
PASSWORD = "correct horse battery"
NAME = "Judiciary Police (demonstration)"
SPARING = "\n".join(line for line in TERMS.splitlines() if "amount_band" not in line)
EXCHANGES = {"demo-exchange": TERMS, "other-exchange": TERMS, "sparing-exchange": SPARING}


@dataclass
class AgencyProcess:
    """`exchanges` by name, each pinned here and knowing the agency. `slots` by exchange."""

    folder: Path
    settings: AgencySettings
    now: Millis = BEGAN
    exchanges: dict[str, SendingExchange] = field(default_factory=dict)
    slots: dict[str, AlertSlot] = field(default_factory=dict)
    officers: "list[OfficerPage]" = field(default_factory=list)
    around: Mapping[str, str] = field(default_factory=dict)  # what else its processes find in their environment
    launcher: tuple[str, ...] = ("tests.agency_launcher",)  # the module that starts them, and what it is told first
    process: "subprocess.Popen[bytes] | None" = None
    client: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False, timeout=30))

    @property
    def url(self) -> str:
        return self.settings.public_url

    @property
    def clock(self) -> FileClock:
        return FileClock(self.folder / "clock")

    @property
    def demo(self) -> SendingExchange:
        return self.exchanges["demo-exchange"]

    @property
    def other(self) -> SendingExchange:
        return self.exchanges["other-exchange"]

    def set_time(self, now: Millis) -> None:
        """Everybody's: the agency's and the exchanges'."""
        self.now = now
        write_clock(self.folder / "clock", now)
        for exchange in self.exchanges.values():
            exchange.now = now

    def advance(self, milliseconds: int) -> Millis:
        self.set_time(Millis(self.now + milliseconds))
        return self.now

    def prepare(self) -> None:
        """Identity, peers, slots, password: through the same code as the command line."""
        self.set_time(self.now)
        make_identity(self.settings, self.clock)
        set_portal_password(self.settings, self.clock, PASSWORD)
        for name, terms in EXCHANGES.items():
            self.exchanges[name] = self.introduce(name, terms)
            self.slots[name] = create_slot(self.settings, self.clock, name, name.replace("-", " ").title(), None)

    def introduce(self, name: str, terms: str = TERMS) -> SendingExchange:
        """A new exchange and this agency pin each other."""
        made = SendingExchange(name, self.folder / name, self.now, self.url)
        own = made.create()
        agreed = self.folder / f"{name}.toml"
        agreed.write_text(terms, "utf-8")
        place = str(made.folder / FOLDER / KEY_LIST)
        add_peer(self.settings, self.clock, name, place, own.fingerprint, agreed)
        made.knows(load_identity(self.settings.keys))
        return made

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

    def until(self, holds: Callable[[], bool]) -> None:
        """Asks again and again, for what the running service takes up within a second."""
        assert self.process is not None
        until = time.monotonic() + READY_WITHIN_SECONDS
        while not holds():
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(0.05)
                raise AssertionError(f"serve ended:\n{self.log()}")
            assert time.monotonic() < until, "it never held"

    def kill(self) -> None:
        """SIGKILL, without any chance to finish."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        assert self.process is not None
        self.process.terminate()
        status = self.process.wait(20)
        return 0 if status == -signal.SIGTERM else status

    def close(self) -> None:
        for each in [self.client, *(officer.client for officer in self.officers)]:
            each.close()
        for exchange in self.exchanges.values():
            exchange.client.close()
        if self.process is not None and self.process.poll() is None:
            self.stop()

    def log(self) -> str:
        path = self.folder / "serve.log"
        return path.read_text("utf-8", errors="replace") if path.exists() else ""

    def officer(self, name: str = "Ng 4711") -> "OfficerPage":
        found = OfficerPage(self, name)
        self.officers.append(found)
        return found

    def check(self, code: str, address: str = "/verify?locale=en") -> httpx.Response:
        return self.client.post(f"{self.url}{address}", data={"code": code})

    def _listens(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.settings.port), timeout=1):
            return True
        return False


class OfficerPage:
    """An officer's browser, without scripts: it keeps the cookie, reads the hidden fields and posts forms."""

    def __init__(self, agency: AgencyProcess, name: str) -> None:
        self.agency = agency
        self.client = httpx.Client(trust_env=False, timeout=30, base_url=agency.url)
        door = self.client.get("/portal/login")
        fields = {"csrf": hidden(door.text, "csrf"), "officer": name, "password": PASSWORD}
        entered = self.client.post("/portal/login", data=fields)
        assert entered.status_code == 303, entered.text

    def get(self, path: str = "/portal") -> httpx.Response:
        return self.client.get(path)

    def number_of(self, referral: str) -> int:
        """By the exchange's id: its place in the inbox."""
        found = re.findall(r"/portal/referrals/(\d+)", self.get("/portal").text)
        return next(
            int(number)
            for number in dict.fromkeys(found)
            if f'<dd class="id">{referral}</dd>' in self.page(int(number)).text
        )

    def page(self, number: int) -> httpx.Response:
        return self.get(f"/portal/referrals/{number}")

    def post(self, number: int, act: str, **fields: str) -> httpx.Response:
        """With the page's own hidden fields, unless others are given; what the page lacks is left out."""
        page = self.page(number).text
        given = {name: hidden(page, name) for name in ("csrf", "form", "seen") if f'name="{name}"' in page}
        return self.client.post(f"/portal/referrals/{number}/{act}", data={**given, **fields})

    def claim(self, number: int) -> httpx.Response:
        return self.post(number, "claim")

    def dispose(self, number: int, disposition: str, **fields: str) -> httpx.Response:
        return self.post(number, "dispose", disposition=disposition, **fields)


def hidden(page: str, name: str) -> str:
    match = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert match is not None, f"the page has no field {name}"
    return html.unescape(match[1])


@contextmanager
def prepared_agency(folder: Path, database: str, **changed: Any) -> Iterator[AgencyProcess]:
    """Ready to start; whatever was started in it is stopped at the end. `changed` are settings."""
    port = free_port()
    settings = AgencySettings(
        database=database,
        keys=folder / "keys",
        organisation=AGENCY,
        name=NAME,
        port=port,
        public_url=f"http://127.0.0.1:{port}",
        zone="Asia/Macau",
        **{"worker_seconds": 1, **changed},
    )
    found = AgencyProcess(folder, settings)
    try:
        found.prepare()
        yield found
    finally:
        found.close()


@contextmanager
def running_agency_process(folder: Path, database: str, **changed: Any) -> Iterator[AgencyProcess]:
    with prepared_agency(folder, database, **changed) as found:
        found.start()
        yield found
