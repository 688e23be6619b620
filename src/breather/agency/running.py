"""A running agency service: one writer, reading snapshots of the database, and one snapshot to answer with.

Everything a request does goes through here, so that HTTP knows neither threads nor transactions.
"""

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar

from breather.agency.snapshot import Snapshot, read_generation, read_snapshot
from breather.clock import Clock
from breather.domain.instant import Millis
from breather.storage.database import Database
from breather.storage.reader import Reader
from breather.storage.transaction import Transaction
from breather.storage.writer import Writer

T = TypeVar("T")


class RunningAgency:
    """Made by `bootstrap`. `snapshot` is replaced as a whole; a command keeps the one that it began with."""

    def __init__(self, database: Database, writer: Writer, clock: Clock, keys: Path) -> None:
        self.database = database
        self.clock = clock
        self._keys = keys
        self._writer = writer
        with database.reading() as reader:
            self.snapshot: Snapshot = read_snapshot(reader, keys)

    def submit(self, command: Callable[[Transaction], T]) -> "Future[T]":
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
        with self.database.reading() as reader:
            if read_generation(reader) == self.snapshot.generation:
                return False
            self.snapshot = read_snapshot(reader, self._keys)
            return True

    def close(self) -> None:
        """Finish what was accepted, then let go of the database."""
        self._writer.close()
        self.database.close()
