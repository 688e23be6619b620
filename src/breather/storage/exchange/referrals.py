"""Referrals and the promise to deliver each: rows of steps 9 to 11."""

from dataclasses import dataclass
from enum import StrEnum

from breather.domain.disposition import Disposition
from breather.domain.instant import Millis
from breather.domain.referral import ReferralBasis, Tier
from breather.protocol.envelope import MessageType
from breather.storage.reader import Reader
from breather.storage.transaction import Transaction


class Delivery(StrEnum):
    """Where a promise stands. Promised = pending + receipted + dead, always (guarantee F4)."""

    PENDING = "pending"
    RECEIPTED = "receipted"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Promise:
    """A referral as it is promised: `body` is what will be signed and sent."""

    id: str
    withdrawal: str
    addressee: str
    tier: Tier
    basis: ReferralBasis
    destination: str
    body: bytes


@dataclass(frozen=True, slots=True)
class ReferralRow:
    """A referral with its delivery. `problem` is of the last attempt; `closed_at` is set once the agency disposed."""

    id: str
    number: int
    withdrawal: str
    addressee: str
    tier: str
    basis: str
    destination: str
    body: bytes
    promised_at: Millis
    disposition: str | None
    duplicate_of: str | None
    disposed_at: Millis | None
    closed_at: Millis | None
    state: str
    attempts: int
    due_at: Millis
    problem: str | None
    settled_at: Millis | None

    @property
    def delivery(self) -> Delivery:
        return Delivery(self.state)

    @property
    def found(self) -> Disposition | None:
        return None if self.disposition is None else Disposition(self.disposition)


def promise(tx: Transaction, promised: Promise, number: int) -> None:
    """Referral and delivery, due at once. `number` is the journal entry of the promise."""
    tx.run(
        "insert_referral",
        id=promised.id,
        number=number,
        withdrawal=promised.withdrawal,
        addressee=promised.addressee,
        tier=promised.tier.word,
        basis=promised.basis,
        destination=promised.destination,
        body=promised.body,
        promised_at=tx.now,
    )
    tx.run("insert_delivery", referral=promised.id, addressee=promised.addressee, due_at=tx.now)


def take_back(tx: Transaction, referral: str, because: str) -> bool:
    """The promise will not be kept, and its bytes are gone. False for one that has a receipt: it has arrived."""
    if not tx.run("take_back_delivery", referral=referral, problem=because, now=tx.now):
        return False
    tx.run("empty_referral", id=referral, nothing=b"")
    return True


def referrals_of(reader: Reader, withdrawal: str) -> list[ReferralRow]:
    """In the order in which they were promised."""
    return reader.all_as(ReferralRow, "referrals_of", withdrawal=withdrawal)


def find_referral(reader: Reader, referral: str) -> ReferralRow | None:
    found = reader.all_as(ReferralRow, "find_referral", id=referral)
    return found[0] if found else None


def is_listed(reader: Reader, destination: str) -> bool:
    """Whether an agency has confirmed this destination, and not taken that back."""
    return bool(reader.each("destinations_listed", [{"destination": destination}]))


def next_sequence(tx: Transaction, peer: str, kind: MessageType) -> int:
    """Counts what this service sends to `peer`, per type, from 1: a gap is something lost (guarantee D5)."""
    tx.run("count_message", peer=peer, type=kind)
    row = tx.one("last_counted", peer=peer, type=kind)
    assert row is not None, "counted in this transaction"
    return int(row["last"])
