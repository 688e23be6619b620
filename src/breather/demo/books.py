"""The demo exchange's books in SQLite. Statements are in `queries.sql`, by name."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields
from importlib import resources
from pathlib import Path

from breather.client import SPENT_SCHEMA
from breather.demo.holding import BALANCE_DECIMALS, to_units
from breather.demo.invented import InventedCustomer

_FILES = resources.files("breather.demo")
_NAMED = re.compile(r"^-- name: (\w+)\n(.*?)(?=^-- name: |\Z)", re.MULTILINE | re.DOTALL)
Value = str | int | None


@dataclass(frozen=True, slots=True)
class WithdrawalRow:
    """One withdrawal as the exchange knows it. `status`: open, paid, stopped, lapsed, refused. `address` is what was
    typed; `payee` and `memo` are its one spelling, None until Breather has answered.
    """

    id: str
    customer: str
    asset: str
    network: str
    amount: str
    address: str
    body: str
    asked_at: int
    status: str
    decision: str | None
    friction: str | None
    alert: str | None
    payee: str | None
    memo: str | None
    transaction_id: str | None


_COLUMNS = tuple(field.name for field in fields(WithdrawalRow))


class Page:
    """One connection in one transaction of the books; `cursor` is for `breather.client.spend`."""

    def __init__(self, cursor: sqlite3.Cursor, queries: dict[str, str]) -> None:
        self.cursor = cursor
        self._queries = queries

    def run(self, name: str, **values: Value) -> int:
        """How many rows it changed."""
        return self.cursor.execute(self._queries[name], values).rowcount

    def all(self, name: str, **values: Value) -> list[sqlite3.Row]:
        return self.cursor.execute(self._queries[name], values).fetchall()

    def one(self, name: str, **values: Value) -> sqlite3.Row | None:
        rows = self.all(name, **values)
        return rows[0] if rows else None

    def withdrawal(self, withdrawal: str) -> WithdrawalRow | None:
        row = self.one("withdrawal", id=withdrawal)
        return None if row is None else _withdrawal(row)

    def withdrawals_of(self, customer: str) -> list[WithdrawalRow]:
        return [_withdrawal(row) for row in self.all("withdrawals_of", customer=customer)]

    def balances(self, customer: str) -> dict[str, int]:
        """Asset to units of 18 decimals."""
        return {row["asset"]: int(row["units"]) for row in self.all("balances", customer=customer)}


def _withdrawal(row: sqlite3.Row) -> WithdrawalRow:
    return WithdrawalRow(*(row[name] for name in _COLUMNS))


class Books:
    """The database at `path`. A connection lives as long as one transaction, so any thread may use this."""

    def __init__(self, path: Path) -> None:
        self._path = path
        text = _FILES.joinpath("queries.sql").read_text(encoding="utf-8")
        self._queries = {name: statement.strip() for name, statement in _NAMED.findall(text)}
        with closing(self._connect()) as connection:
            connection.execute("PRAGMA journal_mode = WAL").fetchall()
            connection.executescript(_FILES.joinpath("schema.sql").read_text(encoding="utf-8"))
            connection.executescript(SPENT_SCHEMA)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None, timeout=10)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    @contextmanager
    def writing(self) -> Iterator[Page]:
        """One transaction: all of it or nothing. Others who write wait until it is over."""
        with closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield Page(connection.cursor(), self._queries)
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    @contextmanager
    def reading(self) -> Iterator[Page]:
        with closing(self._connect()) as connection:
            connection.execute("BEGIN")
            yield Page(connection.cursor(), self._queries)

    def invent(self, customers: tuple[InventedCustomer, ...], now: int) -> None:
        """Enter those of the invented customers who are not in the books yet, with what they hold."""
        with self.writing() as page:
            for customer in customers:
                if page.run("add_customer", ref=customer.ref, now=now) == 0:
                    continue
                for asset, amount in customer.holdings:
                    units = to_units(amount, BALANCE_DECIMALS) or 0
                    page.run("set_balance", customer=customer.ref, asset=asset, units=str(units))
