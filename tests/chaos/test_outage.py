"""The database is gone under load: every answer comes in time, none is weaker than the guards, and nothing is lost.

Here for a second at 60 a second, where no time is asserted. `make chaos` stops it under 500 a second for 20 seconds
(the lock for 10), prints by how much answers were late, and holds them to the deadline plus 20 ms.
"""

import asyncio
import math
import os
import shutil
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families as families

from breather.domain.friction import Friction
from breather.domain.instant import DAY
from breather.samples import sample_campaign
from tests.chaos.open_loop import DEADLINE_MS, Call, Lines, answered, at_rate, spread
from tests.engines import own_server
from tests.exchange_process import CAMPAIGN, ExchangeProcess, free_port, prepared_exchange
from tests.integration.exchange.withdrawals import query, small, withdrawal

RATE = int(os.environ.get("BREATHER_TEST_OUTAGE_RATE", "60"))
SECONDS_AWAY = float(os.environ.get("BREATHER_TEST_OUTAGE_SECONDS", "1"))
SECONDS_LOCKED = min(SECONDS_AWAY, 10.0)
SECONDS_AROUND = 0.5 if RATE < 100 else 3.0
TIMED = "BREATHER_TEST_OUTAGE_RATE" in os.environ
PROMISED_MS = 20
SLOTS = max(256, 2 ** math.ceil(math.log2(2 * RATE * SECONDS_AWAY)))
LIMITS = "\n[stand_in]\nper_withdrawal_usd = 20\nper_customer_day_usd = 60\nper_hour_usd = 200\n"
MICRO = 10**6


@dataclass
class Outage:
    """How the database leaves and comes back."""

    exchange: ExchangeProcess
    leave: Callable[[], object]
    come_back: Callable[[], object]
    seconds: float = SECONDS_AWAY
    guarded: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)

    def prepare(self) -> None:
        """Customers who have been sending to one destination for a month, and others with a pause open on theirs."""
        each = max(4, int(RATE * (self.seconds + 2 * SECONDS_AROUND)) // 400)
        for number in range(each):
            self.known.append(f"known-{number}")
            body = self.body(f"paid-{number}", self.known[-1])
            assert self.exchange.post("/v1/withdrawals", body).status_code == 201
            sent = {"id": "sent", "event": "broadcast", "transaction_id": f"t-{number}"}
            assert self.exchange.post(f"/v1/withdrawals/paid-{number}/events", sent).status_code == 201
        self.exchange.advance(32 * DAY)
        for number in range(each):
            self.guarded.append(f"guarded-{number}")
            body = withdrawal(f"open-{number}", self.guarded[-1], customer={"ref": self.guarded[-1]})
            assert self.exchange.post("/v1/withdrawals", body).json()["friction"] == "cooling_off"
        self.until("breather_known_payees", each)

    def body(self, name: str, customer: str) -> dict[str, Any]:
        """A small one to the only destination of that customer."""
        body = small(name, customer={"ref": customer})
        return {**body, "destination": withdrawal("x", customer)["destination"]}

    def bodies(self) -> list[dict[str, Any]]:
        """One in ten to a pair with an open pause, one in ten to one that is known, the others by strangers."""
        found = []
        for number in range(int(RATE * (self.seconds + 2 * SECONDS_AROUND))):
            name, turn = f"storm-{number}", number // 10
            if number % 10 == 0:
                found.append(self.body(name, self.guarded[turn % len(self.guarded)]))
            elif number % 10 == 1:
                found.append(self.body(name, self.known[turn % len(self.known)]))
            else:
                found.append(withdrawal(name) if number % 2 else small(name))
        return found

    def until(self, metric: str, wanted: float) -> None:
        until = time.monotonic() + 120
        while (found := self.metric(metric)) != wanted:
            assert time.monotonic() < until, f"{metric} is {found}, not {wanted}"

    def metric(self, name: str) -> float | None:
        text = self.exchange.client.get(f"http://{self.exchange.settings.metrics}/metrics").text
        return next(
            (sample.value for family in families(text) for sample in family.samples if sample.name == name), None
        )


@contextmanager
def started(folder: Path, database: str, spool: Path | None = None) -> Iterator[ExchangeProcess]:
    campaign = folder / "campaign"
    shutil.copytree(sample_campaign(CAMPAIGN), campaign)
    terms = campaign / "campaign.toml"
    terms.write_text(terms.read_text("utf-8").replace('length = "31d"', 'length = "90d"') + LIMITS, "utf-8")
    more = {"metrics": f"127.0.0.1:{free_port()}", "spool_slots": SLOTS, "spool": spool, "log_level": "error"}
    with prepared_exchange(folder, database, campaign=campaign, **more) as exchange:
        exchange.start()
        yield exchange


@contextmanager
def postgresql_stopped(folder: Path) -> Iterator[Outage]:
    """The server itself, as its operator stops and starts it."""
    with own_server() as (server, url), started(folder, url) as exchange:
        yield Outage(exchange, server.stop, server.start)


@contextmanager
def disk_full(folder: Path) -> Iterator[Outage]:
    """A small file system of its own, with the database and the spool on it, and not one free block."""
    disk = folder / "disk"
    disk.mkdir()
    size = SLOTS * 4096 + 64 * 2**20
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)], check=True)
    filler = disk / "filler"

    def fill() -> None:
        with filler.open("wb", buffering=0) as file:
            try:
                while file.write(bytes(4096)):
                    """Until there is no room for more."""
            except OSError:
                return

    try:
        with started(folder, f"sqlite:///{disk / 'exchange.db'}", disk / "spool") as exchange:
            yield Outage(exchange, fill, filler.unlink)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@contextmanager
