"""One exchange, one agency, keys from published seeds, and one good message of each type: what tests begin with."""

import base64
import functools
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from breather.client.sealing import Carrier, Subject, seal_subject
from breather.domain.asset import Asset, Network
from breather.domain.disposition import Disposed, Disposition
from breather.domain.instant import DAY, Millis, parse_instant
from breather.domain.referral import AmountBand, Consent, Edition, Referral, ReferralBasis, Sealed, Tier
from breather.domain.relay_terms import FIELDS, LegalBasis, LegalReview, RelayTerms
from breather.domain.typology import Typology
from breather.domain.withdrawal import Destination
from breather.protocol.aggregate import Aggregate, Cell, Quarter, write_aggregate
from breather.protocol.changes import (
    ChangesPage,
    DispositionEntry,
    EntryKind,
    KeyListEntry,
    PackRevocationEntry,
    ReleaseEntry,
    write_changes,
    write_pull,
)
from breather.protocol.disposition import write_disposition
from breather.protocol.envelope import EVERYONE, SIGNED_FOR, Envelope, MessageType, message_id
from breather.protocol.feed import write_feed
from breather.protocol.key_list import KeyList, ListedKey, Purpose, listed_key, sign_key_list, write_key_list
from breather.protocol.manifest import write_manifest
from breather.protocol.message import Message, Receiver, Signature, open_message, sign_message
from breather.protocol.problem import Problem, write_problem
from breather.protocol.receipt import receipt_for, write_receipt
from breather.protocol.referral import write_referral
from breather.protocol.trust import Peer, Role, accept_key_list, fingerprint_of

NOW: Millis = parse_instant("2026-11-22T10:43:00Z")
EXCHANGE, AGENCY = "demo-exchange", "macau-pj"
ROLES: Mapping[str, Role] = MappingProxyType({EXCHANGE: Role.EXCHANGE, AGENCY: Role.AGENCY})
VALID_FROM, VALID_UNTIL = Millis(NOW - 30 * DAY), Millis(NOW + 300 * DAY)
ADDRESS = "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8"
FEED_ENTRIES = (
    b'{"network":"TRON","address":"TJRabPrwbZy45sbavfcjinPJC18kjpRTv8","typology":"investment","confidence":"high",'
    b'"confirmed_at":"2026-11-20T02:00:00Z","expires_at":"2027-05-20T02:00:00Z"}\n'
)


def seed(name: str) -> bytes:
    """Published, so worthless: 32 bytes that anyone can make."""
    return hashlib.sha256(f"breather test vector: {name}".encode()).digest()


