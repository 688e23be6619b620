"""MISP events: attributes that are addresses or hosts, alone or in objects.

Source: https://github.com/MISP/misp-objects, template `coin-address`: `address` (attribute type btc) is Bitcoin, and
`address-crypto` is plain text beside the object's `symbol`. Attributes that are not for detection (`to_ids` false) are
passed over: MISP uses that for context, such as the exchange that a victim used.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import msgspec

from breather.domain.entry import Category, Claim
from breather.domain.instant import SECOND, Millis
from breather.intelligence.importers.finding import Dated, NotThisFormat, Reason, Rejected, Row, Terms
from breather.intelligence.importers.list_file import ListFile
from breather.intelligence.importers.said import Said, about_address, about_host
from breather.intelligence.vocabulary import category_of, typology_of

# Attribute types and object relations that hold an address, with the network that they imply.
_ADDRESSES: Mapping[str, str] = MappingProxyType(
    {"btc": "BTC", "dash": "DASH", "xmr": "XMR", "address": "BTC", "address-xmr": "XMR", "address-crypto": ""}
)
_HOSTS = frozenset({"domain", "hostname", "url"})


class _Tag(msgspec.Struct):
    name: str = ""


class _Attribute(msgspec.Struct):
    type: str
    value: str
    to_ids: bool = True
    deleted: bool = False
    comment: str = ""
    object_relation: str | None = None
    timestamp: str | int = 0
    uuid: str = ""
    Tag: list[_Tag] = []


class _Object(msgspec.Struct):
    name: str = ""
    deleted: bool = False
    Attribute: list[_Attribute] = []


class _Event(msgspec.Struct):
    info: str = ""
    timestamp: str | int = 0
    uuid: str = ""
    Attribute: list[_Attribute] = []
    Object: list[_Object] = []
    Tag: list[_Tag] = []


class _Wrapped(msgspec.Struct):
    Event: _Event


class _Response(msgspec.Struct):
    response: list[_Wrapped]


def read(file: ListFile, terms: Terms) -> Iterator[Row | Claim | Rejected | Dated]:
    """One event, or the answer of a search with several. `line` is the attribute's place. Raises NotThisFormat."""
    try:
        events = _events(file.document())
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise NotThisFormat(f"{file.name} is no MISP event: {error}") from None
    place = 0
    for event in events:
        if (dated := _instant(event.timestamp)) is not None:
            yield Dated(dated)
        for attribute, symbol in _attributes(event):
            if attribute.type not in _HOSTS and _network(attribute) is None:
                continue
            place += 1
            yield Row(place)
            yield _claim(event, attribute, symbol, place, terms)


def _events(document: bytes) -> list[_Event]:
    if b'"response"' in document[:200]:
        return [each.Event for each in msgspec.json.decode(document, type=_Response).response]
    return [msgspec.json.decode(document, type=_Wrapped).Event]


def _attributes(event: _Event) -> Iterator[tuple[_Attribute, str]]:
    """Every attribute with the symbol of its object, "" outside of one."""
    for attribute in event.Attribute:
        yield attribute, ""
    for each in event.Object:
        if not each.deleted:
            symbol = next((item.value for item in each.Attribute if item.object_relation == "symbol"), "")
            for attribute in each.Attribute:
                yield attribute, symbol


def _network(attribute: _Attribute) -> str | None:
    """The network that the attribute implies, "" for one that its object says, None for no address at all."""
    for kind in (attribute.object_relation or "", attribute.type):
        if kind in _ADDRESSES:
            return _ADDRESSES[kind]
    return None


def _claim(event: _Event, attribute: _Attribute, symbol: str, place: int, terms: Terms) -> Claim | Rejected:
    if attribute.deleted:
        return Rejected.of(Reason.TAKEN_BACK, place, attribute.value, "the attribute was deleted")
    if not attribute.to_ids:
        return Rejected.of(Reason.NOT_USED, place, attribute.value, "is context, not for detection (to_ids)")
    said = Said(
        category=_category([*attribute.Tag, *event.Tag]),
        label=attribute.comment or event.info,
        typology=next((found for tag in attribute.Tag if (found := typology_of(_last(tag.name)))), None),
        first_seen=_instant(attribute.timestamp),
        reference=attribute.uuid or event.uuid,
    )
    network = _network(attribute)
    if network is None:
        return about_host(said, place, attribute.value, terms)
    return about_address(said, place, attribute.value, network or symbol, terms)


def _category(tags: list[_Tag]) -> Category:
    """What a tag names by its last word (`rsit:fraud="phishing"`); ABUSE otherwise, because it is for detection."""
    found = (category_of(_last(tag.name)) for tag in tags)
    return next((category for category in found if category is not Category.OTHER), Category.ABUSE)


def _last(tag: str) -> str:
    return tag.rpartition(":")[2].rpartition("=")[2].strip('"')


def _instant(seconds: str | int) -> Millis | None:
    text = str(seconds)
    return Millis(int(text) * SECOND) if text.isascii() and text.isdigit() and 0 < int(text[:12]) < 10**11 else None
