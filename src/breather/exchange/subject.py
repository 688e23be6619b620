"""Who asks for help, sealed by the VASP for officers' eyes (tier identified, guarantee H3).

`breather.client` seals the subject in the VASP's own process, after she agreed (`exchange/consent.py`); what comes here
is ciphertext, and this service never holds the plaintext.

It cannot be seen either whether a file is sealed to the keys that it is labelled with: an age recipient names nobody.
One that officers cannot open is promised like any other, and its referral takes no second. The way out is the event
`revoke-consent`, before the receipt or after it, and a new consent: that names a new referral, which takes a subject.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from breather.domain.instant import Millis
from breather.domain.referral import Consent, Referral, ReferralBasis, Sealed, Tier
from breather.domain.refusal import (
    ChangedRetry,
    NoConsent,
    NoSealingKey,
    NotOffered,
    NotSealed,
    OtherReferral,
    Recovering,
    SubjectTaken,
)
from breather.domain.relay_terms import within_terms
from breather.exchange.consent import identified_terms, sealing_keys
from breather.exchange.refer import Terms, promise_referral, pseudonymous, pseudonymous_of, why_not
from breather.exchange.snapshot import Snapshot
from breather.protocol.sealing import SEALED_LIMIT, recipients_of
from breather.storage.exchange.referrals import find_referral
from breather.storage.exchange.withdrawals import WithdrawalRow, wanted_withdrawal
from breather.storage.reader import Reader
from breather.storage.recovery import recovery_of
from breather.storage.transaction import Transaction

STEP = 9
KIND = "subject"


@dataclass(frozen=True, slots=True)
class SubjectWanted:
    """What `breather.client` needs to seal: the names it binds the subject to, and officers' raw X25519 keys by id."""

    referral: str
    mode: str
    sender: str
    recipient: str
    keys: Mapping[str, bytes]
    consented_at: Millis


@dataclass(frozen=True, slots=True)
class SealedSubject:
    """What the VASP posts: `id` is the caller's, `keys` the ids of the keys that it is sealed to."""

    id: str
    referral: str
    ciphertext: bytes
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Accepted:
    """`created` is false for a repeat of the same bytes, which changes nothing."""

    row: WithdrawalRow
    created: bool


def subject_wanted(reader: Reader, snapshot: Snapshot, row: WithdrawalRow, now: Millis) -> SubjectWanted | None:
    """What is to be sealed; None without her consent, once it was received, and where nobody could open it.

    None in recovery mode, too: a consent may have been taken back in what the database forgot.
    """
    terms = identified_terms(snapshot, row)
    if terms is None or row.consented_at is None or row.subject_referral is None:
        return None
    keys = sealing_keys(snapshot, terms, now)
    if not keys or recovery_of(reader) is not None or find_referral(reader, row.subject_referral) is not None:
        return None
    identity = snapshot.identity
    return SubjectWanted(
        row.subject_referral, identity.mode, identity.vasp, terms.relay.addressee, keys, row.consented_at
    )


def accept_subject(tx: Transaction, snapshot: Snapshot, withdrawal: str, sealed: SealedSubject, actor: str) -> Accepted:
    """Promise the identified referral that carries this subject, once.

    Raises UnknownWithdrawal, ErasedWithdrawal, ChangedRetry, Recovering, SubjectTaken, NoConsent, NotOffered,
    OtherReferral, NotSealed or NoSealingKey.
    """
    row = wanted_withdrawal(tx, withdrawal)
    body = _body(sealed)
    earlier = _earlier(tx, row, sealed)
    if earlier is not None and earlier["body"] == body:
        return Accepted(row, created=False)
    if recovery_of(tx) is not None:
        raise Recovering  # that she took her consent back may be what the database forgot
    terms = identified_terms(snapshot, row)
    if terms is None:
        raise NotOffered("This campaign sends nothing about who asks for help.")
    _refuse_unlisted(snapshot, terms, sealed, tx.now)
    if earlier is not None:
        raise _taken(earlier, sealed, body)
    consent = _consent(row)
    if sealed.referral != row.subject_referral:
        raise OtherReferral(row.subject_referral or "")
    _refuse_unsealed(sealed)
    referral = _referral(tx, terms, row, Sealed(sealed.ciphertext, sealed.keys, consent))
    if findings := why_not(tx, snapshot, terms, referral):
        raise NotOffered(" ".join(str(finding) for finding in findings))
    number = tx.journal(STEP, KIND, row.id, actor, body)
    tx.run("insert_event", withdrawal=row.id, id=sealed.id, number=number, kind=KIND, actor=actor, at=tx.now, body=body)
    promise_referral(tx, snapshot, row, sealed.referral, referral)
    tx.run("touch_withdrawal", id=row.id, changed=number)
    return Accepted(replace(row, changed=number), created=True)


