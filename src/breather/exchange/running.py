"""A running exchange service: one writer, reading snapshots of the database, and one snapshot to decide with.

Everything a request does goes through here, so that HTTP knows neither threads nor transactions.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from breather.clock import Clock
from breather.domain.instant import Millis
from breather.exchange.snapshot import Identity, Snapshot, read_generation, read_snapshot
from breather.exchange.standby import DrainedSome, Standby
from breather.storage.database import Database
from breather.storage.reader import Reader
from breather.storage.transaction import Transaction
from breather.storage.writer import Writer

T = TypeVar("T")


class RunningExchange:
    """Made by `bootstrap`. `snapshot` is replaced as a whole; a command keeps the one that it began with."""

    def __init__(
        self,
        database: Database,
        writer: Writer,
        clock: Clock,
        identify: Callable[[], Identity],
        standby: Standby,
    ) -> None:
        """`identify` reads the key folder anew, so that a key made later is known when a campaign needs it.

        Raises LookupError where a key is missing that a campaign in force needs.
        """
        self.database = database
        self.clock = clock
        self.standby = standby
        self._writer = writer
        self._identify = identify
        with database.reading() as reader:
            self.snapshot: Snapshot = self._whole(reader)
            standby.load(reader, clock.now())

    @property
    def waiting(self) -> int:
        """How many commands are queued for the writer."""
        return self._writer.waiting

    @property
    def identity(self) -> Identity:
        return self.snapshot.identity

    def _whole(self, reader: Reader) -> Snapshot:
        snapshot = read_snapshot(reader, self._identify())
        for version in snapshot.keys_needed(self.clock.now()):
            if version not in snapshot.identity.assignment_keys:
                raise LookupError(
                    f"assignment-{version}.secret is not in the key folder, and a campaign in force needs it"
                )
        return snapshot

    def submit(self, command: Callable[[Transaction], T], seconds: float | None = None) -> "Future[T]":
        """Queue a command for the writer; with `seconds`, it is given up if it was not taken by then."""
        deadline = None if seconds is None else time.monotonic() + seconds
        done = self._writer.submit(command, deadline)
        done.add_done_callback(self._learn)
        return done

    def _learn(self, done: "Future[T]") -> None:
        """In the writer's thread, before anybody who waits for the answer."""
        if not done.cancelled() and done.exception() is None:
            self.standby.guards.learn(done.result())

    def read(self, question: Callable[[Reader, Millis], T]) -> T:
        """Ask a snapshot of the database. `now` never lies before the last committed act (guarantees E)."""
        with self.database.reading() as reader:
            head = reader.one("journal_head")
            now = Millis(max(self.clock.now(), head["at"] if head else 0))
            return question(reader, now)

    def refresh(self) -> bool:
        """Take a new snapshot if the generation has risen; whether it had. Polled each second by `serve`.

        Raises LookupError, and keeps the snapshot there was, where the new one needs a key that is missing.
        """
        with self.database.reading() as reader:
            if read_generation(reader) == self.snapshot.generation:
                return False
            self.snapshot = self._whole(reader)
            return True

    def refresh_guards(self) -> None:
        """Read what is open since the last time. Polled each second by `serve`; the guards age until it succeeds."""
        with self.database.reading() as reader:
            self.standby.guards.refresh(reader, self.clock.now())

    def drain(self) -> DrainedSome | None:
        """A round of bringing stand-ins to the database; None where there are none. Polled each second by `serve`."""
        return self.standby.drain(self.submit, self.snapshot) if self.standby.waiting else None

    def close(self) -> None:
        """Finish what was accepted, then let go of the database."""
        self._writer.close()
        self.standby.close()
        self.database.close()
