"""Somebody's word for what time it is, after wall and monotonic clock came apart (guarantee E)."""

import msgspec

from breather.domain.instant import format_instant
from breather.storage.reader import Reader
from breather.storage.transaction import Transaction

CONFIRMED = "time-confirmed"
STEP = 0


def confirm_time(tx: Transaction, actor: str, basis: str) -> int:
    """From the next second on every process of the service believes its machine's clock anew. Returns the entry."""
    body = msgspec.json.encode({"basis": basis, "now": format_instant(tx.now)})
    number = tx.journal(STEP, CONFIRMED, None, actor, body)
    tx.run("keep_meta", name=CONFIRMED, value=str(number))
    return number


def confirmed_time(reader: Reader) -> int:
    """The entry of the newest confirmation; 0 where there was none."""
    row = reader.one("meta_named", name=CONFIRMED)
    return 0 if row is None else int(row["value"])
