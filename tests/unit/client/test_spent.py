"""A clearance pays out once, in the exchange's own transaction."""

import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

from breather.client import SPENT_SCHEMA, AlreadySpent, spend


def open_books(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, timeout=30)
    connection.execute(SPENT_SCHEMA)
    return connection


def test_the_second_spending_is_refused_even_after_a_restart(tmp_path: Path) -> None:
    books = open_books(tmp_path / "books.db")
    spend(books.cursor(), "wd-1", 1)
    books.close()
    books = open_books(tmp_path / "books.db")
    with pytest.raises(AlreadySpent) as caught:
        spend(books.cursor(), "wd-1", 2)
    assert caught.value.jti == "wd-1"
    assert books.execute("SELECT jti, spent_at FROM breather_spent_clearance").fetchall() == [("wd-1", 1)]
    books.close()


def test_a_payout_that_is_rolled_back_leaves_the_clearance_unspent(tmp_path: Path) -> None:
    books = open_books(tmp_path / "books.db")
    books.execute("BEGIN IMMEDIATE")
    spend(books.cursor(), "wd-1", 1)
    books.execute("ROLLBACK")
    spend(books.cursor(), "wd-1", 2)
    books.close()


def test_of_many_at_once_exactly_one_spends(tmp_path: Path) -> None:
    open_books(tmp_path / "books.db").close()
    start = threading.Barrier(8)
    spent: list[str] = []

    def one() -> None:
        books = open_books(tmp_path / "books.db")
        start.wait()
        books.execute("BEGIN IMMEDIATE")
        try:
            spend(books.cursor(), "wd-1", 1)
            books.execute("COMMIT")
            spent.append("spent")
        except AlreadySpent:
            books.execute("ROLLBACK")
            spent.append("refused")
        finally:
            books.close()

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(spent) == ["refused"] * 7 + ["spent"]


class Recording:
    """A cursor that keeps what it is told and counts as it is told."""

    def __init__(self, rowcount: int = 1) -> None:
        self.rowcount = rowcount
        self.told: tuple[Any, Any] = ("", ())

    def execute(self, operation: Any, parameters: Any, /) -> None:
        self.told = (operation, parameters)


@pytest.mark.parametrize(("style", "placeholder"), [("qmark", "?"), ("format", "%s"), ("pyformat", "%s")])
def test_the_statement_is_in_the_drivers_style(style: str, placeholder: str) -> None:
    cursor = Recording()
    spend(cursor, "wd-1", 7, paramstyle=style)
    statement, parameters = cursor.told
    assert f"VALUES ({placeholder}, {placeholder})" in statement
    assert ("?" in statement, "%" in statement) == (placeholder == "?", placeholder == "%s")
    assert parameters == ("wd-1", 7)


def test_the_drivers_own_names_for_their_style_are_accepted() -> None:
    import psycopg

    spend(Recording(), "wd-1", 1, paramstyle=sqlite3.paramstyle)
    spend(Recording(), "wd-1", 1, paramstyle=psycopg.paramstyle)


def test_an_unknown_style_is_refused_with_what_is_possible() -> None:
    with pytest.raises(ValueError, match="qmark, format, pyformat"):
        spend(Recording(), "wd-1", 1, paramstyle="named")


@pytest.mark.parametrize("rowcount", [0, -1, 2])
def test_a_driver_that_does_not_count_one_row_proves_nothing(rowcount: int) -> None:
    with pytest.raises(AlreadySpent):
        spend(Recording(rowcount), "wd-1", 1)
