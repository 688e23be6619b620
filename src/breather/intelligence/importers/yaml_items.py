"""A YAML file that is one long sequence, item by item: bounded memory, and one bad item costs only itself.

The file is cut into items by their indentation, as its authors wrote them (block style, one key a line); each item is
then parsed by itself. A file in another style has no items here, which is said.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from breather.intelligence.importers.finding import NotThisFormat, Reason, Rejected
from breather.intelligence.importers.list_file import ListFile
from breather.intelligence.importers.yaml_text import BadYaml, Node, read_yaml

LONGEST_ITEM = 256 * 1024
_LONGEST_HEADER = 256 * 1024
_ITEM = re.compile(r"( *)-( +|$)(?:(\w+) *:)?")
_MARKERS = ("---", "%YAML", "...")


@dataclass(frozen=True, slots=True)
class Item:
    """`line` is that of its dash."""

    line: int
    node: dict[str, Node]


def read_header(file: ListFile, section: str) -> dict[str, Node]:
    """Everything at the top level but `section`. Raises NotThisFormat where that is no mapping with such a section."""
    parts: list[str] = []
    size, found = 0, False
    inside = False
    for line in file.lines():
        if isinstance(line, Rejected):
            continue
        text = line[1]
        if text.startswith(_MARKERS):
            continue
        if _begins(section, text):
            inside = found = True
        elif text and not text.startswith((" ", "-", "#")):
            inside = False
        if not inside and size < _LONGEST_HEADER:
            parts.append(text)
            size += len(text)
    if not found:
        raise NotThisFormat(f"{file.name} has no line '{section}:'")
    try:
        header = read_yaml("\n".join(parts))
    except BadYaml as bad:
        raise NotThisFormat(f"{file.name}: its header is not YAML: {bad}") from None
    if not header:
        return {}
    if not isinstance(header, dict):
        raise NotThisFormat(f"{file.name}: its header is not made of 'key: value'")
    return header


def items(file: ListFile, section: str | None = None) -> Iterator[Item | Rejected]:
    """The items of `section:`, or of the whole file where that is itself a sequence."""
    chunk = _Chunk()
    indent: int | None = None
    inside = section is None
    for line in file.lines():
        if isinstance(line, Rejected):
            yield line
            continue
        number, text = line
        if not text.strip() or text.lstrip().startswith("#") or text.startswith(_MARKERS):
            continue
        dash = _ITEM.match(text)
        if section is not None and not text.startswith((" ", "-")):
            yield from chunk.taken()
            inside, indent = _begins(section, text), None
        elif inside and dash and (indent is None or len(dash[1]) == indent):
            yield from chunk.taken()
            indent = len(dash[1])
            chunk.begin(number, text)
        elif inside and chunk.begun:
            chunk.add(text)
        elif inside:
            yield Rejected.of(Reason.UNREADABLE, number, text, "stands before the first item")
    yield from chunk.taken()


class _Chunk:
    """The lines of one item while it is collected."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._number = 0
        self._size = 0

    @property
    def begun(self) -> bool:
        return bool(self._lines)

    def begin(self, number: int, text: str) -> None:
        self._lines, self._number, self._size = [text], number, len(text)

    def add(self, text: str) -> None:
        self._size += len(text)
        if self._size <= LONGEST_ITEM:
            self._lines.append(text)

    def taken(self) -> Iterator[Item | Rejected]:
        lines, self._lines = self._lines, []
        if not lines:
            return
        if self._size > LONGEST_ITEM:
            message = f"the item has more than {LONGEST_ITEM} characters"
            yield Rejected.of(Reason.TOO_LONG, self._number, lines[0], message)
            return
        cut = _stray(lines)
        yield _parsed(self._number, lines[:cut])
        if cut < len(lines):
            message = "an item that is indented otherwise than the others; it belongs to nothing"
            yield Rejected.of(Reason.UNREADABLE, self._number + cut, lines[cut], message)


def _stray(lines: list[str]) -> int:
    """Where, within an item, another one begins by mistake: a dash, further in, before the same first key."""
    first = _ITEM.match(lines[0])
    if first is None or first[3] is None:
        return len(lines)
    for place, line in enumerate(lines[1:], start=1):
        dash = _ITEM.match(line)
        if dash and dash[3] == first[3]:
            return place
    return len(lines)


def _parsed(number: int, lines: list[str]) -> Item | Rejected:
    try:
        node = read_yaml("\n".join(lines))
    except BadYaml as bad:
        return Rejected.of(Reason.UNREADABLE, number + bad.line - 1, lines[0], f"is not YAML: {bad}")
    found = node[0] if isinstance(node, list) and len(node) == 1 else node
    if not isinstance(found, dict):
        return Rejected.of(Reason.UNREADABLE, number, lines[0], "is not made of 'key: value'")
    return Item(number, found)


def _begins(section: str, text: str) -> bool:
    return text.split("#", maxsplit=1)[0].rstrip() == f"{section}:"


def word(node: dict[str, Node], key: str) -> str:
    """The text under `key`; "" where there is none, or where there is something else than a text."""
    value = node.get(key, "")
    return value if isinstance(value, str) else ""


def words(node: dict[str, Node], key: str) -> list[str]:
    """The texts under `key`, which may be one or a list of them."""
    value = node.get(key, [])
    if isinstance(value, str):
        return [value] if value else []
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
