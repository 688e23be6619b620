"""The past that the benchmarks begin with: row for row and byte for byte what deciding all of it would have left."""

import sqlite3
from contextlib import closing
from typing import Any

import psycopg
import pytest

from bench.lives import ENDED, PAST, PastClock, live, prepare
from bench.store import TABLES, fill
from breather.domain.instant import Millis, parse_instant
from breather.settings import Settings

NOW = parse_instant("2026-11-22T10:43:00.000Z")
TOWNS = 3
EACH = 60
Tables = dict[str, list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Tables]:
    """Every town's withdrawals decided and sent, one after the other, and what the tables then hold."""
    folder = tmp_path_factory.mktemp("decided")
    settings = Settings(database=f"sqlite:///{folder / 'decided.db'}", keys=folder / "keys")
    clock = PastClock(Millis(NOW - PAST - ENDED))
    prepare(settings, clock)
    live(settings, clock, TOWNS, EACH)
    return settings, rows_of(settings.database)


def rows_of(url: str) -> Tables:
    """All rows of every table that a past fills, in one order."""
    found: Tables = {}
    for table in (*TABLES, "profile"):
        query = f"SELECT * FROM {table}"
        if url.startswith("sqlite"):
            with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
                rows = database.execute(query).fetchall()
        else:
            with psycopg.connect(url) as server:
                rows = server.execute(query.encode()).fetchall()
        found[table] = sorted(rows, key=repr)
    return found


def test_every_row_of_a_copied_past_is_what_deciding_it_leaves(
    decided: tuple[Settings, Tables], database_url: str
) -> None:
    settings, expected = decided
    fill(Settings(database=database_url, keys=settings.keys), EACH, TOWNS, NOW)
    found = rows_of(database_url)
    for table, rows in expected.items():
        assert found[table] == rows, table


def test_the_past_has_withdrawals_that_left_and_some_that_met_a_pause(decided: tuple[Settings, Tables]) -> None:
    """Or the comparison would say nothing about them."""
    count = {table: len(rows) for table, rows in decided[1].items()}
    assert count["withdrawal"] == TOWNS * EACH
    assert count["event"] > TOWNS * EACH // 10
    assert count["pause"] > TOWNS * EACH // 10
    assert count["profile"] > TOWNS * EACH
