"""Step 9, refer: promise an agency one withdrawal, in the transaction of the act that is the reason for it.

Nothing leaves here. A referral is a row with the bytes that will be signed, and a delivery that the relay owes
(guarantee F4). Whatever is wrong with a referral, the decision stands and the customer is answered: then nothing is
promised, and the journal says why.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from breather.domain.campaign import Relay
from breather.domain.finding import Finding
from breather.domain.instant import Millis
from breather.domain.referral import Edition, Referral, ReferralBasis, Tier, amount_band
from breather.domain.relay_terms import check_referral, check_terms, within_terms
from breather.domain.typology import Typology
from breather.exchange.local_day import local_day, start_of
from breather.exchange.record import decode_answered, decode_record
from breather.exchange.snapshot import Activated, Snapshot
from breather.protocol.envelope import Envelope, MessageType, message_id
from breather.protocol.referral import write_referral
from breather.storage.exchange.referrals import Promise, next_sequence, promise, referrals_of
from breather.storage.exchange.withdrawals import WithdrawalRow
from breather.storage.transaction import Transaction

STEP = 9
ACTOR = "campaign"
REFERRED, NOT_REFERRED = "referred", "not-referred"


@dataclass(frozen=True, slots=True)
class Terms:
    """What the campaign frozen for a withdrawal lets leave of it; only where it lets a referral leave at all."""

    active: Activated
    relay: Relay

    @property
    def tier(self) -> Tier:
        return self.relay.terms.tier


def terms_of(snapshot: Snapshot, row: WithdrawalRow) -> Terms | None:
    """None where the relay is off, or sends counts at most."""
    active = snapshot.frozen(row.campaign_key)
    if active is None or active.campaign.relay is None:
        return None
    found = Terms(active, active.campaign.relay)
    return found if found.tier >= Tier.PSEUDONYMOUS else None


def refer(tx: Transaction, snapshot: Snapshot, row: WithdrawalRow, basis: ReferralBasis) -> str | None:
    """Promise the pseudonymous referral of a withdrawal; its id.

    None where the terms are off, where it was promised before, and where it would not keep the terms.
    """
    terms = terms_of(snapshot, row)
    if terms is None or pseudonymous_of(tx, row.id) is not None:
        return None
    referral = pseudonymous(terms, row, basis)
    if findings := why_not(tx, snapshot, terms, referral):
        _not_referred(tx, row, [str(finding) for finding in findings])
        return None
    try:
        with tx.savepoint():  # a referral that cannot be written takes no number from the sequence
            return promise_referral(tx, snapshot, row, new_id(terms, row), referral)
    except ValueError as mistake:
        _not_referred(tx, row, [str(mistake)])
        return None


def pseudonymous_of(tx: Transaction, withdrawal: str) -> str | None:
    """The id of the one that was promised already."""
    return next((one.id for one in referrals_of(tx, withdrawal) if one.tier == Tier.PSEUDONYMOUS.word), None)


def pseudonymous(terms: Terms, row: WithdrawalRow, basis: ReferralBasis) -> Referral:
    """Destination, network, asset, band, day and typology, as far as the terms have a row for them (guarantee H3)."""
    active, asked = terms.active, row.asked()
    whole = Referral(
        tier=Tier.PSEUDONYMOUS,
        basis=basis,
        destination=asked.destination,
        campaign=Edition(active.campaign.id, active.campaign.version),
        pack=Edition(active.pack.id, active.pack.version),
        typology=_suspected(row),
        asset=asked.asset,
        amount_band=amount_band(asked.amount_usd),
        day=local_day(row.decided_at, active.campaign.time_zone),
    )
    return within_terms(whole, terms.relay.terms)


def new_id(terms: Terms, row: WithdrawalRow) -> str:
    """An id that holds the day of the decision, as the referral does, and not its time."""
    zone = terms.active.campaign.time_zone
    day = start_of(local_day(row.decided_at, zone), zone)
    return message_id(MessageType.REFERRAL, Millis(max(day, 0)), secrets.token_bytes(10))


def why_not(tx: Transaction, snapshot: Snapshot, terms: Terms, referral: Referral) -> Sequence[Finding]:
    """What forbids this referral now. The terms once more: their legal review may have expired since activation."""
    relay = terms.relay
    today = local_day(tx.now, terms.active.campaign.time_zone)
    return check_terms(relay.terms, snapshot.identity.mode, today) or check_referral(referral, relay.terms)


def promise_referral(
    tx: Transaction, snapshot: Snapshot, row: WithdrawalRow, referral_id: str, referral: Referral
) -> str:
    """Number it, write its bytes, journal and promise it. ValueError for one that no reader would take."""
    terms = terms_of(snapshot, row)
    assert terms is not None, "only what the terms let leave is promised"
    addressee, identity = terms.relay.addressee, snapshot.identity
    sequence = next_sequence(tx, addressee, MessageType.REFERRAL)
    envelope = Envelope(MessageType.REFERRAL, identity.mode, identity.vasp, addressee, referral_id, sequence)
    body = write_referral(envelope, referral)
    tier, basis = referral.tier, referral.basis
    said = {"referral": referral_id, "addressee": addressee, "tier": tier.word, "basis": basis.value}
    number = tx.journal(STEP, REFERRED, row.id, ACTOR, msgspec.json.encode(said))
    promise(tx, Promise(referral_id, row.id, addressee, tier, basis, row.destination, body), number)
    return referral_id


def _suspected(row: WithdrawalRow) -> Typology | None:
    """As her answers have it, if she gave any."""
    found = None if row.answered is None else decode_answered(row.answered).typology
    found = found or decode_record(row.decision).typology
    return None if found is None else Typology(found)


def _not_referred(tx: Transaction, row: WithdrawalRow, because: Sequence[str]) -> None:
    tx.journal(STEP, NOT_REFERRED, row.id, ACTOR, msgspec.json.encode({"because": because}))
