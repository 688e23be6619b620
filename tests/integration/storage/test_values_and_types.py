"""What is bound is stored and read back, or refused: on both engines alike."""

import struct
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from breather.storage.database import Database
from breather.storage.failure import QueryMistake, RowRefused
from tests.integration.storage.ledger import Clock, open_account, opened, total

INT64 = st.integers(-(2**63), 2**63 - 1)
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=st.none() | INT64, text=st.none() | TEXT, data=st.none() | st.binary())
def test_the_three_types_come_back_as_they_were(
    database: Database, number: int | None, text: str | None, data: bytes | None
) -> None:
    with database.reading() as reader:
        row = reader.one("echo", number=number, text=text, bytes=data)
    assert row == {"number": number, "text": text, "bytes": data}
    assert [type(value) for value in row.values()] == [type(number), type(text), type(data)]


class Level(IntEnum):
    HIGH = 3


class Word(StrEnum):
    STOPPED = "stopped"


def test_enumerations_booleans_and_views_are_stored_as_what_they_are_underneath(database: Database) -> None:
    with database.reading() as reader:
        row = reader.one("echo", number=Level.HIGH, text=Word.STOPPED, bytes=memoryview(b"abc"))
        truth = reader.one("echo", number=True, text="", bytes=bytearray(b""))
    assert row == {"number": 3, "text": "stopped", "bytes": b"abc"}
    assert type(row["number"]) is int
    assert type(row["text"]) is str
    assert truth == {"number": 1, "text": "", "bytes": b""}


@pytest.mark.parametrize("bad", [2.0, 2.5, Decimal(2), float("nan"), [1], object()])
def test_a_value_outside_the_three_types_is_refused_by_name(database: Database, bad: object) -> None:
    with (
        database.writing() as transaction,
        pytest.raises(RowRefused, match=r"parameter total is \w+; int, str"),
    ):
        transaction.run("insert_account", id="a", total=bad, note=None, seal=None)


@pytest.mark.parametrize(
    "bad",
    [
        {"total": "12"},
        {"total": "twelve"},
        {"total": b"12"},
        {"total": None},
        {"total": 2**63},
        {"total": -(2**63) - 1},
        {"note": "with \0 in it"},
        {"note": "half a pair \ud800"},
        {"seal": "text"},
        {"seal": 5},
        {"id": None},
    ],
    ids=str,
)
def test_a_column_refuses_another_columns_type(database: Database, bad: dict[str, Any]) -> None:
    good = {"id": "a", "total": 1, "note": "n", "seal": b"s"}
    with pytest.raises(RowRefused), database.writing() as transaction:
        transaction.run("insert_account", **{**good, **bad})
    with database.reading() as reader:
        assert reader.all("accounts") == []


@pytest.mark.parametrize("bad", [b"bytes", 5])
def test_a_text_column_refuses_bytes_and_numbers_on_sqlite(tmp_path: Path, clock: Clock, bad: object) -> None:
    """PostgreSQL's own assignment cast would store the text of either, which is why every test runs on SQLite
    too."""
    database = opened(f"sqlite:///{tmp_path / 'a.db'}", clock)
    with pytest.raises(RowRefused), database.writing() as transaction:
        transaction.run("insert_account", id="a", total=1, note=bad, seal=None)
    database.close()


def test_arithmetic_beyond_64_bits_is_refused_and_never_becomes_a_fraction(database: Database) -> None:
    with database.writing() as transaction:
        open_account(transaction, "rich", 2**63 - 1)
    with pytest.raises(RowRefused), database.writing() as transaction:
        transaction.run("add_to_total", id="rich", amount=1)
    assert total(database, "rich") == 2**63 - 1


def test_a_sum_beyond_64_bits_is_refused(database: Database) -> None:
    with database.writing() as transaction:
        open_account(transaction, "a", 2**63 - 1)
        open_account(transaction, "b", 2**63 - 1)
    with database.reading() as reader, pytest.raises(RowRefused):
        reader.one("sum_of_totals")


def test_sums_and_counts_are_integers(database: Database) -> None:
    with database.writing() as transaction:
        open_account(transaction, "a", 20)
        open_account(transaction, "b", 22)
    with database.reading() as reader:
        row = reader.one("sum_of_totals")
    assert row == {"total": 42, "accounts": 2}
    assert [type(value) for value in row.values()] == [int, int]


def test_a_column_of_another_type_is_a_mistake_of_the_query(database: Database) -> None:
    with database.writing() as transaction:
        open_account(transaction, "a", 1)
    with database.reading() as reader, pytest.raises(QueryMistake, match="fraction"):
        reader.one("fraction")


def test_comparisons_read_as_nought_and_one(database: Database) -> None:
    with database.writing() as transaction:
        open_account(transaction, "a", 5)
    with database.reading() as reader:
        row = reader.one("comparisons", id="a", than=7)
    assert row == {"larger": 0, "known": 1}
    assert [type(value) for value in row.values()] == [int, int]


def test_a_percent_sign_and_a_colon_in_the_sql_reach_the_engine_unchanged(database: Database) -> None:
    with database.writing() as transaction:
        for name, note in (("a", "100%"), ("b", "100%%"), (":id", "plain")):
            transaction.run("insert_account", id=name, total=1, note=note, seal=None)
        transaction.run("insert_account", id="even", total=2, note="plain", seal=None)
    with database.reading() as reader:
        assert [row["id"] for row in reader.all("odd_ones")] == ["b"]


def test_text_is_ordered_by_its_bytes(database: Database) -> None:
    names = ["a", "B", "Z", "z", "á", "_", "中", "𝄞", "0", "aa", "A"]
    with database.writing() as transaction:
        for name in names:
            transaction.run("insert_account", id=name, total=0, note=None, seal=None)
    with database.reading() as reader:
        assert [row["id"] for row in reader.all("accounts")] == sorted(names, key=str.encode)


@dataclass(frozen=True)
class Account:
    id: str
    total: int
    note: str | None
    seal: bytes | None


@dataclass(frozen=True)
class Other:
    id: str
    balance: int


def test_rows_are_built_by_column_name(database: Database) -> None:
    seal = struct.pack(">q", 7)
    with database.writing() as transaction:
        transaction.run("insert_account", id="a", total=7, note="n", seal=seal)
    with database.reading() as reader:
        assert reader.one_as(Account, "account", id="a") == Account("a", 7, "n", seal)
        assert reader.one_as(Account, "account", id="b") is None
        assert reader.all_as(Account, "accounts") == [Account("a", 7, "n", seal)]
        with pytest.raises(QueryMistake, match=r"gives id, total, note, seal, .* Other"):
            reader.one_as(Other, "account", id="a")
