"""When the engine fails: who is told what, and whether the process may go on."""

import sqlite3
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psycopg
import pytest

from breather.storage.database import Database
from breather.storage.failure import OutcomeUnknown, QueryMistake, StorageFailure, Unavailable
from breather.storage.sqlite import SqliteOpener
from breather.storage.transaction import Transaction
from breather.storage.writer import Writer
from tests.integration.storage.fault import afflict, driver_error
from tests.integration.storage.ledger import (
    QUERIES,
    SCHEMA,
    Clock,
    identifiers,
    journal,
    open_account,
    opened,
)

PATIENCE = 20


@pytest.fixture
def fatal() -> list[StorageFailure]:
    return []


@pytest.fixture
def writer(database: Database, fatal: list[StorageFailure]) -> Iterator[Writer]:
    found = Writer(database, on_fatal=fatal.append)
    yield found
    found.close()


def batch(writer: Writer, *names: str, last: threading.Event | None = None) -> list[StorageFailure | int]:
    """One batch of `open_account`; what became of each."""
    gate, reached = threading.Event(), threading.Event()

    def wait(transaction: Transaction) -> None:
        reached.set()
        assert gate.wait(PATIENCE)

    first = writer.submit(wait)
    assert reached.wait(PATIENCE)
    futures = [writer.submit(partial(open_account, account=name)) for name in names]
    gate.set()
    first.exception(PATIENCE)
    outcomes: list[StorageFailure | int] = []
    for future in futures:
        error = future.exception(PATIENCE)
        assert error is None or isinstance(error, StorageFailure)
        outcomes.append(future.result() if error is None else error)
    return outcomes


@pytest.mark.parametrize("carried_out", [False, True])
def test_a_failed_commit_is_an_unknown_outcome_for_everyone_in_it(
    database: Database, writer: Writer, fatal: list[StorageFailure], carried_out: bool
) -> None:
    """Whether the commit was carried out cannot be told from here, so both are answered alike."""
    commits: list[str] = []

    def fault(statement: str) -> tuple[Exception | None, bool]:
        if statement == "COMMIT":
            commits.append(statement)
            if len(commits) == 2:  # the first holds the gate only
                return driver_error(database), carried_out
        return None, False

    afflict(database, fault)
    outcomes = batch(writer, "a", "b", "c")
    assert [type(outcome) for outcome in outcomes] == [OutcomeUnknown] * 3
    assert len({id(outcome) for outcome in outcomes}) == 3, "one exception shared between callers"
    # The look-up tells, and the next batch works on a connection of its own.
    assert identifiers(database) == (["a", "b", "c"] if carried_out else [])
    assert batch(writer, "d") == [4 if carried_out else 1]
    assert fatal == []


def test_a_failed_commit_of_a_lone_transaction_is_unknown_too(database: Database) -> None:
    afflict(database, lambda statement: (driver_error(database) if statement == "COMMIT" else None, False))
    with pytest.raises(OutcomeUnknown, match="COMMIT failed"), database.writing() as transaction:
        open_account(transaction, "a")
    with database.writing() as transaction:
        assert open_account(transaction, "b") == 1
    assert identifiers(database) == ["b"]


def test_a_commit_that_found_the_disk_full_has_surely_not_committed(
    tmp_path: Path, clock: Clock, fatal: list[StorageFailure]
) -> None:
    """Else everybody would be *pending* for as long as the disk is full, where a stand-in could be answered."""
    database = opened(f"sqlite:///{tmp_path / 'a.db'}", clock)
    writer = Writer(database, on_fatal=fatal.append)
    commits: list[str] = []

    def fault(statement: str) -> tuple[Exception | None, bool]:
        if statement == "COMMIT":
            commits.append(statement)
            if len(commits) == 2:  # the first holds the gate only
                return driver_error(database, sqlite3.SQLITE_FULL), False
        return None, False

    afflict(database, fault)
    assert [type(outcome) for outcome in batch(writer, "a", "b")] == [Unavailable] * 2
    assert identifiers(database) == []
    assert batch(writer, "a") == [1], "there is room again"
    assert fatal == []
    writer.close()
    database.close()


