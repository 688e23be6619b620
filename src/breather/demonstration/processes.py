"""The processes of the demonstration: two for each service, one for each exchange's site."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from breather.demonstration.cast import Cast, Exchange
from breather.demonstration.introduction import Keys
from breather.settings import AgencySettings, as_environment

READY_WITHIN_SECONDS = 60
GONE_WITHIN_SECONDS = 15

Process = subprocess.Popen[bytes]


class Processes:
    """Started one by one and kept at once, so that an interruption in the midst leaves none behind."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._groups: list[list[Process]] = []

    def start_agency(self, agency: AgencySettings) -> None:
        self._groups.append([])
        for process in ("serve", "worker"):
            self._start(["breather", "agency", process], as_environment(agency))

    def start_exchange(self, exchange: Exchange, keys: Keys) -> None:
        """Its Breather, and then its own site."""
        self._groups.append([])
        for process in ("serve", "worker"):
            self._start(["breather", "exchange", process], as_environment(exchange.settings))
        site = {
            "BREATHER_DEMO_PORT": str(exchange.site_port),
            "BREATHER_DEMO_SERVICE_URL": exchange.settings.public_url,
            "BREATHER_DEMO_API_KEY": keys.api[exchange.vasp],
            "BREATHER_DEMO_CLEARANCE_KEYS": keys.clearance[exchange.vasp],
            "BREATHER_DEMO_DATABASE": str(exchange.books),
            "BREATHER_DEMO_VASP": exchange.vasp,
        }
        self._groups.append([])
        self._start(["breather.demo.process"], site)

    def wait_ready(self, cast: Cast) -> None:
        """Until every address answers. ValueError with the end of the log where one does not."""
        until = time.monotonic() + READY_WITHIN_SECONDS
        addresses = [f"{cast.agency.public_url}/verify"]
        for exchange in cast.exchanges:
            addresses += [f"{exchange.settings.public_url}/openapi.json", exchange.site_url]
        for address in addresses:
            while not _answers(address):
                if time.monotonic() > until or not self.all_run():
                    log = self._log.read_text("utf-8", errors="replace")
                    raise ValueError(f"{address} does not answer:\n{log[-2000:]}")
                time.sleep(0.1)

    def all_run(self) -> bool:
        return all(process.poll() is None for group in self._groups for process in group)

    def stop(self) -> None:
        """The last one started first, so that nobody asks a service that is going; the agency last."""
        for group in reversed(self._groups):
            for process in group:
                if process.poll() is None:
                    process.send_signal(signal.SIGTERM)
            for process in group:
                try:
                    process.wait(timeout=GONE_WITHIN_SECONDS)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()

    def _start(self, module: list[str], ours: Mapping[str, str]) -> None:
        outside = {name: value for name, value in os.environ.items() if not name.startswith("BREATHER_")}
        # A session of its own: Ctrl-C reaches only this process, which then asks them to stop in order.
        with self._log.open("ab") as log:
            self._groups[-1].append(
                subprocess.Popen(  # noqa: S603  our own commands
                    [sys.executable, "-m", *module],
                    env={**outside, **ours},
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            )


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=1):  # noqa: S310  our own loopback address
            return True
    except (urllib.error.URLError, OSError):
        return False
