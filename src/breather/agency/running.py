"""A running agency service: one writer, reading snapshots of the database, and one snapshot to answer with.

Everything a request does goes through here, so that HTTP knows neither threads nor transactions.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from breather.agency.expire import SERVING
from breather.agency.snapshot import Snapshot, read_generation, read_snapshot
from breather.clock import Clock
from breather.domain.instant import Millis
from breather.storage.database import Database
from breather.storage.pending import Answer
from breather.storage.reader import Reader
from breather.storage.recovery import since_in_words
from breather.storage.transaction import Transaction
from breather.storage.witnessing import Witnessing
from breather.storage.writer import QUIET_SECONDS, Writer
from breather.tally import Tally

T = TypeVar("T")


class RunningAgency:
    """Made by `bootstrap`. `snapshot` is replaced as a whole; a command keeps the one that it began with."""

    def __init__(
        self, database: Database, writer: Writer, clock: Clock, keys: Path, witnessing: Witnessing | None = None
    ) -> None:
        self.database = database
        self.clock = clock
        self._keys = keys
        self._writer = writer
        self._witnessing = witnessing
        with database.reading() as reader:
            self.snapshot: Snapshot = read_snapshot(reader, keys)
        self._looked_at = time.monotonic()
        self._beat: Answer[int] | None = None

    def submit(self, command: Callable[[Transaction], T]) -> Answer[T]:
        """Queue a command for the writer; its future is settled after the commit."""
        return self._writer.submit(command)

    def read(self, question: Callable[[Reader, Millis], T]) -> T:
        """Ask a snapshot of the database. `now` never lies before the last committed act (guarantees E)."""
        with self.database.reading() as reader:
            head = reader.one("journal_head")
            now = Millis(max(self.clock.now(), head["at"] if head else 0))
            return question(reader, now)

    def refresh(self) -> bool:
        """Take a new snapshot if the generation has risen; whether it had. Polled each second by `serve`."""
        if self._witnessing is not None:
            self._witnessing.look(self._writer.fell_back)
            self._writer.fell_back = self._writer.fell_back and self._witnessing.recovery is None
        with self.database.reading() as reader:
            if read_generation(reader) == self.snapshot.generation:
                changed = False
            else:
                self.snapshot = read_snapshot(reader, self._keys)
                changed = True
        self._looked_at = time.monotonic()
        return changed

    @property
    def waiting(self) -> int:
        """How many commands are queued for the writer now."""
        return self._writer.waiting

    @property
    def batches(self) -> Tally:
        """How many commands shared a commit."""
        return self._writer.batches

    def beat(self) -> None:
        """Leave the serving process's heartbeat, through the writer: that it can commit is then known, not hoped."""
        # One at a time: while the database is out of reach, heartbeats must not fill the queue.
        if self._beat is None or self._beat.done():
            self._beat = self._writer.submit(lambda tx: tx.run("beat", process=SERVING, at=tx.now, detail=""))

    def unready(self) -> dict[str, str]:
        """Why this process can take in nothing now, by code; empty where nothing speaks against it."""
        found = self._writer.unready()
        old = time.monotonic() - self._looked_at
        if old > QUIET_SECONDS:
            found["snapshot-old"] = f"peers and keys could not be read again for {old:.0f} s"
        return found

    @property
    def noted(self) -> dict[str, str]:
        """What weakens a promise while referrals are taken in, by code."""
        found = {}
        recovery = None if self._witnessing is None else self._witnessing.recovery
        if recovery is not None:
            found["recovering"] = since_in_words(recovery)
        if self._witnessing is not None and self._witnessing.problem:
            found["witness-not-kept"] = self._witnessing.problem
        return found

    def close(self) -> None:
        """Finish what was accepted, then let go of the database."""
        self._writer.close()
        if self._witnessing is not None:
            self._witnessing.end()
        self.database.close()
