"""GraphSense TagPacks: YAML with a header, whose values each tag inherits unless it says otherwise.

Source: https://github.com/graphsense/graphsense-tagpack-tool. `category` says what an address is and `abuse` what it is
accused of; a tag with both makes two claims. `is_cluster_definer` is not followed: taken literally it would give a
coinjoin's label to everybody who ever joined. `context` is free text for other programs and is not read.
"""

from collections.abc import Iterator

from breather.domain.entry import Category, Claim
from breather.domain.typology import Typology
from breather.intelligence.importers.finding import Dated, Reason, Rejected, Row, Terms
from breather.intelligence.importers.list_file import ListFile
from breather.intelligence.importers.pack_items import read_pack
from breather.intelligence.importers.said import Said, about_address, published_instant
from breather.intelligence.importers.yaml_items import word, words
from breather.intelligence.importers.yaml_text import Node
from breather.intelligence.vocabulary import accusation_of, category_of, confidence_of, typology_of

SECTION = "tags"


def read(file: ListFile, terms: Terms) -> Iterator[Row | Claim | Rejected | Dated]:
    """Raises NotThisFormat."""
    return read_pack(file, SECTION, lambda header, item: _claims({**header, **item.node}, item.line, terms))


def _claims(tag: dict[str, Node], line: int, terms: Terms) -> Iterator[Claim | Rejected | Dated]:
    address = word(tag, "address")
    if not address:
        yield Rejected.of(Reason.NOTHING_TO_FIND, line, word(tag, "label"), "the tag has no address")
        return
    if (dated := published_instant(word(tag, "lastmod"))) is not None:
        yield Dated(dated)
    for category, typology in _categories(tag):
        claim = about_address(_said(tag, category, typology), line, address, word(tag, "currency"), terms)
        yield claim
        if isinstance(claim, Rejected):
            break


def _categories(tag: dict[str, Node]) -> list[tuple[Category, Typology | None]]:
    found: list[tuple[Category, Typology | None]] = []
    if abuse := word(tag, "abuse"):
        found.append((accusation_of(abuse), typology_of(abuse)))
    named = word(tag, "category") or next(iter(words(tag, "concepts")), "")
    if named or not found:
        found.append((category_of(named), None))
    return found


def _said(tag: dict[str, Node], category: Category, typology: Typology | None) -> Said:
    return Said(
        category=category,
        typology=typology,
        label=word(tag, "label"),
        actor=word(tag, "actor") or None,
        confidence=confidence_of(word(tag, "confidence")),
        first_seen=published_instant(word(tag, "lastmod")),
        reference=word(tag, "source"),
    )
