"""What `breather doctor` says of time and of what is kept: clocks that stand, a period unset, erasures undone."""

from collections.abc import Iterator

from breather.domain.instant import DAY, Millis, format_instant
from breather.domain.sign import Sign
from breather.exchange.examine import LATE_AFTER
from breather.exchange.expire import HEARTBEAT, SERVING, TIME_SUSPECT
from breather.storage.erasure_journal import ErasureJournal
from breather.storage.failure import WrongDatabase
from breather.storage.reader import Reader

# The newest lines say whether this database is the one that they were written for; all of them may be very many.
LOOKED_AT = 1000
CONFIRM = 'set the clock (NTP), then run `breather clock confirm --actor NAME --because "..."`'


def examine_time(reader: Reader, now: Millis) -> Iterator[Sign]:
    for process in (SERVING, HEARTBEAT):
        beat = reader.one("find_heartbeat", process=process)
        if beat is not None and beat["detail"] == TIME_SUSPECT:
            what = (
                f"the clock of `{process}` is suspect: its time stands still, nothing is released, lapses or is cleared"
            )
            yield Sign(True, what, CONFIRM)
    serving = reader.one("find_heartbeat", process=SERVING)
    if serving is not None and serving["detail"] != TIME_SUSPECT and now - serving["at"] > LATE_AFTER:
        since = format_instant(serving["at"])
        yield Sign(True, f"`serve` has left no heartbeat since {since}", "start `breather exchange serve`")


def examine_keeping(reader: Reader, journal: ErasureJournal, mode: str, now: Millis, keep_days: int) -> Iterator[Sign]:
    oldest = reader.one("oldest_withdrawal")
    if not keep_days:
        wanted = "set BREATHER_KEEP_DAYS to what your law and your notice to customers say" if mode == "live" else ""
        if oldest is not None:
            yield Sign(mode == "live", "withdrawals are kept for ever: no period is set", wanted)
    elif oldest is not None and now - oldest["decided_at"] > keep_days * DAY:
        what = f"withdrawals older than {keep_days} days are kept, or not erased yet"
        yield Sign(False, what, "`breather retention` says which, and why")
    yield from _undone(reader, journal)


def _undone(reader: Reader, journal: ErasureJournal) -> Iterator[Sign]:
    """A database that other tools brought back has again what was erased, until somebody says that they did."""
    try:
        newest = journal.newest(LOOKED_AT)
    except (WrongDatabase, OSError) as damaged:
        yield Sign(
            True, f"the erasure journal cannot be read: {damaged}", "bring it back from a copy, then restore again"
        )
        return
    known = {row["id"] for row in reader.each("erased_named", [{"id": line.id} for line in newest])}
    if undone := sum(line.id not in known for line in newest):
        remedy = 'run `breather recover begin --actor NAME --because "..."`, which erases them again'
        yield Sign(True, f"{undone} of the withdrawals erased last are here again, or were never finished", remedy)
