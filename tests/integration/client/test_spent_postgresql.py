"""Spending in an exchange's PostgreSQL: its driver's style, its transactions, two at once."""

import threading
from collections.abc import Iterator

import psycopg
import pytest

from breather.client import SPENT_SCHEMA, AlreadySpent, spend
from tests.engines import empty_postgresql


@pytest.fixture
def books(postgresql_server: str) -> Iterator[str]:
    for address in empty_postgresql(postgresql_server):
        with psycopg.connect(address) as connection:
            connection.execute(SPENT_SCHEMA.encode())
        yield address


def test_the_second_spending_is_refused_and_the_transaction_still_works(books: str) -> None:
    with psycopg.connect(books) as connection:
        spend(connection.cursor(), "wd-1", 1, paramstyle=psycopg.paramstyle)
    with psycopg.connect(books) as connection:
        with pytest.raises(AlreadySpent):
            spend(connection.cursor(), "wd-1", 2, paramstyle=psycopg.paramstyle)
        rows = connection.execute("SELECT jti, spent_at FROM breather_spent_clearance").fetchall()
    assert rows == [("wd-1", 1)]


def test_a_rolled_back_payout_leaves_it_unspent(books: str) -> None:
    with psycopg.connect(books) as connection:
        spend(connection.cursor(), "wd-1", 1, paramstyle=psycopg.paramstyle)
        connection.rollback()
        spend(connection.cursor(), "wd-1", 2, paramstyle=psycopg.paramstyle)


@pytest.mark.parametrize("first_commits", [True, False])
def test_of_two_at_once_the_second_waits_for_the_first(books: str, first_commits: bool) -> None:
    ends: list[str] = []

    def second() -> None:
        with psycopg.connect(books) as connection:
            try:
                spend(connection.cursor(), "wd-1", 2, paramstyle=psycopg.paramstyle)
                ends.append("spent")
            except AlreadySpent:
                ends.append("refused")

    with psycopg.connect(books) as connection:
        spend(connection.cursor(), "wd-1", 1, paramstyle=psycopg.paramstyle)
        waiting = threading.Thread(target=second)
        waiting.start()
        if first_commits:
            connection.commit()
        else:
            connection.rollback()
        waiting.join()
    assert ends == ["refused" if first_commits else "spent"]
