"""Withdrawals as their senders mean them, before anybody has looked at the balance: one element of each column a row.

Habits and scams make them alike, so that nothing but their content can tell one from the other.
"""

from dataclasses import dataclass, fields

import numpy as np

from breather.simulation.dice import Flags, Ints

# Indices of `KINDS` in rows.py: who stands before a screen.
INTERACTIVE, API, RECURRING = 0, 1, 2
NO_CASE = -1


@dataclass(frozen=True, slots=True)
class Wishes:
    """`at`: seconds since the beginning. `cents`: US cents wished for. `share`: per mille of the balance instead,
    or 0. `top_up`: she pays in first what is missing; `fiat`: from a bank or card, `paid_hours` before, at most.
    `address` counts addresses from 0. `step` counts a case's withdrawals from 0; habits have NO_CASE.
    """

    account: Ints
    at: Ints
    cents: Ints
    share: Ints
    top_up: Flags
    fiat: Flags
    paid_hours: Ints
    address: Ints
    stable: Flags
    kind: Ints
    case: Ints
    step: Ints
    new_device: Flags
    remote_access: Flags
    screen_shared: Flags
    on_call: Flags
    security_hours: Ints
    abroad: Flags

    def __len__(self) -> int:
        return len(self.at)

    def taken(self, rows: Ints) -> "Wishes":
        return Wishes(**{each.name: getattr(self, each.name)[rows] for each in fields(Wishes)})


def joined(parts: list[Wishes]) -> Wishes:
    """All of them, by account and time; of one instant, in the order of the parts."""
    columns = {each.name: np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(Wishes)}
    order = np.lexsort((columns["at"], columns["account"]))
    return Wishes(**{name: column[order] for name, column in columns.items()})
