"""How long a withdrawal is kept, and what may go: nothing that is open, promised, awaited, or within its period.

The period is the operator's (`BREATHER_KEEP_DAYS`); none is set by default, because nobody but the exchange knows what
its law asks of it. It begins with the last act on a withdrawal, and those that share a pause wait for the last of them.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from breather.domain.instant import DAY, Millis
from breather.domain.standing import is_open
from breather.exchange.erase import erase_withdrawal
from breather.exchange.relay import CONSENT_WITHDRAWN
from breather.storage.erasure_journal import ErasureJournal
from breather.storage.exchange.referrals import Delivery
from breather.storage.exchange.withdrawals import WithdrawalRow, standing_of
from breather.storage.reader import Reader
from breather.storage.recovery import recovery_of
from breather.storage.transaction import Transaction

BATCH = 100
ACTOR = "retention"
BASIS = "retention"


class Why(StrEnum):
    """Why a withdrawal that was decided before the period is kept all the same."""

    RECENT = "something happened to it, or to what shares its pause, within the period"
    OPEN = "a pause or a hold on it is open"
    PROMISED = "a referral of it is not delivered, or is a dead letter"
    AWAITED = "the agency has not said what became of its referral"


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the oldest withdrawals. `after` is where the next page begins, None at the end."""

    free: Sequence[WithdrawalRow]
    kept: Mapping[Why, int]
    after: int | None


def oldest(reader: Reader, after: int, now: Millis, keep_days: int, most: int = BATCH) -> Page:
    """Those decided before the period began, from journal number `after` on."""
    before = Millis(now - keep_days * DAY)
    rows = reader.all("kept_longest", after=after, before=before, most=most)
    free: list[WithdrawalRow] = []
    kept: Counter[Why] = Counter()
    for row in rows:
        touched = row.pop("changed_at")
        withdrawal = WithdrawalRow(**row)
        why = why_kept(reader, withdrawal, touched, now, before)
        if why is None:
            free.append(withdrawal)
        else:
            kept[why] += 1
    return Page(free, kept, rows[-1]["number"] if len(rows) == most else None)


def why_kept(reader: Reader, row: WithdrawalRow, touched: Millis, now: Millis, before: Millis) -> Why | None:
    """None for one that may go. `touched` is the instant of the last act on it."""
    if is_open(standing_of(reader, row), now):
        return Why.OPEN
    shared = None if row.pause is None else reader.one("newest_act_of_pause", pause=row.pause)
    if max(touched, shared["at"] if shared else 0) > before:
        return Why.RECENT
    for promise in reader.all("promises_of", withdrawal=row.id):
        withdrawn = promise["problem"] == CONSENT_WITHDRAWN
        if promise["state"] != Delivery.RECEIPTED and not withdrawn:
            return Why.PROMISED
        if promise["state"] == Delivery.RECEIPTED and promise["disposition"] is None:
            return Why.AWAITED
    return None


def retain(
    tx: Transaction, journal: ErasureJournal, after: int, keep_days: int, most: int = BATCH
) -> tuple[int, int | None]:
    """Erase one batch. How many, and where the next begins (None: that was the last).

    Nothing in recovery mode: what the database forgot may be what keeps a withdrawal. What is erased is in the journal
    outside of the database, durably, before it is committed. Raises OSError where it cannot be.
    """
    if recovery_of(tx) is not None:
        return 0, None
    page = oldest(tx, after, tx.now, keep_days, most)
    ids = [row.id for row in page.free]
    if ids:
        journal.append(ids, BASIS, tx.now)
    for each in ids:
        erase_withdrawal(tx, each, BASIS, ACTOR, tx.now)
    return len(ids), page.after


def would_go(reader: Reader, now: Millis, keep_days: int) -> tuple[int, Mapping[Why, int]]:
    """What the worker would erase now, and why it would keep the others that are as old."""
    free = 0
    kept: Counter[Why] = Counter()
    for page in _pages(reader, now, keep_days):
        free += len(page.free)
        kept.update(page.kept)
    return free, kept


def _pages(reader: Reader, now: Millis, keep_days: int) -> Iterator[Page]:
    after: int | None = 0
    while after is not None:
        page = oldest(reader, after, now, keep_days)
        yield page
        after = page.after
