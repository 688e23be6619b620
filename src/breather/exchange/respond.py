"""Steps 7 and 8: everything that happens to a withdrawal after its decision, each act one transaction.

Answers are features: the rules run again, under the campaign version frozen at submission, and friction may only rise.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import msgspec

from breather.domain.catalogue import NOT_YET
from breather.domain.cooling_off import Hold
from breather.domain.event import Event, EventKind
from breather.domain.feature import FeatureValue, Phase
from breather.domain.friction import Friction
from breather.domain.instant import Millis
from breather.domain.intervention import Intervention, intervene
from breather.domain.profile import after_broadcast, after_stop
from breather.domain.referral import ReferralBasis
from breather.domain.refusal import ChangedRetry, TimeSuspect
from breather.domain.ruling import rule_on
from breather.domain.standing import Standing, move
from breather.domain.withdrawal import CustomerRef
from breather.exchange.beside import mark_beside
from breather.exchange.consent import refuse_consent, take_back_subjects, with_consent, without_consent
from breather.exchange.record import (
    AlertChoice,
    AnsweredRecord,
    DecisionRecord,
    decode_record,
    undetermined_of,
)
from breather.exchange.recorded import features_in
from breather.exchange.refer import refer
from breather.exchange.snapshot import Activated, Snapshot
from breather.storage.exchange.profiles import read_profiles, save_profiles
from breather.storage.exchange.withdrawals import WithdrawalRow, save_standing, standing_of, wanted_withdrawal
from breather.storage.transaction import Transaction

_STEPS: Mapping[EventKind, int] = {EventKind.BROADCAST: 8}
STEP = 7
RELEASING = frozenset({EventKind.CONFIRM, EventKind.ACKNOWLEDGE})


@dataclass(frozen=True, slots=True)
class Responded:
    """`created` is false for a repeat of the same event, which changes nothing."""

    row: WithdrawalRow
    standing: Standing
    created: bool


def respond(tx: Transaction, snapshot: Snapshot, withdrawal: str, event: Event, time_suspect: bool) -> Responded:
    """Apply one event.

    Raises UnknownWithdrawal, ErasedWithdrawal, ChangedRetry, or whatever `domain.standing.move` refuses.
    """
    row = wanted_withdrawal(tx, withdrawal)
    body = _body(event)
    before = standing_of(tx, row)
    if (earlier := tx.one("find_event", withdrawal=withdrawal, id=event.id)) is not None:
        _refuse_changed(earlier["body"], body)
        return Responded(row, before, created=False)
    if event.kind is EventKind.BROADCAST and before.transaction_id == event.transaction_id is not None:
        return Responded(row, before, created=False)  # said again under another id: still one broadcast (guarantee A7)
    if event.kind in RELEASING and time_suspect:
        raise TimeSuspect
    if event.kind is EventKind.CONSENT:
        refuse_consent(snapshot, row)
    after = move(before, event, tx.now)
    if event.kind is EventKind.ANSWER:
        row, after = _answered(tx, snapshot, row, after, event)
    number = tx.journal(_STEPS.get(event.kind, STEP), event.kind.value, withdrawal, _actor(event), body)
    tx.run(
        "insert_event",
        withdrawal=withdrawal,
        id=event.id,
        number=number,
        kind=event.kind,
        actor=_actor(event),
        at=tx.now,
        body=body,
    )
    if after.consented_at != before.consented_at:
        row = without_consent(row) if after.consented_at is None else with_consent(snapshot, row, event, number)
    row = save_standing(tx, row, before, after, number)
    _remember(tx, row, event)
    _relay(tx, snapshot, row, event)
    return Responded(row, standing_of(tx, row), created=True)


def _answered(
    tx: Transaction, snapshot: Snapshot, row: WithdrawalRow, after: Standing, event: Event
) -> tuple[WithdrawalRow, Standing]:
    """The rules once more, now with the answers. What was asked for before is the least that is asked for now."""
    active = snapshot.frozen(row.campaign_key)
    if active is None:  # it met an open pause, with no campaign of its own: the clock starts, and no rules are asked
        unruled = AnsweredRecord(answers=dict(event.answers), friction=Friction(row.raised_friction).word)
        return replace(row, answered=msgspec.json.encode(unruled)), after
    record = decode_record(row.decision)
    features: dict[str, FeatureValue] = {**features_in(record.features), **NOT_YET}
    features.update(event.answers)
    ruling = rule_on(active.campaign.rules, features, Phase.ANSWER)
    wanted = intervene(active.campaign, ruling, features)
    shadow = snapshot.beside(active)
    if shadow is not None and shadow.number == row.shadow:  # the one that saw the withdrawal, and no later one
        marked = mark_beside(tx, shadow, ruling, wanted, features, Phase.ANSWER)
        tx.run("save_shadow_answered", id=row.id, said=None if marked is None else marked.said)
    friction = max(Friction(row.raised_friction), wanted.friction)
    alert = _alert(active, record, wanted)
    answered = AnsweredRecord(
        answers=dict(event.answers),
        friction=friction.word,
        typology=None if wanted.suspected is None else wanted.suspected.value,
        hits=[rule.id for rule in ruling.hits],
        undetermined=undetermined_of(ruling),
        alert=alert,
        why=list(wanted.why),
    )
    row = replace(row, answered=msgspec.json.encode(answered))
    return row, _raised(after, active, wanted.friction, tx.now)


def _raised(standing: Standing, active: Activated, asked: Friction, now: Millis) -> Standing:
    """By what the rules ask for now, and by nothing else: a hold that lies over the pause does not lengthen it."""
    pause = standing.pause
    assert pause is not None, "only what was asked something can be answered"
    terms = active.campaign.pause
    holds = standing.holds
    if asked is Friction.HOLD and all(hold.id != f"{standing.withdrawal}/rule" for hold in holds):
        until = Millis(now + terms.hold_maximum)
        name = f"{standing.withdrawal}/answers"
        holds = (*holds, Hold(name, standing.withdrawal, "desk-review", now, until, "campaign"))
    duration = terms.duration if asked >= Friction.COOLING_OFF else pause.duration
    raised = pause.raised(min(asked, Friction.COOLING_OFF), duration)
    return replace(standing, friction=max(standing.friction, asked), pause=raised, holds=holds)


def _alert(active: Activated, record: DecisionRecord, wanted: Intervention) -> AlertChoice | None:
    """The same variant, so that what she reads next is visibly the same alert, now about what she told us."""
    if wanted.shown is None or record.alert is None:
        return record.alert
    text = active.pack.text(active.pack.default_locale)
    typology = text.alert_typology(wanted.shown)
    variant = record.alert.variant % len(text.alerts[typology])
    return AlertChoice(typology.value, variant)


def _remember(tx: Transaction, row: WithdrawalRow, event: Event) -> None:
    """Stops and broadcasts enter the profiles: they change the next decision."""
    if event.kind not in (EventKind.STOP, EventKind.BROADCAST):
        return
    customer = CustomerRef(row.customer)
    before = read_profiles(tx, customer, row.destination)
    if event.kind is EventKind.STOP:
        after = after_stop(before, row.id, tx.now)
    else:
        after = after_broadcast(before, row.asked(), tx.now)
    save_profiles(tx, customer, row.destination, before, after)


def _relay(tx: Transaction, snapshot: Snapshot, row: WithdrawalRow, event: Event) -> None:
    """Step 9: what she asks of the police, and takes back, is promised and taken back in the same transaction."""
    if event.kind is EventKind.HELP:
        refer(tx, snapshot, row, ReferralBasis.CUSTOMER_ASKED)
    elif event.kind is EventKind.REVOKE:
        take_back_subjects(tx, row)


def _actor(event: Event) -> str:
    return f"{event.actor.value}:{event.by}" if event.by else event.actor.value


def _body(event: Event) -> bytes:
    """What the event says, without who carried it: the same event through another API key is the same event."""
    said = {key: value for key, value in msgspec.to_builtins(event).items() if key not in ("id", "by")}
    empty = msgspec.to_builtins(Event("", event.kind, event.actor))
    return msgspec.json.encode({key: value for key, value in said.items() if key in _ALWAYS or value != empty[key]})


_ALWAYS = frozenset({"kind", "actor"})
_OUTSIDE: Mapping[str, str] = {"kind": "event", "lasts": "max_hours"}  # what the caller's body calls them


def _refuse_changed(stored: bytes, again: bytes) -> None:
    if stored == again:
        return
    one, other = msgspec.json.decode(stored), msgspec.json.decode(again)
    keys = sorted(key for key in one.keys() | other.keys() if one.get(key) != other.get(key))
    if not keys:  # the same answers in another order
        return
    raise ChangedRetry("event", tuple(f"/{_OUTSIDE.get(key, key)}" for key in keys))
