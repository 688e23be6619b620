"""GraphSense ActorPacks: who the actors are that tags name, where they are, and under which host they are found."""

from collections.abc import Iterator

from breather.domain.entry import Category, Claim
from breather.intelligence.importers.finding import Dated, Reason, Rejected, Row, Terms
from breather.intelligence.importers.list_file import ListFile
from breather.intelligence.importers.pack_items import Header, read_pack
from breather.intelligence.importers.said import LONGEST_ACTOR, Said, about_actor, about_host, clean
from breather.intelligence.importers.yaml_items import Item, word, words
from breather.intelligence.importers.yaml_text import Node
from breather.intelligence.vocabulary import category_of

SECTION = "actors"
_MOST_HOSTS = 8


def read(file: ListFile, terms: Terms) -> Iterator[Row | Claim | Rejected | Dated]:
    """Raises NotThisFormat."""
    return read_pack(file, SECTION, lambda header, item: _actor(header, item, terms))


def _actor(header: Header, item: Item, terms: Terms) -> Iterator[Claim | Rejected]:
    actor = clean(word(item.node, "id"), LONGEST_ACTOR)
    if actor:
        yield from _claims({**header, **item.node}, actor, item.line, terms)
    else:
        yield Rejected.of(Reason.NOTHING_TO_FIND, item.line, word(item.node, "label"), "the actor has no id")


def _claims(node: dict[str, Node], actor: str, line: int, terms: Terms) -> Iterator[Claim | Rejected]:
    said = [Said(category, label=word(node, "label"), actor=actor).under(terms) for category in _categories(node)]
    for each in said:
        yield about_actor(each, actor, words(node, "jurisdictions"))
    for host in words(node, "uri")[:_MOST_HOSTS]:
        for each in said:
            yield (claim := about_host(each, line, host, terms))
            if isinstance(claim, Rejected):
                break


def _categories(node: dict[str, Node]) -> list[Category]:
    """Each of ours once, in the order published."""
    return list(dict.fromkeys(category_of(each) for each in words(node, "categories"))) or [Category.OTHER]