def private(organisation: str, name: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(seed(f"{organisation} {name}"))


def public(organisation: str, name: str) -> bytes:
    """Raw; an officer's for sealing is X25519, all others are Ed25519."""
    if name == Purpose.SEALING:
        return X25519PrivateKey.from_private_bytes(seed(f"{organisation} {name}")).public_key().public_bytes_raw()
    return private(organisation, name).public_key().public_bytes_raw()


def key_list(organisation: str, sequence: int = 1) -> KeyList:
    """With one key for each purpose."""
    keys = tuple(
        listed_key(purpose, public(organisation, purpose), VALID_FROM, VALID_UNTIL)
        for purpose in Purpose
        if organisation == AGENCY or purpose is not Purpose.SEALING
    )
    root = public(organisation, "root")
    return KeyList("test", organisation, sequence, VALID_FROM, Millis(NOW + 90 * DAY), root, keys)


def signed_list(keys: KeyList) -> tuple[bytes, bytes]:
    body = write_key_list(keys)
    return body, sign_key_list(private(keys.organisation, "root"), keys.mode, body)


def pinned(organisation: str, mode: str = "test") -> Peer:
    return Peer(organisation, ROLES[organisation], mode, fingerprint_of(public(organisation, "root")))


def peer(organisation: str, change: Callable[[ListedKey], ListedKey] | None = None) -> Peer:
    """With its key list, in which each key may be changed."""
    keys = key_list(organisation)
    if change is not None:
        keys = replace(keys, keys=tuple(change(key) for key in keys.keys))
    return accept_key_list(pinned(organisation), *signed_list(keys), Millis(VALID_FROM + 1))


def receiver(organisation: str) -> Receiver:
    return Receiver(organisation, "test", {EXCHANGE: peer(EXCHANGE), AGENCY: peer(AGENCY)})


def envelope(kind: MessageType, number: int = 1) -> Envelope:
    sender = EXCHANGE if kind in (MessageType.REFERRAL, MessageType.AGGREGATE, MessageType.PULL) else AGENCY
    recipient = AGENCY if sender == EXCHANGE else EXCHANGE
    identity = message_id(kind, NOW, hashlib.sha256(f"{kind} {number}".encode()).digest()[:10])
    return Envelope(kind, "test", sender, recipient, identity, number)


REFERRAL = Referral(
    tier=Tier.PSEUDONYMOUS,
    basis=ReferralBasis.LISTED_DESTINATION,
    destination=Destination(Network.TRON, ADDRESS, None),
    campaign=Edition("macau-pj-trial", 1),
    pack=Edition("macau-pj", 1),
    typology=Typology.INVESTMENT,
    asset=Asset.USDT,
    amount_band=AmountBand.TO_10_000,
    day=date(2026, 11, 22),
)
REVIEW = LegalReview(
    LegalBasis.PUBLIC_TASK, "DPIA 2026-3", "an invented reviewer", date(2026, 6, 1), date(2027, 6, 1), invented=True
)
ROWS = dict.fromkeys(FIELDS, LegalBasis.PUBLIC_TASK) | dict.fromkeys(("sealed", "follows"), LegalBasis.CONSENT)
TERMS = RelayTerms(Tier.IDENTIFIED, ROWS, REVIEW)
SUBJECT = Subject(name="Chan Tai Man", telephone="+853 6600 0000", statement="They told me to move my savings.")


class Counted:
    """Stands for randomness: the same bytes each time, so that a ciphertext can be published."""

    def __init__(self, name: str) -> None:
        self._name, self._count = name, 0

    def __call__(self, size: int) -> bytes:
        self._count += 1
        return seed(f"{self._name} {self._count}")[:size]


@functools.cache
def identified() -> Referral:
    about = envelope(MessageType.REFERRAL, 2)
    raw = public(AGENCY, Purpose.SEALING)
    kid = hashlib.sha256(raw).hexdigest()[:16]
    carrier = Carrier(mode="test", sender=about.sender, recipient=about.recipient, referral=about.id)
    sealed = seal_subject(SUBJECT, carrier, {kid: base64.b64encode(raw).decode()}, entropy=Counted("sealing"))
    consent = Consent("consent-1", NOW, "consent.en.1")
    return replace(
        REFERRAL,
        follows=envelope(MessageType.REFERRAL).id,
        tier=Tier.IDENTIFIED,
        basis=ReferralBasis.CUSTOMER_ASKED,
        sealed=Sealed(base64.b64decode(sealed), (kid,), consent),
    )


@dataclass(frozen=True)
class Sent:
    """One message on the wire."""

    envelope: Envelope
    body: bytes
    signature: Signature

    @property
    def headers(self) -> dict[str, str]:
        return self.signature.headers()


def signed(about: Envelope, body: bytes, at: Millis = NOW) -> Sent:
    key = private(about.sender, SIGNED_FOR[about.type])
    return Sent(about, body, sign_message(key, about, body, at))


def opened(sent: Sent) -> Message:
    return open_message(receiver(sent.envelope.recipient), sent.headers, sent.body, NOW, tuple(MessageType))


@functools.cache
def messages() -> Mapping[str, Sent]:
    """One or two of each type, by name."""
    t = MessageType
    first, second = (envelope(t.REFERRAL, number) for number in (1, 2))
    bodies = {
        "referral-pseudonymous": (first, write_referral(first, REFERRAL)),
        "referral-identified": (second, write_referral(second, identified())),
        "aggregate": (envelope(t.AGGREGATE), write_aggregate(envelope(t.AGGREGATE), AGGREGATE)),
        "pull": (envelope(t.PULL), write_pull(envelope(t.PULL), 7)),
    }
    referral = bodies["referral-pseudonymous"][1]
    disposed = Disposed(first.id, Disposition.CONFIRMED_SCAM, NOW)
    doubled = Disposed(second.id, Disposition.DUPLICATE, NOW, first.id)
    everyone = replace(envelope(t.FEED), recipient=EVERYONE)
    problem = Problem(first.id, Millis(NOW - DAY), "outside-replay-window", True, NOW)
    bodies |= {
        "receipt": (envelope(t.RECEIPT), write_receipt(envelope(t.RECEIPT), receipt_for(first.id, referral, NOW))),
        "disposition": (envelope(t.DISPOSITION), write_disposition(envelope(t.DISPOSITION), disposed)),
        "disposition-duplicate": (
            envelope(t.DISPOSITION, 2),
            write_disposition(envelope(t.DISPOSITION, 2), doubled),
        ),
        "manifest": (envelope(t.MANIFEST), write_manifest(envelope(t.MANIFEST), page(), NOW)),
        "refusal": (envelope(t.REFUSAL), write_problem(envelope(t.REFUSAL), problem)),
        "feed": (everyone, write_feed(everyone, hashlib.sha256(FEED_ENTRIES).hexdigest(), NOW)),
    }
    return MappingProxyType({name: signed(about, body) for name, (about, body) in bodies.items()})


AGGREGATE = Aggregate(
    date(2026, 11, 22),
    Edition("macau-pj-trial", 1),
    Edition("macau-pj", 1),
    (Cell(Typology.INVESTMENT, 31, 6), Cell(Typology.FAKE_POLICE, None, None)),
    (Quarter(parse_instant("2026-11-22T10:30:00Z"), 5),),
)


@functools.cache
def changes() -> ChangesPage:
    about = envelope(MessageType.DISPOSITION)
    body = write_disposition(about, Disposed(envelope(MessageType.REFERRAL).id, Disposition.CONFIRMED_SCAM, NOW))
    signature = signed(about, body, Millis(NOW - DAY)).signature
    digest = hashlib.sha256(b"a pack").hexdigest()
    return ChangesPage(
        7,
        40,
        True,
        (
            KeyListEntry(8, *signed_list(key_list(AGENCY))),
            DispositionEntry(12, body, signature),
            ReleaseEntry(20, EntryKind.PACK, "macau-pj", 2, digest),
            PackRevocationEntry(21, "macau-pj", 1, digest, "a telephone number is wrong"),
            ReleaseEntry(40, EntryKind.FEED, "macau-pj-addresses", 3, digest),
        ),
    )


@functools.cache
def page() -> bytes:
    return write_changes(envelope(MessageType.CHANGES), changes())
