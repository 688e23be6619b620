"""Decisions promise referrals; two workers claim, deliver and settle; one agency receives. Any step may be the last.

What is to be done after a failure is `domain.retry.wait_after`; the rows move as `exchange/relay.py` and
`storage/exchange/relay.sql` move them, and the agency answers as `agency/receive.py` does. A message that was sent may
arrive now, later, twice, or never; so may the receipt. A worker may be killed, or stand still past its lease and go on.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import NamedTuple

from breather.domain.retry import WAITS, wait_after
from breather.storage.exchange.referrals import Delivery
from tests.model.explore import Model


class Fault(Enum):
    """What is planted, and must be found."""

    NONE = auto()
    RECEIPT_BEFORE_COMMIT = auto()  # the agency answers before the referral is durable
    UNFENCED = auto()  # whoever comes back settles, whatever the lease's number is by then
    NOT_KNOWN_BY_ID = auto()  # the agency stores each arrival
    PROMISED_AFTER = auto()  # the promise is written in a transaction after the decision's


class Row(NamedTuple):
    """A delivery as it is stored. `failures` since it was promised; `receipt`: that it has one."""

    state: Delivery
    lease: int = 0
    leased: bool = False
    failures: int = 0
    receipt: bool = False


class Hand(StrEnum):
    """What a worker is at with the referral that it claimed."""

    IDLE = auto()
    CLAIMED = auto()
    SENT = auto()  # on its way, and waiting for the answer
    RECEIPTED = auto()  # holds a receipt, and has not settled it
    FAILED = auto()
    DOWN = auto()


class Worker(NamedTuple):
    """`before`: the failures that it saw when it claimed, as `Claimed.attempts`."""

    hand: Hand = Hand.IDLE
    referral: int = 0
    lease: int = 0
    before: int = 0

    def holds(self, referral: int, row: Row) -> bool:
        """Whether the lease that it claimed under is the present one."""
        return self.hand not in (Hand.IDLE, Hand.DOWN) and (self.referral, self.lease) == (referral, row.lease)


IDLE, DOWN = Worker(), Worker(Hand.DOWN)


class State(NamedTuple):
    """`decided` and `rows` are by referral. `letters`: those under way, each still to come once or again.

    `arrived` is what the agency has written, `kept` what is durable there; `owed`: receipts that are on their way to a
    worker, by its number.
    """

    decided: tuple[bool, ...]
    rows: tuple[Row | None, ...]
    workers: tuple[Worker, Worker]
    mishaps: int
    copies: int
    letters: frozenset[tuple[int, int]] = frozenset()
    arrived: tuple[int, ...] = ()
    kept: tuple[int, ...] = ()
    owed: frozenset[tuple[int, int]] = frozenset()

    def with_row(self, referral: int, row: Row | None) -> "State":
        return self._replace(rows=(*self.rows[:referral], row, *self.rows[referral + 1 :]))

    def with_worker(self, which: int, worker: Worker) -> "State":
        one, other = self.workers
        return self._replace(workers=(worker, other) if which == 0 else (one, worker))


@dataclass(frozen=True, eq=False)
class Relay:
    """`referrals` withdrawals that each promise one. `mishaps` may happen; `copies` letters may come twice.

    `tries`: failures after which a delivery is dead, at the end of the schedule, which is walked from that far before.
    """

    referrals: int = 2
    mishaps: int = 2
    copies: int = 1
    tries: int = 2
    fault: Fault = Fault.NONE

    def model(self) -> Model[State]:
        start = State((False,) * self.referrals, (None,) * self.referrals, (IDLE, IDLE), self.mishaps, self.copies)
        always = {"F4 sum": _sum, "F4 receipt": _truthful, "F4 once": _once, "F4 fence": _fenced}
        return Model(start, self.steps, always, {"F4 end": _ended})

    def steps(self, state: State) -> Iterator[tuple[str, State]]:
        for referral in range(self.referrals):
            yield from self._decided(state, referral)
        for which, worker in enumerate(state.workers):
            yield from self._worked(state, which, worker)
            if state.mishaps and worker.hand is not Hand.DOWN:
                killed = state.with_worker(which, DOWN)._replace(mishaps=state.mishaps - 1)
                yield f"kill {which}", killed._replace(owed=frozenset(o for o in state.owed if o[0] != which))
        yield from self._arriving(state)
        for referral, row in enumerate(state.rows):
            if row is not None and row.leased and row.state is Delivery.PENDING:
                yield from self._lapsed(state, referral, row)

    def _lapsed(self, state: State, referral: int, row: Row) -> Iterator[tuple[str, State]]:
        """Nobody's, where its worker is dead; where the worker stands still, a mishap, for it goes on later."""
        after = state.with_row(referral, row._replace(leased=False))
        if not any(worker.holds(referral, row) for worker in state.workers):
            yield f"lapse {referral}", after
        elif state.mishaps:
            yield f"stall {referral}", after._replace(mishaps=state.mishaps - 1)

    def _decided(self, state: State, referral: int) -> Iterator[tuple[str, State]]:
        """Withdrawal and promise in one transaction, or in two."""
        promised = Row(Delivery.PENDING, failures=len(WAITS) + 1 - self.tries)
        decided = (*state.decided[:referral], True, *state.decided[referral + 1 :])
        if not state.decided[referral]:
            after = state._replace(decided=decided)
            split = self.fault is Fault.PROMISED_AFTER
            yield f"decide {referral}", after if split else after.with_row(referral, promised)
        elif state.rows[referral] is None:
            yield f"promise {referral}", state.with_row(referral, promised)

    def _worked(self, state: State, which: int, worker: Worker) -> Iterator[tuple[str, State]]:
        referral = worker.referral
        match worker.hand:
            case Hand.IDLE:
                for due, row in enumerate(state.rows):
                    if row is not None and row.state is Delivery.PENDING and not row.leased:
                        leased = row._replace(lease=row.lease + 1, leased=True)
                        claimed = Worker(Hand.CLAIMED, due, leased.lease, row.failures)
                        yield f"claim {due} by {which}", state.with_row(due, leased).with_worker(which, claimed)
            case Hand.CLAIMED:
                sent = state._replace(letters=state.letters | {(which, referral)})
                yield f"send {referral} by {which}", sent.with_worker(which, worker._replace(hand=Hand.SENT))
            case Hand.SENT:
                failed = state._replace(owed=state.owed - {(which, referral)})
                if (which, referral) in state.owed:
                    receipted = worker._replace(hand=Hand.RECEIPTED)
                    yield f"receipt {referral} to {which}", failed.with_worker(which, receipted)
                if state.mishaps:  # timed out, or cut off: whether it arrived is not known
                    failed = failed._replace(mishaps=state.mishaps - 1)
                    yield f"fail {referral} by {which}", failed.with_worker(which, worker._replace(hand=Hand.FAILED))
            case Hand.RECEIPTED | Hand.FAILED:
                yield f"settle {referral} by {which}", self._settled(state, worker).with_worker(which, IDLE)
            case Hand.DOWN:
                yield f"start {which}", state.with_worker(which, IDLE)

    def _settled(self, state: State, worker: Worker) -> State:
        """As `settle`: only what is pending, and only under the lease that it was claimed under."""
        row = state.rows[worker.referral]
        assert row is not None, "claimed"
        fenced = self.fault is not Fault.UNFENCED and row.lease != worker.lease
        if fenced or row.state is not Delivery.PENDING:
            return state
        if worker.hand is Hand.RECEIPTED:
            after = row._replace(state=Delivery.RECEIPTED, leased=False, receipt=True)
        elif wait_after(worker.before + 1, 0.5) is None:
            after = row._replace(state=Delivery.DEAD, failures=row.failures + 1, leased=False)
        else:
            after = row._replace(failures=row.failures + 1, leased=False)
        return state.with_row(worker.referral, after)

    def _arriving(self, state: State) -> Iterator[tuple[str, State]]:
        """In any order; as often as there are copies left; or never, which is a letter that stays under way."""
        for letter in sorted(state.letters):
            which, referral = letter
            for copied in (False, True) if state.copies else (False,):
                after = state if copied else state._replace(letters=state.letters - {letter})
                after = after._replace(copies=state.copies - copied)
                name = f"{'copy' if copied else 'arrive'} {referral} from {which}"
                yield name, self._received(after, which, referral)
        unkept = [referral for referral in state.arrived if referral not in state.kept]
        if unkept:
            yield "commit", state._replace(kept=(*state.kept, *unkept))
            if state.mishaps:
                yield "agency-killed", state._replace(arrived=state.kept, mishaps=state.mishaps - 1)

    def _received(self, state: State, which: int, referral: int) -> State:
        """One transaction, and only then the receipt; a second arrival is answered with the first one's."""
        known = referral in state.kept and self.fault is not Fault.NOT_KNOWN_BY_ID
        if self.fault is Fault.RECEIPT_BEFORE_COMMIT and not known:
            written = state.arrived if referral in state.arrived else (*state.arrived, referral)
            state = state._replace(arrived=written)
        elif not known:
            state = state._replace(arrived=(*state.kept, referral), kept=(*state.kept, referral))
        waits = state.workers[which].hand is Hand.SENT and state.workers[which].referral == referral
        return state._replace(owed=state.owed | {(which, referral)}) if waits else state


