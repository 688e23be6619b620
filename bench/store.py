"""A database with a past, made in minutes: one town's withdrawals are decided, and every other town's are its copy.

The towns of `population` never meet: a customer and her addresses belong to one town. So the rows of a second town are
those of the first with other names, other addresses and another draw of the experiment, and its journal entries lie
between the first's. Here they are written so, past the service. That this gives every byte that deciding would have
given is held by tests/integration/bench/test_store.py, which does both on either engine and compares all the tables.
"""

import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import psycopg
from rich.console import Console
from rich.progress import track

from bench.lives import ENDED, PAST, PastClock, Prepared, live, prepare
from bench.mould import Cells, Mould, Moulder
from bench.population import TOWNS
from breather.domain.instant import Millis
from breather.settings import Settings

T = TypeVar("T")

# What a past leaves behind; everything else is the operator's. In the order of their keys, so that trees grow at the
# end: read so from the first town, written town by town only where a key begins with the town's name.
TABLES = ("journal", "withdrawal", "pause", "hold", "event")
PROFILES = ("customer", "destination", "payee")


def fill(settings: Settings, each: int, towns: int = TOWNS, now: Millis | None = None) -> str:
    """A new database, as settings name it, with `each` withdrawals of every town. The key of one who may submit."""
    began = Millis((now or Millis(time.time_ns() // 1_000_000)) - PAST - ENDED)
    file = settings.keys.parent / "first-town.db"
    first = replace(settings, database=f"sqlite:///{file}")
    clock = PastClock(began)
    prepared = prepare(first, clock)
    live(first, clock, 1, each)
    clock.at = began
    prepared = _prepared_there(settings, clock, prepared)
    with closing(sqlite3.connect(file)) as source:
        past = Past(source, prepared, towns)
        if settings.database.startswith("sqlite"):
            _fill_sqlite(Path(settings.database.removeprefix("sqlite:///")), past)
        else:
            _fill_postgresql(settings.database, past)
    for ending in ("", "-wal", "-shm"):
        file.with_name(file.name + ending).unlink(missing_ok=True)
    return prepared.key


def _prepared_there(settings: Settings, clock: PastClock, first: Prepared) -> Prepared:
    """The same acts of the same operator: the same entries of the journal."""
    there = prepare(settings, clock)
    assert there.number == first.number, "the first town's entries follow those of the operator"
    return there


class Past:
    """The rows of all towns, table by table."""

    def __init__(self, source: sqlite3.Connection, prepared: Prepared, towns: int) -> None:
        self._source = source
        self._prepared = prepared
        self._towns = towns
        self._moulder = Moulder(prepared, towns)

    def tables(self) -> Iterator[tuple[str, Sequence[str], int, Iterator[Cells]]]:
        """(table, its columns, how many rows, the rows)."""
        for table in TABLES:
            since = f"WHERE number > {self._prepared.number}" if table == "journal" else ""
            columns, moulds = self._moulds(f"SELECT * FROM {table} {since} ORDER BY 1, 2")
            yield table, columns, len(moulds) * self._towns, self._side_by_side(moulds)
        for kind in PROFILES:
            columns, moulds = self._moulds(f"SELECT * FROM profile WHERE kind = '{kind}' ORDER BY key")
            rows = self._by_key(moulds) if kind == "destination" else self._one_after_the_other(moulds)
            yield "profile", columns, len(moulds) * self._towns, rows

    def _moulds(self, query: str) -> tuple[list[str], list[Mould]]:
        cursor = self._source.execute(query)
        columns = [each[0] for each in cursor.description]
        return columns, [self._moulder.mould(columns, row) for row in cursor]

    def _side_by_side(self, moulds: Sequence[Mould]) -> Iterator[Cells]:
        for mould in moulds:
            for town in range(self._towns):
                yield mould.of(town)

    def _one_after_the_other(self, moulds: Sequence[Mould]) -> Iterator[Cells]:
        for town in range(self._towns):
            for mould in moulds:
                yield mould.of(town)

    def _by_key(self, moulds: Sequence[Mould]) -> Iterator[Cells]:
        return iter(sorted(self._side_by_side(moulds)))


def _fill_sqlite(file: Path, past: Past) -> None:
    """Without a log and without waiting for the disk, and the indexes last: nobody else reads it, and whoever is
    interrupted begins again. What it leaves is a file like any other, for the service sets all of it anew.
    """
    with closing(sqlite3.connect(file, isolation_level=None)) as target:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE", "cache_size=-524288"):
            target.execute(f"PRAGMA {pragma}")
        indexes = target.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
        found = indexes.fetchall()
        target.execute("BEGIN")
        for name, _ in found:
            target.execute(f"DROP INDEX {name}")
        for table, columns, count, rows in past.tables():
            marks = ", ".join("?" * len(columns))
            into = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
            target.executemany(into, _shown(rows, table, count))
        for _, sql in _shown(found, "indexes", len(found)):
            target.execute(sql)
        target.execute("COMMIT")
        target.execute("PRAGMA journal_mode=WAL")
    with file.open("rb+") as written:
        os.fsync(written.fileno())


def _fill_postgresql(url: str, past: Past) -> None:
    """By COPY, and the indexes last. Its statistics are taken, as the server would do by itself after some minutes."""
    with psycopg.connect(url, autocommit=True) as target:
        found = target.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND NOT EXISTS ("
            "SELECT 1 FROM pg_constraint WHERE conname = indexname)"
        ).fetchall()
        with target.transaction():
            for name, _ in found:
                target.execute(f"DROP INDEX {name}".encode())
            for table, columns, count, rows in past.tables():
                with target.cursor().copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN".encode()) as copy:
                    for row in _shown(rows, table, count):
                        copy.write_row(row)
            for _, sql in _shown(found, "indexes", len(found)):
                target.execute(sql.encode())
        target.execute("VACUUM (ANALYZE)")
        target.execute("CHECKPOINT")


def _shown(rows: Iterable[T], name: str, count: int) -> Iterable[T]:
    """On the way past, a bar where somebody looks."""
    return track(rows, f"{name:<10}", count, console=Console(stderr=True), transient=True)
