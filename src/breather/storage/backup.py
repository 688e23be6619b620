"""A copy of an SQLite database taken while it is in use, and the way back.

The copy is made in one read transaction, so that it is the database as it stood at one commit. Copying the file while
the service runs would mix two states, and leave out what is still in the WAL.

Beside it lies `backup.json`, which says what it is of and what its bytes are: a restore believes nothing else.
"""

import os
import shutil
import sqlite3
from dataclasses import dataclass
from hashlib import file_digest
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import msgspec

from breather.domain.instant import Millis
from breather.storage.database import Database
from breather.storage.failure import Unavailable, WrongDatabase
from breather.storage.folder import synced
from breather.storage.schema import Schema

COPY = "database.sqlite"
BACKED_UP = "backed-up-at"  # in the database itself: when it was last copied
MANIFEST = "backup.json"
ALONE = "journal_mode=DELETE"
ON_A_SERVER = (
    "the database is on PostgreSQL, whose own tools copy it while it runs: `pg_basebackup --pgdata FOLDER "
    "--wal-method stream` for the whole server, with its archive of WAL for every moment since, or "
    "`pg_dump --format custom --file FILE DATABASE` for this database alone; and bring it back, too"
)
BESIDE = ("", "-wal", "-shm")  # what belongs to a database that is there


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`number` and `taken_at` (milliseconds UTC) are of the journal's newest entry in the copy and of the copy."""

    service: str
    schema: str
    epoch: str
    number: int
    taken_at: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Found:
    """A backup whose bytes are those that were written."""

    copy: Path
    manifest: Manifest


def back_up(database: Database, folder: Path, taken_at: Millis) -> Manifest:
    """Copy into `folder`, which must not exist; nothing is left of it where this fails.

    Writers are not held up; only the WAL grows meanwhile. Raises FileExistsError or Unavailable.
    """
    file = file_of(database)
    folder.mkdir(mode=0o700)
    try:
        copy = folder / COPY
        os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        _copy(file, copy)
        manifest = _described(database.elsewhere(copy), copy, taken_at)
        synced(copy)
        _save(folder / MANIFEST, BytesIO(msgspec.json.format(msgspec.json.encode(manifest)) + b"\n"))
        synced(folder)
    except BaseException as error:
        shutil.rmtree(folder)
        if isinstance(error, sqlite3.Error):
            raise Unavailable(f"the backup failed, and nothing was kept of it: {error}") from error
        raise
    return manifest


def find_backup(folder: Path, schema: Schema) -> Found:
    """Raises FileNotFoundError, and WrongDatabase for damaged bytes or another service's or version's backup."""
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except msgspec.MsgspecError as error:
        raise WrongDatabase(f"{folder / MANIFEST} is not one of a backup: {error}") from error
    copy = folder / COPY
    if (copy.stat().st_size, _sha256(copy)) != (manifest.bytes, manifest.sha256):
        raise WrongDatabase(f"{copy} is not as it was written; use another backup")
    if manifest.service != schema.service:
        raise WrongDatabase(f"{folder} is a backup of {manifest.service!r}, and the settings say {schema.service!r}")
    if manifest.schema != schema.hash:
        raise WrongDatabase(f"{folder} was written by another version of Breather; restore it with that version")
    return Found(copy, manifest)


def file_of(database: Database) -> Path:
    """Raises WrongDatabase for one on a server, with what copies that."""
    if database.file is None:
        raise WrongDatabase(ON_A_SERVER)
    return database.file


def restore(found: Found, database: Path) -> None:
    """Put the copy where no database is. Raises FileExistsError: what is there may be all that is left."""
    for end in BESIDE:
        beside = database.with_name(database.name + end)
        if beside.exists():
            raise FileExistsError(f"{beside} is there; stop the service and move it away, never delete it first")
    partial = database.with_name(database.name + ".restoring")
    with found.copy.open("rb") as source:
        _save(partial, source)
    partial.rename(database)
    synced(database.parent)


def _copy(database: Path, copy: Path) -> None:
    source = sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)
    target = sqlite3.connect(copy)
    try:
        source.backup(target)
        # One file: a copy that needs a WAL beside it would be taken elsewhere without.
        target.execute(f"PRAGMA {ALONE}")
    finally:
        target.close()
        source.close()


def _described(database: Database, copy: Path, taken_at: Millis) -> Manifest:
    try:
        with database.reading() as reader:
            said = reader.one("soundness")
            facts = {row["name"]: row["value"] for row in reader.all("meta")}
            last = reader.one("last_entry")
    finally:
        database.close()
    if said is None or said["said"] != "ok":
        raise Unavailable("the copy is not sound, and so the database may not be; keep the backups there are")
    number = 0 if last is None else last["number"]
    size, sha256 = copy.stat().st_size, _sha256(copy)
    return Manifest(facts["service"], facts["schema"], facts["epoch"], number, taken_at, size, sha256)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _save(path: Path, content: BinaryIO) -> None:
    """Durable when it returns, and readable by its owner only."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        shutil.copyfileobj(content, file)
        file.flush()
        os.fsync(file.fileno())
