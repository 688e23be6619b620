"""A small service on the storage: accounts and a journal. Not a test, but what the tests here use."""

from collections.abc import Callable
from pathlib import Path

from breather.domain.instant import Millis
from breather.storage.database import Database, open_database
from breather.storage.query import Queries, read_queries
from breather.storage.schema import Schema, parse_schema
from breather.storage.transaction import Transaction

FOLDER = Path(__file__).parent / "sql"
QUERIES: Queries = read_queries(FOLDER)
SCHEMA: Schema = parse_schema((FOLDER / "schema.sql").read_text(encoding="utf-8"), "ledger")
START = Millis(1_800_000_000_000)


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> Millis:
        return self.at


def opened(url: str, clock: Callable[[], Millis], *, checkpoints: bool = True) -> Database:
    """The database with its tables."""
    database = open_database(url, QUERIES, clock, checkpoints=checkpoints)
    database.create(SCHEMA, "epoch-1")
    return database


def entry(transaction: Transaction, account: str) -> int:
    """One journal entry about `account`."""
    return transaction.journal(1, "opened", account, "test", b"{}")


def open_account(transaction: Transaction, account: str, total: int = 0) -> int:
    """One account and its journal entry; returns the number."""
    transaction.run("insert_account", id=account, total=total, note=None, seal=None)
    return entry(transaction, account)


def adder(account: str, amount: int) -> Callable[[Transaction], int]:
    """Reads the total, then writes what it read plus `amount`: lost if another writer came between."""

    def add(transaction: Transaction) -> int:
        found = transaction.one("account", id=account)
        assert found is not None
        transaction.run("set_total", id=account, total=found["total"] + amount)
        return entry(transaction, account)

    return add


def journal(database: Database) -> list[int]:
    """Every committed number, in order."""
    with database.reading() as reader:
        return [row["number"] for row in reader.all("journal")]


def total(database: Database, account: str) -> int:
    with database.reading() as reader:
        row = reader.one("account", id=account)
    assert row is not None
    found = row["total"]
    assert isinstance(found, int)
    return found


def identifiers(database: Database) -> list[str]:
    with database.reading() as reader:
        return [row["id"] for row in reader.all("accounts")]
