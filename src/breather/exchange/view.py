"""What a withdrawal looks like from outside at a given instant: the original decision, and where it stands now."""

from collections.abc import Sequence
from dataclasses import dataclass

from breather.domain.cooling_off import State
from breather.domain.instant import Millis
from breather.domain.outcome import Ending, outcome_of
from breather.domain.standing import Standing
from breather.exchange.clear import pause_in_the_way
from breather.exchange.consent import consent_offered
from breather.exchange.record import AnsweredRecord, DecisionRecord, decode_answered, decode_record
from breather.exchange.refer import terms_of
from breather.exchange.snapshot import Snapshot, released_covers
from breather.storage.exchange.referrals import ReferralRow, referrals_of
from breather.storage.exchange.withdrawals import WithdrawalRow, following, standing_of, wanted_withdrawal
from breather.storage.reader import Reader

MOST_CHANGES = 500


@dataclass(frozen=True, slots=True)
class WithdrawalView:
    """Computed from rows and `now`; nothing of it is stored.

    `consent_offered`: she may be asked now whether the police may know who she is.
    """

    row: WithdrawalRow
    record: DecisionRecord
    answered: AnsweredRecord | None
    standing: Standing
    ending: Ending | None
    clearable: bool
    now: Millis
    referrals: Sequence[ReferralRow] = ()
    consent_offered: bool = False

    @property
    def state(self) -> State:
        return self.standing.state(self.now)


def view(reader: Reader, snapshot: Snapshot, withdrawal: str, now: Millis) -> WithdrawalView:
    row = wanted_withdrawal(reader, withdrawal)
    return view_of(reader, snapshot, row, now)


def view_of(reader: Reader, snapshot: Snapshot, row: WithdrawalRow, now: Millis) -> WithdrawalView:
    standing = standing_of(reader, row)
    covers = released_covers(snapshot.frozen(row.campaign_key))
    refers = terms_of(snapshot, row) is not None
    return WithdrawalView(
        row=row,
        record=decode_record(row.decision),
        answered=None if row.answered is None else decode_answered(row.answered),
        standing=standing,
        ending=outcome_of(standing, row.compared(), following(reader, row), now),
        clearable=standing.covered(now, covers) and pause_in_the_way(reader, row, now) is None,
        now=now,
        referrals=referrals_of(reader, row.id) if refers else (),
        consent_offered=refers and consent_offered(snapshot, row, standing, now),
    )


@dataclass(frozen=True, slots=True)
class Changes:
    """`after` is where to go on; `more` says that going on at once is worth while."""

    views: Sequence[WithdrawalView]
    after: int
    more: bool


def changed_after(reader: Reader, snapshot: Snapshot, after: int, limit: int, now: Millis) -> Changes:
    """In the order of the journal: the only numbers a cursor may run over (guarantee D3).

    Withdrawals changed by one act share its number, so a page never ends between them.
    """
    rows = reader.all_as(WithdrawalRow, "withdrawals_changed_after", after=after, most=limit + 1)
    more = len(rows) > limit
    if more:
        last = rows[limit].changed
        whole = [row for row in rows[:limit] if row.changed != last]
        rows = whole or reader.all_as(WithdrawalRow, "withdrawals_changed_at", changed=last)
    views = [view_of(reader, snapshot, row, now) for row in rows]
    return Changes(views, rows[-1].changed if rows else after, more)
