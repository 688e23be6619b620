"""What the operator says about a list, from words: where its columns are, and what it leaves open.

address=wallet        the column of a table
network:=ETH          a value for every row that names none
"""

import re
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar

from breather.domain.asset import Network
from breather.domain.entry import Category, Confidence
from breather.domain.finding import Finding, Refused, nearest
from breather.domain.instant import Millis, parse_instant
from breather.domain.typology import Typology
from breather.intelligence.importers.finding import Terms
from breather.intelligence.importers.table import WORDS
from breather.intelligence.list_format import ListFormat
from breather.intelligence.network_name import network_of

E = TypeVar("E", bound=StrEnum)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TABLES = frozenset({ListFormat.CSV, ListFormat.JSON_LINES})


def _network(text: str) -> Network:
    found = network_of(text)
    if found is None:
        raise ValueError(f"{text!r} is none of our networks: {', '.join(Network)}")
    return found


def _word(of: type[E]) -> Callable[[str], E]:
    def read(text: str) -> E:
        try:
            return of(text)
        except ValueError:
            near = nearest(text, [each.value for each in of])
            hint = f"did you mean {near!r}?" if near else f"the words are {', '.join(of)}"
            raise ValueError(f"{text!r} is not known; {hint}") from None

    return read


def _yes(text: str) -> bool:
    if text != "yes":
        raise ValueError("write allow:=yes, or leave it out")
    return True


def _dated(text: str) -> Millis:
    return parse_instant(f"{text}T00:00:00Z" if _DATE.fullmatch(text) else text)


FIXED_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "allow": "yes: these are services that no other list accuses without a question",
        "dated": "the list's own date, for formats without one",
    }
)
_FIXED: Mapping[str, Callable[[str], Any]] = MappingProxyType(
    {
        "network": _network,
        "category": _word(Category),
        "typology": _word(Typology),
        "confidence": _word(Confidence),
        "allow": _yes,
        "dated": _dated,
    }
)


def read_mapping(given: Iterable[str], wanted: ListFormat) -> tuple[Terms, Millis | None]:
    """Terms, and the list's date where it was said. Raises Refused with every word that cannot be used."""
    columns: dict[str, str] = {}
    fixed: dict[str, Any] = {}
    findings = []
    for each in given:
        word, _, value = each.partition("=")
        try:
            if word.endswith(":"):
                fixed[word[:-1]] = _value(word[:-1], value)
            else:
                columns[word] = _column(word, value, wanted)
        except ValueError as wrong:
            findings.append(Finding(f"--map {each}", "bad-map", str(wrong)))
    if findings:
        raise Refused("the list was not read", findings)
    dated = fixed.pop("dated", None)
    allows = fixed.pop("allow", False)
    return Terms(allows=allows, columns=columns, **fixed), dated


def _value(word: str, value: str) -> Any:
    if word not in _FIXED:
        raise ValueError(_unknown(word, _FIXED))
    return _FIXED[word](value)


def _column(word: str, column: str, wanted: ListFormat) -> str:
    if word not in WORDS:
        raise ValueError(_unknown(word, WORDS))
    if wanted not in _TABLES:
        raise ValueError(f"columns are for csv and jsonl; {wanted} knows its own. A value is written {word}:=...")
    if not column:
        raise ValueError(f"write {word}=COLUMN, or {word}:=VALUE")
    return column


def _unknown(word: str, known: Iterable[str]) -> str:
    near = nearest(word, known)
    return f"{word!r} is not known; " + (f"did you mean {near!r}?" if near else f"the words are {', '.join(known)}")
