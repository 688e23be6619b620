"""Withdrawals with their pauses, holds and events: rows as the domain's types, and back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from breather.domain.amount import BaseUnits
from breather.domain.asset import Asset
from breather.domain.cooling_off import Hold, Pause, Resolution, Resolved
from breather.domain.friction import Friction
from breather.domain.instant import Millis
from breather.domain.outcome import Asked
from breather.domain.refusal import ErasedWithdrawal, UnknownWithdrawal
from breather.domain.shadow import Marked
from breather.domain.standing import Standing
from breather.domain.withdrawal import Withdrawal
from breather.storage.exchange.encoding import decode_withdrawal, encode_withdrawal
from breather.storage.reader import Reader, Row
from breather.storage.transaction import Transaction

ENOUGH = 32
EVERY = 2**31 - 1


@dataclass(frozen=True, slots=True)
class WithdrawalRow:
    """One row of `withdrawal`. Instants in milliseconds, `amount` in base units, `destination` is Destination.key."""

    id: str
    number: int
    customer: str
    asset: str
    network: str
    amount: str
    destination: str
    decided_at: Millis
    friction: int
    raised_friction: int
    campaign: str | None
    campaign_version: int | None
    pause: str | None
    submitted: bytes
    decision: bytes
    changed: int
    watched_at: Millis | None
    answered_at: Millis | None
    answered: bytes | None
    help_asked_at: Millis | None
    transaction_id: str | None
    broadcast_at: Millis | None
    cleared_until: Millis | None
    stopped_at: Millis | None
    stopped_by: str | None
    stopped_actor: str | None
    consented_at: Millis | None
    consent_text: str | None
    consent_number: int | None
    subject_referral: str | None
    shadow: int | None
    shadow_said: str | None
    shadow_change: int | None
    shadow_answered: str | None

    def asked(self) -> Withdrawal:
        return decode_withdrawal(self.submitted)

    def compared(self) -> Asked:
        return Asked(Asset(self.asset), BaseUnits(int(self.amount)), self.destination, self.decided_at)

    def stopped(self) -> Resolved | None:
        if self.stopped_at is None or self.stopped_by is None:
            return None
        return Resolved(Resolution.STOP, self.stopped_by, self.stopped_at, self.stopped_actor or "")

    @property
    def campaign_key(self) -> tuple[str, int] | None:
        if self.campaign is None or self.campaign_version is None:
            return None
        return self.campaign, self.campaign_version


def find_withdrawal(reader: Reader, withdrawal: str) -> WithdrawalRow | None:
    return reader.one_as(WithdrawalRow, "find_withdrawal", id=withdrawal)


def wanted_withdrawal(reader: Reader, withdrawal: str) -> WithdrawalRow:
    """The one of this id. Raises UnknownWithdrawal, and ErasedWithdrawal where there was one."""
    row = find_withdrawal(reader, withdrawal)
    if row is not None:
        return row
    erased = reader.one("find_erased", id=withdrawal)
    if erased is not None:
        raise ErasedWithdrawal(erased["at"])
    raise UnknownWithdrawal(withdrawal)


def find_pause(reader: Reader, pause: str) -> Pause | None:
    row = reader.one("find_pause", id=pause)
    return None if row is None else pause_of(row)


def pauses_of_pair(
    reader: Reader, pair: tuple[str, str], holds: Sequence[Hold], now: Millis, since: Millis
) -> Sequence[Pause]:
    """What may still matter on a pair (customer, destination), newest first: what is open, or resolved after `since`.

    At most 32, unresolved ones first: each pause asks for at least what was open before it, so the newest say enough.
    Where there was ever a hold, nothing is left out, neither for its age nor for its number: a hold postpones a lapse
    and voids a release, and 32 that have lapsed must not hide one that is open.
    """
    customer, destination = pair
    rows = reader.all(
        "pauses_of_pair",
        customer=customer,
        destination=destination,
        now=Millis(0) if holds else now,
        since=Millis(0) if holds else since,
        most=EVERY if holds else ENOUGH,
    )
    return [pause_of(row) for row in rows]


def joined_amounts(reader: Reader, pause: str) -> list[tuple[int, bool]]:
    """(base units, whether it was stopped) of every withdrawal that opened or joined the pause."""
    return [(int(row["amount"]), bool(row["stopped"])) for row in reader.all("amounts_of_pause", pause=pause)]


def waits(reader: Reader, pause: str) -> bool:
    """Whether anything under the pause has neither left nor been stopped."""
    return reader.one("waiting_of_pause", pause=pause) is not None


def holds_of_pair(reader: Reader, customer: str, destination: str) -> tuple[Hold, ...]:
    rows = reader.all("holds_of_pair", customer=customer, destination=destination)
    return tuple(hold_of(row) for row in rows)


def hold_of(row: Row) -> Hold:
    return Hold(
        row["id"],
        row["withdrawal"],
        row["reason"],
        row["placed_at"],
        row["ends_at"],
        row["actor"],
        row["lifted_at"],
    )


def standing_of(reader: Reader, row: WithdrawalRow) -> Standing:
    pause = None if row.pause is None else find_pause(reader, row.pause)
    company = None if row.pause is None else reader.one("company_of_pause", pause=row.pause)
    return Standing(
        withdrawal=row.id,
        decided_at=row.decided_at,
        friction=Friction(row.raised_friction),
        pause=pause,
        holds=holds_of_pair(reader, row.customer, row.destination),
        answered_at=row.answered_at,
        watched_at=row.watched_at,
        companion_watched=company is not None and company["watched"] > 0,
        joined=1 if company is None else company["joined"],
        help_asked_at=row.help_asked_at,
        consented_at=row.consented_at,
        stopped=row.stopped(),
        transaction_id=row.transaction_id,
        broadcast_at=row.broadcast_at,
        cleared_until=row.cleared_until,
    )


def following(reader: Reader, row: WithdrawalRow) -> Asked | None:
    """The customer's first withdrawal after this one was stopped, if any: it decides between stopped and reduced."""
    if row.stopped_at is None:
        return None
    later = reader.one_as(
        WithdrawalRow, "first_after_instant", customer=row.customer, number=row.number, since=row.stopped_at
    )
    return None if later is None else later.compared()


