"""The columns that come out: what an exchange submits, and, apart from it, the truth."""

from dataclasses import dataclass, fields
from typing import Any, TypeVar

import numpy as np

from breather.domain.withdrawal import DepositKind, Kind
from breather.simulation.addresses import Texts
from breather.simulation.dice import Flags, Ints

# By number, as the columns hold them.
KINDS: tuple[Kind, ...] = (Kind.INTERACTIVE, Kind.API, Kind.RECURRING)
DEPOSIT_KINDS: tuple[DepositKind, ...] = (DepositKind.FIAT, DepositKind.CARD, DepositKind.CRYPTO)

_Columns = TypeVar("_Columns", "History", "Truth")


@dataclass(frozen=True, slots=True)
class History:
    """One element a withdrawal, in order of time: what the exchange submits, and what it later reports of it.

    Instants are ms UTC, dollars are cents, amounts millionths of the asset; words are indices (NETWORKS, ASSETS,
    KINDS, DEPOSIT_KINDS, and `codes` and `tags` of the simulation); flags are 0 or 1. UNKNOWN is not submitted.
    `number` counts an exchange's withdrawals from 1, `address` is a row of the simulation's addresses.
    """

    at: Ints
    exchange: Ints
    number: Ints
    account: Ints
    asset: Ints
    network: Ints
    address: Ints
    amount: Ints
    usd: Ints
    kind: Ints
    locale: Ints
    kyc: Ints
    document: Ints
    phone: Ints
    ip: Ints
    opened_at: Ints
    balance: Ints
    deposit_at: Ints
    deposit_kind: Ints
    new_device: Ints
    remote_access: Ints
    screen_shared: Ints
    on_call: Ints
    security_at: Ints
    broadcast_at: Ints
    stopped_at: Ints

    def __len__(self) -> int:
        return len(self.at)


@dataclass(frozen=True, slots=True)
class Truth:
    """The same withdrawals, in the same order. Never part of a history.

    `kind` indexes CASE_NAMES, or is NO_CASE. `imitates` is the row of the address that this one looks like, or
    UNKNOWN. `cents` is the value even where the exchange did not say it; `paid_in` what came in just before.
    `draw` and `way` are those of `victim.Person`; `stops_at` is a friction, or victim.NEVER.
    """

    person: Ints
    student: Flags
    case: Ints
    kind: Ints
    step: Ints
    coached: Flags
    collector: Flags
    imitates: Ints
    cents: Ints
    paid_in: Ints
    draw: Ints
    way: Ints
    stops_at: Ints

    def __len__(self) -> int:
        return len(self.person)


@dataclass(frozen=True, slots=True)
class Simulation:
    """`addresses` are texts, one a row. `key` turns accounts into references, and keeps the ids of one seed apart from
    those of another, so that both may be sent to one service.
    """

    seed: int
    codes: tuple[str, ...]
    tags: tuple[str, ...]
    addresses: Texts
    key: int
    history: History
    truth: Truth

    def of_exchange(self, exchange: int) -> Ints:
        """The rows of one exchange, counted from 1."""
        return np.flatnonzero(self.history.exchange == exchange - 1).astype(np.int64)

    def customer(self, row: int) -> str:
        account, exchange = int(self.history.account[row]), int(self.history.exchange[row])
        return f"c{exchange + 1}-{reference(account, self.key):08x}"

    def withdrawal(self, row: int) -> str:
        return f"w{int(self.history.exchange[row]) + 1}-{self.key:08x}-{int(self.history.number[row]):08d}"


def reference(account: int | Ints, key: int) -> Any:
    """An account's pseudonym, 32 bits: one-to-one, because the factor is odd, and in no order."""
    return (account * 2_654_435_761 + key) & 0xFFFFFFFF


def taken(columns: _Columns, rows: Ints) -> _Columns:
    return type(columns)(**{each.name: getattr(columns, each.name)[rows] for each in fields(columns)})
