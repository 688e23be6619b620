"""Step 11, at once: what is open towards a destination that an agency has just confirmed is looked at again.

The rules run once more, at the phase `confirm`, with the intelligence of now: an address confirmed as a scam during the
pause stops the confirmation (design §4). What they ask for is done as an event of the agency's, so that the record says
who made it so; a person at the exchange looks at it, and its maximum is the campaign's. The customer reads that a
person looks at it and nothing more: what an agency found is not hers to read (guarantee H2), and the rule's sentence
would tell her.

Lists are looked at again when she confirms, and not before: an import may change a million entries, and what waits is
not paid before it is confirmed.
"""

from breather.domain.catalogue import NOT_YET
from breather.domain.event import Actor, Event, EventKind
from breather.domain.feature import FeatureValue, Phase
from breather.domain.friction import Friction
from breather.domain.instant import DAY, Millis
from breather.domain.intervention import intervene
from breather.domain.refusal import Refusal
from breather.domain.ruling import rule_on
from breather.exchange.record import decode_answered, decode_record
from breather.exchange.recorded import features_in
from breather.exchange.respond import respond
from breather.exchange.snapshot import Activated, Snapshot
from breather.intelligence.said_of import said_of
from breather.storage.exchange.referrals import is_listed
from breather.storage.exchange.withdrawals import WithdrawalRow, find_withdrawal
from breather.storage.transaction import Transaction

# No pause lasts longer, waiting to be confirmed and released included.
LOOKS_BACK = 38 * DAY
REASON = "desk-review"


def hold_confirmed(tx: Transaction, snapshot: Snapshot, destination: str, agency: str, referral: str) -> int:
    """Hold what waits towards `destination`, which `agency` has confirmed by its finding about `referral`, where the
    rules ask for it. Returns how many.

    What was let go without anything in its way is not among them: it has left, or will within the minute.
    """
    since = Millis(max(0, tx.now - LOOKS_BACK))
    held = 0
    for row in tx.all_as(WithdrawalRow, "waiting_towards", destination=destination, since=since):
        active = snapshot.frozen(row.campaign_key)
        if active is None or not _asks_for_hold(active, row):
            continue
        lasts = active.campaign.pause.hold_maximum
        # The slash cannot stand in an id of the VASP: no event of its own takes the place of this one.
        event = Event(f"confirmed/{referral}", EventKind.HELD, Actor.AGENCY, agency, reason=REASON, lasts=lasts)
        try:
            held += respond(tx, snapshot, row.id, event, time_suspect=False).created
        except Refusal:
            continue  # lapsed meanwhile: nothing of it can leave
    return held


def hold_listed(tx: Transaction, snapshot: Snapshot, withdrawal: str) -> bool:
    """Step 7, before a confirmation: hold the withdrawal if lists say something of its destination that they did not
    when it was submitted, and the rules ask for a hold because of it. Whether it is held by this now.

    An act of its own, which stays when the confirmation is then refused for it. Said once for what is said: after the
    desk has looked and lifted the hold, she may confirm.
    """
    row = find_withdrawal(tx, withdrawal)
    active = None if row is None else snapshot.frozen(row.campaign_key)
    if row is None or active is None or snapshot.intelligence is None:
        return False
    features = _features(row)
    said = said_of(snapshot.intelligence, row.asked().destination, tx.now).features
    if all(features.get(name) == value for name, value in said.items()):
        return False
    features |= {**said, "destination_confirmed": is_listed(tx, row.destination)}
    if not _holds(active, features):
        return False
    lasts = active.campaign.pause.hold_maximum
    name = "lists/" + "/".join(str(value) for value in said.values())
    event = Event(name, EventKind.HELD, Actor.DESK, "lists", reason=REASON, lasts=lasts)
    try:
        return respond(tx, snapshot, row.id, event, time_suspect=False).created
    except Refusal:
        return False  # it has ended, or is held already: the confirmation says so itself


def _features(row: WithdrawalRow) -> dict[str, FeatureValue]:
    """As they were frozen at submission, with her answers."""
    features: dict[str, FeatureValue] = {**features_in(decode_record(row.decision).features), **NOT_YET}
    if row.answered is not None:
        features.update(decode_answered(row.answered).answers)
    return features


def _holds(active: Activated, features: dict[str, FeatureValue]) -> bool:
    wanted = intervene(active.campaign, rule_on(active.campaign.rules, features, Phase.CONFIRM), features)
    return wanted.friction is Friction.HOLD


def _asks_for_hold(active: Activated, row: WithdrawalRow) -> bool:
    """Whether the rules ask for a hold now that the destination is confirmed."""
    features = _features(row)
    if features["destination_confirmed"] is True:
        return False  # it was when this was decided, and the rules have had their say
    features["destination_confirmed"] = True
    return _holds(active, features)
