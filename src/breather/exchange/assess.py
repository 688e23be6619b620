"""Steps 1 to 6: submit, place, features, rules, assign, intervene. One transaction, and only then the reply.

The step numbers are those of `docs/flow.md`.
"""

from dataclasses import dataclass, replace

import msgspec

from breather.domain.amount import BaseUnits
from breather.domain.assignment import Arm, Assignment, assign, exclusions
from breather.domain.catalogue import NOT_YET
from breather.domain.cooling_off import OPEN, Hold, Pause, State, may_join
from breather.domain.feature import FeatureValue, Phase
from breather.domain.friction import Friction
from breather.domain.instant import DAY, HOUR, Millis
from breather.domain.intervention import NOTHING, Decision, Intervention, intervene
from breather.domain.place import place
from breather.domain.profile import Profiles, after_decision, fold
from breather.domain.refusal import ChangedRetry
from breather.domain.ruling import Ruling, rule_on
from breather.domain.typology import Typology
from breather.domain.withdrawal import Withdrawal, differences
from breather.exchange.record import (
    AlertChoice,
    DecisionRecord,
    PauseOffer,
    arm_of,
    decode_record,
    features_out,
    place_of,
    undetermined_of,
)
from breather.exchange.snapshot import Activated, Snapshot
from breather.storage.exchange.profiles import read_profiles, save_profiles
from breather.storage.exchange.withdrawals import (
    Decided,
    companions,
    find_withdrawal,
    holds_of_pair,
    insert_hold,
    insert_pause,
    insert_withdrawal,
    pauses_of_pair,
)
from breather.storage.transaction import Transaction

STEP = 6
RELEASE_LOOKS_BACK = 7 * DAY
HOLD_WITHOUT_CAMPAIGN = 72 * HOUR


@dataclass(frozen=True, slots=True)
class Assessed:
    """`created` is false for a repeat, which is answered with the original decision."""

    asked: Withdrawal
    record: DecisionRecord
    decided_at: Millis
    created: bool


@dataclass(frozen=True, slots=True)
class _Settled:
    """What the decision does: friction as it is done, the pause it belongs to, and a hold if one begins."""

    friction: Friction
    intervention: Intervention
    pause: Pause | None = None
    opens: bool = False
    hold: Hold | None = None
    covered_by: str | None = None


_UNCHANGED_RULING = Ruling((), (), {})


def assess(tx: Transaction, snapshot: Snapshot, asked: Withdrawal, actor: str) -> Assessed:
    """Decide one withdrawal, once. Raises ChangedRetry if its id was used for another one."""
    known = find_withdrawal(tx, asked.id)  # step 1
    if known is not None:
        original = known.asked()
        if pointers := differences(original, asked):
            raise ChangedRetry("withdrawal", pointers)
        return Assessed(original, decode_record(known.decision), known.decided_at, created=False)

    placement = place(asked.residence)  # step 2
    active = snapshot.campaign_for(placement.code, tx.now)

    profiles = read_profiles(tx, asked.customer, asked.destination.key)  # step 3
    known_features, folded = fold(profiles, asked, tx.now)
    features: dict[str, FeatureValue] = {**known_features, **NOT_YET}

    ruling, wanted = _UNCHANGED_RULING, NOTHING  # step 4
    if active is not None:
        ruling = rule_on(active.campaign.rules, features, Phase.SUBMIT)
        wanted = intervene(active.campaign, ruling, features)

    suspected = frozenset(rule.typology for rule in ruling.hits)
    stopped_before = profiles.customer.last_stop_at is not None
    excluded = exclusions(wanted.friction, suspected, asked.session.watched, stopped_before)
    assignment = _assigned(snapshot, active, asked, excluded)  # step 5
    treated = _as_assigned(wanted, assignment)

    settled = _settle(tx, active, asked, treated)  # step 6
    alert = _alert_choice(active, asked.locale, settled.intervention, folded)
    record = DecisionRecord(
        decision=Decision.of(settled.friction).value,
        friction=settled.friction.word,
        place=place_of(placement),
        features=features_out(known_features),
        locale=None if active is None else active.pack.choose_locale(asked.locale),
        campaign=None if active is None else (active.campaign.id, active.campaign.version),
        degraded=ruling.degraded,
        assignment=None if assignment is None else arm_of(assignment),
        typology=None if settled.intervention.suspected is None else settled.intervention.suspected.value,
        hits=[rule.id for rule in ruling.hits],
        misses=[rule.id for rule in ruling.misses],
        undetermined=undetermined_of(ruling),
        asked=None if wanted.friction is settled.friction else wanted.friction.word,
        alert=alert,
        why=list(settled.intervention.why),
        pause=_offer(settled, tx.now),
        covered_by=settled.covered_by,
    )
    _write(tx, asked, record, settled, actor)
    save_profiles(tx, asked.customer, asked.destination.key, profiles, after_decision(folded, settled.friction, tx.now))
    _touch_stopped(tx, profiles, tx.now)
    return Assessed(asked, record, tx.now, created=True)


