"""An exchange's half of the relay beside a real agency: its database, its keys, its lane, and workers.

Referrals are promised here directly, as step 9 does; everything that leaves is what the worker sends.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from breather.bootstrap import exchange_database
from breather.clock import Clock
from breather.couriers.letter import Answer, Courier, Letter
from breather.couriers.peer_address import DeliverTo
from breather.couriers.webhook import Webhook
from breather.domain.instant import Millis
from breather.domain.referral import Referral
from breather.exchange.correspondent import Correspondent
from breather.exchange.lane import Lane, Means
from breather.peering import add_peer
from breather.protocol.envelope import Envelope, MessageType, message_id
from breather.protocol.identity_folder import FOLDER, KEY_LIST, load_identity
from breather.protocol.key_list import Purpose
from breather.protocol.peer_folder import keep_list, load_peers
from breather.protocol.referral import write_referral
from breather.settings import Settings, as_environment
from breather.storage.database import Database
from breather.storage.exchange.referrals import Promise, ReferralRow, find_referral, next_sequence, promise
from breather.storage.failure import StorageFailure
from tests.agency_process import AgencyProcess
from tests.integration.exchange.withdrawals import query
from tests.launcher import CLOCK, FileClock, write_clock
from tests.sending_exchange import AGENCY, REFERRAL
from tests.tidy.source import ROOT

PATIENCE_SECONDS = 60.0


@dataclass
class Meddler:
    """A courier with somebody on the way: `before` may refuse to carry, `after` changes the answer."""

    inner: Courier
    after: Callable[[Answer], Answer] = lambda answer: answer
    before: Callable[[Letter], None] = lambda letter: None
    carried: list[Letter] = field(default_factory=list)

    def carry(self, letter: Letter) -> Answer:
        self.before(letter)
        self.carried.append(letter)
        return self.after(self.inner.carry(letter))

    def close(self) -> None:
        self.inner.close()


class RelayingExchange:
    """`name` is one of the exchanges that the agency has pinned; its identity is used here. `clock` is the agency's."""

    def __init__(self, agency: AgencyProcess, database: str, name: str = "demo-exchange") -> None:
        self.agency = agency
        self.settings = Settings(database=database, keys=agency.exchanges[name].folder, vasp=name, worker_seconds=1)
        self.clock: Clock = agency.clock
        self.database: Database = exchange_database(self.settings, self.clock)
        self.pin()
        self._lanes: list[Lane] = []
        self._workers: list[subprocess.Popen[bytes]] = []

    @property
    def folder(self) -> Path:
        return self.settings.keys

    def pin(self, url: str | None = None) -> None:
        place = str(self.agency.settings.keys / FOLDER / KEY_LIST)
        fingerprint = load_identity(self.agency.settings.keys).fingerprint
        address = DeliverTo(url or self.agency.url, allow_loopback=True)
        add_peer(self.settings, self.clock, AGENCY, place, fingerprint, address)

    def own_clock(self, now: Millis) -> None:
        """From now on this exchange's clock differs from the agency's."""
        path = self.folder / "clock"
        write_clock(path, now)
        self.clock = FileClock(path)
        self.database.close()
        self.database = exchange_database(self.settings, self.clock)

    def envelope(self, number: int, **changed: Any) -> Envelope:
        referral = message_id(MessageType.REFERRAL, self.clock.now(), os.urandom(10))
        made = Envelope(MessageType.REFERRAL, "test", self.settings.vasp, AGENCY, referral, number)
        return replace(made, **changed)

    def promise(self, count: int = 1, referral: Referral = REFERRAL, **changed: Any) -> list[str]:
        """Ids of referrals that were promised in one transaction; `changed` are members of the envelope."""
        made = []
        with self.database.writing() as tx:
            for _ in range(count):
                envelope = self.envelope(next_sequence(tx, AGENCY, MessageType.REFERRAL), **changed)
                promised = Promise(
                    envelope.id,
                    f"wd-{envelope.id}",
                    AGENCY,
                    referral.tier,
                    referral.basis,
                    referral.destination.key,
                    write_referral(envelope, referral),
                )
                promise(tx, promised, tx.journal(9, "referred", promised.withdrawal, "key:shop", b"{}"))
                made.append(envelope.id)
        return made

    def lane(self, meddle: Callable[[Courier], Courier] = lambda courier: courier) -> Lane:
        """A lane whose acts the test calls itself."""
        means = Means(
            database=self.database,
            clock=self.clock,
            courier=lambda address: meddle(Webhook(address, "test")),
            keep=lambda name, signed, now: keep_list(self.settings.keys, name, signed, now),
            on_fatal=_fail,
        )
        self._lanes.append(Lane(means, self.sender, load_peers(self.settings.keys)[AGENCY]))
        return self._lanes[-1]

    @property
    def sender(self) -> Correspondent:
        key = load_identity(self.settings.keys).private[Purpose.MESSAGES]
        return Correspondent(self.settings.vasp, "test", key)

    def row(self, referral: str) -> ReferralRow:
        with self.database.reading() as reader:
            found = find_referral(reader, referral)
        assert found is not None
        return found

    def states(self) -> dict[str, str]:
        """Where every promise stands, by referral."""
        return dict(self.rows("SELECT referral, state FROM delivery"))

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Past the service, on a connection of its own."""
        return query(self.settings.database, sql)

    def arrived(self) -> dict[str, bytes]:
        """What the agency keeps of this exchange: bodies by id; doubled in effect would be a failure here."""
        sql = f"SELECT id, body FROM referral WHERE sender = '{self.settings.vasp}'"
        found = query(self.agency.settings.database, sql)
        assert len({row[0] for row in found}) == len(found)
        return {row[0]: bytes(row[1]) for row in found}

    def spawn(self) -> "subprocess.Popen[bytes]":
        """A worker process on the same clock."""
        path = self.folder / "clock" if (self.folder / "clock").exists() else self.agency.folder / "clock"
        outside = {name: value for name, value in os.environ.items() if not name.startswith("BREATHER_")}
        environment = {**outside, **as_environment(self.settings), CLOCK: str(path)}
        with (self.folder / "worker.log").open("ab") as log:
            command = [sys.executable, "-m", "tests.launcher", "worker"]
            started = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        self._workers.append(started)
        return started

    def until(self, holds: Callable[[], bool], what: str = "it") -> None:
        """Asks again and again; fails with the worker's log."""
        ends, pause = time.monotonic() + PATIENCE_SECONDS, threading.Event()
        while not holds():
            assert time.monotonic() < ends, f"{what} never held\n{self.log()}"
            pause.wait(0.02)

    def log(self) -> str:
        path = self.folder / "worker.log"
        return path.read_text("utf-8", errors="replace")[-4000:] if path.exists() else ""

    def close(self) -> None:
        for worker in self._workers:
            if worker.poll() is None:
                worker.kill()
            worker.wait()
        for lane in self._lanes:
            lane.close()
        self.database.close()


