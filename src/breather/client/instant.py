"""Instants at the edge of the client: integer milliseconds UTC inside, RFC 3339 with a Z outside."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def format_instant(millis: int) -> str:
    """Milliseconds UTC as `2026-11-22T10:43:00.000Z`."""
    moment = _EPOCH + timedelta(milliseconds=millis)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def parse_instant(text: str) -> int:
    """RFC 3339 with an offset as milliseconds UTC. Raises ValueError where there is no offset."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} does not say which time zone it is in; write it with Z")
    return (moment - _EPOCH) // timedelta(milliseconds=1)
