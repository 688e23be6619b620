"""Reading strict TOML: each key is asked for by name and type, and what nobody asked for is a finding.

A reader does not stop at the first mistake: a wrong value is noted, a harmless stand-in returned, and the
file refused at the end with everything that is wrong with it.
"""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TypeVar, cast

from breather.domain.finding import Finding, nearest
from breather.domain.instant import Millis, parse_instant

EARLIEST_DAY = date(2000, 1, 1)
LATEST_DAY = date(2999, 12, 31)

# What stands where a person still has to write something: the text after it says what.
UNFILLED = "? "

ENTRIES_LIMIT = 200
NUMBER_LIMIT = 1e15

_UNKNOWN_KEYS_NAMED = 40
_T = TypeVar("_T")


class StrictTable:
    """One table of one file. `findings` is shared by all tables of a reading and grows."""

    def __init__(self, file: str, values: Mapping[str, object], findings: list[Finding], place: str = "") -> None:
        self.file = file
        self.place = place
        self.findings = findings
        self._values = values
        self._asked: set[str] = set()

    def pointer(self, key: str = "") -> str:
        """`file:table.key`, the form of a finding's pointer."""
        return f"{self.file}:{'.'.join(part for part in (self.place, key) if part)}"

    def note(self, key: str, code: str, message: str, suggestion: str = "") -> None:
        self.findings.append(Finding(self.pointer(key), code, message, suggestion))

    def names(self) -> tuple[str, ...]:
        """The keys that the file really has, for tables whose keys are ids."""
        if len(self._values) > ENTRIES_LIMIT and not self.already_wrong(""):
            self.note("", "too-many", f"has {len(self._values)} keys; at most {ENTRIES_LIMIT} are read")
        return tuple(self._values)[:ENTRIES_LIMIT]

    def text(self, key: str) -> str:
        value = self._get(key)
        filled = isinstance(value, str) and not value.startswith(UNFILLED)
        return str(value) if filled else self._wrong(key, "a text in quotes", "")

    def integer(self, key: str, low: int, high: int) -> int:
        value = self._get(key)
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        return self._wrong(key, f"a whole number from {low} to {high}", low)

    def number(self, key: str) -> float:
        value = self._get(key)
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < NUMBER_LIMIT:
            return float(value)
        return self._wrong(key, "a number", 0.0)

    def boolean(self, key: str) -> bool:
        value = self._get(key)
        return value if isinstance(value, bool) else self._wrong(key, "true or false", False)

    def known_boolean(self, key: str) -> bool | None:
        """True, false, or None for the text "unknown"."""
        value = self._get(key)
        if value == "unknown":
            return None
        return value if isinstance(value, bool) else self._wrong(key, 'true, false or "unknown"', None)

    def day(self, key: str) -> date:
        value = self._get(key)
        if isinstance(value, date) and not isinstance(value, datetime) and EARLIEST_DAY <= value <= LATEST_DAY:
            return value
        return self._wrong(key, "a date without quotes, like 2026-01-31", LATEST_DAY)

    def instant(self, key: str) -> Millis:
        value = self._get(key)
        expected = "an instant without quotes, like 2026-01-31T09:30:00Z"
        if not isinstance(value, datetime):
            return self._wrong(key, expected, Millis(0))
        try:
            return parse_instant(value.isoformat())
        except ValueError:
            return self._wrong(key, expected, Millis(0))

    def texts(self, key: str, least: int = 1) -> tuple[str, ...]:
        value = self._get(key)
        if isinstance(value, list) and _fits(value, least) and all(isinstance(item, str) for item in value):
            for number, item in enumerate(value, 1):
                if item.startswith(UNFILLED):
                    self._note_unfilled(f"{key}[{number}]", item)
            return tuple(value)
        return self._wrong(key, f"a list of {least} to {ENTRIES_LIMIT} texts", ())

    def word(self, key: str, words: Iterable[str]) -> str:
        """One of a closed list of words; "" after a finding."""
        return self.closed(key, self.text(key), words)

    def closed(self, key: str, value: str, words: Iterable[str]) -> str:
        allowed = sorted(words)
        if value in allowed:
            return value
        if not self.already_wrong(key):
            message = f"{value[:60]!r} is none of: {', '.join(allowed)}"
            self.note(key, "unknown-word", message, nearest(value, allowed))
        return ""

    def table(self, key: str) -> "StrictTable":
        value = self._get(key)
        values = cast(
            "dict[str, object]",
            value if isinstance(value, dict) else self._wrong(key, f"a table [{key}]", {}),
        )
        return StrictTable(self.file, values, self.findings, self._inside(key))

    def tables(self, key: str) -> tuple["StrictTable", ...]:
        value = self._get(key)
        if not isinstance(value, list) or not _fits(value) or not all(isinstance(item, dict) for item in value):
            return self._wrong(key, f"1 to {ENTRIES_LIMIT} tables [[{key}]]", ())
        inside = self._inside(key)
        return tuple(
            StrictTable(self.file, item, self.findings, f"{inside}[{number}]") for number, item in enumerate(value, 1)
        )

    def has(self, key: str) -> bool:
        return key in self._values

    def is_table(self, key: str) -> bool:
        """Whether the key holds a table, where a plain value or a table would both be right."""
        return isinstance(self._values.get(key), dict)

    def skip(self, key: str) -> None:
        """This key has its finding already; `close` has nothing to add."""
        self._asked.add(key)

    def already_wrong(self, key: str) -> bool:
        """Whether this very place has a finding, so that one mistake is not reported twice."""
        pointer = self.pointer(key)
        return any(finding.pointer == pointer for finding in self.findings)

    def close(self) -> None:
        """A finding for every key that was never asked for; only the first of a hostile 100,000."""
        wanted = self._asked - self._values.keys() or self._asked
        for key in [key for key in self._values if key not in self._asked][:_UNKNOWN_KEYS_NAMED]:
            self.note(key[:60], "unknown-key", "is not a key of this table", nearest(key, wanted))

    def _inside(self, key: str) -> str:
        return f"{self.place}.{key}" if self.place else key

    def _get(self, key: str) -> object:
        self._asked.add(key)
        return self._values.get(key)

    def _note_unfilled(self, key: str, value: str) -> None:
        self.note(key, "to-fill-in", f"is still to be filled in: {value.removeprefix(UNFILLED)}")

    def _wrong(self, key: str, expected: str, stand_in: _T) -> _T:
        value = self._values.get(key)
        if isinstance(value, str) and value.startswith(UNFILLED):
            self._note_unfilled(key, value)
        elif key in self._values:
            self.note(key, "wrong-type", f"must be {expected}")
        else:
            self.note(key, "missing-key", f"is missing; it must be {expected}")
        return stand_in


def _fits(values: list[object], least: int = 1) -> bool:
    return least <= len(values) <= ENTRIES_LIMIT


def parse_toml(file: str, content: bytes, findings: list[Finding]) -> StrictTable | None:
    """The whole file as a table; None, and a finding with line and column, where it is no TOML."""
    try:
        return StrictTable(file, tomllib.loads(content.decode("utf-8")), findings)
    except UnicodeDecodeError as problem:
        findings.append(Finding(file, "not-utf-8", f"is not UTF-8 at byte {problem.start}"))
    except RecursionError:
        findings.append(Finding(file, "not-toml", "is nested too deeply"))
    except ValueError as problem:  # also TOMLDecodeError, and integers longer than Python reads
        findings.append(Finding(file, "not-toml", f"is not TOML: {problem}"))
    return None
