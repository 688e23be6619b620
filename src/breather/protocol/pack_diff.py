"""What changed between two versions of a pack, place by place and in words: what a second person approves.

Tables are compared by their keys, and the entries of a list by their `id` where they have one; so a contact that moved
is the same contact. Files that are no TOML are compared as wholes.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from breather.domain.finding import Finding, Refused
from breather.protocol.pack_files import MANIFEST, SIGNATURE, PackFiles
from breather.protocol.strict_table import parse_toml

# Chinese has no spaces between words, so its characters are compared one by one.
_TOKEN = re.compile(r"[\u3400-\u9fff]|[^\s\u3400-\u9fff]+|\s+")


@dataclass(frozen=True, slots=True)
class Change:
    """`place` is "" for a whole file. None is what is not there; both are the same where only comments differ."""

    file: str
    place: str
    before: str | None
    after: str | None

    def __str__(self) -> str:
        where = f"{self.file}:{self.place}" if self.place else self.file
        if self.before == self.after:
            return f"{where}: only comments or spaces"
        if self.before is None:
            return f"{where}: new: {self.after}"
        if self.after is None:
            return f"{where}: gone: {self.before}"
        return f"{where}: {marked(self.before, self.after)}"


def pack_changes(before: PackFiles, after: PackFiles) -> list[Change]:
    """Everything that differs, file by file. Raises Refused for a TOML file that cannot be read."""
    changes = []
    for file in sorted((before.keys() | after.keys()) - {MANIFEST, SIGNATURE}):
        old, new = before.get(file), after.get(file)
        if old != new:
            changes += _changes_of(file, old, new)
    return changes


def marked(before: str, after: str) -> str:
    """One text with `[-what went-]` and `{+what came+}`."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    parts = []
    for what, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            parts.append("".join(old[i:j]))
            continue
        parts.append(f"[-{''.join(old[i:j])}-]" if j > i else "")
        parts.append(f"{{+{''.join(new[k:m])}+}}" if m > k else "")
    return "".join(parts)


def _changes_of(file: str, old: bytes | None, new: bytes | None) -> list[Change]:
    if not file.endswith(".toml"):
        return [Change(file, "", _words(old), _words(new))]
    before, after = _places(file, old), _places(file, new)
    places = [*before, *(place for place in after if place not in before)]
    changes = [
        Change(file, place, before.get(place), after.get(place))
        for place in places
        if before.get(place) != after.get(place)
    ]
    return changes or [Change(file, "", "", "")]


def _words(content: bytes | None) -> str | None:
    return None if content is None else content.decode("utf-8", "replace")


def _places(file: str, content: bytes | None) -> Mapping[str, str]:
    """Every value of the file as text, by its place; empty for a file that is not there."""
    if content is None:
        return {}
    findings: list[Finding] = []
    if parse_toml(file, content, findings) is None:
        raise Refused(f"{file} cannot be compared", findings)
    return dict(_flat(tomllib.loads(content.decode()), ""))


def _flat(value: object, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, f"{place}.{key}" if place else key)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for number, inner in enumerate(value, 1):
            yield from _flat(inner, f"{place}[{inner.get('id', number)}]")
    elif isinstance(value, list) and place.startswith("tips."):
        yield from ((f"{place}[{number}]", str(inner)) for number, inner in enumerate(value, 1))
    else:
        yield place, ", ".join(map(str, value)) if isinstance(value, list) else str(value)
