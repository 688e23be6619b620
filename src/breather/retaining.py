"""The worker's retention job: one small batch after the other, and never more than a fifth of the writer's time."""

import threading
import time

import structlog

from breather.domain.instant import Millis
from breather.exchange.retain import retain
from breather.storage.database import Database
from breather.storage.erasure_journal import ErasureJournal, oldest_restorable

_log = structlog.get_logger("breather.retention")

# After a batch the database is left alone for four times as long as the batch took.
REST = 4
ROUND_SECONDS = 5.0
# Between two walks over everything that is old: those that are kept for a reason are looked at again then.
WALK_EVERY_SECONDS = 3600.0


class Retention:
    """Remembers how far it has come, so that what is kept for a reason is not looked at in each round."""

    def __init__(self, database: Database, journal: ErasureJournal, keep_days: int, backup_days: int) -> None:
        """With `keep_days` 0 nothing is ever erased."""
        self._database = database
        self._journal = journal
        self._keep_days = keep_days
        self._backup_days = backup_days
        self._after: int | None = 0
        self._walked_at = 0.0

    def work(self, stop: threading.Event) -> int:
        """One round; how many were erased. Raises StorageFailure, and OSError where the erasure journal cannot be
        written: nothing was erased then.
        """
        if not self._keep_days or not self._is_due():
            return 0
        erased, until = 0, time.monotonic() + ROUND_SECONDS
        while self._after is not None:
            began = time.monotonic()
            with self._database.writing() as tx:
                gone, after = retain(tx, self._journal, self._after, self._keep_days)
                now = tx.now
            erased, self._after = erased + gone, after
            took = time.monotonic() - began
            if self._after is None:
                self._end(now)
            elif time.monotonic() > until or stop.wait(REST * took):
                break
        if erased:
            _log.info("erased", withdrawals=erased)
        return erased

    def _is_due(self) -> bool:
        if self._after is None and time.monotonic() - self._walked_at > WALK_EVERY_SECONDS:
            self._after = 0
        return self._after is not None

    def _end(self, now: Millis) -> None:
        self._walked_at = time.monotonic()
        self._journal.forget(oldest_restorable(now, self._backup_days))