def _assigned(
    snapshot: Snapshot, active: Activated | None, asked: Withdrawal, excluded: tuple[str, ...]
) -> Assignment | None:
    if active is None:
        return None
    experiment = active.campaign.experiment
    return assign(experiment, asked.customer, snapshot.identity.assignment_keys[experiment.key_version], excluded)


def _as_assigned(wanted: Intervention, assignment: Assignment | None) -> Intervention:
    """A holdout sees the agency's general notice instead; what it would have seen is in the record (guarantee H8)."""
    if assignment is None or assignment.arm is Arm.ALERT or wanted.friction <= Friction.NOTICE:
        return wanted
    return replace(wanted, friction=Friction.NOTICE, shown=Typology.GENERAL)


def _settle(tx: Transaction, active: Activated | None, asked: Withdrawal, wanted: Intervention) -> _Settled:
    """Hold the decision against what is open on this customer and destination (guarantees A4 and A5)."""
    holds = holds_of_pair(tx, asked.customer, asked.destination.key)
    pauses = pauses_of_pair(tx, asked.customer, asked.destination.key, tx.now - RELEASE_LOOKS_BACK)
    covers = DAY if active is None else active.campaign.pause.released_covers
    held = any(hold.is_open(tx.now) for hold in holds)
    open_pauses = [
        pause for pause in pauses if pause.friction >= Friction.QUESTIONS and pause.state(holds, tx.now) in OPEN
    ]
    floor = max((min(pause.friction, Friction.COOLING_OFF) for pause in open_pauses), default=Friction.NONE)
    if not held and wanted.friction is not Friction.HOLD and max(wanted.friction, floor) >= Friction.QUESTIONS:
        for pause in pauses:
            joined = _sum_joined(tx, pause)
            if joined is None or pause.asset is not asked.asset:
                continue
            if may_join(pause, holds, asked.amount + joined, max(wanted.friction, floor), tx.now, covers):
                return _joined(tx, pause, wanted, pause.state(holds, tx.now))
    if floor > wanted.friction:
        strongest = max(open_pauses, key=lambda pause: pause.friction)
        wanted = replace(_reasons_of(tx, strongest), friction=floor)
    if wanted.friction is Friction.NONE:
        return _Settled(Friction.HOLD if held else Friction.NONE, _held(NOTHING) if held else NOTHING)
    assert active is not None or open_pauses, "a friction comes from a campaign or from an open pause"
    pause = _new_pause(active, asked, wanted.friction, open_pauses, tx.now)
    hold = _rule_hold(active, asked, tx.now) if wanted.friction is Friction.HOLD else None
    friction = Friction.HOLD if held else wanted.friction
    return _Settled(friction, replace(wanted, friction=friction), pause, opens=True, hold=hold)


