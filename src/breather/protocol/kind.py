"""What one member of a message may hold: texts, words, numbers, instants, days, bytes, and lists of them.

Each kind says it twice, in `check` and in JSON Schema (draft 2020-12); a test holds the two equal on altered messages.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Protocol

from breather.domain.finding import Finding, nearest
from breather.domain.instant import format_instant, parse_instant

Schema = dict[str, object]

LARGEST_WHOLE = 2**53 - 1  # beyond it, readers that keep numbers as doubles disagree (RFC 8259, section 6)

_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_INSTANT = rf"{_DAY}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}\.[0-9]{{3}}Z"
# The last character of base64 carries bits that a decoder drops: only one spelling is taken.
_TWO_LEFT, _ONE_LEFT = "[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=", "[A-Za-z0-9+/][AQgw]=="


class Kind(Protocol):
    """What a member may hold."""

    def check(self, value: object, pointer: str, findings: list[Finding]) -> None: ...

    def schema(self) -> Schema: ...


@dataclass(frozen=True, slots=True)
class Text:
    """Text that the whole of `pattern` matches, of at most `most` characters; `like` is an example."""

    pattern: str
    most: int
    like: str

    def check(self, value: object, pointer: str, findings: list[Finding]) -> None:
        if not isinstance(value, str) or len(value) > self.most or not re.fullmatch(self.pattern, value):
            findings.append(wrong(pointer, f"a text like {self.like!r}, of at most {self.most} characters", value))

    def schema(self) -> Schema:
        return {"type": "string", "maxLength": self.most, "pattern": f"^(?:{self.pattern})$", "examples": [self.like]}


@dataclass(frozen=True, slots=True)
class Word:
    """One of a closed list."""

    words: tuple[str, ...]

    @classmethod
    def among(cls, words: Iterable[Enum]) -> "Word":
        return cls(tuple(str(word.value) for word in words))

    def check(self, value: object, pointer: str, findings: list[Finding]) -> None:
        if not isinstance(value, str):
            findings.append(wrong(pointer, f"one of {', '.join(self.words)}", value))
        elif value not in self.words:
            message = f"{value[:40]!r} is none of: {', '.join(self.words)}"
            findings.append(Finding(pointer, "unknown-word", message, nearest(value, self.words)))

    def schema(self) -> Schema:
        return {"const": self.words[0]} if len(self.words) == 1 else {"enum": list(self.words)}


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number; not 1.0, which some readers keep as a double."""

    least: int = 0
    most: int = LARGEST_WHOLE

    def check(self, value: object, pointer: str, findings: list[Finding]) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or not self.least <= value <= self.most:
            findings.append(wrong(pointer, f"a whole number from {self.least} to {self.most}", value))

    def schema(self) -> Schema:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True, slots=True)
class TrueOrFalse:
    """Never a text or a number that means it."""

    def check(self, value: object, pointer: str, findings: list[Finding]) -> None:
        if not isinstance(value, bool):
            findings.append(wrong(pointer, "true or false", value))

    def schema(self) -> Schema:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Instant:
    """RFC 3339 in exactly one spelling: UTC as `Z`, three digits of a second."""

    def check(self, value: object, pointer: str, findings: list[Finding]) -> None:
        try:
            if isinstance(value, str) and format_instant(parse_instant(value)) == value:
                return
        except ValueError:
            pass
        findings.append(wrong(pointer, "an instant spelled like '2026-01-31T09:30:00.000Z'", value))

    def schema(self) -> Schema:
        return {"type": "string", "format": "date-time", "pattern": f"^{_INSTANT}$"}


@dataclass(frozen=True, slots=True)
class Day:
    def check(self, value: object, pointer: str, findings: list[Finding]) -> None:
        try:
            if isinstance(value, str) and re.fullmatch(_DAY, value):
                date.fromisoformat(value)
                return
        except ValueError:
            pass
        findings.append(wrong(pointer, "a day spelled like '2026-01-31'", value))

    def schema(self) -> Schema:
        return {"type": "string", "format": "date", "pattern": f"^{_DAY}$"}


@dataclass(frozen=True, slots=True)
class Base64:
    """Bytes in canonical base64 (RFC 4648, section 4): from `least` to `most` of them."""

    least: int
    most: int

    @property
    def pattern(self) -> str:
        """Exactly the spellings of `least` bytes where that is the only size."""
        if self.least == self.most:
            whole, left = divmod(self.least, 3)
            return f"(?:[A-Za-z0-9+/]{{4}}){{{whole}}}" + ("", _ONE_LEFT, _TWO_LEFT)[left]
        return f"(?:[A-Za-z0-9+/]{{4}})*(?:{_TWO_LEFT}|{_ONE_LEFT})?"

    def check(self, value: object, pointer: str, findings: list[Finding]) -> None:
        size = f"{self.least}" if self.least == self.most else f"{self.least} to {self.most}"
        if not isinstance(value, str) or not self._fits(value) or not re.fullmatch(self.pattern, value):
            # Not shown: who puts a subject here unsealed should not find it again in a log.
            findings.append(wrong(pointer, f"{size} bytes in base64", None))

    def schema(self) -> Schema:
        least, most = (_spelled(size) for size in (self.least, self.most))
        return {
            "type": "string",
            "contentEncoding": "base64",
            "minLength": least,
            "maxLength": most,
            "pattern": f"^{self.pattern}$",
        }

    def _fits(self, value: str) -> bool:
        return _spelled(self.least) <= len(value) <= _spelled(self.most)


@dataclass(frozen=True, slots=True)
class Maybe:
    """The kind, or null: not sent."""

    kind: Kind

    def check(self, value: object, pointer: str, findings: list[Finding]) -> None:
        if value is not None:
            self.kind.check(value, pointer, findings)

    def schema(self) -> Schema:
        return {"anyOf": [self.kind.schema(), {"type": "null"}]}


@dataclass(frozen=True, slots=True)
class Listing:
    """From `least` to `most` of the kind."""

    kind: Kind
    least: int
    most: int

    def check(self, value: object, pointer: str, findings: list[Finding]) -> None:
        if not isinstance(value, list) or not self.least <= len(value) <= self.most:
            findings.append(wrong(pointer, f"a list of {self.least} to {self.most}", value))
            return
        for number, item in enumerate(value):
            self.kind.check(item, f"{pointer}/{number}", findings)

    def schema(self) -> Schema:
        return {"type": "array", "items": self.kind.schema(), "minItems": self.least, "maxItems": self.most}


def _spelled(size: int) -> int:
    """Characters of base64 for that many bytes."""
    return (size + 2) // 3 * 4


def wrong(pointer: str, expected: str, value: object) -> Finding:
    """The finding, which shows the value if it is a short text."""
    shown = f"; this is {value[:40]!r}" if isinstance(value, str) and len(value) < 200 else ""
    return Finding(pointer, "wrong-value", f"must be {expected}{shown}")
