"""Whether the writer can commit now is known from what it did last, and told without a word about the data."""

import pytest

from breather.storage import writer as writers
from breather.storage.database import Database
from breather.storage.failure import OutcomeUnknown
from breather.storage.writer import Writer
from tests.integration.storage.fault import afflict, driver_error
from tests.integration.storage.ledger import Clock, open_account, opened

PATIENCE = 20


@pytest.fixture
def database(database_url: str) -> Database:
    return opened(database_url, Clock())


def test_a_new_writer_is_ready_and_a_closed_one_is_not(database: Database) -> None:
    writer = Writer(database, on_fatal=lambda failure: None)
    assert writer.unready() == {}
    writer.close()
    assert list(writer.unready()) == ["writer-closed"]
    database.close()


def test_a_failed_commit_is_trouble_until_one_succeeds(database: Database) -> None:
    writer = Writer(database, on_fatal=lambda failure: None)
    error = driver_error(database)
    writer.submit(lambda tx: open_account(tx, "secret-1")).result(PATIENCE)
    afflict(database, lambda statement: (error if statement == "COMMIT" else None, False))
    with pytest.raises(OutcomeUnknown):
        writer.submit(lambda tx: open_account(tx, "secret-2")).result(PATIENCE)
    assert writer.unready() == {"database-failed": "the last transaction failed: OutcomeUnknown"}
    writer.submit(lambda tx: open_account(tx, "secret-3")).result(PATIENCE)
    assert writer.unready() == {}
    writer.close()
    database.close()


def test_a_command_that_fails_alone_is_no_trouble(database: Database) -> None:
    writer = Writer(database, on_fatal=lambda failure: None)
    with pytest.raises(ZeroDivisionError):
        writer.submit(lambda tx: 1 // 0).result(PATIENCE)
    assert writer.unready() == {}
    writer.close()
    database.close()


def test_silence_is_trouble(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A commit that hangs is answered by nobody; a heartbeat that is missing tells of it."""
    writer = Writer(database, on_fatal=lambda failure: None)
    monkeypatch.setattr(writers, "QUIET_SECONDS", -1.0)
    assert list(writer.unready()) == ["database-quiet"]
    writer.close()
    database.close()


def test_an_answer_knows_when_it_was_taken_decided_and_committed(database: Database) -> None:
    writer = Writer(database, on_fatal=lambda failure: None)
    answer = writer.submit(lambda tx: open_account(tx, "a"))
    answer.result(PATIENCE)
    batch = answer.batch
    assert batch is not None
    assert batch.size == 1
    assert answer.submitted <= batch.taken <= batch.decided <= batch.committed
    assert writer.batches.buckets()[0] == ("1", 1.0)
    writer.close()
    database.close()


def test_the_size_of_the_database_is_known(database: Database) -> None:
    with database.reading() as reader:
        row = reader.one("database_bytes")
    assert row is not None
    assert row["bytes"] > 4096
    database.close()
