"""Rows that PostgreSQL takes column by column: what goes in comes out, or is refused by name, as on SQLite."""

from typing import Any

import pytest

from breather.storage.database import Database
from breather.storage.failure import RowRefused
from breather.storage.reader import MOST_TOGETHER

Row = dict[str, Any]


def row(name: str, total: object = 0, note: object = None, seal: object = None) -> Row:
    return {"id": name, "total": total, "note": note, "seal": seal}


def stored(database: Database, rows: list[Row]) -> list[Row]:
    with database.writing() as transaction:
        assert transaction.run_each("insert_sealed", rows) == len(rows)
    with database.reading() as reader:
        return reader.each("sealed_named", [{"id": each["id"]} for each in rows])


@pytest.mark.parametrize(
    "rows",
    [
        [row("a", 2**63 - 1, "", b""), row("b", -(2**63), "\u6fb3\u9580 \U0001f6d1", bytes(range(256)))],
        [row("a"), row("b")],
        [row("a", 1, None, b"x"), row("b", 2, "y", None)],
        [row("a", 1, 'NULL {"},\\', b"\\x00 NULL")],
        [row(f"a-{number:03d}", number, str(number)) for number in range(3 * MOST_TOGETHER + 1)],
    ],
    ids=["the ends of each type", "nothing but NULL", "NULL in places", "what arrays are written with", "many"],
)
def test_what_goes_in_comes_out(database: Database, rows: list[Row]) -> None:
    assert stored(database, rows) == rows


def test_the_same_statement_takes_any_number_of_rows_with_null_anywhere(database: Database) -> None:
    for number in range(1, 70):
        rows = [row(f"{number:02d}-{one:02d}", one, None if one % 3 else "n", None) for one in range(number)]
        assert stored(database, rows) == rows


@pytest.mark.parametrize(
    "wrong",
    [
        row("b", 2**63),
        row("b", -(2**63) - 1),
        row("b", "12"),
        row("b", None),
        row("b", 1, 5),
        row("b", 1, b"bytes"),
        row("b", 1, "\ud800"),
        row("b", 1, None, "text"),
        row("b", 1, None, 7),
        row("a"),
    ],
    ids=[
        "too large",
        "too small",
        "text for a number",
        "NULL where none may be",
        "a number for text",
        "bytes for text",
        "half a character",
        "text for bytes",
        "a number for bytes",
        "a key that is there",
    ],
)
def test_one_wrong_value_refuses_all_of_them(database: Database, wrong: Row) -> None:
    with database.writing() as transaction:
        with pytest.raises(RowRefused), transaction.savepoint():
            transaction.run_each("insert_sealed", [row("a"), wrong])
        assert transaction.each("sealed_named", [{"id": "a"}, {"id": "b"}]) == [], "and the transaction goes on"
