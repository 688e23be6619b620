"""CryptoScamDB's `urls.yaml`: a site, what it did, and the addresses that it used.

Source: https://github.com/CryptoScamDB/blacklist. One entry gives a host and any number of addresses by asset. Names
that are a page of somebody else's site, or an account there, are no hosts; their addresses are taken all the same.
"""

from collections.abc import Iterator

from breather.domain.entry import Category, Claim
from breather.intelligence.importers.finding import Dated, NotThisFormat, Reason, Rejected, Row, Terms
from breather.intelligence.importers.list_file import ListFile
from breather.intelligence.importers.said import Said, about_address, about_host
from breather.intelligence.importers.yaml_items import Item, items, word, words
from breather.intelligence.vocabulary import accusation_of, typology_of

_MOST_ADDRESSES = 200


def read(file: ListFile, terms: Terms) -> Iterator[Row | Claim | Rejected | Dated]:
    """Raises NotThisFormat where the first entry has no name."""
    first = True
    for item in items(file):
        if isinstance(item, Rejected):
            yield item
            continue
        if first and not word(item.node, "name"):
            raise NotThisFormat(f"{file.name}: its first entry has no 'name'")
        first = False
        yield Row(item.line)
        yield from _claims(item, terms)


def _claims(item: Item, terms: Terms) -> Iterator[Claim | Rejected]:
    name, kind = word(item.node, "name"), word(item.node, "category")
    category = accusation_of(kind) if kind else terms.category or Category.SCAM
    said = Said(category, label=name, typology=typology_of(kind), reference=word(item.node, "subcategory"))
    yield about_host(said, item.line, name or word(item.node, "url"), terms)
    addresses = item.node.get("addresses", {})
    if not isinstance(addresses, dict):
        yield Rejected.of(Reason.UNREADABLE, item.line, name, "'addresses' is not made of 'ASSET: [...]'")
        return
    left = _MOST_ADDRESSES
    for asset in addresses:
        for address in words(addresses, asset)[:left]:
            left -= 1
            yield about_address(said, item.line, address, asset, terms)