def _consent(row: WithdrawalRow) -> Consent:
    if row.consented_at is None or row.consent_text is None:
        raise NoConsent
    return Consent(f"consent-{row.consent_number}", row.consented_at, row.consent_text)


def _referral(tx: Transaction, terms: Terms, row: WithdrawalRow, sealed: Sealed) -> Referral:
    """What the pseudonymous one says, with her, and naming it: officers are not to take one withdrawal for two."""
    found = replace(
        pseudonymous(terms, row, ReferralBasis.CUSTOMER_ASKED),
        tier=Tier.IDENTIFIED,
        sealed=sealed,
        follows=pseudonymous_of(tx, row.id),
    )
    return within_terms(found, terms.relay.terms)


def _refuse_unlisted(snapshot: Snapshot, terms: Terms, sealed: SealedSubject, now: Millis) -> None:
    """Before anything else that is wrong: with such a key, nothing else of the body could be put right."""
    if unknown := tuple(sorted(set(sealed.keys) - sealing_keys(snapshot, terms, now).keys())):
        raise NoSealingKey(unknown)


def _refuse_unsealed(sealed: SealedSubject) -> None:
    """A subject in the clear is the mistake that must not be kept, nor sent (`protocol/sealing.py`)."""
    found = recipients_of(sealed.ciphertext) if len(sealed.ciphertext) <= SEALED_LIMIT else None
    if found is None or found != len(set(sealed.keys)) or len(set(sealed.keys)) != len(sealed.keys):
        raise NotSealed(len(sealed.keys), found)


def _earlier(tx: Transaction, row: WithdrawalRow, sealed: SealedSubject) -> Mapping[str, Any] | None:
    """What was said under its id, or by another id about the referral that it names."""
    earlier = tx.one("find_event", withdrawal=row.id, id=sealed.id)
    if earlier is not None:
        return earlier
    entries = (one for one in tx.all("events_of", withdrawal=row.id) if one["kind"] == KIND)
    return next((one for one in entries if msgspec.json.decode(one["body"])["referral"] == sealed.referral), None)


def _taken(earlier: Mapping[str, Any], sealed: SealedSubject, body: bytes) -> ChangedRetry | SubjectTaken:
    """A new id would help only where the id is what was used before."""
    if earlier["id"] != sealed.id:
        return SubjectTaken()
    first, again = msgspec.json.decode(earlier["body"]), msgspec.json.decode(body)
    names = sorted(key for key in first.keys() | again.keys() if first.get(key) != again.get(key))
    return ChangedRetry("subject", tuple(f"/{_OUTSIDE.get(name, name)}" for name in names))


_OUTSIDE: Mapping[str, str] = {"kind": "event", "sha256": "ciphertext"}  # what the caller's body calls them


def _body(sealed: SealedSubject) -> bytes:
    """What was said, with the ciphertext by its hash: the bytes themselves are only in the referral."""
    digest = base64.b64encode(hashlib.sha256(sealed.ciphertext).digest()).decode("ascii")
    said = {"kind": KIND, "referral": sealed.referral, "sha256": digest, "keys": list(sealed.keys)}
    return msgspec.json.encode(said)
