"""A running exchange service: one writer, reading snapshots of the database, and one snapshot to decide with.

Everything a request does goes through here, so that HTTP knows neither threads nor transactions.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import TypeVar

from breather.clock import Clock, watched
from breather.domain.instant import Millis
from breather.domain.refusal import Recovering
from breather.exchange.expire import SERVING, TIME_SUSPECT
from breather.exchange.open_intelligence import open_intelligence
from breather.exchange.snapshot import Identity, Snapshot, read_generation, read_snapshot
from breather.exchange.standby import BUSY, DrainedSome, Standby
from breather.exchange.time_confirmed import confirmed_time
from breather.intelligence.known import Intelligence
from breather.intelligence.list_folder import ListFolder
from breather.intelligence.snapshot_file import DamagedFile
from breather.storage.database import Database
from breather.storage.fair_queue import OURSELVES, Sender
from breather.storage.pending import Answer
from breather.storage.reader import Reader
from breather.storage.recovery import since_in_words
from breather.storage.transaction import Transaction
from breather.storage.witnessing import Witnessing
from breather.storage.writer import QUIET_SECONDS, Writer
from breather.tally import Tally

T = TypeVar("T")

DRAINING_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Outside:
    """What a serving process has beside its database. Without `lists` nothing is known of any address; without
    `witnessing` nobody notices that the database fell back while the process was away.
    """

    standby: Standby
    lists: ListFolder | None = None
    witnessing: Witnessing | None = None


class RunningExchange:
    """Made by `bootstrap`. `snapshot` is replaced as a whole; a command keeps the one that it began with."""

    def __init__(
        self,
        database: Database,
        writer: Writer,
        clock: Clock,
        identify: Callable[[], Identity],
        outside: Outside,
    ) -> None:
        """`identify` reads the key folder anew, so that a key made later is known when a campaign needs it.

        Raises LookupError where a key is missing that a campaign in force needs. Lists that cannot be opened stop
        nothing: `lists_problem` says why, "" if all is well.
        """
        self.database = database
        self.clock = watched(clock)
        self.standby = outside.standby
        self.lists_problem = ""
        self._writer = writer
        self._identify = identify
        self._lists = outside.lists
        self._witnessing = outside.witnessing
        with database.reading() as reader:
            self.snapshot: Snapshot = self._whole(reader, None)
            self.clock.follow(confirmed_time(reader))
            self.standby.load(reader, self.clock.now())
        self._looked_at = time.monotonic()
        self._beat: Answer[int] | None = None
        self._said_suspect = False

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
        # First: what goes wrong with keys or lists must not keep a database that fell back from being noticed.
        if self._witnessing is not None:
            self._witnessing.look(self._writer.fell_back)
            self._writer.fell_back = self._writer.fell_back and self._witnessing.recovery is None
        with self.database.reading() as reader:
            self.clock.follow(confirmed_time(reader))
            changed = read_generation(reader) != self.snapshot.generation
            if changed or self.lists_problem:
                self.snapshot = self._whole(reader, self.snapshot.intelligence)
        self._looked_at = time.monotonic()
        if self.clock.suspect() is not self._said_suspect:
            self.beat()  # the doctor knows of it by the heartbeat, and should not wait for the next
        return changed

    def refuse_behind(self) -> None:
        """For a command that clears or seals. Raises Recovering where the writer has found, in this very transaction,
        that the database fell back; within a second the witness then enters recovery mode in the database itself.
        """
        if self._writer.fell_back:
            raise Recovering

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
            self._said_suspect = self.clock.suspect()
            detail = TIME_SUSPECT if self._said_suspect else ""
            self._beat = self._writer.submit(lambda tx: tx.run("beat", process=SERVING, at=tx.now, detail=detail))

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

    @property
    def noted(self) -> dict[str, str]:
        """What holds up clearances or weakens a promise while decisions go on, by code."""
        found = {}
        recovery = None if self._witnessing is None else self._witnessing.recovery
        if recovery is not None:
            found["recovering"] = since_in_words(recovery)
        elif self._writer.fell_back:
            found["recovering"] = "what was acknowledged here is not in the database any more"
        if self.clock.suspect():
            found[TIME_SUSPECT] = "wall and monotonic clock are apart; the time stands still until it is confirmed"
        if self._witnessing is not None and self._witnessing.problem:
            found["witness-not-kept"] = self._witnessing.problem
        return found

    def close(self) -> None:
        """Finish what was accepted, then let go of the database."""
        self._writer.close()
        self.standby.close()
        if self._witnessing is not None:
            self._witnessing.end()
        self.database.close()
