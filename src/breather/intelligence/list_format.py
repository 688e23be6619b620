"""The formats in which lists come: which importer reads each, and what a file looks like, whatever it is called."""

import re
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType

from breather.domain.entry import Claim
from breather.intelligence.importers import (
    actorpack,
    cryptoscamdb,
    feed,
    forta,
    metamask,
    misp,
    ofac,
    stix,
    table,
    tagpack,
)
from breather.intelligence.importers.finding import Dated, NotThisFormat, Rejected, Row, Terms
from breather.intelligence.importers.list_file import ListFile

Found = Row | Claim | Rejected | Dated
Importer = Callable[[ListFile, Terms], Iterator[Found]]


class ListFormat(StrEnum):
    TAGPACK = "tagpack"
    ACTORPACK = "actorpack"
    OFAC = "ofac"
    CRYPTOSCAMDB = "cryptoscamdb"
    FORTA = "forta"
    METAMASK = "metamask"
    CSV = "csv"
    JSON_LINES = "jsonl"
    STIX = "stix"
    MISP = "misp"
    FEED = "feed"


IMPORTERS: Mapping[ListFormat, Importer] = MappingProxyType(
    {
        ListFormat.TAGPACK: tagpack.read,
        ListFormat.ACTORPACK: actorpack.read,
        ListFormat.OFAC: ofac.read,
        ListFormat.CRYPTOSCAMDB: cryptoscamdb.read,
        ListFormat.FORTA: forta.read,
        ListFormat.METAMASK: metamask.read,
        ListFormat.CSV: table.read_csv,
        ListFormat.JSON_LINES: table.read_json_lines,
        ListFormat.STIX: stix.read,
        ListFormat.MISP: misp.read,
        ListFormat.FEED: feed.read,
    }
)
# Looked for in this order in the first bytes: from the most particular to the most general.
_MARKS: tuple[tuple[ListFormat, re.Pattern[bytes]], ...] = (
    (ListFormat.FEED, re.compile(rb"\Abreather-feed-signature ")),
    (ListFormat.TAGPACK, re.compile(rb"^tags:", re.MULTILINE)),
    (ListFormat.ACTORPACK, re.compile(rb"^actors:", re.MULTILINE)),
    (ListFormat.CRYPTOSCAMDB, re.compile(rb"\A(---\s*\n)?\s*- name:")),
    (ListFormat.FORTA, re.compile(rb"\A[^\n]*\betherscan_labels\b")),
    (ListFormat.STIX, re.compile(rb'\A\s*\{[^\0]{0,400}?"type"\s*:\s*"bundle"')),
    (ListFormat.MISP, re.compile(rb'\A\s*\{\s*("response"\s*:\s*\[\s*\{\s*)?"Event"\s*:')),
    (ListFormat.METAMASK, re.compile(rb'\A\s*\{[^\0]*?"(black|fuzzy|white)list"\s*:')),
    (ListFormat.JSON_LINES, re.compile(rb"\A\s*\{[^\n]*\}\s*\n\s*\{")),
    (ListFormat.OFAC, re.compile(rb"\A(?:[A-Za-z0-9:]{25,120}[ \t]*\r?\n)*[A-Za-z0-9:]{0,120}[ \t]*\Z")),
    (ListFormat.CSV, re.compile(rb"\A[^\n{\[:,;\t|]+[,;\t|][^\n]*\n")),
)
_PACKED: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "a ZIP archive, or a spreadsheet: unpack it, or save it as CSV"),
    (b"\x1f\x8b", "compressed with gzip: unpack it first"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd: unpack it first"),
    (b"%PDF", "a PDF"),
    (b"PAR1", "a Parquet file: convert it to CSV or JSON lines"),
    (b"\xff\xfe", "UTF-16: save it as UTF-8"),
    (b"\xfe\xff", "UTF-16: save it as UTF-8"),
    (b"<", "a web page, or XML"),
)
# A table may be read as any table, and OFAC's lines as a table without names are nothing else.
_ALSO = frozenset({(ListFormat.CSV, ListFormat.FORTA)})
_HEAD = 4096


def check_format(file: ListFile, wanted: ListFormat) -> None:
    """Raises NotThisFormat where the file looks like something else, and says like what."""
    head = file.head(_HEAD)
    if not head.strip():
        raise NotThisFormat(f"{file.name} is empty")
    for mark, what in _PACKED:
        if head.startswith(mark):
            raise NotThisFormat(f"{file.name} is {what}")
    found = looks_like(head)
    if found not in (None, wanted) and (wanted, found) not in _ALSO:
        raise NotThisFormat(f"{file.name} does not look like {wanted}, but like {found}")


def looks_like(head: bytes) -> ListFormat | None:
    """What the first bytes of a file look like; None if they look like nothing in particular."""
    return next((name for name, mark in _MARKS if mark.search(head)), None)
