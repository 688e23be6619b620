"""Step 6, settle: hold a decision against what is open on its customer and destination (guarantees A4 and A5)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from breather.domain.amount import BaseUnits
from breather.domain.cooling_off import OPEN, Hold, Pause, State, may_join
from breather.domain.friction import Friction
from breather.domain.instant import DAY, Millis
from breather.domain.intervention import NOTHING, Intervention
from breather.domain.typology import Typology
from breather.domain.withdrawal import Withdrawal
from breather.exchange.record import decode_record
from breather.exchange.snapshot import Activated, released_covers
from breather.storage.exchange.sheet import Sheet

RELEASE_LOOKS_BACK = 7 * DAY


@dataclass(frozen=True, slots=True)
class Settled:
    """What the decision does: friction as it is done, the pause it belongs to, and a hold if one begins."""

    friction: Friction
    intervention: Intervention
    pause: Pause | None = None
    opens: bool = False
    hold: Hold | None = None
    covered_by: str | None = None

    def watched_at(self, asked: Withdrawal, now: Millis) -> Millis | None:
        """From a session that somebody else may see, nothing put in the way can be confirmed (guarantee G1)."""
        met = self.pause is not None and self.covered_by is None
        return now if met and asked.session.watched else None


def settle(sheet: Sheet, active: Activated | None, asked: Withdrawal, wanted: Intervention) -> Settled:
    """Join what is running and covers it, or open a pause of its own: never less than what is open asks for."""
    pair, now = (asked.customer, asked.destination.key), sheet.tx.now
    holds, pauses = sheet.holds(pair), sheet.pauses(pair)
    held = any(hold.is_open(now) for hold in holds)
    open_pauses = [
        pause for pause in pauses if pause.friction >= Friction.QUESTIONS and pause.state(holds, now) in OPEN
    ]
    floor = max((min(pause.friction, Friction.COOLING_OFF) for pause in open_pauses), default=Friction.NONE)
    least = max(wanted.friction, floor)
    # A session that somebody may be watching joins nothing: it would drag along what was asked for in peace.
    if not held and not asked.session.watched and Friction.QUESTIONS <= least < Friction.HOLD:
        covers = released_covers(active)
        for pause in pauses:
            if _may_join(sheet, pause, holds, asked, least, covers):
                return _joined(sheet, pause, wanted, pause.state(holds, now))
    return _own(sheet, active, asked, wanted, _Met(held, floor, open_pauses))


@dataclass(frozen=True, slots=True)
class _Met:
    """What a withdrawal met on its pair; `pauses` are the open ones, newest first."""

    held: bool
    floor: Friction
    pauses: Sequence[Pause]


def _own(sheet: Sheet, active: Activated | None, asked: Withdrawal, wanted: Intervention, met: _Met) -> Settled:
    if met.floor > wanted.friction:
        strongest = max(met.pauses, key=lambda pause: pause.friction)
        wanted = replace(_reasons_of(sheet, strongest), friction=met.floor)
    if wanted.friction is Friction.NONE:
        return Settled(Friction.HOLD, _held(NOTHING)) if met.held else Settled(Friction.NONE, NOTHING)
    assert active is not None or met.pauses, "a friction comes from a campaign or from an open pause"
    pause = _new_pause(active, asked, wanted.friction, met.pauses, sheet.tx.now)
    hold = None
    if wanted.friction is Friction.HOLD:
        assert active is not None, "only a campaign's rules ask for a hold"
        hold = _rule_hold(active, asked, sheet.tx.now)
    friction = Friction.HOLD if met.held else wanted.friction
    return Settled(friction, replace(wanted, friction=friction), pause, opens=True, hold=hold)


def _may_join(
    sheet: Sheet, pause: Pause, holds: Sequence[Hold], asked: Withdrawal, friction: Friction, covers: int
) -> bool:
    """Asks the database for what joined before only if everything else allows it."""
    if pause.asset is not asked.asset or not may_join(pause, holds, asked.amount, friction, sheet.tx.now, covers):
        return False
    joined = _sum_joined(sheet, pause)
    return joined is not None and may_join(pause, holds, asked.amount + joined, friction, sheet.tx.now, covers)


def _joined(sheet: Sheet, pause: Pause, wanted: Intervention, state: State) -> Settled:
    if state is State.RELEASED:
        return Settled(Friction.NONE, NOTHING, pause, covered_by=pause.id)
    if wanted.friction < pause.friction:
        wanted = _reasons_of(sheet, pause)
    friction = max(wanted.friction, pause.friction)
    return Settled(friction, replace(wanted, friction=friction), pause)


def _reasons_of(sheet: Sheet, pause: Pause) -> Intervention:
    """The reasons for which the pause was opened: whoever meets it is told them, too."""
    stored = sheet.decision_of(pause.id)
    record = None if stored is None else decode_record(stored)
    if record is None or record.typology is None or record.alert is None:
        return Intervention(pause.friction, Typology.GENERAL, Typology.GENERAL, ())
    return Intervention(pause.friction, Typology(record.typology), Typology(record.alert.typology), tuple(record.why))


def _held(wanted: Intervention) -> Intervention:
    return replace(
        wanted, friction=Friction.HOLD, suspected=Typology.GENERAL, shown=Typology.GENERAL, why=("desk-review",)
    )


def _sum_joined(sheet: Sheet, pause: Pause) -> int | None:
    """None once she stopped any of them: a stop after the release ends what the release covers (guarantee A5)."""
    amounts = sheet.joined_amounts(pause.id)
    return None if any(stopped for _, stopped in amounts) else sum(amount for amount, _ in amounts)


def _new_pause(
    active: Activated | None, asked: Withdrawal, friction: Friction, open_pauses: Sequence[Pause], now: Millis
) -> Pause:
    """Its own, full and announced. Without a campaign of its own it takes the longest of those it meets."""
    if active is None:
        duration = max(pause.duration for pause in open_pauses)
        lapses_after = max(pause.lapses_after for pause in open_pauses)
        return Pause(asked.id, asked.asset, friction, asked.amount, duration, lapses_after, offered_at=now)
    terms = active.campaign.pause
    return Pause(
        id=asked.id,
        asset=asked.asset,
        friction=min(friction, Friction.COOLING_OFF),
        covers_up_to=BaseUnits(asked.amount * terms.joins_up_to_percent // 100),
        duration=terms.duration if friction >= Friction.COOLING_OFF else 0,
        lapses_after=terms.lapses_after,
        offered_at=now,
    )


def _rule_hold(active: Activated, asked: Withdrawal, now: Millis) -> Hold:
    ends_at = Millis(now + active.campaign.pause.hold_maximum)
    return Hold(f"{asked.id}/rule", asked.id, "desk-review", now, ends_at, "campaign")
