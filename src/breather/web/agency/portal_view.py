"""What each page of the portal shows: plain values, made from rows in `portal_lines`, rendered in `portal_pages`."""

from collections.abc import Mapping
from dataclasses import dataclass

from breather.domain.instant import Millis
from breather.storage.agency.portal_record import DestinationPage, InboxPage, ReferralRow, Standing


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page. `zone` is an IANA name."""

    agency: str
    mode: str
    officer: str
    now: Millis
    zone: str
    csrf: str


@dataclass(frozen=True, slots=True)
class LoginView:
    agency: str
    mode: str
    csrf: str
    message: str = ""
    officer: str = ""


@dataclass(frozen=True, slots=True)
class InboxView:
    """`standing` is the filter, None for all; `latest` is what the page's script compares."""

    frame: Frame
    page: InboxPage
    counts: Mapping[Standing, int]
    standing: Standing | None
    newest: bool
    latest: int


@dataclass(frozen=True, slots=True)
class DestinationsView:
    """Each destination with what was referred about it, the exchanges beside each other."""

    frame: Frame
    page: DestinationPage
    about: Mapping[str, tuple[ReferralRow, ...]]
    newest: bool
    latest: int


@dataclass(frozen=True, slots=True)
class Decided:
    """One disposition as made. `replaced` by a later one."""

    disposition: str
    duplicate_of: str
    note: str
    officer: str
    at: Millis
    replaced: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One act of the journal."""

    number: int
    at: Millis
    act: str
    actor: str
    detail: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One member that may be sent. Empty: it was not, for the relay terms have no row for it."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What an officer typed into the form, kept when it could not be taken."""

    disposition: str = ""
    duplicate_of: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReferralView:
    """`mine`: claimed by the officer who looks. `earlier` are the same exchange's other referrals, for duplicates.

    `form` names this form, so that pressing twice decides once. `sealed_to` are key ids, empty without a subject.
    `follows` is the sender's id of the referral that this one follows, `follows_number` its place in this inbox.
    """

    frame: Frame
    row: ReferralRow
    facts: tuple[Fact, ...]
    campaign: str
    pack: str
    follows: str
    follows_number: int | None
    followed_by: int | None
    sealed_to: tuple[str, ...]
    mine: bool
    others: tuple[ReferralRow, ...]
    earlier: tuple[ReferralRow, ...]
    decided: tuple[Decided, ...]
    timeline: tuple[Entry, ...]
    original: str
    form: str
    draft: Draft = Draft()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class PeerLine:
    """`standing` is in date, expires soon, or expired: then nothing is taken from this peer any more."""

    name: str
    role: str
    fingerprint: str
    sequence: int
    expires_at: Millis
    standing: str
    tier: str
    referrals: int
    last_at: Millis | None


@dataclass(frozen=True, slots=True)
class SlotLine:
    number: int
    exchange: str
    name: str
    headings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProcessLine:
    process: str
    at: Millis
    detail: str
    late: bool


@dataclass(frozen=True, slots=True)
class StatusView:
    """`fingerprint` is this agency's own root, to be read out on the telephone."""

    frame: Frame
    processes: tuple[ProcessLine, ...]
    peers: tuple[PeerLine, ...]
    slots: tuple[SlotLine, ...]
    organisation: str
    fingerprint: str
    list_sequence: int
    list_expires_at: Millis
    list_standing: str