def _sum(state: State) -> str:
    """Promised = pending + receipted + dead, and every decision that asked for one has its promise."""
    lost = [referral for referral, row in enumerate(state.rows) if state.decided[referral] and row is None]
    return f"referrals {lost} were decided on, and are not promised" if lost else ""


def _truthful(state: State) -> str:
    """Receipted here means durable there."""
    rows = enumerate(state.rows)
    wrong = [referral for referral, row in rows if row is not None and row.receipt and referral not in state.kept]
    return f"referrals {wrong} have a receipt, and the agency has not kept them" if wrong else ""


def _once(state: State) -> str:
    """However often it arrives, it is one referral there."""
    return f"the agency has {state.kept}" if len(state.kept) != len(set(state.kept)) else ""


def _fenced(state: State) -> str:
    """Whoever holds the present lease finds the delivery pending: nobody settles it from behind."""
    taken = [
        (referral, which)
        for which, worker in enumerate(state.workers)
        for referral, row in enumerate(state.rows)
        if row is not None and worker.holds(referral, row) and row.state is not Delivery.PENDING
    ]
    return f"(referral, worker) {taken}: settled by another under that worker's lease" if taken else ""


def _ended(state: State) -> str:
    """Nothing is left half way: each is receipted, or on somebody's list."""
    left = [number for number, row in enumerate(state.rows) if row is None or row.state is Delivery.PENDING]
    return f"referrals {left} are neither receipted nor dead" if left else ""
