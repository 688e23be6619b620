"""The walk that TagPacks and ActorPacks share: a header with a date, then a sequence of items."""

from collections.abc import Callable, Iterator

from breather.domain.entry import Claim
from breather.intelligence.importers.finding import Dated, Rejected, Row
from breather.intelligence.importers.list_file import ListFile
from breather.intelligence.importers.said import published_instant
from breather.intelligence.importers.yaml_items import Item, items, read_header, word
from breather.intelligence.importers.yaml_text import Node

Header = dict[str, Node]


def read_pack(
    file: ListFile, section: str, claims: Callable[[Header, Item], Iterator[Claim | Rejected | Dated]]
) -> Iterator[Row | Claim | Rejected | Dated]:
    """`claims` says what one item of the section says, under the header. Raises NotThisFormat."""
    header = read_header(file, section)
    if (dated := published_instant(word(header, "lastmod"))) is not None:
        yield Dated(dated)
    for item in items(file, section):
        if isinstance(item, Rejected):
            yield item
            continue
        yield Row(item.line)
        yield from claims(header, item)