def file_locked(folder: Path) -> Iterator[Outage]:
    """Another process is in a long transaction."""
    path = folder / "exchange.db"
    with started(folder, f"sqlite:///{path}") as exchange:
        other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        yield Outage(exchange, partial(other.executescript, "BEGIN IMMEDIATE"), other.rollback, SECONDS_LOCKED)
        other.close()


def may_mount(folder: Path) -> bool:
    """A test may be allowed to mount, or not; where it is not, an engine that says `full` stands for the disk."""
    probe = folder / "probe"
    probe.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(probe)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        return False
    subprocess.run(["umount", str(probe)], check=True)
    return True


@pytest.mark.parametrize("how", [postgresql_stopped, disk_full, file_locked], ids=lambda how: how.__name__)
def test_every_answer_comes_and_stands(how: Callable[[Path], Any], tmp_path: Path) -> None:
    if how is disk_full and not may_mount(tmp_path):
        pytest.skip("mounting is not permitted here; tests/integration/storage/test_failures.py has the engine say so")
    with how(tmp_path) as outage:
        outage.prepare()
        bodies = outage.bodies()
        first = asyncio.run(through(outage, bodies))
        stood = held_to_the_guards(outage, first)
        assert stood, "there was no outage"
        outage.until("breather_spool_depth", 0)
        last = asyncio.run(again(outage, bodies))
        kept(first, last)
        stored(outage, last)


async def through(outage: Outage, bodies: list[dict[str, Any]]) -> list[Call]:
    """All calls, of which those between leaving and coming back meet the outage."""
    lines = Lines(outage.exchange.settings.port, outage.exchange.key)
    leave, back = int(RATE * SECONDS_AROUND), int(RATE * (SECONDS_AROUND + outage.seconds))
    found = await at_rate(lines, bodies, RATE, {leave: outage.leave, back: outage.come_back})
    met = found[leave:back]
    kinds = Counter(call.kind for call in met)
    print(f"\n{RATE}/s for {outage.seconds:.0f} s: {dict(kinds)}; later than the deadline, ms: {spread(met)}")
    lines.close()
    assert set(kinds) <= {"decision", "stand-in", "pending"}
    if TIMED:
        assert max(call.took for call in met) * 1000 <= DEADLINE_MS + PROMISED_MS
    return found


async def again(outage: Outage, bodies: list[dict[str, Any]]) -> list[Call]:
    lines = Lines(outage.exchange.settings.port, outage.exchange.key, 20_000)
    found = await answered(lines, bodies)
    lines.close()
    return found


def held_to_the_guards(outage: Outage, calls: list[Call]) -> int:
    """How many stand-ins there were: a hold each, but for what the campaign's limits let go where nothing is open."""
    let_go: Counter[str] = Counter()
    stood = 0
    for number, call in enumerate(calls):
        if call.status >= 400:
            continue
        said = call.said
        if number % 10 == 0:
            assert Friction.from_word(said["friction"]) >= Friction.COOLING_OFF, "a pause is open on this pair"
        if said["stand_in"]:
            stood += 1
            assert said["decision"] in ("hold", "proceed")
            if said["decision"] == "proceed":
                assert number % 10 == 1, "only who has been sending there for a month"
                let_go[outage.known[number // 10 % len(outage.known)]] += 20
    assert sum(let_go.values()) <= 200, "the campaign's limit in one hour"
    assert max(let_go.values(), default=0) <= 60, "the campaign's limit for one customer"
    return stood


def kept(first: list[Call], last: list[Call]) -> None:
    """Who was answered is answered the same for ever; who was told to ask again has an answer now."""
    for one, other in zip(first, last, strict=True):
        assert other.status in (200, 201)
        if one.status < 400:
            assert (other.status, other.body) == (200, one.body), one.name


def stored(outage: Outage, last: list[Call]) -> None:
    """Each once, by a decision or as it stood, and nothing lower than was said."""
    database = outage.exchange.settings.database
    rows = query(database, "SELECT id, raised_friction FROM withdrawal WHERE id LIKE 'storm-%'")
    friction = dict(rows)
    assert len(rows) == len(friction) == len(last)
    made: dict[str, list[str]] = {}
    for name, kind in query(database, "SELECT withdrawal, kind FROM journal WHERE withdrawal LIKE 'storm-%'"):
        made.setdefault(name, []).append(kind)
    for call in last:
        assert made[call.name] == ["stood-in" if call.said["stand_in"] else "decided"]
        assert friction[call.name] >= Friction.from_word(call.said["friction"])
    assert query(database, "SELECT withdrawal FROM stand_in WHERE problem IS NOT NULL") == []
    assert query(database, "SELECT digest FROM stand_in_aside") == []
