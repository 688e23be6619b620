"""Steps 1 to 6: submit, place, features, rules, assign, intervene. One transaction, and only then the reply.

Those that come at the same time are decided on one sheet, in order: they share queries, and each sees what those
before it left behind.

Where the destination is confirmed as a scam, and the campaign lets it leave, a referral is promised with it (step 9).

The step numbers are those of `docs/flow.md`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec

from breather.domain.assignment import Arm, Assignment, Told, assign, exclusions
from breather.domain.catalogue import NOT_YET
from breather.domain.feature import FeatureValue, Phase
from breather.domain.friction import Friction
from breather.domain.instant import DAY, Millis
from breather.domain.intervention import NOTHING, Decision, Intervention, intervene
from breather.domain.place import place
from breather.domain.profile import Profiles, after_decision
from breather.domain.referral import ReferralBasis
from breather.domain.refusal import ChangedRetry, ErasedWithdrawal
from breather.domain.ruling import Ruling, rule_on
from breather.domain.shadow import Marked
from breather.domain.typology import Typology
from breather.domain.withdrawal import Withdrawal, differences
from breather.exchange.beside import mark_beside
from breather.exchange.facts import facts_of
from breather.exchange.record import (
    AlertChoice,
    DecisionRecord,
    PauseOffer,
    arm_of,
    decode_record,
    lists_of,
    place_of,
    undetermined_of,
)
from breather.exchange.recorded import features_out
from breather.exchange.refer import refer
from breather.exchange.settle import RELEASE_LOOKS_BACK, Settled, settle
from breather.exchange.snapshot import Activated, Snapshot
from breather.storage.exchange.sheet import Sheet
from breather.storage.exchange.withdrawals import Decided
from breather.storage.transaction import Transaction

STEP = 6
_NO_RULING = Ruling((), (), {})


@dataclass(frozen=True, slots=True)
class Assessed:
    """`created` is false for a repeat, which is answered with the original decision."""

    asked: Withdrawal
    record: DecisionRecord
    decided_at: Millis
    created: bool


@dataclass(frozen=True, slots=True)
class Asking:
    """One submission: `actor` says who made it, `snapshot` what it is decided with."""

    snapshot: Snapshot
    asked: Withdrawal
    actor: str


def assess(tx: Transaction, snapshot: Snapshot, asked: Withdrawal, actor: str) -> Assessed:
    """Decide one withdrawal, once. Raises ChangedRetry or ErasedWithdrawal if its id was used for another one."""
    (found,) = assess_all(tx, [Asking(snapshot, asked, actor)])
    if isinstance(found, Exception):
        raise found
    return found


def assess_all(tx: Transaction, batch: Sequence[Asking]) -> list[Assessed | Exception]:
    """Decide each, once; in the place of one whose id was used before, ChangedRetry or ErasedWithdrawal."""
    return assess_on(Sheet(tx, [asking.asked for asking in batch], Millis(tx.now - RELEASE_LOOKS_BACK)), batch)


def assess_on(sheet: Sheet, batch: Sequence[Asking]) -> list[Assessed | Exception]:
    """The same, on a sheet that was made for these."""
    decided: dict[str, Assessed] = {}
    found: list[Assessed | Exception] = []
    for asking in batch:
        before = _before(sheet, decided, asking.asked.id)  # step 1
        if before is None and (erased_at := sheet.erased(asking.asked.id)) is not None:
            found.append(ErasedWithdrawal(erased_at))
        elif before is None:
            before = decided[asking.asked.id] = _decide(sheet, asking.snapshot, asking.asked, asking.actor)
            found.append(before)
        elif pointers := differences(before.asked, asking.asked):
            found.append(ChangedRetry("withdrawal", pointers))
        else:
            found.append(replace(before, created=False))
    sheet.flush()
    return found


def _before(sheet: Sheet, decided: dict[str, Assessed], withdrawal: str) -> Assessed | None:
    """What was decided under this id already, in this batch or long ago."""
    row = sheet.known(withdrawal)
    if row is None:
        return decided.get(withdrawal)
    return Assessed(row.asked(), decode_record(row.decision), row.decided_at, created=False)


def _decide(sheet: Sheet, snapshot: Snapshot, asked: Withdrawal, actor: str) -> Assessed:
    tx = sheet.tx
    placement = place(asked.residence)  # step 2
    active = snapshot.campaign_for(placement.code, tx.now)

    profiles = sheet.profiles(asked.customer, asked.destination.key)  # step 3
    confirmed = sheet.is_listed(asked.destination.key)
    facts = facts_of(snapshot, asked, profiles, confirmed, tx.now)
    features: dict[str, FeatureValue] = {**facts.features, **NOT_YET}

    ruling, wanted = _NO_RULING, NOTHING  # step 4
    if active is not None:
        ruling = rule_on(active.campaign.rules, features, Phase.SUBMIT)
        wanted = intervene(active.campaign, ruling, features)
    marked = mark_beside(tx, snapshot.beside(active), ruling, wanted, features, Phase.SUBMIT)

    suspected = frozenset(rule.typology for rule in ruling.hits)
    stopped_before = profiles.customer.last_stop_at is not None
    known_bad = Told(confirmed, facts.said.accused)
    excluded = exclusions(wanted.friction, suspected, known_bad, asked.session.watched, stopped_before)
    assignment = _assigned(snapshot, active, asked, excluded)  # step 5
    treated = _as_assigned(wanted, assignment)

    settled = settle(sheet, active, asked, treated)  # step 6
    alert = _alert_choice(active, asked.locale, settled.intervention, facts.folded)
    record = DecisionRecord(
        decision=Decision.of(settled.friction).value,
        friction=settled.friction.word,
        place=place_of(placement),
        features=features_out(facts.features),
        locale=None if active is None else active.pack.choose_locale(asked.locale),
        campaign=None if active is None else (active.campaign.id, active.campaign.version),
        degraded=ruling.degraded,
        assignment=None if assignment is None else arm_of(assignment),
        typology=None if settled.intervention.suspected is None else settled.intervention.suspected.value,
        hits=[rule.id for rule in ruling.hits],
        undetermined=undetermined_of(ruling),
        asked=None if wanted.friction is settled.friction else wanted.friction.word,
        alert=alert,
        why=list(settled.intervention.why),
        pause=_offer(settled),
        covered_by=settled.covered_by,
        resembles=facts.resembles,
        lists=lists_of(facts.said.entries),
    )
    number = _write(sheet, asked, record, settled, marked, actor)
    after = after_decision(facts.folded, settled.friction, tx.now)
    sheet.keep_profiles(asked.customer, asked.destination.key, profiles, after)
    _touch_stopped(tx, profiles, number)
    if confirmed and settled.friction > Friction.NONE:
        _refer(sheet, snapshot, asked)  # step 9
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


def _alert_choice(
    active: Activated | None, locale: str | None, intervention: Intervention, folded: Profiles
) -> AlertChoice | None:
    if active is None or intervention.shown is None:
        return None
    text = active.pack.text(active.pack.choose_locale(locale))
    typology = text.alert_typology(intervention.shown)
    variant, _ = text.alert(typology, folded.customer.exposures)
    return AlertChoice(typology.value, variant)


def _offer(settled: Settled) -> PauseOffer | None:
    pause = settled.pause
    if pause is None or settled.covered_by is not None:
        return None
    holds = () if settled.hold is None else (settled.hold,)
    return PauseOffer(
        pause.id, str(int(pause.covers_up_to)), pause.duration, pause.lapses_at(holds), joined=not settled.opens
    )


def _write(
    sheet: Sheet, asked: Withdrawal, record: DecisionRecord, settled: Settled, marked: Marked | None, actor: str
) -> int:
    """Returns the number of the decision's journal entry."""
    pair = (asked.customer, asked.destination.key)
    if settled.opens and settled.pause is not None:
        sheet.add_pause(settled.pause, pair)
    if settled.hold is not None:
        sheet.add_hold(settled.hold, pair)
    body = msgspec.json.encode(
        {"decision": record.decision, "friction": record.friction, "campaign": record.campaign, "hits": record.hits}
    )
    number = sheet.tx.journal(STEP, "decided", asked.id, actor, body)
    pause = None if settled.pause is None else settled.pause.id
    watched_at = settled.watched_at(asked, sheet.tx.now)
    decided = Decided(settled.friction, record.campaign, pause, msgspec.json.encode(record), watched_at, marked)
    sheet.add_withdrawal(asked, decided, number)
    return number


def _refer(sheet: Sheet, snapshot: Snapshot, asked: Withdrawal) -> None:
    row = sheet.find(asked.id)
    assert row is not None, "written in this transaction"
    refer(sheet.tx, snapshot, row, ReferralBasis.LISTED_DESTINATION)


def _touch_stopped(tx: Transaction, before: Profiles, number: int) -> None:
    """What follows a stop within a day may turn *stopped* into *reduced*: whoever polls is told (step 8)."""
    customer = before.customer
    if customer.last_stopped is None or customer.last_stop_at is None or tx.now > customer.last_stop_at + DAY:
        return
    tx.run("touch_withdrawal", id=customer.last_stopped, changed=number)
