"""Issuing a clearance: a command of the writer, ordered against holds and stops (guarantees A4 and C)."""

import msgspec

from breather.domain.clearance import Clearance, issue
from breather.domain.instant import Millis
from breather.domain.refusal import (
    AlreadyBroadcast,
    NotClearable,
    PauseOpen,
    Recovering,
    TimeSuspect,
    Watched,
)
from breather.domain.standing import is_open
from breather.exchange.snapshot import Snapshot, released_covers
from breather.storage.exchange.withdrawals import (
    WithdrawalRow,
    find_withdrawal,
    holds_of_pair,
    pauses_of_pair,
    standing_of,
    waits,
    wanted_withdrawal,
)
from breather.storage.reader import Reader
from breather.storage.recovery import recovery_of
from breather.storage.transaction import Transaction

STEP = 7


def clear(tx: Transaction, snapshot: Snapshot, withdrawal: str, actor: str, time_suspect: bool) -> Clearance:
    """Raises a Refusal unless nothing stands in the way now. The signature is made outside: here is the permission."""
    row = wanted_withdrawal(tx, withdrawal)
    if recovery_of(tx) is not None:
        raise Recovering
    if time_suspect:
        raise TimeSuspect
    standing = standing_of(tx, row)
    covers = released_covers(snapshot.frozen(row.campaign_key))
    if standing.transaction_id is not None:
        raise AlreadyBroadcast(standing.transaction_id)
    if standing.watched:
        raise Watched
    if not standing.covered(tx.now, covers):
        raise NotClearable(standing.state(tx.now).value)
    if (other := pause_in_the_way(tx, row, tx.now)) is not None:
        raise PauseOpen(other)
    clearance = issue(snapshot.identity.vasp, snapshot.identity.mode, row.asked(), tx.now)
    body = msgspec.json.encode({"expires_at": clearance.expires_at})
    number = tx.journal(STEP, "cleared", withdrawal, actor, body)
    tx.run("save_clearance", id=withdrawal, cleared_until=clearance.expires_at, changed=number)
    return clearance


def pause_in_the_way(reader: Reader, row: WithdrawalRow, now: Millis) -> str | None:
    """Another pause on the same pair comes first, even where this withdrawal was released by itself.

    One whose release a hold has voided is open again, as long as something waits for it. Returns its id.
    """
    holds = holds_of_pair(reader, row.customer, row.destination)
    for pause in pauses_of_pair(reader, (row.customer, row.destination), holds, now, since=now):
        opener = find_withdrawal(reader, pause.id)
        if pause.id == row.pause or opener is None or not is_open(standing_of(reader, opener), now):
            continue
        if pause.resolved is None or waits(reader, pause.id):
            return pause.id
    return None
