"""The whole story's stage: one agency, two exchanges that it knows, and the site of each, on one clock.

Everybody is introduced as `breather demo` does it, and every service runs as `serve` and `worker`, each a process of
its own. What travels between them takes real time; all else that the story waits for is moved by the test's clock.
"""

import base64
import json
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pyrage import x25519

from breather.bootstrap import exchange_database, exchange_identity
from breather.demonstration.cast import AGENCY, AGENCY_NAME, EXCHANGES, Cast, Exchange
from breather.demonstration.introduction import Keys, introduce
from breather.demonstration.terms import RELAY
from breather.domain.instant import Millis
from breather.exchange.activate import activate, check
from breather.operate import create_api_key, set_password, set_portal_password
from breather.protocol.pack import read_folder
from breather.protocol.sealing import Binding, Subject, open_subject
from breather.samples import SAMPLE_PUBLIC_KEY, sample_campaign, sample_pack
from breather.settings import AgencySettings, Settings
from breather.web.api_keys import Scope
from tests.acceptance.stage import Stage, opened_site
from tests.agency_process import PASSWORD, AgencyProcess
from tests.exchange_process import CAMPAIGN, ExchangeProcess, free_port

FIRST, SECOND = (vasp for vasp, _ in EXCHANGES)
PATIENCE_SECONDS = 30.0


@dataclass
class RelayStage:
    """`first` and `second` are the exchanges with their sites; `officer_key` opens what is sealed to the officers."""

    folder: Path
    agency: AgencyProcess
    first: Stage
    second: Stage
    officer_key: x25519.Identity
    workers: "dict[str, subprocess.Popen[bytes]]" = field(default_factory=dict)

    def advance(self, milliseconds: int) -> None:
        """Everybody's clock."""
        now = Millis(self.agency.now + milliseconds)
        self.agency.set_time(now)
        for stage in (self.first, self.second):
            stage.breather.set_time(now)

    def work(self, name: str) -> None:
        """Start the worker of the agency or of an exchange, by its organisation."""
        process = self.agency if name == AGENCY else self.exchange(name).breather
        self.workers[name] = process.spawn("worker")

    def exchange(self, name: str) -> Stage:
        return {FIRST: self.first, SECOND: self.second}[name]

    def until(self, holds: Callable[[], bool], what: str) -> None:
        """Asks again and again for what takes real time to travel."""
        waiter = next(iter(self.workers.values()))
        ends = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            assert time.monotonic() < ends, f"{what} never held\n{self.logs()}"
            with suppress(subprocess.TimeoutExpired):
                waiter.wait(0.02)
                raise AssertionError(f"a worker ended:\n{self.logs()}")

    def opened(self, referral: str, sealed: bytes) -> Subject:
        """What an officer reads who has the key, from the file as the portal gives it."""
        binding = Binding("test", FIRST, AGENCY, referral)
        return open_subject(sealed, str(self.officer_key), binding)

    def plaintext_found(self, words: Iterable[str]) -> list[str]:
        """Files of the services, byte by byte, that hold one of the words: databases, their logs, backups, log files.

        The books of the demo exchange are not among them: it is the customer's own exchange and knows her name.
        """
        for service in (self.folder / "agency.db", self.first.folder / "exchange.db"):
            backup = service.with_suffix(".backup")
            backup.unlink(missing_ok=True)
            with closing(sqlite3.connect(service, timeout=10)) as connection:
                connection.execute("VACUUM INTO ?", (str(backup),))
        theirs = [self.first.folder / "books.db", self.second.folder / "books.db"]
        found = []
        for file in sorted(path for path in self.folder.rglob("*") if path.is_file()):
            if not any(file.name.startswith(each.name) for each in theirs):
                content = file.read_bytes()
                found += [f"{word} in {file}" for word in words for form in _forms(word) if form in content]
        return found

    def logs(self) -> str:
        return "\n".join(path.read_text("utf-8", errors="replace")[-3000:] for path in self.folder.rglob("*.log"))

    def close(self) -> None:
        for worker in self.workers.values():
            if worker.poll() is None:
                worker.send_signal(signal.SIGTERM)
        for worker in self.workers.values():
            worker.wait(20)


@contextmanager
def raised_together(folder: Path) -> Iterator[RelayStage]:
    """All processes, answering. They end with the block."""
    cast = _cast(folder)
    agency = AgencyProcess(folder, cast.agency)
    agency.set_time(agency.now)
    keys = introduce(cast, agency.clock)
    set_portal_password(cast.agency, agency.clock, PASSWORD)
    opened: list[Stage] = []
    stage = None
    try:
        agency.start()
        opened.extend(_opened(exchange, agency, keys) for exchange in cast.exchanges)
        key = x25519.Identity.from_str(_secret(keys.officer))
        stage = RelayStage(folder, agency, opened[0], opened[1], key)
        for name in (AGENCY, FIRST, SECOND):
            stage.work(name)
        yield stage
    finally:
        if stage is not None:
            stage.close()
        for each in opened:
            each.process.terminate()
            each.process.wait(20)
            each.breather.close()
        agency.close()


