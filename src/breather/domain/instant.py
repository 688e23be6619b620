"""Instants: integer milliseconds UTC inside, RFC 3339 with `Z` outside.

One type for every moment keeps floats and time zones out of the decisions; conversion happens only at the door.
"""

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import NewType

Millis = NewType("Millis", int)

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

EARLIEST = Millis(0)
# The library also reads week dates and times without seconds, and more of them in each version.
_RFC_3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})?"
)

LATEST = Millis(int(datetime(9999, 12, 31, tzinfo=UTC).timestamp()) * SECOND)


def parse_instant(text: str) -> Millis:
    """RFC 3339 text to milliseconds; an offset is required, because a local time is not an instant.

    Raises ValueError, with what would be right, for anything else.
    """
    try:
        moment = datetime.fromisoformat(text.upper()) if _RFC_3339.fullmatch(text) else None
    except ValueError:
        moment = None
    if moment is None:
        raise ValueError(f"{text[:40]!r} is not an instant; write it like 2026-01-31T09:30:00Z")
    if moment.tzinfo is None:
        raise ValueError(f"{text[:40]!r} has no time zone; write it like 2026-01-31T09:30:00Z")
    try:
        millis = round(moment.timestamp() * SECOND)
    except OverflowError:
        millis = -1
    if not EARLIEST <= millis <= LATEST:
        raise ValueError(f"{text[:40]!r} is outside the years 1970 to 9999")
    return Millis(millis)


def format_instant(at: Millis) -> str:
    """Milliseconds to `2026-01-31T09:30:00.000Z`."""
    seconds, millis = divmod(at, SECOND)
    return f"{_second(seconds)}.{millis:03d}Z"


@lru_cache(maxsize=1024)
def _second(seconds: int) -> str:
    """What is decided within a second names the same few seconds."""
    return datetime.fromtimestamp(seconds, UTC).isoformat().removesuffix("+00:00")
