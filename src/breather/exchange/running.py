"""A running exchange service: one writer, reading snapshots of the database, and one snapshot to decide with.

Everything a request does goes through here, so that HTTP knows neither threads nor transactions.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from typing import TypeVar

from breather.clock import Clock
from breather.domain.instant import Millis
from breather.exchange.expire import SERVING
from breather.exchange.open_intelligence import open_intelligence
from breather.exchange.snapshot import Identity, Snapshot, read_generation, read_snapshot
from breather.exchange.standby import BUSY, DrainedSome, Standby
from breather.intelligence.known import Intelligence
from breather.intelligence.list_folder import ListFolder
from breather.intelligence.snapshot_file import DamagedFile
from breather.storage.database import Database
from breather.storage.fair_queue import OURSELVES, Sender
from breather.storage.pending import Answer
from breather.storage.reader import Reader
from breather.storage.transaction import Transaction
from breather.storage.writer import QUIET_SECONDS, Writer
from breather.tally import Tally

T = TypeVar("T")

DRAINING_SECONDS = 0.5


class RunningExchange:
    """Made by `bootstrap`. `snapshot` is replaced as a whole; a command keeps the one that it began with."""

    def __init__(
        self,
        database: Database,
        writer: Writer,
        clock: Clock,
        identify: Callable[[], Identity],
        standby: Standby,
        lists: ListFolder | None = None,
    ) -> None:
        """`identify` reads the key folder anew, so that a key made later is known when a campaign needs it.

        Without `lists` nothing is known of any address. Raises LookupError where a key is missing that a campaign in
        force needs. Lists that cannot be opened stop nothing: `lists_problem` says why, "" if all is well.
        """
        self.database = database
        self.clock = clock
        self.standby = standby
        self.lists_problem = ""
        self._writer = writer
        self._identify = identify
        self._lists = lists
        with database.reading() as reader:
            self.snapshot: Snapshot = self._whole(reader, None)
            standby.load(reader, clock.now())
        self._looked_at = time.monotonic()
        self._beat: Answer[int] | None = None

    @property
    def identity(self) -> Identity:
        return self.snapshot.identity

    def _whole(self, reader: Reader, before: Intelligence | None) -> Snapshot:
        snapshot = read_snapshot(reader, self._identify())
        for version in snapshot.keys_needed(self.clock.now()):
            if version not in snapshot.identity.assignment_keys:
                raise LookupError(
                    f"assignment-{version}.secret is not in the key folder, and a campaign in force needs it"
                )
        return snapshot if self._lists is None else replace(snapshot, intelligence=self._known(reader, before))

    def _known(self, reader: Reader, before: Intelligence | None) -> Intelligence | None:
        """The lists in force. Where they cannot be opened, those before serve on: keys and campaigns must not wait."""
        assert self._lists is not None
        try:
            found = open_intelligence(reader, self._lists)
        except (DamagedFile, OSError) as damaged:
            self.lists_problem = str(damaged)
            return before
        self.lists_problem = ""
        return found

    def submit(
        self, command: Callable[[Transaction], T], seconds: float | None = None, sender: Sender = OURSELVES
    ) -> Answer[T]:
        """Queue a command for the writer; with `seconds`, it is given up if it was not taken by then."""
        deadline = None if seconds is None else time.monotonic() + seconds
        done = self._writer.submit(command, deadline, sender)
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
            changed = read_generation(reader) != self.snapshot.generation
            if changed or self.lists_problem:
                self.snapshot = self._whole(reader, self.snapshot.intelligence)
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
        """Why this process can make no decision now, by code; empty where nothing speaks against it."""
        found = self._writer.unready()
        old = time.monotonic() - self._looked_at
        if old > QUIET_SECONDS:
            found["snapshot-old"] = f"campaigns, packs and keys could not be read again for {old:.0f} s"
        return found

    def stands_by(self) -> bool:
        """Whether withdrawals are answered by stand-ins, if nothing can be decided."""
        return not self._writer.closed and self.standby.free > 0

    def refresh_guards(self) -> None:
        """Read what is open since the last time. Polled each second by `serve`; the guards age until it succeeds."""
        with self.database.reading() as reader:
            self.standby.refresh(reader, self.clock.now())

    def drain(self) -> DrainedSome | None:
        """Bring stand-ins to the database for a part of a second, then let others have it; None where there are none.

        Polled each second by `serve`. What waits for a decision comes first.
        """
        until = time.monotonic() + DRAINING_SECONDS
        sofar = DrainedSome(0, 0, 0, 0, 0)
        while self.standby.waiting and self.waiting < BUSY:
            round_ = self.standby.drain(self.submit, self.snapshot)
            sofar = sofar.then(round_)
            if not round_.got_further or time.monotonic() >= until:
                break
        return sofar if sofar.got_further else None

    def close(self) -> None:
        """Finish what was accepted, then let go of the database."""
        self._writer.close()
        self.standby.close()
        self.database.close()
