"""What an importer yields while it reads: rows, claims, what it could not take and why, and the list's own date."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from breather.domain.asset import Network
from breather.domain.entry import Category, Confidence
from breather.domain.instant import Millis
from breather.domain.typology import Typology

_SHOWN = 80


class Reason(StrEnum):
    """Why a row, or one address of it, is not in the snapshot. Stable: summaries and the journal name them."""

    UNKNOWN_NETWORK = "unknown-network"
    BAD_ADDRESS = "bad-address"
    OTHER_NETWORK = "other-network"
    PLACEHOLDER = "placeholder"
    NOT_A_HOST = "not-a-host"
    PAGE_OF_A_HOST = "page-of-a-host"
    NOTHING_TO_FIND = "nothing-to-find"
    NO_CATEGORY = "no-category"
    UNREADABLE = "unreadable"
    TOO_LONG = "too-long"
    ENCODING = "encoding"
    COMBINED_PATTERN = "combined-pattern"
    TAKEN_BACK = "taken-back"
    EXPIRED = "expired"
    NOT_USED = "not-used"
    ALLOWED = "allowed"


@dataclass(frozen=True, slots=True)
class Rejected:
    """`line` counts from 1 in the file (or the item, in formats without lines). `text` is what stood there, cut."""

    reason: Reason
    line: int
    text: str
    message: str

    @staticmethod
    def of(reason: Reason, line: int, text: str, message: str) -> "Rejected":
        shown = "".join(each if each.isprintable() else "�" for each in text[: _SHOWN + 1])
        return Rejected(reason, line, shown if len(text) <= _SHOWN else shown[:_SHOWN] + "…", message[:300])


@dataclass(frozen=True, slots=True)
class Row:
    """A row (an entry, a tag, an object) of the source begins at this line: what summaries count."""

    line: int


@dataclass(frozen=True, slots=True)
class Dated:
    """The list, or a part of it, says that it is of this instant. The latest one dates the list."""

    at: Millis


class NotThisFormat(ValueError):
    """The file cannot be what it was said to be. Raised before anything was taken from it."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the operator says about a list, for what the list itself leaves open.

    `columns` maps our words to a table's columns, for CSV and JSON lines.
    """

    network: Network | None = None
    category: Category | None = None
    typology: Typology | None = None
    confidence: Confidence | None = None
    allows: bool = False
    columns: Mapping[str, str] = field(default_factory=dict)
