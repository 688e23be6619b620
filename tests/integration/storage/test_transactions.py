"""One write transaction: all or nothing, numbered without gaps, at one instant; and snapshots beside it."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from breather.domain.instant import Millis
from breather.storage.database import Database
from breather.storage.failure import QueryMistake, RowRefused, StorageFailure, Unavailable
from breather.storage.transaction import Transaction
from tests.integration.storage.ledger import (
    START,
    Clock,
    adder,
    entry,
    identifiers,
    journal,
    open_account,
    opened,
    total,
)


class Mishap(Exception):
    pass


def test_a_rollback_leaves_nothing_and_its_number_is_used_again(database: Database) -> None:
    with database.writing() as transaction:
        assert open_account(transaction, "first") == 1

    def fails(transaction: Transaction) -> None:
        assert open_account(transaction, "gone") == 2
        assert open_account(transaction, "gone too") == 3
        raise Mishap

    with pytest.raises(Mishap), database.writing() as transaction:
        fails(transaction)
    with database.writing() as transaction:
        assert open_account(transaction, "second") == 2
    assert journal(database) == [1, 2]
    assert identifiers(database) == ["first", "second"]


def test_now_never_goes_back_behind_the_journal(database: Database, clock: Clock) -> None:
    with database.writing() as transaction:
        assert transaction.now == START
        entry(transaction, "a")
    clock.at = Millis(START - 60_000)
    with database.writing() as transaction:
        assert transaction.now == START
        entry(transaction, "b")
    clock.at = Millis(START + 1)
    with database.writing() as transaction:
        assert transaction.now == START + 1
        entry(transaction, "c")
    with database.reading() as reader:
        assert [row["at"] for row in reader.all("journal")] == [START, START, START + 1]


def poisonous(transaction: Transaction) -> None:
    open_account(transaction, "poisonous")
    raise Mishap


def test_an_inner_savepoint_fails_alone(database: Database) -> None:
    with database.writing() as transaction:
        open_account(transaction, "before")
        with transaction.savepoint():
            open_account(transaction, "inside")
            with pytest.raises(Mishap), transaction.savepoint():
                poisonous(transaction)
            assert open_account(transaction, "after the poison") == 3
    assert identifiers(database) == ["after the poison", "before", "inside"]
    assert journal(database) == [1, 2, 3]


def open_accounts(transaction: Transaction, *names: str) -> None:
    for name in names:
        open_account(transaction, name)


def test_a_refused_row_in_a_savepoint_does_not_spoil_the_rest(database: Database) -> None:
    with database.writing() as transaction:
        open_account(transaction, "a")
        with pytest.raises(RowRefused), transaction.savepoint():
            open_accounts(transaction, "b", "a")
        open_account(transaction, "c")
    assert identifiers(database) == ["a", "c"]
    assert journal(database) == [1, 2]


PLAN = st.recursive(st.just("act"), lambda inner: st.tuples(st.booleans(), st.lists(inner, max_size=3)), max_leaves=12)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=st.lists(PLAN, max_size=4), commits=st.booleans())
def test_whatever_nests_and_fails_the_journal_has_no_gap(database: Database, plan: list[object], commits: bool) -> None:
    """Each nested list is a savepoint; its flag says whether it fails at its end."""
    before = journal(database)

    def follow(steps: list[object]) -> int:
        kept = 0
        for step in steps:
            if step == "act":
                assert entry(transaction, "x") > 0
                kept += 1
                continue
            assert isinstance(step, tuple)
            fails, inner = step
            try:
                with transaction.savepoint():
                    done = follow(inner)
                    if fails:
                        raise Mishap
                    kept += done
            except Mishap:
                pass
        return kept

    kept = 0
    try:
        with database.writing() as transaction:
            kept = follow(plan)
            if not commits:
                raise Mishap
    except Mishap:
        kept = 0
    assert journal(database) == list(range(1, len(before) + kept + 1))


def test_a_statement_that_failed_unnoticed_is_not_committed_by_half(database: Database) -> None:
    """PostgreSQL has aborted the transaction then, and its COMMIT would roll back without a word."""
    postgresql = database.place.startswith("PostgreSQL")
    try:
        with database.writing() as transaction:
            open_account(transaction, "a")
            with pytest.raises(StorageFailure):
                transaction.run("insert_account", id="a", total=1, note=None, seal=None)
    except Unavailable:
        assert postgresql
        assert identifiers(database) == []
    else:
        assert not postgresql
        assert identifiers(database) == ["a"]


def test_a_reader_sees_one_snapshot_and_the_next_one_sees_more(database: Database) -> None:
    with database.writing() as transaction:
        open_account(transaction, "a", 1)
    with database.reading() as reader:
        assert [row["total"] for row in reader.all("accounts")] == [1]
        with database.writing() as transaction:
            transaction.run("add_to_total", id="a", amount=1)
            open_account(transaction, "b", 5)
        assert [row["total"] for row in reader.all("accounts")] == [1]
        with database.reading() as other:
            assert [row["total"] for row in other.all("accounts")] == [2, 5]
    with database.reading() as reader:
        assert [row["total"] for row in reader.all("accounts")] == [2, 5]


def test_a_reader_does_not_see_what_is_not_committed(database: Database) -> None:
    with database.writing() as transaction:
        open_account(transaction, "a")
        with database.reading() as reader:
            assert reader.all("accounts") == []
        assert len(transaction.all("accounts")) == 1


def test_a_readers_mishap_costs_the_next_reader_nothing(database: Database) -> None:
    for _ in range(20):  # more than there are reading connections
        with pytest.raises(QueryMistake), database.reading() as reader:
            reader.all("no_such_table")
    assert identifiers(database) == []


def test_threads_take_turns_and_no_update_is_lost(database: Database) -> None:
    with database.writing() as transaction:
        open_account(transaction, "shared")

    def add(_: int) -> int:
        with database.writing() as transaction:
            return adder("shared", 1)(transaction)

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(add, range(80)))
    assert sorted(numbers) == list(range(2, 82))
    assert total(database, "shared") == 80


def test_two_databases_of_one_place_take_turns(database: Database, database_url: str, clock: Clock) -> None:
    other = opened(database_url, clock, checkpoints=False)
    with database.writing() as transaction:
        open_account(transaction, "shared")
    start = threading.Barrier(4)

    def work(mine: Database) -> list[int]:
        start.wait(5)
        numbers = []
        for _ in range(25):
            with mine.writing() as transaction:
                numbers.append(adder("shared", 1)(transaction))
        return numbers

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(work, [database, other, database, other]))
    assert sorted(number for part in found for number in part) == list(range(2, 102))
    assert journal(database) == list(range(1, 102))
    assert total(other, "shared") == 100
    other.close()