def settled(exchange: RelayingExchange) -> bool:
    return set(exchange.states().values()) <= {"receipted"}


def kept_promises(exchange: RelayingExchange, promised: list[str]) -> None:
    """Guarantee F4: nothing is lost, nothing doubled, and each receipt is of the bytes that the agency has."""
    states, arrived = exchange.states(), exchange.arrived()
    assert sorted(states) == sorted(promised), "promised = receipted + pending + dead"
    for referral, state in states.items():
        assert state in ("receipted", "pending")
        if state == "receipted":
            assert arrived[referral] == exchange.row(referral).body
    # In one statement, for a worker may be at it: each receipted delivery has exactly one entry in the journal.
    odd = exchange.rows(
        "SELECT delivery.referral FROM delivery JOIN referral ON referral.id = delivery.referral "
        "LEFT JOIN journal ON journal.withdrawal = referral.withdrawal AND journal.kind = 'receipted' "
        "GROUP BY delivery.referral, delivery.state "
        "HAVING count(journal.number) <> CASE WHEN delivery.state = 'receipted' THEN 1 ELSE 0 END"
    )
    assert odd == []


def ended(worker: "subprocess.Popen[bytes]") -> int:
    worker.send_signal(signal.SIGTERM)
    return worker.wait(40)


def _fail(failure: StorageFailure) -> None:
    raise AssertionError(f"fatal: {failure}")
