"""The stage of the acceptance stories: Breather and the demo exchange as real processes, on one clock, on two sites.

To a browser `127.0.0.1` and `localhost` are different sites, so the alert is a cross-site frame here as in the world.
Nothing waits for time to pass: the test moves the clock, and waits for what the pages show.
"""

import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from breather.operate import create_api_key
from breather.settings import Settings
from breather.web.api_keys import Scope
from tests.acceptance.exchange_site import TOKENS
from tests.exchange_process import READY_WITHIN_SECONDS, VASP, ExchangeProcess, free_port
from tests.launcher import CLOCK
from tests.tidy.source import ROOT

HOUR = 3_600_000
MINUTE = 60_000
SPENT = "SELECT jti FROM breather_spent_clearance ORDER BY jti"


@dataclass
class Stage:
    """`breather` is the service, `site` the address of the demo exchange; `folder` holds its books and its log."""

    breather: ExchangeProcess
    site: str
    folder: Path
    process: "subprocess.Popen[bytes]"

    def books(self, statement: str, *values: str) -> list[tuple[Any, ...]]:
        """What stands in the demo exchange's own database; also a way to meddle with it."""
        with closing(sqlite3.connect(self.folder / "books.db", timeout=10)) as connection, connection:
            return connection.execute(statement, values).fetchall()

    def status(self, withdrawal: str) -> tuple[str, str | None]:
        """Of a withdrawal at the exchange: its status and the transaction that paid it."""
        found = self.books("SELECT status, transaction_id FROM withdrawal WHERE id = ?", withdrawal)
        return found[0][0], found[0][1]

    def held(self, customer: str) -> int:
        """Whole USDT that the customer has left at the exchange."""
        found = self.books("SELECT units FROM balance WHERE customer = ? AND asset = 'USDT'", customer)
        return int(found[0][0]) // 10**18

    def tokens(self) -> list[str]:
        """Every clearance that the exchange was ever given, oldest first."""
        path = self.folder / "tokens"
        return path.read_text("ascii").split() if path.exists() else []


@contextmanager
def raised(folder: Path) -> Iterator[Stage]:
    """Both processes, answering. They end with the block."""
    port, other = free_port(), free_port()
    site = f"http://localhost:{other}"
    settings = Settings(
        database=f"sqlite:///{folder / 'exchange.db'}",
        keys=folder / "keys",
        vasp=VASP,
        port=port,
        public_url=f"http://127.0.0.1:{port}",
        exchange_origins=(site,),
        exchange_home=site,
        deadline_ms=20_000,
        worker_seconds=1,
    )
    breather = ExchangeProcess(folder, settings)
    breather.prepare()
    process = None
    try:
        breather.start()
        process = opened_site(breather, other)
        yield Stage(breather, site, folder, process)
    finally:
        if process is not None and process.poll() is None:
            process.terminate()
            process.wait(20)
        breather.close()


def opened_site(breather: ExchangeProcess, port: int, vasp: str = VASP) -> "subprocess.Popen[bytes]":
    """The demo exchange's site, listening; it ends when the caller ends it."""
    folder = breather.folder
    outside = {name: value for name, value in os.environ.items() if not name.startswith("BREATHER_")}
    ours = {
        CLOCK: str(folder / "clock"),
        TOKENS: str(folder / "tokens"),
        "BREATHER_DEMO_PORT": str(port),
        "BREATHER_DEMO_SERVICE_URL": breather.url,
        "BREATHER_DEMO_API_KEY": _key_of_an_exchange(breather),
        "BREATHER_DEMO_CLEARANCE_KEYS": ",".join(f"{kid}={key}" for kid, key in breather.clearance_keys.items()),
        "BREATHER_DEMO_DATABASE": str(folder / "books.db"),
        "BREATHER_DEMO_VASP": vasp,
    }
    command = [sys.executable, "-m", "tests.acceptance.exchange_site"]
    with (folder / "site.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, env={**outside, **ours}, stdout=log, stderr=log)
    until = time.monotonic() + READY_WITHIN_SECONDS
    while not _listens(port):
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.02)
            raise AssertionError(f"the demo exchange ended:\n{(folder / 'site.log').read_text()}")
        assert time.monotonic() < until, "the demo exchange does not listen"
    return process


def _key_of_an_exchange(breather: ExchangeProcess) -> str:
    """Not the key that may do everything: an exchange's back end has no business at the desk."""
    scopes = [Scope.ASSESS, Scope.RESPOND, Scope.CLEAR, Scope.READ]
    return create_api_key(breather.settings, breather.clock, "demo-exchange", scopes)


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("localhost", port), timeout=1):
        return True
    return False