@pytest.mark.parametrize("code", [sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_CORRUPT])
@pytest.mark.parametrize("where", ["COMMIT", "INSERT INTO account"])
def test_an_input_output_error_is_fatal(
    tmp_path: Path, clock: Clock, fatal: list[StorageFailure], code: int, where: str
) -> None:
    database = opened(f"sqlite:///{tmp_path / 'a.db'}", clock)
    writer = Writer(database, on_fatal=fatal.append)
    seen: list[str] = []

    def fault(statement: str) -> tuple[Exception | None, bool]:
        if statement.startswith(where):
            seen.append(statement)
            if len(seen) == (2 if where == "COMMIT" else 1):
                return driver_error(database, code), False
        return None, False

    afflict(database, fault)
    expected = OutcomeUnknown if where == "COMMIT" else Unavailable
    outcomes = batch(writer, "a", "b")
    assert [type(outcome) for outcome in outcomes] == [expected] * 2
    writer.close()
    assert [failure.fatal for failure in fatal] == [True]
    with pytest.raises(Unavailable):
        writer.submit(lambda transaction: None)
    assert identifiers(database) == []
    database.close()


def test_commands_waiting_behind_a_fatal_failure_are_answered(tmp_path: Path, clock: Clock) -> None:
    database = opened(f"sqlite:///{tmp_path / 'a.db'}", clock)
    told: list[StorageFailure] = []
    writer = Writer(database, on_fatal=told.append, batch=1)
    error = driver_error(database, sqlite3.SQLITE_IOERR_FSYNC)
    afflict(database, lambda statement: (error if statement == "COMMIT" else None, False))
    outcomes = batch(writer, "a", "b", "c")
    assert [type(outcome) for outcome in outcomes] == [Unavailable] * 3
    assert "the writer has stopped" in str(outcomes[0])
    writer.close()
    assert len(told) == 1
    database.close()


def test_a_transaction_that_the_engine_gave_up_never_commits_by_halves(tmp_path: Path, clock: Clock) -> None:
    """SQLite rolls everything back after some errors; the statements that follow must not commit one by
    one."""
    database = opened(f"sqlite:///{tmp_path / 'a.db'}", clock)
    writer = Writer(database, on_fatal=lambda failure: None)

    def gives_up(transaction: Transaction) -> int:
        with pytest.raises(QueryMistake):
            transaction.run("no_such_table")
        transaction._session.rollback()
        return open_account(transaction, "by itself")

    with pytest.raises(Unavailable, match="rolls back by itself"):
        writer.submit(gives_up).result(PATIENCE)
    assert writer.submit(lambda transaction: open_account(transaction, "next")).result(PATIENCE) == 1
    writer.close()
    with pytest.raises(Unavailable, match="before it could be committed"), database.writing() as transaction:
        transaction._session.rollback()
    assert identifiers(database) == ["next"]
    database.close()


def test_a_lock_kept_too_long_is_unavailable(database: Database, database_url: str, clock: Clock) -> None:
    from breather.storage.postgresql import PostgresqlOpener

    impatient = (
        SqliteOpener(Path(database_url.removeprefix("sqlite:///")), checkpoints=False, patience=50)
        if database_url.startswith("sqlite")
        else PostgresqlOpener(database_url, patience=50)
    )
    other = Database(impatient, QUERIES, clock)
    writer = Writer(other, on_fatal=lambda failure: None)
    with database.writing() as transaction:
        open_account(transaction, "a")
        with pytest.raises(Unavailable, match="write lock for too long"):
            writer.submit(lambda transaction: open_account(transaction, "b")).result(PATIENCE)
    assert writer.submit(lambda transaction: open_account(transaction, "c")).result(PATIENCE) == 2
    writer.close()
    other.close()


