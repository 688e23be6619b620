"""Days where a campaign applies. What leaves for an agency names the day and never the time (guarantee H3)."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from breather.domain.instant import DAY, SECOND, Millis


def local_day(at: Millis, zone: str) -> date:
    """The date of an instant in an IANA time zone; ZoneInfoNotFoundError or ValueError for a zone that is none."""
    return datetime.fromtimestamp(at / SECOND, UTC).astimezone(ZoneInfo(zone)).date()


def start_of(day: date, zone: str) -> Millis:
    """The instant at which that day began there. Not always midnight: a clock put forward at midnight skips it."""
    begins = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    return Millis(int(begins.timestamp()) * SECOND)


def leads(first: Millis, last: Millis, zone: str) -> list[tuple[Millis, int]]:
    """From which instant on the clock there is how many ms ahead of UTC: the first entry is `first`'s. A change that
    is taken back within a day is not seen; no zone has one.
    """
    found = [(first, _lead(first, zone))]
    before: int = first
    while before < last:
        after = min(before + DAY, last)
        if _lead(after, zone) != found[-1][1]:
            low, high = before, after
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if _lead(middle, zone) == found[-1][1] else (low, middle)
            found.append((Millis(high), _lead(high, zone)))
        before = after
    return found


def _lead(at: int, zone: str) -> int:
    offset = datetime.fromtimestamp(at // SECOND, ZoneInfo(zone)).utcoffset()
    return 0 if offset is None else int(offset.total_seconds()) * SECOND
