"""A copy of a database in use is that database at one moment, and comes back as it was or not at all."""

import sqlite3
from pathlib import Path

import msgspec
import pytest

from breather.domain.instant import Millis
from breather.storage.backup import COPY, MANIFEST, back_up, find_backup, restore
from breather.storage.database import Database
from breather.storage.failure import StorageFailure, WrongDatabase
from breather.storage.schema import parse_schema
from tests.integration.storage.ledger import SCHEMA, Clock, identifiers, open_account, opened

AT = Millis(1_000)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    found = opened(f"sqlite:///{tmp_path / 'a.db'}", Clock())
    add(found, "a", "b")
    return found


def add(database: Database, *names: str) -> None:
    for name in names:
        with database.writing() as transaction:
            open_account(transaction, name)


def test_it_holds_what_was_committed_and_comes_back(tmp_path: Path, database: Database) -> None:
    manifest = back_up(database, tmp_path / "copy", AT)
    assert (manifest.number, manifest.taken_at, manifest.epoch) == (2, AT, "epoch-1")
    add(database, "later")
    target = tmp_path / "again.db"
    restore(find_backup(tmp_path / "copy", SCHEMA), target)
    again = opened(f"sqlite:///{target}", Clock())
    assert identifiers(again) == ["a", "b"]
    add(again, "c")
    assert identifiers(again) == ["a", "b", "c"], "it can be written on"
    again.close()
    database.close()


def test_a_write_under_way_is_neither_held_up_nor_copied(tmp_path: Path, database: Database) -> None:
    with database.writing() as transaction:
        open_account(transaction, "under-way")
        manifest = back_up(database, tmp_path / "copy", AT)
    assert manifest.number == 2
    assert identifiers(database) == ["a", "b", "under-way"]
    database.close()


def test_only_its_owner_can_read_it_and_it_is_whole_in_itself(tmp_path: Path, database: Database) -> None:
    back_up(database, tmp_path / "copy", AT)
    assert {path.name for path in (tmp_path / "copy").iterdir()} == {COPY, MANIFEST}
    assert (tmp_path / "copy").stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "copy").iterdir())
    database.close()


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path, database: Database) -> None:
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "older").touch()
    with pytest.raises(FileExistsError):
        back_up(database, tmp_path / "copy", AT)
    assert (tmp_path / "copy" / "older").exists()
    database.close()


def test_of_one_that_fails_nothing_is_left(tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*anything: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("breather.storage.backup._copy", full)
    with pytest.raises(StorageFailure, match="nothing was kept of it: database or disk is full"):
        back_up(database, tmp_path / "copy", AT)
    assert not (tmp_path / "copy").exists()
    database.close()


def test_one_changed_byte_is_found_out(tmp_path: Path, database: Database) -> None:
    back_up(database, tmp_path / "copy", AT)
    copy = tmp_path / "copy" / COPY
    content = bytearray(copy.read_bytes())
    content[len(content) // 2] ^= 1
    copy.write_bytes(content)
    with pytest.raises(WrongDatabase, match="not as it was written"):
        find_backup(tmp_path / "copy", SCHEMA)
    database.close()


def test_another_service_or_version_is_refused_by_name(tmp_path: Path, database: Database) -> None:
    back_up(database, tmp_path / "copy", AT)
    other = parse_schema("CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);", "another")
    with pytest.raises(WrongDatabase, match="the settings say 'another'"):
        find_backup(tmp_path / "copy", other)
    newer = msgspec.structs.replace(find_backup(tmp_path / "copy", SCHEMA).manifest, schema="0" * 64)
    (tmp_path / "copy" / MANIFEST).write_bytes(msgspec.json.encode(newer))
    with pytest.raises(WrongDatabase, match="another version"):
        find_backup(tmp_path / "copy", SCHEMA)
    database.close()


@pytest.mark.parametrize("end", ["", "-wal", "-shm"])
def test_nothing_that_is_there_is_written_over(tmp_path: Path, database: Database, end: str) -> None:
    """What is left of a broken database may be all that there is; a WAL of another one would be played into this."""
    back_up(database, tmp_path / "copy", AT)
    there = tmp_path / f"again.db{end}"
    there.write_bytes(b"all that is left")
    with pytest.raises(FileExistsError, match="move it away"):
        restore(find_backup(tmp_path / "copy", SCHEMA), tmp_path / "again.db")
    assert there.read_bytes() == b"all that is left"
    database.close()
