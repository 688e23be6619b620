"""CSV and JSON lines, with a mapping from our words to the table's columns.

    --map address=wallet --map network=chain --map category=kind

A line is a row: a quoted field may hold the separator, and no line break. What no column says, the terms may.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import msgspec

from breather.domain.entry import Category, Claim
from breather.domain.finding import nearest
from breather.intelligence.importers.finding import Dated, NotThisFormat, Reason, Rejected, Row, Terms
from breather.intelligence.importers.list_file import ListFile
from breather.intelligence.importers.said import Said, about_address, about_host, published_instant
from breather.intelligence.vocabulary import category_of, confidence_of, typology_of

WORDS: Mapping[str, str] = MappingProxyType(
    {
        "address": "an address; needs `network`, or --network",
        "host": "a scam site's host; instead of an address, or beside it",
        "network": "the network or its native asset",
        "category": "what it is",
        "label": "a name for people",
        "typology": "one of our typologies",
        "actor": "who controls it, by an actor pack's id",
        "confidence": "low, medium, high, 0 to 100, or a TagPack's word",
        "first_seen": "a date",
        "expires": "a date",
        "reference": "where it was said",
    }
)
MOST_COLUMNS = 256
_SEPARATORS = ",;\t|"

Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TableRow:
    line: int
    cells: Cells


def read_csv(file: ListFile, terms: Terms) -> Iterator[Row | Claim | Rejected | Dated]:
    """The first line names the columns. Raises NotThisFormat for one that is missing, or for too many of them."""
    first = True
    for found in read_table(file):
        if isinstance(found, Rejected):
            yield found
            continue
        if first:
            _check(terms.columns, list(found.cells))
            first = False
        yield Row(found.line)
        yield from row_claims(found.cells, found.line, terms)


def read_table(file: ListFile) -> Iterator[TableRow | Rejected]:
    """The rows below the line of the columns' names, which chooses the separator: , ; | or a tab."""
    columns: list[str] | None = None
    separator = ","
    for line in file.lines():
        if isinstance(line, Rejected):
            if columns is None:
                raise NotThisFormat(f"{file.name}: the line with the columns' names cannot be read: {line.message}")
            yield line
            continue
        number, text = line
        if not text:
            continue
        if columns is None:
            separator = max(_SEPARATORS, key=text.count)
            columns = _header(file, text, separator)
            continue
        cells = _cells(text, separator)
        if cells is not None and len(cells) == len(columns):
            yield TableRow(number, dict(zip(columns, cells, strict=True)))
        else:
            has = "a quotation mark that is not closed" if cells is None else f"{len(cells)} fields"
            yield Rejected.of(Reason.UNREADABLE, number, text, f"has {has}; {len(columns)} fields are right")


def read_json_lines(file: ListFile, terms: Terms) -> Iterator[Row | Claim | Rejected | Dated]:
    """One object a line; its members are the columns. Raises NotThisFormat where the first line is none."""
    decoder = msgspec.json.Decoder(dict[str, msgspec.Raw])
    first = True
    for line in file.lines():
        if isinstance(line, Rejected):
            yield line
            continue
        number, text = line
        if not text.strip():
            continue
        try:
            members = decoder.decode(text)
        except (msgspec.DecodeError, RecursionError) as error:
            if first:
                raise NotThisFormat(f"{file.name}: its first line is no JSON object: {error}") from None
            yield Rejected.of(Reason.UNREADABLE, number, text, f"is no JSON object: {error}")
            continue
        if first:
            _check(terms.columns, None)  # a member may be left out of any line, also of the first
            first = False
        yield Row(number)
        yield from row_claims({name: _plain(value) for name, value in members.items()}, number, terms)


def row_claims(cells: Cells, line: int, terms: Terms) -> Iterator[Claim | Rejected]:
    """What one row says, by the mapping of `terms`."""

    def cell(word: str) -> str:
        return cells.get(terms.columns.get(word, ""), "")

    category, typology = cell("category"), cell("typology")
    said = Said(
        category=category_of(category) if category else Category.OTHER,
        label=cell("label"),
        typology=typology_of(typology or category),
        actor=cell("actor") or None,
        confidence=confidence_of(cell("confidence")),
        first_seen=published_instant(cell("first_seen")),
        expires_at=published_instant(cell("expires")),
        reference=cell("reference"),
    )
    address, host = cell("address"), cell("host")
    if not address.strip() and not host.strip():
        yield Rejected.of(Reason.NOTHING_TO_FIND, line, "", "the row has neither an address nor a host")
    if address.strip():
        yield about_address(said, line, address, cell("network"), terms)
    if host.strip():
        yield about_host(said, line, host, terms)


def _header(file: ListFile, text: str, separator: str) -> list[str]:
    columns = _cells(text, separator)
    if columns is None:
        raise NotThisFormat(f"{file.name}: a quotation mark in the line with the columns' names is not closed")
    if len(columns) > MOST_COLUMNS:
        raise NotThisFormat(f"{file.name} has {len(columns)} columns; a list has at most {MOST_COLUMNS}")
    return [column.strip() for column in columns]


def _check(mapping: Mapping[str, str], columns: list[str] | None) -> None:
    """Whether the mapping can be followed in a table with these columns (None: with any)."""
    if not {"address", "host"} & mapping.keys():
        raise NotThisFormat("the mapping says where neither addresses nor hosts are; say --map address=COLUMN")
    for word, column in mapping.items():
        if columns is not None and column not in columns:
            near = nearest(column, columns)
            hint = f"; did you mean {near!r}?" if near else f"; it has {', '.join(columns[:20])}"
            raise NotThisFormat(f"--map {word}={column}: there is no such column{hint}")


def _cells(text: str, separator: str) -> list[str] | None:
    try:
        return next(csv.reader([text], delimiter=separator, strict=True))
    except (csv.Error, StopIteration):
        return None


def _plain(value: msgspec.Raw) -> str:
    """A text, number or boolean as text; "" for null and for anything that holds others."""
    try:
        found = msgspec.json.decode(value, type=str | int | float | bool | None)
    except (msgspec.DecodeError, RecursionError):
        return ""
    return "" if found is None else str(found)
