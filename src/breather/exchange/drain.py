"""What the spool holds reaches the database: each record once, in one transaction, with a journal entry (guarantee B4).

Nothing is decided again. What the stand-in said is written as it was said; the features are computed, because history
must know that this was asked, and because rules at her answers need them. Where the id was decided meanwhile, by
another process or before, the higher friction stands and a person is told.
"""

from enum import StrEnum
from hashlib import sha256

import msgspec

from breather.domain.event import Actor, Event, EventKind
from breather.domain.friction import Friction
from breather.domain.profile import after_decision
from breather.domain.refusal import Refusal
from breather.domain.withdrawal import differences
from breather.exchange.facts import facts_of
from breather.exchange.recorded import features_out
from breather.exchange.respond import respond
from breather.exchange.snapshot import Snapshot
from breather.exchange.stood_in import ACTOR, HOLD_MAXIMUM, REASON, StoodIn, encode_stood_in
from breather.storage.exchange.profiles import read_profiles, save_profiles
from breather.storage.exchange.withdrawals import WithdrawalRow, find_withdrawal, hold_row, pause_row, withdrawal_row
from breather.storage.transaction import Transaction

STEP = 6
KIND = "stood-in"
CONFLICT = "stand-in-conflict"
ASIDE = "stand-in-set-aside"


class Drained(StrEnum):
    WRITTEN = "written"
    AGAIN = "again"  # a crash came between the commit and the spool's slot
    CONFLICT = "conflict"


def digest_of(body: bytes) -> str:
    """The name of a record in the database: the same bytes are the same stand-in."""
    return sha256(body).hexdigest()


def drain(tx: Transaction, snapshot: Snapshot, stood: StoodIn) -> Drained:
    """Raises Unavailable while the campaign version is not loaded here, RowRefused for what no row can hold."""
    digest = digest_of(encode_stood_in(stood))
    if tx.one("find_stand_in", digest=digest) is not None:
        return Drained.AGAIN
    row = find_withdrawal(tx, stood.asked.id)
    if row is None and tx.one("find_erased", id=stood.asked.id) is not None:
        # Answered from memory, which cannot know it. Nothing of what was erased comes back, not even as a record.
        _set_aside(tx, digest, b"", "it was answered under the id of a withdrawal that was erased")
        return Drained.CONFLICT
    problem = None
    if row is None:
        number = _write(tx, snapshot, stood)
    else:
        number, problem = _conflict(tx, snapshot, stood, row)
    tx.run(
        "insert_stand_in",
        digest=digest,
        withdrawal=stood.asked.id,
        number=number,
        customer=stood.asked.customer,
        friction=stood.friction,
        amount_usd=stood.asked.amount_usd,
        decided_at=stood.decided_at,
        problem=problem,
    )
    return Drained.WRITTEN if row is None else Drained.CONFLICT


def set_aside(tx: Transaction, body: bytes, problem: str) -> None:
    """What cannot be drained is kept as it is, for a person, and never tried again."""
    _set_aside(tx, digest_of(body), body, problem)


def _set_aside(tx: Transaction, digest: str, body: bytes, problem: str) -> None:
    if tx.one("find_stand_in_aside", digest=digest) is not None:
        return
    number = tx.journal(STEP, ASIDE, None, ACTOR, msgspec.json.encode({"digest": digest, "problem": problem}))
    tx.run("set_stand_in_aside", digest=digest, number=number, body=body, problem=problem, at=tx.now)


def _write(tx: Transaction, snapshot: Snapshot, stood: StoodIn) -> int:
    asked, destination = stood.asked, stood.asked.destination.key
    profiles = read_profiles(tx, asked.customer, destination)
    listed = bool(tx.each("destinations_listed", [{"destination": destination}]))
    facts = facts_of(snapshot, asked, profiles, listed, stood.decided_at)
    # `resembles` is for analysts; what the exchange was answered has to stay as it was.
    record = msgspec.structs.replace(stood.record, features=features_out(facts.features), resembles=facts.resembles)
    if (pause := stood.pause(snapshot)) is not None:
        tx.run_each("insert_pause", [pause_row(pause, asked.customer, destination)])
    for hold in stood.holds(snapshot):
        tx.run_each("insert_hold", [hold_row(hold, asked.customer, destination)])
    told = {
        "decision": record.decision,
        "friction": record.friction,
        "campaign": record.campaign,
        "because": record.stand_in,
        "decided_at": stood.decided_at,
    }
    number = tx.journal(STEP, KIND, asked.id, stood.actor, msgspec.json.encode(told))
    row = withdrawal_row(asked, stood.decided(record), number, stood.decided_at)
    tx.run_each("insert_withdrawal", [row])
    save_profiles(
        tx, asked.customer, destination, profiles, after_decision(facts.folded, stood.friction, stood.decided_at)
    )
    return number


def _conflict(tx: Transaction, snapshot: Snapshot, stood: StoodIn, row: WithdrawalRow) -> tuple[int, str]:
    """The journal's number and the words for the person. The decision that is there is raised to a hold if the stand-in
    was one, by a named event (guarantee A3); what has left or was stopped cannot be raised any more.
    """
    said = f"a stand-in said {stood.record.friction}, the decision {Friction(row.raised_friction).word}"
    if pointers := differences(row.asked(), stood.asked):
        said += f", about another withdrawal ({', '.join(pointers)})"
    if stood.friction > row.raised_friction:
        said += _raised(tx, snapshot, stood, row)
    entry = {"friction": stood.record.friction, "decided_at": stood.decided_at, "problem": said}
    return tx.journal(STEP, CONFLICT, row.id, stood.actor, msgspec.json.encode(entry)), said


def _raised(tx: Transaction, snapshot: Snapshot, stood: StoodIn, row: WithdrawalRow) -> str:
    active = snapshot.frozen(row.campaign_key)
    lasts = HOLD_MAXIMUM if active is None else active.campaign.pause.hold_maximum
    # The slash cannot stand in an id of the VASP: no event of its own takes the place of this one.
    event = Event(f"stand-in/{stood.decided_at}", EventKind.HELD, Actor.DESK, ACTOR, reason=REASON, lasts=lasts)
    try:
        respond(tx, snapshot, row.id, event, time_suspect=False)
    except Refusal as refusal:
        return f"; it could not be held any more: {refusal.code}"
    return "; it is held now"
