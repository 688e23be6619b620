"""What the doctor says of disk, WAL, clock, key files and backups: each has been wrong once, here."""

import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from breather import machine
from breather.domain.instant import DAY, Millis
from breather.domain.sign import Sign
from breather.machine import BACKUP_EVERY, LEAST_FREE, MIB, examine_machine
from breather.storage.backup import BACKED_UP
from breather.storage.database import Database
from tests.integration.storage.ledger import Clock, open_account, opened

Usage = namedtuple("Usage", "total used free")
NOW = Millis(1_800_000_000_000)


class Standing(Clock):
    def __call__(self) -> Millis:
        return NOW


@pytest.fixture
def database(database_url: str) -> Database:
    found = opened(database_url, Standing())
    with found.writing() as transaction:
        open_account(transaction, "a")
    return found


def signs(database: Database, folder: Path, mode: str = "test", now: Millis = NOW) -> list[Sign]:
    return list(examine_machine(database, folder / "keys", mode, now))


def wrong(database: Database, folder: Path, mode: str = "test", now: Millis = NOW) -> list[Sign]:
    found = [sign for sign in signs(database, folder, mode, now) if sign.wrong]
    assert all(sign.remedy for sign in found), "what is wrong says what to do"
    return found


def test_nothing_is_wrong_on_a_sound_machine(database: Database, tmp_path: Path) -> None:
    assert wrong(database, tmp_path) == []
    database.close()


def test_a_clock_behind_the_journal(database: Database, tmp_path: Path) -> None:
    (sign,) = wrong(database, tmp_path, now=Millis(NOW - 60_000))
    assert "60 s behind the newest entry" in sign.what
    assert wrong(database, tmp_path, now=Millis(NOW - 1_000)) == []
    database.close()


def test_keys_that_others_can_read(database: Database, tmp_path: Path) -> None:
    places = ("clearance.private", "assignment-1.secret", "identity/messages.private", "alert-codes/7-x.toml")
    for place in (*places, "pack-signers/police.public"):
        file = tmp_path / "keys" / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
        file.chmod(0o640)
    found = wrong(database, tmp_path)
    assert sorted(sign.what.partition(" can")[0] for sign in found) == sorted(
        str(tmp_path / "keys" / place) for place in places
    )
    assert "mode 640" in found[0].what
    assert "chmod 600" in found[0].remedy
    database.close()


def test_a_backup_is_wanted_every_day_in_live_mode(tmp_path: Path) -> None:
    database = opened(f"sqlite:///{tmp_path / 'a.db'}", Standing())
    assert [sign.what for sign in wrong(database, tmp_path, "live")] == ["no backup was ever made"]
    with database.writing() as transaction:
        transaction.run("keep_meta", name=BACKED_UP, value=str(NOW))
    assert wrong(database, tmp_path, "live", Millis(NOW + BACKUP_EVERY)) == []
    (sign,) = wrong(database, tmp_path, "live", Millis(NOW + 2 * DAY))
    assert "the last backup was made at 2027-01-15" in sign.what
    database.close()


def test_a_disk_that_fills_up_and_a_wal_that_nobody_moves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = opened(f"sqlite:///{tmp_path / 'a.db'}", Standing())
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(0, 0, LEAST_FREE - MIB))
    monkeypatch.setattr(machine, "LARGEST_WAL", 0)
    disk, wal = wrong(database, tmp_path)
    assert disk.what.startswith("1,023 MiB are free beside the database")
    assert wal.what.startswith("a.db-wal has grown to")
    database.close()


def test_a_server_without_a_synchronous_standby_is_told_what_a_failover_forgets(
    database: Database, tmp_path: Path
) -> None:
    found = [sign for sign in signs(database, tmp_path) if "standby" in sign.what]
    assert [sign.wrong for sign in found] == ([] if database.file else [False])
    assert all("synchronous_standby_names" in sign.remedy for sign in found)
    database.close()