@dataclass(frozen=True, slots=True)
class Decided:
    """What the row adds to the withdrawal itself: the decision's own facts."""

    friction: Friction
    campaign: tuple[str, int] | None
    pause: str | None
    record: bytes
    watched_at: Millis | None = None
    marked: Marked | None = None


def withdrawal_row(asked: Withdrawal, decided: Decided, number: int, now: Millis) -> dict[str, Any]:
    """The parameters of `insert_withdrawal`: plain values, which need no second look."""
    marked = decided.marked
    return {
        "id": asked.id,
        "number": number,
        "customer": asked.customer,
        "asset": asked.asset.value,
        "network": asked.destination.network.value,
        "amount": str(int(asked.amount)),
        "destination": asked.destination.key,
        "decided_at": now,
        "friction": int(decided.friction),
        "campaign": decided.campaign[0] if decided.campaign else None,
        "campaign_version": decided.campaign[1] if decided.campaign else None,
        "pause": decided.pause,
        "submitted": encode_withdrawal(asked),
        "decision": decided.record,
        "watched_at": decided.watched_at,
        "shadow": None if marked is None else marked.shadow,
        "shadow_said": None if marked is None else marked.said,
        "shadow_change": None if marked is None else marked.change,
    }


def pause_row(pause: Pause, customer: str, destination: str) -> dict[str, Any]:
    """The parameters of `insert_pause`."""
    return {
        "id": pause.id,
        "customer": customer,
        "destination": destination,
        "asset": pause.asset.value,
        "friction": int(pause.friction),
        "covers_up_to": str(int(pause.covers_up_to)),
        "duration": pause.duration,
        "lapses_after": pause.lapses_after,
        "offered_at": pause.offered_at,
    }


