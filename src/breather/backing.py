"""`breather backup` and `breather restore`: a copy beside the running service, and the way back to it."""

from importlib.resources import files
from pathlib import Path
from uuid import uuid4

import msgspec

from breather.bootstrap import agency_schema, exchange_schema
from breather.clock import Clock
from breather.settings import AgencySettings, Settings
from breather.storage.backup import BACKED_UP, Manifest, back_up, file_of, find_backup, restore
from breather.storage.database import Database, open_database
from breather.storage.query import read_queries
from breather.storage.schema import Schema

OPERATOR = "operator"
STEP = 0


def take_backup(settings: Settings | AgencySettings, clock: Clock, folder: Path) -> Manifest:
    """While the service runs, or not. Raises what `back_up` raises, and WrongDatabase for a database that is none."""
    database, schema = _database_of(settings, clock)
    try:
        file_of(database)
        database.check(schema)
        manifest = back_up(database, folder, clock.now())
        with database.writing() as tx:
            tx.run("keep_meta", name=BACKED_UP, value=str(manifest.taken_at))
    finally:
        database.close()
    return manifest


def restore_backup(settings: Settings | AgencySettings, clock: Clock, folder: Path) -> Manifest:
    """Into the place that the settings name, where nothing may be. The database gets a new epoch: it is behind.

    What was erased after the copy was made is in it again. Nothing can be erased yet; where that can be, its journal,
    kept outside of the database, has to be applied here, before anything is served (guarantee I).
    """
    database, schema = _database_of(settings, clock)
    try:
        target = file_of(database)
        found = find_backup(folder, schema)
        restore(found, target)
        database.check(schema)
        manifest = found.manifest
        body = {"number": manifest.number, "taken_at": manifest.taken_at, "epoch": manifest.epoch}
        with database.writing() as tx:
            tx.run("keep_meta", name="epoch", value=uuid4().hex)
            tx.journal(STEP, "restored", None, OPERATOR, msgspec.json.encode(body))
    finally:
        database.close()
    return manifest


def _database_of(settings: Settings | AgencySettings, clock: Clock) -> tuple[Database, Schema]:
    """Neither created nor looked at."""
    service = "exchange" if isinstance(settings, Settings) else "agency"
    schema = exchange_schema(settings) if isinstance(settings, Settings) else agency_schema(settings)
    return open_database(settings.database, read_queries(files(f"breather.storage.{service}")), clock.now), schema
