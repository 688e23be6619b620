"""STIX 2.1 bundles: indicators whose pattern is one address or one host.

Source: https://docs.oasis-open.org/cti/stix/v2.1/stix-v2.1.html. Revoked indicators and those past `valid_until` are
rejected by name: a bundle that takes something back has taken it back. Everything else of a bundle is passed over.
"""

from collections.abc import Iterator

import msgspec

from breather.domain.entry import Category, Claim
from breather.intelligence.importers.finding import Dated, NotThisFormat, Reason, Rejected, Row, Terms
from breather.intelligence.importers.indicator_pattern import Combined, read_pattern
from breather.intelligence.importers.list_file import ListFile
from breather.intelligence.importers.said import Said, about_address, about_host, published_instant
from breather.intelligence.vocabulary import category_of, confidence_in_percent, typology_of

# indicator-type-ov that accuses, where no label says it better.
_ACCUSING_TYPES = frozenset({"malicious-activity", "compromised", "attribution"})
_HARMLESS_TYPES = frozenset({"benign"})


class _Bundle(msgspec.Struct):
    type: str
    objects: list[msgspec.Raw] = []


class _Head(msgspec.Struct):
    type: str = ""


class _Indicator(msgspec.Struct):
    pattern: str
    id: str = ""
    pattern_type: str = "stix"
    name: str = ""
    description: str = ""
    indicator_types: list[str] = []
    labels: list[str] = []
    confidence: int = 0
    revoked: bool = False
    modified: str = ""
    valid_from: str = ""
    valid_until: str = ""


def read(file: ListFile, terms: Terms) -> Iterator[Row | Claim | Rejected | Dated]:
    """`line` of what it yields is the object's place in the bundle. Raises NotThisFormat."""
    try:
        bundle = msgspec.json.decode(file.document(), type=_Bundle)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise NotThisFormat(f"{file.name} is no STIX bundle: {error}") from None
    if bundle.type != "bundle":
        raise NotThisFormat(f"{file.name} has the type {bundle.type[:40]!r}; that of a STIX bundle is 'bundle'")
    for place, raw in enumerate(bundle.objects, start=1):
        try:
            if msgspec.json.decode(raw, type=_Head).type != "indicator":
                continue
            yield Row(place)
            indicator = msgspec.json.decode(raw, type=_Indicator)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            yield Rejected.of(Reason.UNREADABLE, place, "", f"is no indicator: {error}")
            continue
        if (dated := published_instant(indicator.modified)) is not None:
            yield Dated(dated)
        yield from _claims(indicator, place, terms)


def _claims(indicator: _Indicator, place: int, terms: Terms) -> Iterator[Claim | Rejected]:
    if indicator.revoked:
        yield Rejected.of(Reason.TAKEN_BACK, place, indicator.pattern, "its publisher has revoked it")
        return
    if indicator.pattern_type != "stix":
        message = f"a pattern of type {indicator.pattern_type[:40]!r}; only 'stix' is read"
        yield Rejected.of(Reason.COMBINED_PATTERN, place, indicator.pattern, message)
        return
    said = Said(
        category=_category(indicator),
        label=indicator.name or indicator.description,
        typology=next((found for each in indicator.labels if (found := typology_of(each))), None),
        confidence=confidence_in_percent(indicator.confidence),
        first_seen=published_instant(indicator.valid_from),
        expires_at=published_instant(indicator.valid_until),
        reference=indicator.id,
    )
    try:
        named = list(read_pattern(indicator.pattern))
    except Combined as combined:
        yield Rejected.of(Reason.COMBINED_PATTERN, place, indicator.pattern, str(combined))
        return
    for each in named:
        if each.is_host:
            yield about_host(said, place, each.value, terms)
        else:
            yield about_address(said, place, each.value, each.network, terms)


def _category(indicator: _Indicator) -> Category:
    """What a label names; else what the indicator's type comes to."""
    for label in [*indicator.labels, *indicator.indicator_types]:
        category = category_of(label)
        if category is not Category.OTHER:
            return category
    if _HARMLESS_TYPES & set(indicator.indicator_types):
        return Category.SERVICE
    return Category.ABUSE if _ACCUSING_TYPES & set(indicator.indicator_types) else Category.OTHER
