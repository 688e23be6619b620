"""Asking wrongly is told; a database that is not ours is refused before anything is written to it."""

import stat
from pathlib import Path

import psycopg
import pytest

from breather.storage.database import Database, open_database
from breather.storage.dialect import Dialect
from breather.storage.failure import QueryMistake, RowRefused, Unavailable, WrongDatabase
from breather.storage.schema import parse_schema
from tests.integration.storage.ledger import FOLDER, QUERIES, SCHEMA, Clock, journal, open_account, opened

TEXT = (FOLDER / "schema.sql").read_text(encoding="utf-8")


def test_an_unknown_query_suggests_the_nearest(database: Database) -> None:
    with database.reading() as reader, pytest.raises(QueryMistake, match="did you mean 'account'"):
        reader.one("acount", id="a")


def test_wrong_parameters_are_named(database: Database) -> None:
    with (
        database.reading() as reader,
        pytest.raises(QueryMistake, match=r"account \(queries\.sql\): missing id; unknown di; it takes id"),
    ):
        reader.one("account", di="a")


def test_two_rows_where_one_was_asked_for_are_a_mistake(database: Database) -> None:
    with database.writing() as transaction:
        open_account(transaction, "a")
        open_account(transaction, "b")
        with pytest.raises(QueryMistake, match="accounts gave 2 rows"):
            transaction.one("accounts")


def test_rows_come_from_asking_and_counts_from_running(database: Database) -> None:
    with database.writing() as transaction:
        assert transaction.run("insert_account", id="a", total=1, note=None, seal=None) == 1
        assert transaction.run("add_to_total", id="a", amount=1) == 1
        assert transaction.run("add_to_total", id="nobody", amount=1) == 0
        with pytest.raises(QueryMistake, match="accounts gives rows"):
            transaction.run("accounts")


def test_a_missing_table_is_a_mistake_of_ours(database: Database) -> None:
    with database.reading() as reader, pytest.raises(QueryMistake, match="no_such_table"):
        reader.all("no_such_table")


def test_the_same_id_twice_is_refused(database: Database) -> None:
    with database.writing() as transaction:
        open_account(transaction, "a")
    with pytest.raises(RowRefused), database.writing() as transaction:
        open_account(transaction, "a")
    assert journal(database) == [1]


def test_a_reader_cannot_write(database: Database) -> None:
    from breather.storage.transaction import Changer

    with database.reading() as reader:
        changer = Changer(reader._session, reader._queries)
        with pytest.raises(QueryMistake):
            changer.run("insert_account", id="a", total=1, note=None, seal=None)


def test_a_kept_transaction_is_of_no_use_afterwards(database: Database) -> None:
    with database.writing() as transaction:
        pass
    with database.reading() as reader:
        pass
    for kept in (transaction, reader):
        with pytest.raises(QueryMistake, match="after its transaction had ended"):
            kept.all("accounts")


def test_creating_again_keeps_what_is_there(database: Database, database_url: str, clock: Clock) -> None:
    with database.writing() as transaction:
        open_account(transaction, "a")
    again = opened(database_url, clock)
    assert again.create(SCHEMA, "another epoch") == "epoch-1"
    assert again.check(SCHEMA) == "epoch-1"
    assert journal(again) == [1]
    again.close()


def test_a_comment_is_no_other_schema_but_a_column_is(database: Database) -> None:
    assert database.check(parse_schema("-- new words\n" + TEXT, "ledger")) == "epoch-1"
    changed = parse_schema(TEXT.replace("note  TEXT", "note  TEXT NOT NULL"), "ledger")
    with pytest.raises(WrongDatabase, match="use the version that created it"):
        database.check(changed)
    with pytest.raises(WrongDatabase, match="use the version that created it"):
        database.create(changed, "e")


def test_another_services_database_is_refused(database: Database) -> None:
    with pytest.raises(WrongDatabase, match="belongs to 'ledger', not to 'agency'"):
        database.create(parse_schema(TEXT, "agency"), "e")


