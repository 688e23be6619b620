"""Who can pay what: every account's balance, followed from withdrawal to withdrawal, in whole US cents.

The k-th withdrawals of all accounts are computed together, then the k+1-th: as exact as one account after another, and
a thousand times faster. Nobody withdraws more than she has, and what she has she paid in before.
"""

from dataclasses import dataclass

import numpy as np

from breather.simulation.dice import PERMILLE, Dice, Flags, Ints
from breather.simulation.wishes import Wishes

# Indices of DEPOSIT_KINDS in rows.py.
FIAT, CARD, CRYPTO = 0, 1, 2

_LEAST_CENTS = 500
_SHARED_LEAST = 30_000
_HOUR = 3_600_000


@dataclass(frozen=True, slots=True)
class Balances:
    """One element a wish, in its order. `before`: the balance before the withdrawal; `cents`: what was withdrawn.

    `paid_at`: the last deposit, ms since the beginning; `paid`: how it came.
    """

    before: Ints
    cents: Ints
    paid_in: Ints
    paid_at: Ints
    paid: Ints


def balances_of(wishes: Wishes, stopped: Flags, wealth: Ints, opened: Ints, dice: Dice) -> Balances:
    """`wishes` by account and time, their instants in ms. `stopped`: does not leave. `wealth` in cents and `opened`
    in ms, by account.
    """
    count = len(wishes)
    deposits = _Deposits(wishes, dice)
    starts = np.flatnonzero(np.diff(wishes.account, prepend=-1)).astype(np.int64)
    lengths = np.diff(np.append(starts, count)).astype(np.int64)
    balance = wealth[wishes.account[starts]].copy()
    last_at = opened[wishes.account[starts]].copy()
    # What she has at first was paid in at some time since she opened the account.
    since = dice.of("first").below(PERMILLE, len(starts))
    paid_at = last_at + (wishes.at[starts] - last_at) * since // PERMILLE
    paid = np.where(dice.of("first kind").chance(650, len(starts)), FIAT, CRYPTO)
    found = Balances(*(np.zeros(count, np.int64) for _ in range(5)))
    # The longest first, so that those who go on are always a slice.
    order = np.argsort(-lengths, kind="stable")
    for turn in range(int(lengths.max(initial=0))):
        order = order[: np.searchsorted(-lengths[order], -turn, side="left")]
        rows = starts[order] + turn
        have = balance[order]
        extra, at, kind = deposits.into(rows, have, last_at[order])
        have = have + extra
        wanted = np.where(wishes.share[rows] > 0, have * wishes.share[rows] // PERMILLE, wishes.cents[rows])
        cents = np.minimum(np.maximum(wanted, _LEAST_CENTS), have)
        paid_at[order] = np.where(extra > 0, at, paid_at[order])
        paid[order] = np.where(extra > 0, kind, paid[order])
        found.before[rows], found.cents[rows], found.paid_in[rows] = have, cents, extra
        found.paid_at[rows], found.paid[rows] = paid_at[order], paid[order]
        balance[order] = np.where(stopped[rows], have, have - cents)
        last_at[order] = wishes.at[rows]
    return found


class _Deposits:
    """What is paid in before each wish, should it be needed: drawn for all of them beforehand."""

    def __init__(self, wishes: Wishes, dice: Dice) -> None:
        count = len(wishes)
        self._wishes = wishes
        self._round_up = 1_000 + dice.of("round up").below(1_500, count)
        self._moment = 1 + dice.of("moment").below(PERMILLE, count)
        self._kind = np.where(wishes.fiat, np.where(dice.of("card").chance(150, count), CARD, FIAT), CRYPTO)

    def into(self, rows: Ints, have: Ints, since: Ints) -> tuple[Ints, Ints, Ints]:
        """Cents, instant and kind of the deposit before each of these rows; cents are 0 where there is none.

        It lies after the withdrawal before it, or the account's opening.
        """
        wishes = self._wishes
        shared = wishes.share[rows] > 0
        # Of a whole balance there must be something; of nothing, nobody withdraws; and most do not wait for money.
        needed = np.where(shared, _SHARED_LEAST, np.maximum(wishes.cents[rows], _LEAST_CENTS))
        short = (have < needed) & (wishes.top_up[rows] | shared | (have < _LEAST_CENTS))
        extra = np.where(short, needed * self._round_up[rows] // PERMILLE + 100 - have, 0)
        hours = wishes.paid_hours[rows] * _HOUR
        room = np.maximum(wishes.at[rows] - since, 0)
        before = np.minimum(hours, room) * self._moment[rows] // (PERMILLE + 1)
        return np.maximum(extra, 0), wishes.at[rows] - before, self._kind[rows]
