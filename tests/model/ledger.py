"""One customer, one destination: what each command comes to, one after the other, and nothing else.

What is decided is decided by the code of the service: `settle` with a sheet over these rows, `move`, `is_open`,
`Standing.covered`, `issue`. Only the rows are the model's own. Everything is a value, so that states can hold it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import cast

from breather.domain.amount import BaseUnits
from breather.domain.asset import Asset, Network
from breather.domain.campaign import PauseTerms
from breather.domain.clearance import issue
from breather.domain.cooling_off import Hold, Pause, Resolution, Resolved, State
from breather.domain.event import MAY, Actor, Event, EventKind
from breather.domain.friction import Friction
from breather.domain.instant import DAY, HOUR, Millis
from breather.domain.intervention import Intervention
from breather.domain.refusal import (
    AlreadyBroadcast,
    ChangedRetry,
    NotClearable,
    PauseOpen,
    Refusal,
    UnknownWithdrawal,
    Watched,
)
from breather.domain.standing import Standing, is_open, move
from breather.domain.typology import Typology
from breather.domain.withdrawal import CustomerRef, Destination, Withdrawal, WithdrawalId, differences
from breather.exchange.settle import settle
from breather.exchange.snapshot import Activated, released_covers
from breather.storage.exchange.sheet import Sheet
from tests.unit.exchange.world import sample_activated

START = Millis(1_800_000_000_000)
TERMS = PauseTerms(duration=HOUR, joins_up_to_percent=150, lapses_after=DAY, released_covers=DAY, hold_maximum=3 * DAY)
DESTINATION = Destination(Network.TRON, "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8")


@dataclass(frozen=True, slots=True)
class Submit:
    """`wanted` is what the rules would ask for."""

    withdrawal: str
    amount: int
    wanted: Friction = Friction.COOLING_OFF

    @property
    def asked(self) -> Withdrawal:
        return Withdrawal(
            WithdrawalId(self.withdrawal), CustomerRef("c"), Asset.USDT, BaseUnits(self.amount), DESTINATION
        )


@dataclass(frozen=True, slots=True)
class Act:
    """An event under its own id; a broadcast says which `transaction`. Whoever confirms has signed in just now."""

    withdrawal: str
    id: str
    kind: EventKind
    transaction: str | None = None

    def event(self, now: Millis) -> Event:
        actor = min(MAY[self.kind], key=[Actor.DESK, Actor.VASP, Actor.CUSTOMER, Actor.AGENCY].index)
        return Event(
            self.id,
            self.kind,
            actor,
            session_started_at=now,
            authenticated_at=now,
            transaction_id=self.transaction,
            lasts=TERMS.hold_maximum,
        )


@dataclass(frozen=True, slots=True)
class Clear:
    withdrawal: str


Command = Submit | Act | Clear


@dataclass(frozen=True, slots=True)
class Answer:
    """`code`: decided, moved, cleared, or that of the refusal. `says`: what else of it must never change."""

    code: str
    says: tuple[str | int | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A withdrawal as it is stored; `standing` has neither pause nor holds, which are rows of their own."""

    submitted: Submit
    decision: Answer
    pause: str | None
    standing: Standing


@dataclass(frozen=True, slots=True)
class Rows:
    withdrawals: tuple[Row, ...] = ()
    pauses: tuple[Pause, ...] = ()
    holds: tuple[Hold, ...] = ()
    events: tuple[Act, ...] = ()

    def find(self, withdrawal: str) -> Row | None:
        return next((row for row in self.withdrawals if row.submitted.withdrawal == withdrawal), None)

    def standing(self, row: Row) -> Standing:
        """As `standing_of` composes it."""
        pause = next((each for each in self.pauses if each.id == row.pause), None)
        joined = sum(each.pause == row.pause for each in self.withdrawals) if row.pause else 1
        return replace(row.standing, pause=pause, holds=self.holds, joined=joined)

    def joined(self, pause: str) -> list[Row]:
        return [row for row in self.withdrawals if row.pause == pause]


@cache
def active() -> Activated:
    """The sample campaign, with an hour's pause that half as much again may join."""
    found = sample_activated()
    return replace(found, campaign=replace(found.campaign, pause=TERMS))


@dataclass(frozen=True, slots=True)
class RowsSheet:
    """What `settle` asks of a sheet."""

    rows: Rows
    now: Millis

    @property
    def tx(self) -> "RowsSheet":
        return self

    def holds(self, _: object) -> tuple[Hold, ...]:
        return self.rows.holds

    def pauses(self, _: object) -> Sequence[Pause]:
        """Unresolved ones first, newest first, as the query gives them."""
        newest = sorted(self.rows.pauses, key=lambda pause: (pause.offered_at, pause.id), reverse=True)
        return sorted(newest, key=lambda pause: pause.resolved is not None)

    def joined_amounts(self, pause: str) -> list[tuple[int, bool]]:
        return [(row.submitted.amount, row.standing.stopped is not None) for row in self.rows.joined(pause)]

    def decision_of(self, _: str) -> None:
        """The reasons told to her are not what is explored."""