def hold_row(hold: Hold, customer: str, destination: str) -> dict[str, Any]:
    """The parameters of `insert_hold`."""
    return {
        "id": hold.id,
        "customer": customer,
        "destination": destination,
        "withdrawal": hold.withdrawal,
        "reason": hold.reason,
        "placed_at": hold.placed_at,
        "ends_at": hold.ends_at,
        "lifted_at": hold.lifted_at,
        "actor": hold.actor,
    }


def save_standing(
    tx: Transaction, row: WithdrawalRow, before: Standing, after: Standing, changed: int
) -> WithdrawalRow:
    """Writes what an event moved. A stop or a release reaches every withdrawal that joined the pause."""
    stopped = after.stopped
    new = replace(
        row,
        changed=changed,
        raised_friction=int(after.friction),
        watched_at=after.watched_at,
        answered_at=after.answered_at,
        help_asked_at=after.help_asked_at,
        transaction_id=after.transaction_id,
        broadcast_at=after.broadcast_at,
        stopped_at=None if stopped is None else stopped.at,
        stopped_by=None if stopped is None else stopped.event,
        stopped_actor=None if stopped is None else stopped.actor,
        consented_at=after.consented_at,
    )
    _save_row(tx, new)
    if after.pause is not None and after.pause != before.pause:
        _save_pause(tx, after.pause)
        tx.run("touch_pause", pause=after.pause.id, changed=changed)
    if stopped is not None and before.stopped is None and row.pause is not None:
        tx.run(
            "stop_companions",
            pause=row.pause,
            stopped_at=stopped.at,
            stopped_by=stopped.event,
            stopped_actor=stopped.actor,
        )
        tx.run("touch_pause", pause=row.pause, changed=changed)
    if _save_holds(tx, row, before.holds, after.holds):
        tx.run("touch_pair", customer=row.customer, destination=row.destination, changed=changed)
    return new


def _save_row(tx: Transaction, row: WithdrawalRow) -> None:
    tx.run(
        "save_withdrawal",
        id=row.id,
        changed=row.changed,
        raised_friction=row.raised_friction,
        watched_at=row.watched_at,
        answered_at=row.answered_at,
        answered=row.answered,
        help_asked_at=row.help_asked_at,
        transaction_id=row.transaction_id,
        broadcast_at=row.broadcast_at,
        stopped_at=row.stopped_at,
        stopped_by=row.stopped_by,
        stopped_actor=row.stopped_actor,
        consented_at=row.consented_at,
        consent_text=row.consent_text,
        consent_number=row.consent_number,
        subject_referral=row.subject_referral,
    )


def _save_pause(tx: Transaction, pause: Pause) -> None:
    resolved = pause.resolved
    tx.run(
        "save_pause",
        id=pause.id,
        friction=pause.friction,
        duration=pause.duration,
        started_at=pause.started_at,
        resolution=None if resolved is None else resolved.how,
        resolved_by=None if resolved is None else resolved.event,
        resolved_at=None if resolved is None else resolved.at,
        actor=None if resolved is None else resolved.actor,
    )


def _save_holds(tx: Transaction, row: WithdrawalRow, before: Iterable[Hold], after: Iterable[Hold]) -> bool:
    known = {hold.id: hold for hold in before}
    changed = False
    for hold in after:
        if hold.id not in known:
            tx.run_each("insert_hold", [hold_row(hold, row.customer, row.destination)])
            changed = True
        elif hold != known[hold.id]:
            tx.run("lift_hold", id=hold.id, lifted_at=hold.lifted_at)
            changed = True
    return changed


def pause_of(row: Row) -> Pause:
    resolved = None
    if row["resolution"] is not None:
        resolved = Resolved(Resolution(row["resolution"]), row["resolved_by"], row["resolved_at"], row["actor"])
    return Pause(
        id=row["id"],
        asset=Asset(row["asset"]),
        friction=Friction(row["friction"]),
        covers_up_to=BaseUnits(int(row["covers_up_to"])),
        duration=row["duration"],
        lapses_after=row["lapses_after"],
        offered_at=row["offered_at"],
        started_at=row["started_at"],
        resolved=resolved,
    )
