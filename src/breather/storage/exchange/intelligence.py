"""Rows of the lists in force: which files they are, and what people here said about single entries."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from breather.domain.instant import Millis
from breather.storage.reader import Reader


class Ruling(StrEnum):
    WITHDRAWN = "withdrawn"
    CONTESTED = "contested"


@dataclass(frozen=True, slots=True)
class ListRow:
    """One list in force. `summary` is the JSON that its import was journalled with."""

    name: str
    format: str
    snapshot: str
    content: str
    claims: int
    dated: Millis | None
    imported_at: Millis
    expires_at: Millis | None
    summary: bytes


@dataclass(frozen=True, slots=True)
class RulingRow:
    list: str
    scope: str
    value: str
    ruling: str
    because: str
    actor: str
    at: Millis


@dataclass(frozen=True, slots=True)
class IndexRow:
    name: str
    salt: bytes
    claims: int


@dataclass(frozen=True, slots=True)
class InForce:
    """Everything that the database says about lists, of one instant. `index` is None before the first import."""

    lists: tuple[ListRow, ...]
    index: IndexRow | None
    rulings: Mapping[tuple[str, str, str], RulingRow]

    def list_named(self, name: str) -> ListRow | None:
        return next((each for each in self.lists if each.name == name), None)


def lists_in_force(reader: Reader) -> InForce:
    rulings = reader.all_as(RulingRow, "intelligence_rulings")
    return InForce(
        tuple(reader.all_as(ListRow, "intelligence_lists")),
        reader.one_as(IndexRow, "intelligence_index"),
        {(each.list, each.scope, each.value): each for each in rulings},
    )


def highest_number(reader: Reader, name: str) -> int | None:
    """Of the feeds that the list of that name ever was, also of one that was dropped since."""
    row = reader.one("highest_intelligence_number", list=name)
    return None if row is None else row["number"]


def was_imported(reader: Reader, name: str, content: str) -> bool:
    """Whether the list of that name ever had this content."""
    return reader.one("find_intelligence_content", list=name, content=content) is not None