def _joined(tx: Transaction, pause: Pause, wanted: Intervention, state: State) -> _Settled:
    if state is State.RELEASED:
        return _Settled(Friction.NONE, NOTHING, pause, covered_by=pause.id)
    if wanted.friction < pause.friction:
        wanted = _reasons_of(tx, pause)
    friction = max(wanted.friction, pause.friction)
    return _Settled(friction, replace(wanted, friction=friction), pause)


def _reasons_of(tx: Transaction, pause: Pause) -> Intervention:
    """The reasons for which the pause was opened: whoever meets it is told them, too."""
    row = find_withdrawal(tx, pause.id)
    record = None if row is None else decode_record(row.decision)
    if record is None or record.typology is None or record.alert is None:
        return Intervention(pause.friction, Typology.GENERAL, Typology.GENERAL, ())
    return Intervention(pause.friction, Typology(record.typology), Typology(record.alert.typology), tuple(record.why))


def _held(wanted: Intervention) -> Intervention:
    return replace(
        wanted, friction=Friction.HOLD, suspected=Typology.GENERAL, shown=Typology.GENERAL, why=("desk-review",)
    )


def _sum_joined(tx: Transaction, pause: Pause) -> int | None:
    """None once she stopped any of them: a stop after the release ends what the release covers (guarantee A5)."""
    joined = companions(tx, pause.id)
    if any(row.stopped_at is not None for row in joined):
        return None
    return sum(int(row.amount) for row in joined)


def _new_pause(
    active: Activated | None, asked: Withdrawal, friction: Friction, open_pauses: list[Pause], now: Millis
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


def _rule_hold(active: Activated | None, asked: Withdrawal, now: Millis) -> Hold:
    maximum = HOLD_WITHOUT_CAMPAIGN if active is None else active.campaign.pause.hold_maximum
    return Hold(f"{asked.id}/rule", asked.id, "desk-review", now, Millis(now + maximum), "campaign")


def _alert_choice(
    active: Activated | None, locale: str | None, intervention: Intervention, folded: Profiles
) -> AlertChoice | None:
    if active is None or intervention.shown is None:
        return None
    text = active.pack.text(active.pack.choose_locale(locale))
    typology = text.alert_typology(intervention.shown)
    variant, _ = text.alert(typology, folded.customer.exposures)
    return AlertChoice(active.pack_hash, typology.value, variant)


def _offer(settled: _Settled, now: Millis) -> PauseOffer | None:
    pause = settled.pause
    if pause is None or settled.covered_by is not None:
        return None
    holds = () if settled.hold is None else (settled.hold,)
    return PauseOffer(
        pause.id, str(int(pause.covers_up_to)), pause.duration, pause.lapses_at(holds), joined=not settled.opens
    )


def _write(tx: Transaction, asked: Withdrawal, record: DecisionRecord, settled: _Settled, actor: str) -> None:
    if settled.opens and settled.pause is not None:
        insert_pause(tx, settled.pause, asked.customer, asked.destination.key)
    if settled.hold is not None:
        insert_hold(tx, settled.hold, asked.customer, asked.destination.key)
    body = msgspec.json.encode(
        {"decision": record.decision, "friction": record.friction, "campaign": record.campaign, "hits": record.hits}
    )
    number = tx.journal(STEP, "decided", asked.id, actor, body)
    pause = None if settled.pause is None else settled.pause.id
    insert_withdrawal(tx, asked, Decided(settled.friction, record.campaign, pause, msgspec.json.encode(record)), number)


def _touch_stopped(tx: Transaction, before: Profiles, now: Millis) -> None:
    """What follows a stop within a day may turn *stopped* into *reduced*: whoever polls is told (step 8)."""
    customer = before.customer
    if customer.last_stopped is None or customer.last_stop_at is None or now > customer.last_stop_at + DAY:
        return
    number = tx.one("last_number")
    assert number is not None
    tx.run("touch_withdrawal", id=customer.last_stopped, changed=number["number"])
