"""What the portal reads: the columns of `portal.sql` under their own names. Instants are milliseconds UTC."""

from dataclasses import dataclass
from enum import StrEnum

from breather.domain.instant import Millis


class Standing(StrEnum):
    """Where a referral stands in the inbox; the words of the column."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class ReferralRow:
    """One referral with the counts of its destination. None in typology, asset, amount_band or day: not sent."""

    number: int
    sender: str
    id: str
    received_at: Millis
    tier: str
    basis: str
    typology: str | None
    asset: str | None
    amount_band: str | None
    day: str | None
    sealed: int
    standing: str
    claimed_by: str | None
    claimed_at: Millis | None
    disposition: str | None
    duplicate_of: str | None
    decided_by: str | None
    decided_at: Millis | None
    changed: int
    hash: str
    key: str
    network: str
    address: str
    memo: str | None
    referrals: int
    senders: int


@dataclass(frozen=True, slots=True)
class DestinationRow:
    """`senders` counts exchanges, `undecided` referrals without a disposition."""

    key: str
    network: str
    address: str
    memo: str | None
    referrals: int
    senders: int
    undecided: int
    first_at: Millis
    last_at: Millis
    last_number: int


@dataclass(frozen=True, slots=True)
class NoteRow:
    """One disposition as it was made, with the officer's note, which never leaves."""

    number: int
    disposition: str
    duplicate_of: str | None
    note: str
    officer: str
    at: Millis


@dataclass(frozen=True, slots=True)
class JournalRow:
    number: int
    at: Millis
    step: int
    kind: str
    actor: str
    body: bytes


@dataclass(frozen=True, slots=True)
class HeartbeatRow:
    process: str
    at: Millis
    detail: str


@dataclass(frozen=True, slots=True)
class ReceivedRow:
    """`sequence` is the highest number that the exchange gave a referral: above `referrals`, some are missing."""

    sender: str
    referrals: int
    last_at: Millis
    sequence: int


@dataclass(frozen=True, slots=True)
class InboxPage:
    """Newest first. `older` is the `before` of the next page, or None where there is none."""

    rows: tuple[ReferralRow, ...]
    older: int | None


@dataclass(frozen=True, slots=True)
class DestinationPage:
    """The destination referred last comes first."""

    rows: tuple[DestinationRow, ...]
    older: int | None


@dataclass(frozen=True, slots=True)
class ReferralFile:
    """One referral with all that hangs on it. `about` is everything on its destination, this one included.

    `follows` and `followed_by` number the same sender's other referral of the same withdrawal, if it is here.
    """

    row: ReferralRow
    body: bytes
    about: tuple[ReferralRow, ...]
    notes: tuple[NoteRow, ...]
    timeline: tuple[JournalRow, ...]
    follows: int | None
    followed_by: int | None
