"""From what a row says to claims: the part that all formats share."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from breather.domain.asset import Network
from breather.domain.entry import ACTOR, HOST, Category, Claim, Confidence
from breather.domain.instant import EARLIEST, LATEST, SECOND, Millis
from breather.domain.typology import Typology
from breather.intelligence.host import read_host
from breather.intelligence.importers.finding import Rejected, Terms
from breather.intelligence.listed_address import NotTaken, read_listed

LONGEST_LABEL = 200
LONGEST_ACTOR = 64


@dataclass(frozen=True, slots=True)
class Said:
    """What one row says, whatever it says it about. Texts as published; `label` and `reference` are cut and cleaned."""

    category: Category
    label: str = ""
    typology: Typology | None = None
    actor: str | None = None
    confidence: Confidence | None = None
    first_seen: Millis | None = None
    expires_at: Millis | None = None
    allows: bool = False
    reference: str = ""

    def under(self, terms: Terms) -> "Said":
        """The operator's word for what the row left open. A category is replaced only where it was OTHER."""
        category = self.category
        if category is Category.OTHER and terms.category is not None:
            category = terms.category
        return Said(
            category,
            self.label,
            self.typology or terms.typology,
            self.actor,
            self.confidence or terms.confidence,
            self.first_seen,
            self.expires_at,
            self.allows or terms.allows,
            self.reference,
        )


def about_address(said: Said, line: int, text: str, network: str, terms: Terms) -> Claim | Rejected:
    """`network` as the list names it, "" if it does not."""
    try:
        found, address = read_listed(text, network, terms.network)
    except NotTaken as bad:
        return Rejected.of(bad.reason, line, text, str(bad))
    return about(said.under(terms), found, address)


def about_host(said: Said, line: int, text: str, terms: Terms) -> Claim | Rejected:
    try:
        host = read_host(text)
    except NotTaken as bad:
        return Rejected.of(bad.reason, line, text, str(bad))
    return about(said.under(terms), HOST, host)


def about_actor(said: Said, actor: str, jurisdictions: Iterable[str]) -> Claim:
    """Jurisdictions as published; at most sixteen short words of them."""
    places = tuple(place for each in jurisdictions if (place := clean(each, 8)))[:16]
    return replace(about(said, ACTOR, actor), jurisdictions=places)


def about(said: Said, scope: Network | str, value: str) -> Claim:
    return Claim(
        scope=str(scope),
        value=value,
        category=said.category,
        label=clean(said.label),
        typology=said.typology,
        actor=clean(said.actor, LONGEST_ACTOR) or None if said.actor else None,
        confidence=said.confidence,
        first_seen=said.first_seen,
        expires_at=said.expires_at,
        allows=said.allows,
        reference=clean(said.reference),
    )


def clean(text: str, longest: int = LONGEST_LABEL) -> str:
    """One line without what steers a terminal or turns text round; cut at `longest`."""
    if text.isprintable() and len(text) <= longest and text.isascii():
        return text.strip()
    return " ".join("".join(each if each.isprintable() else " " for each in text[: 2 * longest]).split())[:longest]


def published_instant(text: str) -> Millis | None:
    """A date or an instant as lists write them (2022-11-16, 2023-08-16 12:18:52.6, ...Z); a local time is taken as UTC.

    None for anything else, and for what lies outside 1970 to 9999.
    """
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        millis = int(moment.timestamp() * SECOND)
    except (OverflowError, ValueError):
        return None
    return Millis(millis) if EARLIEST <= millis <= LATEST else None
