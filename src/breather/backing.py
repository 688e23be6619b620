"""`breather backup`, `breather restore` and `breather recover`: a copy beside the running service, and the way back."""

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import msgspec

from breather.bootstrap import agency_schema, erasure_journal, exchange_schema
from breather.clock import Clock
from breather.domain.instant import Millis, format_instant
from breather.exchange.erase import erase_withdrawal
from breather.settings import AgencySettings, Settings, witness_folder
from breather.storage.backup import BACKED_UP, Manifest, back_up, file_of, find_backup, restore
from breather.storage.database import Database, open_database
from breather.storage.erasure_journal import ErasedLine, oldest_restorable
from breather.storage.failure import WrongDatabase
from breather.storage.query import read_queries
from breather.storage.recovery import Fact, Recovery, begin_recovery, recovery_of, say_fact
from breather.storage.schema import Schema
from breather.storage.witness import Witness, keep_witness, observe, read_witness, why_behind

OPERATOR = "operator"
STEP = 0
ERASED_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Restored:
    """`erased`: how many withdrawals the erasure journal took out of the copy again."""

    manifest: Manifest
    erased: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a database and its witness. `behind` is "" where the witness speaks against nothing."""

    seen: Witness
    witness: Witness | None
    behind: str
    recovery: Recovery | None


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


def restore_backup(settings: Settings | AgencySettings, clock: Clock, folder: Path) -> Restored:
    """Into the place that the settings name, where nothing may be. It gets a new epoch and is in recovery mode.

    What was erased after the copy was made is in it, and is erased again before anything is served (guarantee I).
    """
    database, schema = _database_of(settings, clock)
    try:
        target = file_of(database)
        found = find_backup(folder, schema)
        manifest = found.manifest
        _refuse_expired(settings, clock, manifest)
        lines = _erased(settings)
        restore(found, target)
        database.check(schema)
        because = f"restored from a backup of {format_instant(Millis(manifest.taken_at))}"
        body = {"number": manifest.number, "taken_at": manifest.taken_at, "epoch": manifest.epoch}
        with database.writing() as tx:
            tx.journal(STEP, "restored", None, OPERATOR, msgspec.json.encode(body))
            begin_recovery(tx, because, OPERATOR, read_witness(witness_folder(settings)))
        return Restored(manifest, _erase_again(database, lines))
    finally:
        database.close()


def begin(settings: Settings | AgencySettings, clock: Clock, actor: str, because: str) -> int:
    """The second half of a restore, for a database that other tools brought back: a new epoch, recovery mode, and what
    was erased is erased again. Returns how many were.
    """
    database, schema = _database_of(settings, clock)
    try:
        database.check(schema)
        lines = _erased(settings)
        with database.writing() as tx:
            begin_recovery(tx, because, actor, read_witness(witness_folder(settings)))
        return _erase_again(database, lines)
    finally:
        database.close()


def standing(settings: Settings | AgencySettings, clock: Clock) -> Standing:
    """Reads only. Raises WrongDatabase for a witness that is none, or of another service."""
    database, schema = _database_of(settings, clock)
    try:
        database.check(schema)
        witness = read_witness(witness_folder(settings))
        with database.reading() as reader:
            behind = "" if witness is None else why_behind(reader, witness)
            return Standing(observe(reader), witness, behind, recovery_of(reader))
    finally:
        database.close()


def say(settings: Settings | AgencySettings, clock: Clock, fact: Fact, actor: str, basis: str) -> Recovery | None:
    """None once both facts hold: the mode has ended, and the witness is of this database again.

    Raises what `say_fact` raises, and ValueError for peers that were not asked since the mode began.
    """
    database, schema = _database_of(settings, clock)
    try:
        database.check(schema)
        with database.writing() as tx:
            if fact is Fact.PEERS and isinstance(settings, Settings):
                before = recovery_of(tx)
                silent = [
                    row["agency"]
                    for row in tx.all("all_streams")
                    if before is not None and (row["pulled_at"] or 0) < before.since
                ]
                if silent:
                    wanted = "let `breather exchange worker` take them first; see docs/relay.md"
                    raise ValueError(f"the changes of {', '.join(silent)} were not taken since it began: {wanted}")
            left = say_fact(tx, fact, actor, basis)
        if left is None:
            with database.reading() as reader:
                keep_witness(witness_folder(settings), observe(reader))
        return left
    finally:
        database.close()


def _refuse_expired(settings: Settings | AgencySettings, clock: Clock, manifest: Manifest) -> None:
    """What was erased so long ago is in no erasure journal any more, and would come back for good."""
    if isinstance(settings, Settings) and settings.keep_days:
        oldest = oldest_restorable(clock.now(), settings.backup_days)
        if manifest.taken_at < oldest:
            taken = format_instant(Millis(manifest.taken_at))
            raise WrongDatabase(
                f"this backup was made at {taken}, more than {settings.backup_days} days ago (BREATHER_BACKUP_DAYS): "
                "what was erased since is not remembered so long; use a newer backup, and destroy this one"
            )


def _erased(settings: Settings | AgencySettings) -> list[ErasedLine]:
    """Read before anything is changed: a damaged line is to be known first. At an agency nothing is erased yet."""
    return list(erasure_journal(settings).lines()) if isinstance(settings, Settings) else []


def _erase_again(database: Database, lines: list[ErasedLine]) -> int:
    erased = 0
    for start in range(0, len(lines), ERASED_AT_ONCE):
        with database.writing() as tx:
            for line in lines[start : start + ERASED_AT_ONCE]:
                erased += erase_withdrawal(tx, line.id, line.basis, "restore", Millis(line.at))
    return erased


def _database_of(settings: Settings | AgencySettings, clock: Clock) -> tuple[Database, Schema]:
    """Neither created nor looked at."""
    service = "exchange" if isinstance(settings, Settings) else "agency"
    schema = exchange_schema(settings) if isinstance(settings, Settings) else agency_schema(settings)
    return open_database(settings.database, read_queries(files(f"breather.storage.{service}")), clock.now), schema
