"""One stand-in: made without the database, kept in the spool as it is, and answered for ever with the same bytes.

It is a decision like any other, with a record of its own, so that everything that renders a decision renders it. What
it puts in the way is fixed here, too: a hold with the campaign's maximum over a pause of full length, as a rule's hold
is.
"""

from dataclasses import dataclass, fields
from typing import Any

import msgspec

from breather.domain.amount import BaseUnits
from breather.domain.cooling_off import Hold, Pause
from breather.domain.friction import Friction
from breather.domain.instant import DAY, Millis
from breather.domain.intervention import Decision
from breather.domain.place import place
from breather.domain.stand_in import Guards, Spent, stand_in
from breather.domain.standing import Standing
from breather.domain.typology import Typology
from breather.domain.withdrawal import Withdrawal
from breather.exchange.record import AlertChoice, DecisionRecord, PauseOffer, decode_record, place_of
from breather.exchange.snapshot import Activated, Snapshot
from breather.exchange.view import WithdrawalView
from breather.storage.exchange.encoding import decode_withdrawal, encode_withdrawal
from breather.storage.exchange.withdrawals import Decided, WithdrawalRow, withdrawal_row

REASON = "desk-review"
ACTOR = "stand-in"
# Where no campaign applies, nobody agreed on a maximum: that of guarantee A6.
HOLD_MAXIMUM = 3 * DAY


class _Spooled(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    submitted: msgspec.Raw
    record: msgspec.Raw
    decided_at: int
    actor: str


_spooled = msgspec.json.Decoder(_Spooled)


@dataclass(frozen=True, slots=True)
class StoodIn:
    """`actor` is who asked. The record holds no features: they are computed when the database has it (`drain.py`)."""

    asked: Withdrawal
    record: DecisionRecord
    decided_at: Millis
    actor: str

    @property
    def friction(self) -> Friction:
        return Friction.from_word(self.record.friction)

    def holds(self, snapshot: Snapshot) -> tuple[Hold, ...]:
        """The hold that it begins, under the version that it was made with."""
        if self.friction is not Friction.HOLD:
            return ()
        active = snapshot.frozen(self.record.campaign)
        lasts = HOLD_MAXIMUM if active is None else active.campaign.pause.hold_maximum
        at = self.decided_at
        return (Hold(f"{self.asked.id}/stand-in", self.asked.id, REASON, at, Millis(at + lasts), ACTOR),)

    def pause(self, snapshot: Snapshot) -> Pause | None:
        active, offer = snapshot.frozen(self.record.campaign), self.record.pause
        if active is None or offer is None:
            return None
        return Pause(
            id=offer.id,
            asset=self.asked.asset,
            friction=Friction.COOLING_OFF,
            covers_up_to=BaseUnits(int(offer.covers_up_to)),
            duration=offer.duration,
            lapses_after=active.campaign.pause.lapses_after,
            offered_at=self.decided_at,
        )

    def decided(self, record: DecisionRecord) -> Decided:
        """What the row adds, with `record` for its record."""
        pause = None if record.pause is None else record.pause.id
        watched_at = self.decided_at if pause is not None and self.asked.session.watched else None
        return Decided(self.friction, record.campaign, pause, msgspec.json.encode(record), watched_at)

    def view(self, snapshot: Snapshot, now: Millis) -> WithdrawalView:
        """As it stands while only the spool has it: nothing can happen to it, and nothing is cleared."""
        decided = self.decided(self.record)
        row: dict[str, Any] = dict.fromkeys(field.name for field in fields(WithdrawalRow))
        row.update(withdrawal_row(self.asked, decided, 0, self.decided_at))
        standing = Standing(
            withdrawal=self.asked.id,
            decided_at=self.decided_at,
            friction=self.friction,
            pause=self.pause(snapshot),
            holds=self.holds(snapshot),
            watched_at=decided.watched_at,
        )
        kept = WithdrawalRow(**{**row, "raised_friction": int(self.friction), "changed": 0})
        return WithdrawalView(kept, self.record, None, standing, None, clearable=False, now=now)


def make_stood_in(
    snapshot: Snapshot, asked: Withdrawal, guards: Guards, spent: Spent, now: Millis, actor: str
) -> StoodIn:
    """Steps 1, 2 and 6 without the database (guarantee B1)."""
    placement = place(asked.residence)
    active = snapshot.campaign_for(placement.code, now)
    found = stand_in(asked, None if active is None else active.campaign.stand_in, guards, spent)
    held = found.friction is Friction.HOLD
    record = DecisionRecord(
        decision=Decision.of(found.friction).value,
        friction=found.friction.word,
        place=place_of(placement),
        features=[],
        locale=None if active is None else active.pack.choose_locale(asked.locale),
        campaign=None if active is None else (active.campaign.id, active.campaign.version),
        degraded=True,
        typology=Typology.GENERAL.value if held else None,
        alert=AlertChoice(Typology.GENERAL.value, 0) if held and active is not None else None,
        why=[REASON] if held and active is not None else [],
        pause=_offer(active, asked, now) if held and active is not None else None,
        stand_in=[because.value for because in found.because],
    )
    return StoodIn(asked, record, now, actor)


def _offer(active: Activated, asked: Withdrawal, now: Millis) -> PauseOffer:
    terms = active.campaign.pause
    covers = int(asked.amount) * terms.joins_up_to_percent // 100
    pause = Pause(
        asked.id, asked.asset, Friction.COOLING_OFF, BaseUnits(covers), terms.duration, terms.lapses_after, now
    )
    hold = Hold(asked.id, asked.id, REASON, now, Millis(now + terms.hold_maximum), ACTOR)
    return PauseOffer(asked.id, str(covers), terms.duration, pause.lapses_at((hold,)))


def encode_stood_in(stood: StoodIn) -> bytes:
    """One record of the spool."""
    return msgspec.json.encode(
        {
            "submitted": msgspec.Raw(encode_withdrawal(stood.asked)),
            "record": msgspec.Raw(msgspec.json.encode(stood.record)),
            "decided_at": stood.decided_at,
            "actor": stood.actor,
        }
    )


def decode_stood_in(body: bytes) -> StoodIn:
    """Raises ValueError for what is no such record."""
    try:
        found = _spooled.decode(body)
        asked, record = decode_withdrawal(bytes(found.submitted)), decode_record(bytes(found.record))
        Friction.from_word(record.friction)
    except (msgspec.MsgspecError, ValueError, KeyError) as error:
        raise ValueError(f"not a stand-in: {error}") from error
    return StoodIn(asked, record, Millis(found.decided_at), found.actor)
