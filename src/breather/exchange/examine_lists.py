"""What `breather doctor` says of published lists: how they could grow stale without anybody noticing."""

from collections.abc import Iterator

from breather.domain.instant import DAY, Millis, format_instant
from breather.domain.sign import Sign
from breather.storage.exchange.intelligence import lists_in_force
from breather.storage.reader import Reader

ENDS_SOON = 14 * DAY


def examine_lists(reader: Reader, now: Millis) -> Iterator[Sign]:
    """Nothing where no list was ever imported: an exchange may use others' words for addresses, or none."""
    rows = lists_in_force(reader)
    if rows.lists:
        entries = sum(each.claims for each in rows.lists)
        yield Sign(False, f"lists in force: {len(rows.lists)}, with {entries} entries")
    for each in rows.lists:
        if each.expires_at is None:
            continue
        again = f"`breather intel import {each.format} FILE --source {each.name} --expires ...`"
        if each.expires_at <= now:
            yield Sign(True, f"the list {each.name} expired at {format_instant(each.expires_at)}", again)
        elif each.expires_at - now < ENDS_SOON:
            yield Sign(False, f"the list {each.name} expires at {format_instant(each.expires_at)}", again)
