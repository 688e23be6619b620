"""What stands by while the writer cannot answer: the spool with what it holds, the guards, and the limits.

Every stand-in of this process goes through here: made once for an id, on the disk before it is answered, drained into
the database when that is back (guarantees B1 to B4). What one customer and one API key may take of the spool is
bounded, so that whoever floods is shed before anybody else is (B2).
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TookTooLong
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Any, Final, Protocol, TypeVar

from breather.clock import Clock
from breather.domain.amount import MicroUsd
from breather.domain.friction import Friction
from breather.domain.instant import DAY, Millis
from breather.domain.refusal import ChangedRetry
from breather.domain.withdrawal import Withdrawal, differences
from breather.exchange.drain import Drained, drain, set_aside
from breather.exchange.guards import KeptGuards, SpentByStandIns
from breather.exchange.known_payees import KnownPayees
from breather.exchange.snapshot import Snapshot
from breather.exchange.stood_in import StoodIn, decode_stood_in, encode_stood_in, make_stood_in
from breather.intelligence.said_of import said_of
from breather.storage.failure import OutcomeUnknown, Overloaded, StorageFailure, Unavailable
from breather.storage.reader import Reader
from breather.storage.spool import BadSlot, Kept, Spool
from breather.storage.transaction import Transaction

T = TypeVar("T")

# One batch: while more are waiting, nothing is drained.
BUSY: Final = 64
SPOOLED_OF_ONE: Final = 64
DRAINED_AT_ONCE: Final = 32
DRAIN_SECONDS: Final = 30.0


class Submits(Protocol):
    def __call__(self, command: Callable[[Transaction], T], /) -> "Future[T]": ...


@dataclass(frozen=True, slots=True)
class DrainedSome:
    """What one round came to. `again` a crash had left in the spool; `left` is what it still holds."""

    written: int
    again: int
    conflicts: int
    aside: int
    left: int

    @property
    def got_further(self) -> bool:
        return bool(self.written or self.again or self.conflicts or self.aside)

    def then(self, later: "DrainedSome") -> "DrainedSome":
        """Both rounds, and what the later one left."""
        return DrainedSome(
            self.written + later.written,
            self.again + later.again,
            self.conflicts + later.conflicts,
            self.aside + later.aside,
            later.left,
        )


@dataclass(slots=True)
class _Held:
    """One stand-in on its way to the disk (`kept` is not done), or on it."""

    stood: StoodIn
    kept: "Future[Kept]"


class Standby:
    """Safe to share between threads; `drain` is called by one of them."""

    def __init__(self, spool: Spool, clock: Clock, guards: KeptGuards) -> None:
        self.guards = guards
        self.payees = KnownPayees()
        self.spent = SpentByStandIns()
        self._spool = spool
        self._clock = clock
        # Reentrant: a future that has failed already calls back at once, within the turn.
        self._turn = threading.RLock()
        self._held: dict[str, _Held] = {}
        self._of_customer: Counter[str] = Counter()
        self._of_key: Counter[str] = Counter()
        self._asking: Counter[str] = Counter()
        self._unsettled: set[str] = set()
        self._bad: list[tuple[Kept | BadSlot, bytes, str]] = [(bad, bad.block, bad.why) for bad in spool.bad]
        for kept in spool.loaded:
            self._load(kept)

    def __len__(self) -> int:
        """How many stand-ins the database has not got yet."""
        return len(self._held)

    @property
    def free(self) -> int:
        """How many more the spool has room for."""
        return self._spool.free

    @property
    def waiting(self) -> bool:
        """Whether there is anything to bring to the database, bad records included."""
        return bool(self._held or self._bad)

    def load(self, reader: Reader, now: Millis) -> None:
        """What must be known before the first stand-in. What the spool held is counted already."""
        here = {(held.stood.asked.customer, held.stood.decided_at) for held in self._held.values()}
        for row in reader.all("stand_ins_let_go", since=Millis(now - DAY)):
            if (row["customer"], row["decided_at"]) not in here:
                self.spent.add(row["customer"], row["amount_usd"], row["decided_at"])
        self.refresh(reader, now)

    def refresh(self, reader: Reader, now: Millis) -> None:
        """Read what is open and who is known since the last time; the guards age until it succeeds."""
        self.guards.refresh(reader, now)
        self.payees.read_on(reader)

    def find(self, withdrawal: str) -> StoodIn | None:
        """A stand-in that is answered for ever, and not in the database yet."""
        with self._turn:
            held = self._held.get(withdrawal)
        return held.stood if held is not None and _is_kept(held) else None

    def speaks_for(self, withdrawal: str) -> bool:
        """There is one for this id, on the disk or on its way there: the writer is not to be asked any more."""
        return withdrawal in self._held

    def taken(self, withdrawal: str, done: "Future[Any]") -> None:
        """The writer has taken a command about this id, and its caller could not wait: until it is known what came of
        it, no stand-in speaks for that id (guarantee B3).
        """
        with self._turn:
            self._unsettled.add(withdrawal)
        done.add_done_callback(lambda ended: self._ended(withdrawal, ended))

    def settled(self, withdrawal: str) -> None:
        """The database has answered for it."""
        if self._unsettled:
            with self._turn:
                self._unsettled.discard(withdrawal)

    def is_unsettled(self, withdrawal: str) -> bool:
        """The writer may still decide it, for this request or for another one with the same id."""
        return withdrawal in self._unsettled or withdrawal in self._asking

    def _ended(self, withdrawal: str, done: "Future[Any]") -> None:
        """A commit whose answer was lost settles nothing: only looking it up does (guarantee A2)."""
        if done.cancelled() or not isinstance(done.exception(), OutcomeUnknown):
            self.settled(withdrawal)

    @contextmanager
    def asking(self, withdrawal: str) -> Iterator[None]:
        """Around the wait for a decision."""
        with self._turn:
            self._asking[withdrawal] += 1
        try:
            yield
        finally:
            with self._turn:
                _less(self._asking, withdrawal)

    def stand_in(self, snapshot: Snapshot, asked: Withdrawal, actor: str) -> "Future[tuple[StoodIn, bool]]":
        """The one stand-in for this id, and whether it is new, once it is on the disk.

        Raises ChangedRetry where the id was used for another withdrawal, Overloaded where this customer or all of them
        together have too many; the future fails with SpoolFull or Unavailable, and then nothing was kept.
        """
        with self._turn:
            held = self._held.get(asked.id)
            created = held is None
            if held is None:
                held = self._make(snapshot, asked, actor)
        if pointers := differences(held.stood.asked, asked):
            raise ChangedRetry("withdrawal", pointers)
        answer: Future[tuple[StoodIn, bool]] = Future()
        held.kept.add_done_callback(partial(_answer, answer, held.stood, created))
        return answer

    def drain(self, submit: Submits, snapshot: Snapshot) -> DrainedSome:
        """One round, oldest first. What the database cannot take now is tried again in the next; what no database can
        take is set aside.
        """
        counts: Counter[str] = Counter()
        with self._turn:
            hopeless = {id(bad[0]) for bad in self._bad}
            kept = (held for held in self._held.values() if _is_kept(held))
            ready = list(islice((held for held in kept if id(held.kept.result()) not in hopeless), DRAINED_AT_ONCE))
        for held, done in _submitted(submit, snapshot, ready):
            try:
                counts[done.result(DRAIN_SECONDS)] += 1
            except (Unavailable, OutcomeUnknown, Overloaded, TookTooLong):
                continue
            except Exception as fault:  # noqa: BLE001 - one record that nobody can drain must not stop the others
                self._bad.append((held.kept.result(), encode_stood_in(held.stood), f"{type(fault).__name__}: {fault}"))
                continue
            self._forget(held)
        for bad in list(self._bad):
            counts["aside"] += self._set_aside(submit, *bad)
        return DrainedSome(
            counts[Drained.WRITTEN],
            counts[Drained.AGAIN],
            counts[Drained.CONFLICT],
            counts["aside"],
            len(self._held),
        )

    def close(self) -> None:
        self._spool.close()

    def _make(self, snapshot: Snapshot, asked: Withdrawal, actor: str) -> _Held:
        """Within the turn, so that limits are counted before the next is asked."""
        if self._of_customer[asked.customer] >= SPOOLED_OF_ONE:
            raise Overloaded(f"{SPOOLED_OF_ONE} stand-ins of this customer are waiting for the database already")
        # Where there are several keys, the last quarter is for those who have taken less: none can fill it alone.
        scarce = self._spool.slots - len(self._held) < self._spool.slots // 4 and len(snapshot.api_keys) > 1
        if scarce and self._of_key[actor] > self._spool.slots // 2:
            raise Overloaded("half of the spool is this key's already, and little of it is left")
        now = self._clock.now()
        known_for = self.payees.known_for(asked.customer, asked.destination.key, now)
        guards = self.guards.of(asked, now, known_for, self._clock.suspect())
        # The lists are files of this machine, so they are there while the database is not.
        lists = snapshot.intelligence
        guards = replace(guards, accused=lists is None or said_of(lists, asked.destination, now).accused)
        stood = make_stood_in(snapshot, asked, guards, self.spent.so_far(asked.customer, now), now, actor)
        held = _Held(stood, self._spool.keep(encode_stood_in(stood)))
        self._hold(held)
        held.kept.add_done_callback(lambda kept: self._lost(held) if kept.exception() is not None else None)
        return held

    def _load(self, kept: Kept) -> None:
        try:
            stood = decode_stood_in(kept.body)
        except ValueError as error:
            self._bad.append((kept, kept.body, str(error)))
            return
        done: Future[Kept] = Future()
        done.set_result(kept)
        self._hold(_Held(stood, done))

    def _hold(self, held: _Held) -> None:
        asked = held.stood.asked
        self._held[asked.id] = held
        self._of_customer[asked.customer] += 1
        self._of_key[held.stood.actor] += 1
        if held.stood.friction is Friction.NONE and asked.amount_usd is not None:
            self.spent.add(asked.customer, MicroUsd(asked.amount_usd), held.stood.decided_at)

    def _lost(self, held: _Held) -> None:
        """Never on the disk, never answered. What it would have let go stays counted, on the safe side."""
        with self._turn:
            self._release(held)

    def _forget(self, held: _Held) -> None:
        """The database has it, and answers for it from now on."""
        with self._turn:
            self._release(held)
        self._spool.drop(held.kept.result())

    def _release(self, held: _Held) -> None:
        asked = held.stood.asked
        if self._held.get(asked.id) is held:
            del self._held[asked.id]
            _less(self._of_customer, asked.customer)
            _less(self._of_key, held.stood.actor)

    def _set_aside(self, submit: Submits, kept: Kept | BadSlot, body: bytes, problem: str) -> int:
        try:
            submit(partial(set_aside, body=body, problem=problem)).result(DRAIN_SECONDS)
        except (StorageFailure, TookTooLong):
            return 0
        self._bad = [bad for bad in self._bad if bad[0] is not kept]
        with self._turn:
            found = [held for held in self._held.values() if _is_kept(held) and held.kept.result() is kept]
            for held in found:
                self._release(held)
        self._spool.drop(kept)
        return 1


def _submitted(
    submit: Submits, snapshot: Snapshot, ready: Sequence[_Held]
) -> "Sequence[tuple[_Held, Future[Drained]]]":
    """As many as the queue takes now: what waits for a decision comes first."""
    found: list[tuple[_Held, Future[Drained]]] = []
    with suppress(Overloaded, Unavailable):
        for held in ready:
            command = partial(drain, snapshot=snapshot, stood=held.stood)
            found.append((held, submit(command)))
    return found


def _less(counts: Counter[str], name: str) -> None:
    counts[name] -= 1
    if not counts[name]:
        del counts[name]


def _is_kept(held: _Held) -> bool:
    return held.kept.done() and held.kept.exception() is None


def _answer(answer: "Future[Any]", stood: StoodIn, created: bool, kept: "Future[Kept]") -> None:
    failure = kept.exception()
    if failure is None:
        answer.set_result((stood, created))
    else:
        answer.set_exception(failure)
