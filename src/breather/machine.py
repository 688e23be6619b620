"""What `breather doctor` looks at around a service: disk, clock, files of keys, and when it was last backed up."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from breather.domain.instant import DAY, SECOND, Millis, format_instant
from breather.domain.sign import Sign
from breather.storage.backup import BACKED_UP
from breather.storage.database import Database
from breather.storage.failure import WrongDatabase
from breather.storage.recovery import recovery_of, since_in_words
from breather.storage.witness import read_witness, why_behind

MIB = 1024 * 1024
LEAST_FREE = 1024 * MIB
# A thousand pages of 4 KiB are moved into the database at a time; many times that means that nobody moves them.
LARGEST_WAL = 256 * MIB
AHEAD = 2 * SECOND
BACKUP_EVERY = DAY
SECRET_FILES = ("*.private", "*.secret", "alert-codes/*")
SECRET_FROM = 0o077


def examine_machine(database: Database, keys: Path, mode: str, now: Millis) -> Iterator[Sign]:
    """For a database that is in reach. A service in test mode may do without backups."""
    if database.file is not None:
        yield from _disk(database.file)
        yield from _wal(database.file)
    yield from _standbys(database)
    yield from _clock(database, now)
    yield from examine_keys(keys)
    yield _backup(database, mode, now)


def examine_witness(database: Database, folder: Path) -> Iterator[Sign]:
    """Whether the database is behind what was acknowledged, as far as this machine's witness knows (guarantee D5)."""
    try:
        witness = read_witness(folder)
        with database.reading() as reader:
            recovery = recovery_of(reader)
            behind = "" if witness is None else why_behind(reader, witness)
    except WrongDatabase as wrong:
        yield Sign(True, f"the witness: {wrong}", "correct BREATHER_WITNESS, or bring the right folder back")
        return
    if recovery is not None:
        what = f"recovery mode since {format_instant(Millis(recovery.since))}, nothing is cleared or sealed"
        yield Sign(
            True, f"{what}: {since_in_words(recovery)}", "see docs/deployment.md, then `breather recover confirm`"
        )
    elif behind:
        yield Sign(
            True, f"the database is behind: {behind}", "find out why before `serve` starts: it clears nothing then"
        )
    elif witness is None:
        yield Sign(False, f"there is no witness in {folder} yet; `serve` leaves one each second")
    else:
        yield Sign(False, f"the witness of {format_instant(Millis(witness.at))} finds everything in the database")


def examine_keys(keys: Path) -> Iterator[Sign]:
    """Whoever reads a private key clears withdrawals, or signs referrals, in this service's name."""
    files = {file for pattern in SECRET_FILES for file in keys.rglob(pattern) if file.is_file()}
    for file in sorted(files):
        mode = file.stat().st_mode & 0o777
        if mode & SECRET_FROM:
            remedy = f"run `chmod 600 {file}`; if others have an account here, make new keys"
            yield Sign(True, f"{file} can be read by others (mode {mode:03o})", remedy)


def _disk(file: Path) -> Iterator[Sign]:
    free = shutil.disk_usage(file.parent).free
    what = f"{free // MIB:,} MiB are free beside the database, which takes {file.stat().st_size / MIB:,.0f} MiB"
    if free < LEAST_FREE:
        yield Sign(True, what, "make room: on a full disk there is no decision, and no withdrawal leaves")
    else:
        yield Sign(False, what)


def _wal(file: Path) -> Iterator[Sign]:
    wal = file.with_name(f"{file.name}-wal")
    size = wal.stat().st_size if wal.exists() else 0
    if size > LARGEST_WAL:
        what = f"{wal.name} has grown to {size // MIB:,} MiB: what it holds is not moved into the database"
        yield Sign(True, what, "start `serve`, which alone moves it; end a reader that stays open (export, sqlite3)")


def _standbys(database: Database) -> Iterator[Sign]:
    """Nothing wrong by itself: who has one server and its backups has no failover to fear."""
    with database.reading() as reader:
        row = reader.one("standbys")
    if row is None:
        return
    if row["value"]:
        yield Sign(False, f"synchronous standbys: {row['value']}")
    else:
        what = "the server has no synchronous standby: a failover to another one forgets what was acknowledged last"
        yield Sign(False, what, "where there is a standby, set synchronous_standby_names; see docs/deployment.md")


def _clock(database: Database, now: Millis) -> Iterator[Sign]:
    with database.reading() as reader:
        last = reader.one("last_entry")
    if last is not None and last["at"] > now + AHEAD:
        ahead = (last["at"] - now) / SECOND
        what = f"this machine's clock is {ahead:,.0f} s behind the newest entry of the journal"
        yield Sign(True, what, "set the clock (NTP); until it has caught up, time stands still here and no pause ends")


def _backup(database: Database, mode: str, now: Millis) -> Sign:
    if database.file is None:
        return Sign(False, "backups of PostgreSQL are made by its own tools, and cannot be seen from here")
    with database.reading() as reader:
        facts = {row["name"]: row["value"] for row in reader.all("meta")}
    needed = mode == "live"
    remedy = "run `breather backup FOLDER` every day, and keep the folder on another machine" if needed else ""
    if BACKED_UP not in facts:
        return Sign(needed, "no backup was ever made", remedy)
    at = Millis(int(facts[BACKED_UP]))
    late = needed and now - at > BACKUP_EVERY
    return Sign(late, f"the last backup was made at {format_instant(at)}", remedy if late else "")
