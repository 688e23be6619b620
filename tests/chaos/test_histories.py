"""What clients are told of a real service while things happen to it can have happened one call after the other.

Guarantees J2 and J3, on both engines: every nemesis once, one after the other, under the same clients, whose history is
then held against the sequential domain; `make chaos` goes on for longer. With a fault planted, it cannot have happened,
or whoever polls is not told of everything (J4).
"""

import os
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import psycopg

from tests.chaos.commit_cut import CommitCut, Cut, commit_cut_before
from tests.chaos.disk import Power, power_cut
from tests.chaos.history import MODEL
from tests.chaos.nemesis import (
    Nemesis,
    clock_steps,
    commit_cut,
    disk_full,
    failover,
    killed,
    revived,
    server_sync_fails,
    stands_still,
    sync_fails,
    syncs_stall,
)
from tests.chaos.own_server import OwnServer, empty_server_folder
from tests.chaos.planted import SEQUENCE, Planted, launcher
from tests.chaos.storm import Storm
from tests.chaos.traffic import assert_whole
from tests.exchange_process import ExchangeProcess, free_port, prepared_exchange
from tests.integration.exchange.conftest import database_beside
from tests.model.linearizable import impossible

BLOWS = int(os.environ.get("BREATHER_TEST_BLOWS", "0"))  # of nemeses at random, after one of each
SEED = int(os.environ.get("BREATHER_TEST_SEED", "1"))
CALLS = 60
MOST_BLOWS = 40


def every(nemeses: Sequence[Nemesis]) -> Iterator[Nemesis]:
    """Each once, and then as chance will have it, also one in another."""
    yield from nemeses
    chance = random.Random(SEED)
    for _ in range(BLOWS):
        yield chance.choice(nemeses)


@contextmanager
def exchange_on_a_disk(folder: Path, fault: Planted | None = None) -> Iterator[tuple[ExchangeProcess, Power]]:
    data = folder / "data"
    data.mkdir()
    with prepared_exchange(folder, f"sqlite:///{data / 'exchange.db'}") as exchange, power_cut(data) as power:
        exchange.around = power.environment
        if fault is not None:
            exchange.launcher = launcher(fault, "exchange")
        exchange.start()
        yield exchange, power


@contextmanager
def two_replicas(
    folder: Path, server: str, fault: Planted | None = None
) -> Iterator[tuple[list[ExchangeProcess], CommitCut]]:
    """On one database; the first reaches it by a connection that may be cut."""
    with database_beside(server) as url, commit_cut_before(url) as connection, prepared_exchange(folder, url) as first:
        if fault is not None:
            first.launcher = launcher(fault, "exchange")
            with psycopg.connect(url) as database:
                database.execute(f"CREATE SEQUENCE {SEQUENCE} START 1000 INCREMENT 1000 CACHE 50".encode())
        port = free_port()
        other = replace(first, process=None, client=httpx.Client(trust_env=False, timeout=30))
        other.settings = replace(
            first.settings, port=port, public_url=f"http://127.0.0.1:{port}", spool=folder / "other.spool"
        )
        first.settings = replace(first.settings, database=connection.url)
        try:
            first.start()
            other.start()
            yield [first, other], connection
        finally:
            other.close()


def test_on_sqlite_whatever_happens_it_can_have_happened(tmp_path: Path) -> None:
    with exchange_on_a_disk(tmp_path) as (exchange, power):
        storm = Storm([exchange], SEED)
        storm.blow(CALLS, disk_full(power))
        assert storm.said("no-decision", None), "nobody noticed that the disk was full"
        nemeses = [killed, stands_still, clock_steps, syncs_stall(power), sync_fails(power)]
        for nemesis in every([*nemeses, disk_full(power)] if BLOWS else nemeses):
            storm.blow(CALLS, nemesis)
        storm.check()
        assert_something_happened(storm)
        assert_whole(exchange.settings.database)


def test_on_postgresql_whatever_happens_it_can_have_happened(tmp_path: Path) -> None:
    """Two replicas, and a server on a disk that may fail, too."""
    with empty_server_folder() as data, power_cut(data) as power:
        server = OwnServer(data, {}, power.environment)
        server.start()
        try:
            with two_replicas(tmp_path, server.url) as (exchanges, connection):
                storm = Storm(exchanges, SEED)
                nemeses = [failover, stands_still, clock_steps, *(commit_cut(connection, when) for when in Cut)]
                nemeses += [
                    syncs_stall(power),
                    *(revived(each(power), server) for each in (server_sync_fails, disk_full)),
                ]
                for nemesis in every(nemeses):
                    storm.blow(CALLS, nemesis)
                storm.check()
                assert_something_happened(storm)
                assert_whole(exchanges[1].settings.database)
        finally:
            server.stop()


def assert_something_happened(storm: Storm) -> None:
    """Every kind of answer was given, one that is changed afterwards is found, and no answer is a fault of ours."""
    answers = {call.answer for call in storm.history}
    assert {None, "decided", "moved", "cleared", "changed-retry", "not-clearable", "already-broadcast"} <= answers
    moved = next(call for call in storm.history if call.answer == "broadcast-differs")
    planted = [replace(call, answer="moved") if call is moved else call for call in storm.history]
    assert list(impossible(MODEL, [call for call in planted if call.part == moved.part])) == [moved.part]


def until_found(storm: Storm, found: Callable[[], object]) -> None:
    for _ in range(MOST_BLOWS):
        storm.blow(CALLS)
        if found():
            return
    raise AssertionError(f"the fault was not found in {len(storm.history)} calls")


def test_lifting_that_releases_is_found(tmp_path: Path) -> None:
    """Planted: the lifting of a hold gives back a release that nobody gave. Somebody is cleared in her pause."""
    with exchange_on_a_disk(tmp_path, Planted.LIFTING_RELEASES) as (exchange, _):
        storm = Storm([exchange], SEED)
        until_found(storm, storm.impossible)
        assert "-> cleared" in storm.impossible()


def test_deciding_without_the_lock_is_found(tmp_path: Path, postgresql_server: str) -> None:
    """Planted: two replicas that do not wait for each other. What each told cannot both have happened."""
    with two_replicas(tmp_path, postgresql_server, Planted.NO_LOCK) as (exchanges, _):
        storm = Storm(exchanges, SEED)
        until_found(storm, storm.impossible)


def test_a_cursor_over_numbers_from_outside_the_lock_is_found(tmp_path: Path, postgresql_server: str) -> None:
    """Planted: `id > last` over a sequence's numbers, which are not visible in order. Whoever polls misses some."""
    with two_replicas(tmp_path, postgresql_server, Planted.NUMBERED_OUTSIDE) as (exchanges, _):
        storm = Storm(exchanges, SEED)
        until_found(storm, storm.missed)
        assert not storm.impossible(), "but what was told can have happened: only the cursor is wrong"
