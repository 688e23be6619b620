"""Rows that are asked for or written together: as many as one likes, none twice, none lost, and refused as one."""

import pytest

from breather.domain.friction import Friction
from breather.storage.database import Database
from breather.storage.failure import QueryMistake, RowRefused
from breather.storage.reader import MOST_TOGETHER
from breather.storage.transaction import Transaction
from tests.integration.storage.ledger import START, Clock, entry, identifiers, journal

COUNTS = (0, 1, 2, 3, MOST_TOGETHER - 1, MOST_TOGETHER, MOST_TOGETHER + 1, 2 * MOST_TOGETHER, 200)


def named(count: int) -> list[str]:
    return [f"a-{number:04d}" for number in range(count)]


def fill(database: Database, count: int) -> None:
    with database.writing() as transaction:
        rows = [{"id": name, "total": number} for number, name in enumerate(named(count))]
        assert transaction.run_each("insert_accounts", rows) == count, "it says how many rows it reached"


@pytest.mark.parametrize("count", COUNTS)
def test_as_many_rows_as_one_likes_are_written_and_found_together(database: Database, count: int) -> None:
    fill(database, count)
    assert identifiers(database) == named(count)
    with database.reading() as reader:
        found = reader.each("accounts_named", [{"id": name} for name in named(count)])
    assert sorted((row["id"], row["total"]) for row in found) == [
        (name, number) for number, name in enumerate(named(count))
    ]


def test_what_is_not_there_costs_only_itself(database: Database) -> None:
    fill(database, 70)
    wanted = [{"id": name} for pair in zip(named(70), (f"x-{n}" for n in range(70)), strict=True) for name in pair]
    with database.reading() as reader:
        assert sorted(row["id"] for row in reader.each("accounts_named", wanted)) == named(70)
        assert reader.each("accounts_named", [{"id": "nobody"}]) == []


def test_each_row_of_parameters_keeps_its_values_together(database: Database) -> None:
    """Whatever the order in which a caller writes a row's names."""
    with database.writing() as transaction:
        transaction.run_each(
            "insert_accounts", [{"id": "a", "total": 1}, {"total": 2, "id": "b"}, {"id": "c", "total": 3}]
        )
    with database.reading() as reader:
        found = {row["id"]: row["total"] for row in reader.all("accounts")}
    assert found == {"a": 1, "b": 2, "c": 3}


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ({"id": "x"}, "missing total"),
        ({"id": "x", "total": 1, "note": "y"}, "unknown note"),
        ({"id": "x", "totl": 1}, "missing total; unknown totl"),
    ],
)
@pytest.mark.parametrize("place", [0, 1, MOST_TOGETHER + 5])
def test_a_row_with_other_parameters_is_named_and_nothing_is_written(
    database: Database, bad: dict[str, object], told: str, place: int
) -> None:
    rows: list[dict[str, object]] = [{"id": name, "total": 1} for name in named(2 * MOST_TOGETHER)]
    rows[place] = bad
    with database.writing() as transaction, pytest.raises(QueryMistake, match=told):
        transaction.run_each("insert_accounts", rows)
    assert identifiers(database) == []


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ({"id": "x", "total": 1.5}, "parameter total is float"),
        ({"id": "x\0", "total": 1}, r"parameter id contains U\+0000"),
        ({"id": ["x"], "total": 1}, "parameter id is list"),
    ],
)
def test_a_value_that_cannot_be_stored_is_named_also_among_many(
    database: Database, bad: dict[str, object], told: str
) -> None:
    rows = [*({"id": name, "total": 1} for name in named(9)), bad]
    with database.writing() as transaction, pytest.raises(RowRefused, match=told):
        transaction.run_each("insert_accounts", rows)


def test_enumerations_are_stored_as_what_they_are_underneath_also_among_many(database: Database) -> None:
    with database.writing() as transaction:
        rows = [{"id": each.word, "total": each} for each in Friction] + [{"id": "yes", "total": True}]
        transaction.run_each("insert_accounts", rows)
    with database.reading() as reader:
        found = {row["id"]: row["total"] for row in reader.all("accounts")}
    assert found == {**{each.word: int(each) for each in Friction}, "yes": 1}


def test_a_query_for_many_rows_is_not_asked_for_one_and_the_other_way_round(database: Database) -> None:
    with database.writing() as transaction:
        for ask in (transaction.one, transaction.all, transaction.run):
            with pytest.raises(QueryMistake, match="accounts_named is asked for many rows"):
                ask("accounts_named", id="a")
        with pytest.raises(QueryMistake):
            transaction.each("account", [{"id": "a"}])


def test_none_together_still_needs_the_query_to_exist(database: Database) -> None:
    with database.reading() as reader, pytest.raises(QueryMistake, match="accounts_named"):
        reader.each("acounts_named", [])


@pytest.mark.parametrize("count", COUNTS)
def test_as_many_entries_as_one_likes_are_numbered_without_a_gap(database: Database, count: int) -> None:
    with database.writing() as transaction:
        assert [entry(transaction, "x") for _ in range(count)] == list(range(1, count + 1))
        assert transaction.next_number == count + 1
    assert journal(database) == list(range(1, count + 1))
    with database.writing() as transaction:
        assert entry(transaction, "y") == count + 1


def test_an_entry_is_written_with_its_commit_and_as_it_was_said(database: Database, clock: Clock) -> None:
    with database.writing() as transaction:
        transaction.journal(3, "first", "w-1", "key:shop", b"{}")
        transaction.journal(5, "second", None, "operator", b"\x00\xff")
        assert transaction.all("journal") == [], "nothing in the same transaction reads them"
    with database.reading() as reader:
        told = [
            (row["number"], row["at"], row["step"], row["kind"], row["withdrawal"], row["actor"], bytes(row["body"]))
            for row in reader.all("journal")
        ]
    assert told == [
        (1, START, 3, "first", "w-1", "key:shop", b"{}"),
        (2, START, 5, "second", None, "operator", b"\x00\xff"),
    ]


def test_an_entry_that_cannot_be_stored_is_refused_when_it_is_said_and_costs_no_other(database: Database) -> None:
    """Staged, it would be refused with all the others, at the commit."""
    with database.writing() as transaction:
        assert entry(transaction, "good") == 1
        with pytest.raises(RowRefused, match="insert_journal: parameter withdrawal"):
            entry(transaction, "bad\0")
        assert entry(transaction, "good too") == 2
    assert journal(database) == [1, 2]


def test_entries_of_a_savepoint_that_failed_are_forgotten_and_those_around_it_kept(database: Database) -> None:
    def poison(transaction: Transaction) -> None:
        for name in named(MOST_TOGETHER + 3):
            entry(transaction, name)
        raise ValueError

    with database.writing() as transaction:
        entry(transaction, "before")
        with pytest.raises(ValueError), transaction.savepoint():
            poison(transaction)
        entry(transaction, "after")
    with database.reading() as reader:
        assert [row["withdrawal"] for row in reader.all("journal")] == ["before", "after"]


def test_entries_are_written_once_however_often_that_is_asked_for(database: Database) -> None:
    with database.writing() as transaction:
        entry(transaction, "a")
        transaction.write_entries()
        transaction.write_entries()
        assert [row["withdrawal"] for row in transaction.all("journal")] == ["a"]
        entry(transaction, "b")
    assert journal(database) == [1, 2]
