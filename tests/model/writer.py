"""Two replicas on one database: how commands are taken, decided, committed and answered, and what may go wrong.

What a command comes to is `ledger.apply`. Here are the queue, the deadline, the lock, the snapshot, the journal's
numbers, the commit and the answer, each a step of its own; between any two of them a process may be killed, the power
may fail, or the connection may break during COMMIT. As `storage/writer.py`, `pending.py` and `postgresql.py` do it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from functools import cache, partial
from typing import NamedTuple

from breather.domain.instant import Millis
from tests.model.explore import Model
from tests.model.guarantees import ALWAYS, FINALLY
from tests.model.ledger import START, Answer, Command, Rows, apply
from tests.model.stored import Conflict, Database, Entry, database, merged


class Fault(Enum):
    """What is planted, and must be found."""

    NONE = auto()
    ANSWERED_BEFORE_COMMIT = auto()
    NOT_SYNCED = auto()  # COMMIT returns before its bytes are on the disk: synchronous NORMAL
    NO_LOCK = auto()
    NO_LOCK_NUMBERED_BY_HEAD = auto()  # the same, but the journal's numbers follow its head and are unique
    OLD_SNAPSHOT = auto()  # lock and read in one statement, or REPEATABLE READ
    NUMBERED_OUTSIDE = auto()  # numbers come from a sequence, before the lock
    BOTH_OWN = auto()  # the deadline takes what the writer has taken
    LIFTING_RELEASES = auto()


UNLOCKED = frozenset({Fault.NO_LOCK, Fault.NO_LOCK_NUMBERED_BY_HEAD})


class Where(StrEnum):
    """A call as its caller sees it, but for WAITING and TAKEN, which only the replica can tell apart."""

    UNSENT = auto()
    WAITING = auto()
    TAKEN = auto()
    PENDING = auto()  # taken, and the caller was told to ask again
    DONE = auto()
    UNKNOWN = auto()
    REFUSED = auto()  # nothing was committed
    STAND_IN = auto()  # the deadline has it


@dataclass(frozen=True, eq=False)
class Call:
    """Made by `called` only: equal ones are one object, and so are states compared by looking at a few addresses."""

    where: Where
    replica: int | None
    answer: Answer | None


@cache
def called(where: Where, replica: int | None = None, answer: Answer | None = None) -> Call:
    return Call(where, replica, answer)


class Phase(StrEnum):
    IDLE = auto()
    TAKEN = auto()
    SNAPPED = auto()  # only where the snapshot is older than the lock
    DECIDED = auto()
    COMMITTED = auto()
    DOWN = auto()


@dataclass(frozen=True, eq=False)
class Work:
    """What a transaction has written and not committed, and what it will answer. One object for equal beginnings."""

    view: Database
    after: Rows
    entries: tuple[Entry, ...]
    answers: Mapping[int, Answer]


@dataclass(frozen=True, eq=False)
class Replica:
    """Made by `replica_in` only, as `Call`. `left`: the calls of its batch that have no answer yet."""

    phase: Phase
    left: tuple[int, ...]
    numbers: tuple[int, ...]
    view: Database | None
    work: Work | None


@cache
def replica_in(
    phase: Phase,
    left: tuple[int, ...] = (),
    work: Work | None = None,
    numbers: tuple[int, ...] = (),
    view: Database | None = None,
) -> Replica:
    return Replica(phase, left, numbers, view, work)


UNSENT, IDLE, DOWN = called(Where.UNSENT), replica_in(Phase.IDLE), replica_in(Phase.DOWN)


class State(NamedTuple):
    """`visible` is what statements see, `durable` what a power cut leaves. `mishaps`: how many may still happen."""

    calls: tuple[Call, ...]
    visible: Database
    durable: Database
    mishaps: int
    replicas: tuple[Replica, Replica] = (IDLE, IDLE)
    lock: int | None = None
    tick: int = 0
    drawn: int = 0
    last: int = 0
    seen: frozenset[int] = frozenset()

    def with_call(self, call: int, changed: Call) -> "State":
        return self._replace(calls=(*self.calls[:call], changed, *self.calls[call + 1 :]))

    def put(self, which: int, changed: Replica) -> tuple[Replica, Replica]:
        one, other = self.replicas
        return (changed, other) if which == 0 else (one, changed)

    def with_replica(self, which: int, changed: Replica) -> "State":
        return self._replace(replicas=self.put(which, changed))

    def without(self, which: int, to: Where, replica: Replica) -> "State":
        """The replica's transaction is over, and whoever was waiting for it, or for all of it, is told `to`."""
        told = tuple(
            called(to)
            if call.replica == which
            and (call.where is Where.TAKEN or (call.where is Where.WAITING and replica.phase is Phase.DOWN))
            else call
            for call in self.calls
        )
        lock = None if self.lock == which else self.lock
        return self._replace(calls=told, lock=lock, replicas=self.put(which, replica))


