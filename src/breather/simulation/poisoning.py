"""Poisoned addresses: what a customer paid before is imitated, and she copies the imitation from her own history."""

from dataclasses import dataclass

import numpy as np

from breather.simulation.addresses import BITCOIN
from breather.simulation.dice import Dice, Flags, Ints
from breather.simulation.wishes import INTERACTIVE, Wishes

_HOURS = 96
_HOUR = 3_600_000


@dataclass(frozen=True, slots=True)
class Poisonings:
    """One element a case: the honest withdrawal (a row of the wishes), its address, and when the imitation is paid."""

    row: Ints
    payee: Ints
    at: Ints

    def __len__(self) -> int:
        return len(self.row)


def poisonings_of(dice: Dice, wishes: Wishes, family: Ints, may: Flags, count: int) -> Poisonings:
    """At most `count` cases, each of another account. `may` says of each wish whether it can be imitated; `family` is
    that of its address. Of addresses on Bitcoin no imitation is documented.
    """
    rows = np.flatnonzero(may & (family != BITCOIN) & (wishes.kind == INTERACTIVE)).astype(np.int64)
    rows = rows[dice.of("order").order(len(rows))]
    _, first = np.unique(wishes.account[rows], return_index=True)
    _, once = np.unique(wishes.address[rows[np.sort(first)]], return_index=True)
    chosen = rows[np.sort(first)][np.sort(once)][:count]
    wait = dice.of("wait").between(1, _HOURS, len(chosen)) * _HOUR
    return Poisonings(chosen, wishes.address[chosen], wishes.at[chosen] + wait)


def wishes_of(wishes: Wishes, poisonings: Poisonings, address: Ints, first_case: int) -> Wishes:
    """The same sum again, to the imitation: `address`. Cases are numbered from `first_case` on."""
    count = len(poisonings)
    again = wishes.taken(poisonings.row)
    return Wishes(
        account=again.account,
        at=poisonings.at,
        cents=again.cents,
        share=again.share,
        top_up=np.ones(count, np.bool_),
        fiat=again.fiat,
        paid_hours=again.paid_hours,
        address=address,
        stable=again.stable,
        kind=again.kind,
        case=first_case + np.arange(count, dtype=np.int64),
        step=np.zeros(count, np.int64),
        new_device=np.zeros(count, np.bool_),
        remote_access=np.zeros(count, np.bool_),
        screen_shared=np.zeros(count, np.bool_),
        on_call=np.zeros(count, np.bool_),
        security_hours=again.security_hours,
        abroad=again.abroad,
    )