@pytest.mark.parametrize(
    ("foreign", "told"),
    [("CREATE TABLE stranger (id TEXT)", "none of ours"), ("CREATE TABLE meta (id TEXT)", "not ours")],
)
def test_a_strangers_database_is_refused_and_left_alone(
    database_url: str, clock: Clock, foreign: str, told: str
) -> None:
    database = open_database(database_url, QUERIES, clock)
    with database._writing_session() as session:
        session.define(foreign)
        session.commit()
    with pytest.raises(WrongDatabase, match=told):
        database.create(SCHEMA, "e")
    with database.reading() as reader:
        assert len(reader.all("table_names")) == 1
    database.close()


def test_an_empty_database_is_not_ours_yet(database_url: str, clock: Clock) -> None:
    database = open_database(database_url, QUERIES, clock)
    if database._opener.dialect is Dialect.SQLITE:
        with pytest.raises(WrongDatabase, match=r"there is no database .*start the service first"):
            database.check(SCHEMA)
        with database._writing_session() as session:
            session.rollback()
    with pytest.raises(WrongDatabase, match="the database is empty; start the ledger service"):
        database.check(SCHEMA)
    database.close()


def test_a_failed_creation_leaves_the_database_empty(database_url: str, clock: Clock) -> None:
    broken = parse_schema(TEXT + "CREATE INDEX wrong ON nowhere (id);", "ledger")
    database = open_database(database_url, QUERIES, clock)
    with pytest.raises(QueryMistake, match="nowhere"):
        database.create(broken, "e")
    assert database.create(SCHEMA, "second try") == "second try"
    database.close()


def test_the_engine_is_set_to_keep_what_it_acknowledges(database: Database) -> None:
    assert database.durability() == []


def test_a_setting_that_loses_data_is_named(postgresql_server: str, database_url: str, clock: Clock) -> None:
    if database_url.startswith("sqlite"):
        database = opened(database_url, clock)
        with database._writing_session() as session:
            session.rollback()
            session.__dict__["_connection"].execute("PRAGMA synchronous=NORMAL")
        assert database.durability() == ["synchronous is 1; 2 is right"]
    else:
        with psycopg.connect(database_url, autocommit=True) as connection:
            name = connection.info.dbname
            connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off".encode())
        database = opened(database_url, clock)
        assert database.durability() == [], "the session's own setting comes first"
        with database._writing_session() as session:
            session.__dict__["_connection"].execute("SET synchronous_commit = local")
            session.commit()
        assert database.durability() == ["synchronous_commit is local; on is right"]
    database.close()


def test_a_closed_database_answers_no_more(database: Database) -> None:
    database.close()
    with pytest.raises(Unavailable, match="was closed"), database.reading():
        pass
    with pytest.raises(Unavailable, match="was closed"), database.writing():
        pass


def test_the_file_is_for_its_owner_only(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "private.db"
    database = opened(f"sqlite:///{path}", clock)
    with database.writing() as transaction:
        open_account(transaction, "a")
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    assert set(modes.values()) == {0o600}
    database.close()


@pytest.mark.parametrize(("checkpoints", "pages"), [(True, 1000), (False, 0)])
def test_only_the_serving_process_checkpoints(tmp_path: Path, clock: Clock, checkpoints: bool, pages: int) -> None:
    database = opened(f"sqlite:///{tmp_path / 'a.db'}", clock, checkpoints=checkpoints)
    with database._writing_session() as session:
        found = session.__dict__["_connection"].execute("PRAGMA wal_autocheckpoint").fetchone()
        session.rollback()
    assert found == (pages,)
    database.close()


def test_an_unreachable_server_is_unavailable_and_keeps_the_password(clock: Clock) -> None:
    url = "postgresql://someone:secret@127.0.0.1:1/exchange"
    database = open_database(url, QUERIES, clock)
    with pytest.raises(Unavailable) as caught, database.reading():
        pass
    assert "secret" not in f"{caught.value} {database.place}"
    assert database.place == "PostgreSQL exchange at 127.0.0.1"