def test_a_clock_that_fails_is_fatal_and_leaves_nobody_waiting(database_url: str, clock: Clock) -> None:
    def broken() -> int:
        raise OverflowError("no clock")

    sound = opened(database_url, clock)
    database = opened(database_url, broken, checkpoints=False)  # type: ignore[arg-type]
    told: list[StorageFailure] = []
    writer = Writer(database, on_fatal=told.append)
    with pytest.raises(Unavailable, match="no clock"):  # it was not taken yet, so this much is known
        writer.submit(lambda transaction: None).result(PATIENCE)
    writer.close()
    assert [failure.fatal for failure in told] == [True]
    with sound.writing() as transaction:
        assert open_account(transaction, "a") == 1, "the lock was kept"
    sound.close()
    database.close()


def disconnect(url: str) -> None:
    """End every other connection to the database, as a restart of the server does."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture
def lost(postgresql_server: str, clock: Clock) -> Iterator[tuple[str, Database]]:
    from tests.engines import empty_postgresql

    for url in empty_postgresql(postgresql_server):
        database = opened(url, clock)
        yield url, database
        database.close()


def test_connections_lost_while_idle_cost_nobody_a_failure(lost: tuple[str, Database]) -> None:
    url, database = lost
    with database.writing() as transaction:
        open_account(transaction, "a")
    assert journal(database) == [1]
    disconnect(url)
    assert journal(database) == [1]
    with database.writing() as transaction:
        assert open_account(transaction, "b") == 2


def test_a_connection_lost_in_a_batch_commits_nothing_and_the_next_batch_reconnects(
    lost: tuple[str, Database],
) -> None:
    url, database = lost
    writer = Writer(database, on_fatal=lambda failure: None)

    def interrupted(transaction: Transaction) -> None:
        open_account(transaction, "half done")
        disconnect(url)
        open_account(transaction, "never")

    gate = threading.Event()
    blocker = writer.submit(lambda transaction: gate.wait(PATIENCE))
    first = writer.submit(partial(open_account, account="first"))
    lost_one = writer.submit(interrupted)
    third = writer.submit(partial(open_account, account="third"))
    gate.set()
    blocker.exception(PATIENCE)
    with pytest.raises(Unavailable):
        lost_one.result(PATIENCE)
    # Its neighbours may have been in a batch with it, or not: each was answered accordingly.
    kept = [future.exception(PATIENCE) is None for future in (first, third)]
    assert writer.submit(lambda transaction: open_account(transaction, "next")).result(PATIENCE) == 1 + sum(kept)
    writer.close()
    assert identifiers(database) == sorted(
        ["next", *(name for name, there in zip(("first", "third"), kept, strict=True) if there)]
    )


def test_a_connection_lost_before_the_commit_is_not_unknown(lost: tuple[str, Database]) -> None:
    """The statement before told of the loss, so COMMIT was never sent."""
    url, database = lost

    def goes_on(transaction: Transaction) -> None:
        open_account(transaction, "a")
        disconnect(url)
        with pytest.raises(Unavailable):
            open_account(transaction, "b")

    with pytest.raises(Unavailable), database.writing() as transaction:
        goes_on(transaction)
    assert identifiers(database) == []
    assert database.check(SCHEMA) == "epoch-1"


def test_a_connection_lost_under_the_commit_is_unknown(lost: tuple[str, Database]) -> None:
    url, database = lost

    def ends(transaction: Transaction) -> None:
        open_account(transaction, "a")
        transaction.write_entries()  # nothing is left to do but to commit
        disconnect(url)

    with pytest.raises(OutcomeUnknown), database.writing() as transaction:
        ends(transaction)
    assert identifiers(database) == []


def test_a_connection_lost_before_the_commit_has_surely_not_committed(lost: tuple[str, Database]) -> None:
    url, database = lost

    def ends(transaction: Transaction) -> None:
        open_account(transaction, "a")
        disconnect(url)

    with pytest.raises(Unavailable), database.writing() as transaction:
        ends(transaction)
    assert identifiers(database) == []
