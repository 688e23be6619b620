"""An agency's feed: addresses that it has confirmed, an object a line below the two lines of its signature.

Who signed it, and whether it is newer than the last one, was asked before (`exchange/open_feed.py`); here it is a list
like any other, whose mistakes cost a line each. A withdrawn entry is named and counts no more.
"""

from collections.abc import Iterator

import msgspec

from breather.domain.asset import Network
from breather.domain.entry import Category, Claim, Confidence
from breather.domain.typology import Typology
from breather.intelligence.importers.finding import Dated, Reason, Rejected, Row, Terms
from breather.intelligence.importers.list_file import ListFile
from breather.intelligence.importers.said import Said, about_address, published_instant

HEAD_LINES = 2
LABEL = "confirmed by the agency"


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    network: Network
    address: str
    confirmed_at: str
    expires_at: str
    typology: Typology | None = None
    confidence: Confidence | None = None
    withdrawn: bool = False


def read(file: ListFile, terms: Terms) -> Iterator[Row | Claim | Rejected | Dated]:
    decoder = msgspec.json.Decoder(_Entry)
    for found in file.lines():
        if isinstance(found, Rejected):
            yield found
            continue
        line, text = found
        if line <= HEAD_LINES or not text.strip():
            continue
        yield Row(line)
        try:
            yield _claim(decoder.decode(text), line, terms)
        except (msgspec.DecodeError, RecursionError) as error:
            yield Rejected.of(Reason.UNREADABLE, line, text, f"is no entry of a feed: {error}")


def _claim(entry: _Entry, line: int, terms: Terms) -> Claim | Rejected:
    if entry.withdrawn:
        return Rejected.of(Reason.TAKEN_BACK, line, entry.address, "the agency has withdrawn it")
    confirmed, expires = published_instant(entry.confirmed_at), published_instant(entry.expires_at)
    if confirmed is None or expires is None:
        message = "confirmed_at and expires_at are instants like 2026-01-31T00:00:00Z"
        return Rejected.of(Reason.UNREADABLE, line, entry.address, message)
    said = Said(
        Category.SCAM,
        LABEL,
        typology=entry.typology,
        confidence=entry.confidence,
        first_seen=confirmed,
        expires_at=expires,
    )
    return about_address(said, line, entry.address, entry.network, terms)
