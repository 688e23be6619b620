"""Days where a campaign applies. What leaves for an agency names the day and never the time (guarantee H3)."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from breather.domain.instant import SECOND, Millis


def local_day(at: Millis, zone: str) -> date:
    """The date of an instant in an IANA time zone; ZoneInfoNotFoundError or ValueError for a zone that is none."""
    return datetime.fromtimestamp(at / SECOND, UTC).astimezone(ZoneInfo(zone)).date()


def start_of(day: date, zone: str) -> Millis:
    """The instant at which that day began there. Not always midnight: a clock put forward at midnight skips it."""
    begins = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    return Millis(int(begins.timestamp()) * SECOND)