@dataclass(frozen=True, eq=False)
class Protocol:
    """`commands` are each sent once, to either replica, in any order; a retry is a command that stands there twice.

    `deadlines`: the calls that have one. `ticks`: how far (ms) the clock is at its turns. `polls`: somebody reads the
    journal by a cursor.
    """

    commands: tuple[Command, ...]
    rows: Rows = Rows()
    deadlines: frozenset[int] = frozenset()
    ticks: tuple[int, ...] = (0,)
    mishaps: int = 1
    polls: bool = False
    fault: Fault = Fault.NONE

    def model(self) -> Model[State]:
        empty = database(self.rows, ())
        start = State((UNSENT,) * len(self.commands), empty, empty, self.mishaps)
        always = {name: partial(wrong, self) for name, wrong in ALWAYS.items()}
        return Model(start, self.steps, always, {name: partial(wrong, self) for name, wrong in FINALLY.items()})

    def at(self, tick: int) -> Millis:
        return Millis(START + self.ticks[tick])

    def apply(self, rows: Rows, command: Command, now: Millis) -> tuple[Rows, Answer, bool]:
        return apply(rows, command, now, self.fault is Fault.LIFTING_RELEASES)

    def steps(self, state: State) -> Iterator[tuple[str, State]]:
        for which, replica in enumerate(state.replicas):
            yield from self._sent(state, which, replica)
            yield from self._moved(state, which, replica)
            if state.mishaps and replica.phase is not Phase.DOWN:
                killed = state.without(which, Where.UNKNOWN, DOWN)
                yield f"kill {which}", killed._replace(mishaps=state.mishaps - 1)
        for call, known in enumerate(state.calls):
            if call in self.deadlines and known.where in (Where.WAITING, Where.TAKEN):
                yield self._out_of_time(state, call, known)
        yield from self._outside(state)

    def _sent(self, state: State, which: int, replica: Replica) -> Iterator[tuple[str, State]]:
        if replica.phase is Phase.DOWN:
            return
        if which == 1 and state.replicas == (IDLE, IDLE) and all(call.where is Where.UNSENT for call in state.calls):
            return  # nothing tells the replicas apart yet: the first call goes to the first of them
        for call, known in enumerate(state.calls):
            if known.where is Where.UNSENT:
                yield f"send {call} to {which}", state.with_call(call, called(Where.WAITING, which))

    def _moved(self, state: State, which: int, replica: Replica) -> Iterator[tuple[str, State]]:
        """The next step of a replica's writer; there is one at most, but for a COMMIT whose outcome is not known."""
        match replica.phase:
            case Phase.IDLE:
                yield from self._taken(state, which)
            case Phase.TAKEN if self.fault is Fault.OLD_SNAPSHOT:
                snapped = replica_in(Phase.SNAPPED, replica.left, None, replica.numbers, state.visible)
                yield f"snap {which}", state.with_replica(which, snapped)
            case Phase.TAKEN if self.fault in UNLOCKED:
                yield f"decide {which}", self._decided(state, which, state.visible)
            case Phase.TAKEN | Phase.SNAPPED if state.lock is None:
                # One step: who holds the lock decides on what nobody else can change meanwhile.
                yield f"lock {which}", self._decided(state._replace(lock=which), which, replica.view or state.visible)
            case Phase.DECIDED if self.fault is Fault.ANSWERED_BEFORE_COMMIT and replica.left:
                yield self._answered(state, which, replica)
            case Phase.DECIDED:
                yield from self._committing(state, which, replica)
            case Phase.COMMITTED:
                yield self._answered(state, which, replica)
            case Phase.DOWN:
                yield f"start {which}", state.with_replica(which, IDLE)

    def _taken(self, state: State, which: int) -> Iterator[tuple[str, State]]:
        """Everything that waits here becomes one batch, unless its deadline was first."""
        batch = tuple(
            call for call, known in enumerate(state.calls) if known.where is Where.WAITING and known.replica == which
        )
        if not batch:
            return
        numbers: tuple[int, ...] = ()
        if self.fault is Fault.NUMBERED_OUTSIDE:
            numbers = tuple(range(state.drawn + 1, state.drawn + len(batch) + 1))
            state = state._replace(drawn=state.drawn + len(batch))
        for call in batch:
            state = state.with_call(call, called(Where.TAKEN, which))
        yield f"take {which}", state.with_replica(which, replica_in(Phase.TAKEN, batch, None, numbers))

    def _decided(self, state: State, which: int, view: Database) -> State:
        replica = state.replicas[which]
        work = _work(self, view, replica.left, state.tick, replica.numbers)
        return state.with_replica(which, replica_in(Phase.DECIDED, replica.left, work))

    def _committing(self, state: State, which: int, replica: Replica) -> Iterator[tuple[str, State]]:
        work = replica.work
        assert work is not None, "decided"
        numbered = self.fault not in (Fault.NO_LOCK, Fault.OLD_SNAPSHOT)
        try:
            after = merged(work.view, work.after, work.entries, state.visible, numbered)
        except Conflict:
            yield f"conflict {which}", state.without(which, Where.REFUSED, IDLE)
            return
        synced = state.durable if self.fault is Fault.NOT_SYNCED else after
        committed = state._replace(visible=after, durable=synced)
        done = replica_in(Phase.COMMITTED, replica.left, work) if replica.left else IDLE
        lock = None if state.lock == which else state.lock
        yield f"commit {which}", committed._replace(lock=lock, replicas=state.put(which, done))
        if state.mishaps:
            fewer = state.mishaps - 1
            yield f"cut {which} committed", committed._replace(mishaps=fewer).without(which, Where.UNKNOWN, IDLE)
            yield f"cut {which} lost", state._replace(mishaps=fewer).without(which, Where.UNKNOWN, IDLE)

    def _answered(self, state: State, which: int, replica: Replica) -> tuple[str, State]:
        assert replica.work is not None, "decided"
        call, left = replica.left[0], replica.left[1:]
        after = state
        if state.calls[call].where is Where.TAKEN:  # whoever was told *pending* asks again
            after = state.with_call(call, called(Where.DONE, None, replica.work.answers[call]))
        over = replica.phase is Phase.COMMITTED and not left
        return f"answer {call}", after.with_replica(
            which, IDLE if over else replica_in(replica.phase, left, replica.work)
        )

    def _out_of_time(self, state: State, call: int, known: Call) -> tuple[str, State]:
        if known.where is Where.WAITING or self.fault is Fault.BOTH_OWN:
            return f"deadline {call}", state.with_call(call, called(Where.STAND_IN))
        return f"pending {call}", state.with_call(call, called(Where.PENDING))

    def _outside(self, state: State) -> Iterator[tuple[str, State]]:
        if state.tick + 1 < len(self.ticks):
            yield "tick", state._replace(tick=state.tick + 1)
        if state.durable is not state.visible:
            yield "sync", state._replace(durable=state.visible)
        if state.mishaps and state.replicas != (DOWN, DOWN):
            dark = state.without(0, Where.UNKNOWN, DOWN).without(1, Where.UNKNOWN, DOWN)
            yield "power", dark._replace(visible=state.durable, mishaps=state.mishaps - 1)
        news = [entry for entry in state.visible.journal if entry.number > state.last]
        if self.polls and news:
            seen = state.seen | {entry.call for entry in news}
            yield "poll", state._replace(last=max(entry.number for entry in news), seen=seen)


@cache
def _work(protocol: Protocol, view: Database, batch: tuple[int, ...], tick: int, numbers: tuple[int, ...]) -> Work:
    """One transaction's commands in order; `now` never lies before the journal's head."""
    now = Millis(max([protocol.at(tick), *(entry.at for entry in view.journal)]))
    rows, entries, answers = view.rows, list[Entry](), dict[int, Answer]()
    head = max((entry.number for entry in view.journal), default=0)
    for place, call in enumerate(batch):
        rows, answers[call], acted = protocol.apply(rows, protocol.commands[call], now)
        if acted:
            number = numbers[place] if numbers else head + len(entries) + 1
            entries.append(Entry(number, call, now, answers[call]))
    return Work(view, rows, tuple(entries), answers)