def apply(rows: Rows, command: Command, now: Millis, lifting_releases: bool = False) -> tuple[Rows, Answer, bool]:
    """Rows afterwards, the answer, and whether it is an act that the journal gets. `lifting_releases`: a fault."""
    try:
        match command:
            case Submit():
                return _submit(rows, command, now)
            case Act():
                return _act(rows, command, now, lifting_releases)
            case Clear():
                return _clear(rows, command, now)
    except Refusal as refusal:
        return rows, Answer(refusal.code), False


def _submit(rows: Rows, command: Submit, now: Millis) -> tuple[Rows, Answer, bool]:
    asked = command.asked
    if (before := rows.find(asked.id)) is not None:
        if pointers := differences(before.submitted.asked, asked):
            raise ChangedRetry("withdrawal", pointers)
        return rows, before.decision, False
    wanted = Intervention(command.wanted, Typology.GENERAL, Typology.GENERAL, ())
    settled = settle(cast(Sheet, RowsSheet(rows, now)), active(), asked, wanted)
    pause = None if settled.pause is None else settled.pause.id
    answer = Answer("decided", (settled.friction.word, pause, settled.opens, settled.covered_by, now))
    row = Row(command, answer, pause, Standing(asked.id, now, settled.friction, None))
    after = replace(rows, withdrawals=(*rows.withdrawals, row))
    if settled.opens and settled.pause is not None:
        after = replace(after, pauses=(*after.pauses, settled.pause))
    if settled.hold is not None:
        after = replace(after, holds=(*after.holds, settled.hold))
    return after, answer, True


def _act(rows: Rows, command: Act, now: Millis, lifting_releases: bool) -> tuple[Rows, Answer, bool]:
    row = rows.find(command.withdrawal)
    if row is None:
        raise UnknownWithdrawal(command.withdrawal)
    for earlier in rows.events:
        if (earlier.withdrawal, earlier.id) == (command.withdrawal, command.id):
            if earlier != command:
                raise ChangedRetry("event", ("/event",))
            return rows, Answer("moved"), False
    if command.kind is EventKind.BROADCAST and row.standing.transaction_id == command.transaction is not None:
        return rows, Answer("moved"), False
    event = command.event(now)
    before = rows.standing(row)
    after = move(before, event, now)
    if lifting_releases and command.kind is EventKind.LIFTED and after.pause is not None:
        released = Resolved(Resolution.CONFIRM, event.id, Millis(now + 1), event.by)
        after = replace(after, pause=replace(after.pause, resolved=released))
    return _saved(rows, row, before, after, command), Answer("moved"), True


def _saved(rows: Rows, row: Row, before: Standing, after: Standing, command: Act) -> Rows:
    """As `save_standing` does it: a stop or a release reaches every withdrawal that joined the pause."""
    stops = after.stopped if before.stopped is None else None

    def saved(each: Row) -> Row:
        if each is row:
            return replace(each, standing=replace(after, pause=None, holds=(), joined=1))
        companion = stops is not None and row.pause is not None and each.pause == row.pause
        if companion and each.standing.stopped is None and each.standing.transaction_id is None:
            return replace(each, standing=replace(each.standing, stopped=stops))
        return each

    pauses = tuple(after.pause if after.pause and pause.id == after.pause.id else pause for pause in rows.pauses)
    return Rows(tuple(map(saved, rows.withdrawals)), pauses, after.holds, (*rows.events, command))


def _clear(rows: Rows, command: Clear, now: Millis) -> tuple[Rows, Answer, bool]:
    """In the order of `exchange/clear.py`."""
    row = rows.find(command.withdrawal)
    if row is None:
        raise UnknownWithdrawal(command.withdrawal)
    standing = rows.standing(row)
    if standing.transaction_id is not None:
        raise AlreadyBroadcast(standing.transaction_id)
    if standing.watched:
        raise Watched
    if not standing.covered(now, released_covers(active())):
        raise NotClearable(standing.state(now).value)
    if (other := _in_the_way(rows, row, now)) is not None:
        raise PauseOpen(other)
    until = issue("vasp", "test", row.submitted.asked, now).expires_at
    cleared = replace(row, standing=replace(row.standing, cleared_until=until))
    after = replace(rows, withdrawals=tuple(cleared if each is row else each for each in rows.withdrawals))
    return after, Answer("cleared", (until,)), True


def _in_the_way(rows: Rows, row: Row, now: Millis) -> str | None:
    for pause in rows.pauses:
        opener = rows.find(pause.id)
        if pause.id == row.pause or opener is None or not is_open(rows.standing(opener), now):
            continue
        if pause.resolved is None or any(waits(each) for each in rows.joined(pause.id)):
            return pause.id
    return None


def waits(row: Row) -> bool:
    """Neither left nor stopped."""
    return row.standing.transaction_id is None and row.standing.stopped is None


def after_all(commands: Sequence[tuple[Millis, Command]]) -> Rows:
    """Rows to begin with. Each command must be taken."""
    rows = Rows()
    for now, command in commands:
        rows, answer, acted = apply(rows, command, now)
        assert acted, f"{command}: {answer}"
    return rows


def state_of(rows: Rows, withdrawal: str, now: Millis) -> State:
    row = rows.find(withdrawal)
    assert row is not None
    return rows.standing(row).state(now)
