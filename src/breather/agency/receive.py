"""Step 10, relay, at the receiver's end: a referral arrives, is made durable, and its receipt is promised.

The same id with the same bytes is a normal answer: the first receipt again, whatever the relay terms have become since.
The same id with other bytes is a conflict. A receipt says that these bytes are here, and nothing about merit.
"""

from dataclasses import dataclass
from hashlib import sha256

import msgspec

from breather.agency.letterhead import Letterhead
from breather.agency.refusal import ChangedReferral, NotAllowed
from breather.domain.finding import Finding
from breather.domain.referral import Referral
from breather.domain.relay_terms import RelayTerms, check_referral
from breather.intelligence.bad_address import BadAddress
from breather.intelligence.destination import canonical_destination
from breather.intelligence.memo import BadMemo
from breather.protocol.envelope import MessageType
from breather.protocol.message import Message
from breather.protocol.receipt import receipt_for, write_receipt
from breather.protocol.referral import WHAT, read_referral
from breather.protocol.refusal import Malformed
from breather.storage.agency.portal_reader import subject_of
from breather.storage.transaction import Transaction

STEP = 10


@dataclass(frozen=True, slots=True)
class Received:
    """`receipt` is the body to sign. `created` is false for a repeat, which changes nothing."""

    receipt: bytes
    number: int
    created: bool


@dataclass(frozen=True, slots=True)
class Arrived:
    """An opened message, the referral in it, and the relay terms agreed with its sender."""

    message: Message
    referral: Referral
    terms: RelayTerms


def read_arrived(message: Message, terms: RelayTerms) -> Arrived:
    """Raises Malformed, also for an address in another spelling: two exchanges' referrals of one would lie apart."""
    referral = read_referral(message)
    destination = referral.destination
    try:
        canonical = canonical_destination(destination.network, destination.address, destination.memo)
    except BadAddress as bad:
        finding = Finding("/destination/address", bad.code.value, bad.message, bad.suggestion)
        raise Malformed(WHAT, [finding]) from None
    except BadMemo as bad:
        finding = Finding("/destination/memo", bad.code.value, bad.message, bad.suggestion)
        raise Malformed(WHAT, [finding]) from None
    for name, given, right in (
        ("address", destination.address, canonical.address),
        ("memo", destination.memo, canonical.memo),
    ):
        if given != right:
            finding = Finding(f"/destination/{name}", "not-canonical", "is not in its canonical spelling", right or "")
            raise Malformed(WHAT, [finding])
    return Arrived(message, referral, terms)


def receive(tx: Transaction, letterhead: Letterhead, arrived: Arrived, entropy: bytes) -> Received:
    """Store it once. Raises ChangedReferral where this id came before with other bytes, NotAllowed by the terms."""
    message, referral = arrived.message, arrived.referral
    envelope, body = message.envelope, message.body
    digest = sha256(body).hexdigest()
    earlier = tx.one("find_sent", sender=envelope.sender, id=envelope.id)
    if earlier is not None:
        if earlier["hash"] != digest:
            raise ChangedReferral(envelope.id)
        return Received(earlier["receipt"], earlier["number"], created=False)
    if findings := check_referral(referral, arrived.terms):
        raise NotAllowed(findings)
    destination = referral.destination
    known = tx.one("sent_about", destination=destination.key, sender=envelope.sender) is not None
    receipt = write_receipt(
        letterhead.envelope(tx, MessageType.RECEIPT, envelope.sender, entropy),
        receipt_for(envelope.id, body, tx.now),
    )
    number = _journal(tx, message, digest)
    tx.run(
        "insert_referral",
        number=number,
        sender=envelope.sender,
        id=envelope.id,
        hash=digest,
        body=body,
        sequence=envelope.sequence,
        receipt=receipt,
        received_at=tx.now,
        destination=destination.key,
        tier=referral.tier.word,
        basis=referral.basis,
        typology=referral.typology,
        asset=referral.asset,
        amount_band=referral.amount_band,
        day=None if referral.day is None else referral.day.isoformat(),
        sealed=referral.sealed is not None,
        follows=referral.follows,
    )
    tx.run(
        "count_destination",
        key=destination.key,
        network=destination.network,
        address=destination.address,
        memo=destination.memo,
        senders=0 if known else 1,
        at=tx.now,
        number=number,
    )
    return Received(receipt, number, created=True)


def _journal(tx: Transaction, message: Message, digest: str) -> int:
    """The entry is about the number that it is about to get: the inbox and the journal count alike."""
    entry = {"id": message.envelope.id, "sha256": digest, "key": message.signature.kid}
    number = tx.next_number
    actor = f"exchange:{message.envelope.sender}"
    return tx.journal(STEP, "received", subject_of(number), actor, msgspec.json.encode(entry))