@dataclass
class Pair:
    """An agency and one exchange that relays to it, each serving, with the exchange's worker: no more than it takes."""

    agency: AgencyProcess
    exchange: ExchangeProcess
    worker: "subprocess.Popen[bytes]"

    def advance(self, milliseconds: int) -> None:
        self.exchange.set_time(self.agency.advance(milliseconds))


@contextmanager
def raised_pair(folder: Path) -> Iterator[Pair]:
    """Introduced as the others are. They end with the block."""
    cast = _cast(folder)
    agency = AgencyProcess(folder, cast.agency)
    agency.set_time(agency.now)
    keys = introduce(cast, agency.clock)
    exchange = _prepared(cast.exchanges[0], agency, keys)
    worker = exchange.spawn("worker")
    try:
        exchange.start()
        agency.start()
        yield Pair(agency, exchange, worker)
    finally:
        worker.terminate()
        worker.wait(20)
        exchange.close()
        agency.close()


def _opened(exchange: Exchange, agency: AgencyProcess, keys: Keys) -> Stage:
    breather = _prepared(exchange, agency, keys)
    set_password(exchange.settings, breather.clock, PASSWORD)
    breather.start()
    process = opened_site(breather, exchange.site_port, vasp=exchange.vasp)
    return Stage(breather, exchange.site_url, breather.folder, process)


def _prepared(exchange: Exchange, agency: AgencyProcess, keys: Keys) -> ExchangeProcess:
    """Ready to start."""
    breather = ExchangeProcess(exchange.settings.keys.parent, exchange.settings)
    breather.set_time(agency.now)
    kid, _, public = keys.clearance[exchange.vasp].partition("=")
    breather.clearance_keys = {kid: public}
    activate_with_relay(exchange.settings, breather)
    breather.key = create_api_key(exchange.settings, breather.clock, "everything", list(Scope))
    return breather


def activate_with_relay(settings: Settings, breather: ExchangeProcess) -> None:
    """The sample campaign with the demonstration's relay terms, and nothing else changed."""
    files = dict(read_folder(sample_campaign(CAMPAIGN)))
    files["campaign.toml"] += RELAY.encode()
    database = exchange_database(settings, breather.clock)
    agencies = exchange_identity(settings).agencies
    with database.writing() as tx:
        pack = read_folder(sample_pack("macau-pj"))
        activate(tx, check(files, pack, [SAMPLE_PUBLIC_KEY], "test", tx.now, agencies=agencies), "test")
    database.close()


def _forms(word: str) -> set[bytes]:
    """How a text might stand in a file: plain, escaped as in JSON, in UTF-16, in base64 at any offset."""
    plain = word.encode()
    shifted = {base64.b64encode(b" " * skip + plain)[4:-4] for skip in range(3)}
    return {
        plain,
        json.dumps(word)[1:-1].encode(),
        word.encode("utf-16-le"),
        *(each for each in shifted if len(each) > 8),
    }


def _secret(file: Path) -> str:
    return next(line for line in file.read_text("ascii").splitlines() if line.startswith("AGE-SECRET-KEY-"))


def _cast(folder: Path) -> Cast:
    agency = AgencySettings(
        database=f"sqlite:///{folder / 'agency.db'}",
        keys=folder / "agency-keys",
        organisation=AGENCY,
        name=AGENCY_NAME,
        zone="Asia/Macau",
        worker_seconds=1,
        **_address(),
    )
    return Cast(tuple(_exchange(folder / vasp, vasp, name) for vasp, name in EXCHANGES), agency, folder)


def _exchange(folder: Path, vasp: str, name: str) -> Exchange:
    folder.mkdir()
    site_port = free_port()
    site = f"http://localhost:{site_port}"
    settings = Settings(
        database=f"sqlite:///{folder / 'exchange.db'}",
        keys=folder / "keys",
        vasp=vasp,
        exchange_origins=(site,),
        exchange_home=site,
        deadline_ms=20_000,
        worker_seconds=1,
        **_address(),
    )
    return Exchange(vasp, name, settings, site_port, folder / "books.db")


def _address() -> dict[str, Any]:
    port = free_port()
    return {"port": port, "public_url": f"http://127.0.0.1:{port}"}
