"""Power cuts under decisions over HTTP (guarantee J1): what was acknowledged is there, whatever of the rest is.

The service runs once; from what its disk has noted, cuts at many moments are looked at: after an acknowledgement with
nothing that was not synced, and anywhere with any part of it. `make chaos` looks at many more.
"""

import os
import random
import shutil
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from breather.operate import examination
from breather.settings import witness_folder
from tests.chaos.disk import Power, power_cut
from tests.chaos.notes import Kept, Kind, Moments, Note
from tests.chaos.own_server import OwnServer, empty_server_folder
from tests.chaos.planted import Planted, launcher
from tests.chaos.traffic import assert_whole, body, missing, send
from tests.exchange_process import ExchangeProcess, prepared_exchange

CUTS = int(os.environ.get("BREATHER_TEST_CUTS", "20"))
CUTS_OF_A_SERVER = max(2, CUTS // 10)  # each takes a start of PostgreSQL
SEED = int(os.environ.get("BREATHER_TEST_SEED", "1"))
EACH = 18  # withdrawals of each thread: so many that SQLite moves pages into the database meanwhile
STALL_SECONDS, TRIES = 0.2, 50
UNSAFE = "fsync is off; on is right"


def moments(count: int, chance: random.Random, since: int = 0) -> Moments:
    """Half of them just after an acknowledgement, with nothing else kept: the cruellest. The last is the end."""

    def chosen(notes: Sequence[Note]) -> list[tuple[int, Kept]]:
        told = [at for at in range(since + 1, len(notes)) if notes[at - 1].kind is Kind.MARK]
        after = [(at, Kept.NOTHING) for at in chance.sample(told, min(len(told), count // 2))]
        others = [
            (chance.randrange(since, len(notes)), chance.choice((Kept.SOME, Kept.SOME, Kept.ALL)))
            for _ in range(count - count // 2 - 1)
        ]
        return [*after, *others, (len(notes), Kept.NOTHING)]

    return chosen


def at_the_end(notes: Sequence[Note]) -> list[tuple[int, Kept]]:
    return [(len(notes), Kept.NOTHING)]


def sqlite_in(folder: Path) -> str:
    return f"sqlite:///{folder / 'exchange.db'}"


@contextmanager
def exchange_on_a_disk(folder: Path, fault: Planted | None = None) -> Iterator[tuple[ExchangeProcess, Power]]:
    """An exchange on SQLite that runs."""
    data = folder / "data"
    data.mkdir()
    with prepared_exchange(folder, sqlite_in(data)) as exchange, power_cut(data) as power:
        exchange.around = power.environment
        if fault is not None:
            exchange.launcher = launcher(fault, "exchange")
        exchange.start()
        yield exchange, power
        exchange.kill()


def wrong_signs(exchange: ExchangeProcess) -> set[str]:
    """What `breather doctor` finds wrong."""
    return {sign.what for sign in examination(exchange.settings, exchange.clock) if sign.wrong}


def assert_goes_on(exchange: ExchangeProcess, told: dict[str, bytes], content: set[str]) -> None:
    """The service starts on what is left, repeats every decision byte for byte, takes new ones; its doctor is content.

    `content`: what the doctor found wrong before the cut.
    """
    assert wrong_signs(exchange) == content
    exchange.start()
    with ThreadPoolExecutor(8) as threads:
        again = list(threads.map(lambda name: exchange.post("/v1/withdrawals", body(name)), told))
    assert {reply.status_code for reply in again} == {200}
    assert [reply.content for reply in again] == list(told.values())
    assert exchange.post("/v1/withdrawals", body("after-the-cut")).status_code == 201
    exchange.kill()
    assert_whole(exchange.settings.database)


def test_nothing_acknowledged_is_lost_on_sqlite(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    with exchange_on_a_disk(tmp_path) as (exchange, power):
        content = wrong_signs(exchange)
        told = send(exchange, "cut", EACH, power.mark)
        assert not told_while_syncs_stall(exchange, power, "stalled")
        exchange.kill()
        assert (Kind.SYNCED, "exchange.db") in {(note.kind, Path(note.path).name) for note in power.notes()}, "moved"
        for number, left in enumerate(power.cuts(chance, moments(CUTS, chance))):
            recovered = left.write(tmp_path / f"cut-{number}")
            lost = missing(sqlite_in(recovered), left.marks)
            assert not lost, f"cut at note {left.at}, {left.kept} of the rest kept: acknowledged and lost"
            assert_whole(sqlite_in(recovered))
            exchange.settings = replace(exchange.settings, database=sqlite_in(recovered))
        assert len(left.marks) > len(told) == 8 * EACH
        exchange.around = {}
        assert_goes_on(exchange, told, content)


@pytest.mark.parametrize("fault", [Planted.NORMAL, Planted.NOT_SYNCED])
def test_what_was_only_handed_over_is_lost_in_a_cut(tmp_path: Path, fault: Planted) -> None:
    """The control: with a fault in it, the same look at the same disk finds what was lost."""
    with exchange_on_a_disk(tmp_path, fault) as (exchange, power):
        send(exchange, "lost", 2, power.mark)
        exchange.kill()
        (left,) = power.cuts(random.Random(SEED), at_the_end)
        lost = missing(sqlite_in(left.write(tmp_path / "cut")), left.marks)
    assert lost, "nothing was lost without a sync: these tests could not fail"


def told_while_syncs_stall(exchange: ExchangeProcess, power: Power, name: str) -> bool:
    """Whether anybody is told anything while no sync returns; afterwards all are told."""
    told = threading.Event()

    def hears(word: str) -> None:
        power.mark(word)
        told.set()

    with ThreadPoolExecutor(1) as thread:
        with power.stalled():
            sending = thread.submit(send, exchange, name, 1, hears)
            early = told.wait(STALL_SECONDS)
        assert len(sending.result()) == 8
    return early


def test_an_answer_before_the_commit_is_found(tmp_path: Path) -> None:
    """Planted: acknowledged before commit. Somebody is told while nothing can be durable, and a cut takes it away.

    Not always at the first try: what the writer was at when the syncs stalled may keep it from the next.
    """
    with exchange_on_a_disk(tmp_path, Planted.BEFORE_COMMIT) as (exchange, power):
        assert any(told_while_syncs_stall(exchange, power, f"early-{number}") for number in range(TRIES))
        exchange.kill()
        cuts = power.cuts(random.Random(SEED), after_each_mark)
        assert any(missing(sqlite_in(left.write(tmp_path / f"cut-{left.at}")), left.marks) for left in cuts)


def after_each_mark(notes: Sequence[Note]) -> list[tuple[int, Kept]]:
    return [(at, Kept.NOTHING) for at, note in enumerate(notes, start=1) if note.kind is Kind.MARK]


def test_nothing_acknowledged_is_lost_on_postgresql(tmp_path: Path) -> None:
    """And with `fsync = off`, which the doctor refuses, it is."""
    chance = random.Random(SEED)
    with (
        empty_server_folder() as data,
        started(OwnServer(data, {"fsync": "off"})) as fresh,
        prepared_exchange(tmp_path, fresh.url) as exchange,
    ):
        content = wrong_signs(exchange) - {UNSAFE}
        fresh.stop(signal.SIGINT)
        with power_cut(data) as power:
            with started(OwnServer(data, {}, power.environment)) as server:
                exchange.start()
                told = send(exchange, "cut", EACH, power.mark)
                sound = len(power.notes())
                turn_off_fsync(server)
                send(exchange, "lost", 2, power.mark)
                assert UNSAFE in wrong_signs(exchange)
                exchange.kill()
            for left in power.cuts(chance, lambda notes: moments(CUTS_OF_A_SERVER, chance)(notes[:sound])):
                with started(OwnServer(left.write(data.with_name(f"cut-{left.at}")), {})) as again:
                    lost = missing(again.url, left.marks)
                    assert not lost, f"cut at note {left.at}, {left.kept} of the rest kept: acknowledged and lost"
                    assert_whole(again.url)
                    if left.at == sound:
                        exchange.settings = replace(exchange.settings, database=again.url)
                        # It saw what was lost on purpose after this moment, and would rightly say so.
                        shutil.rmtree(witness_folder(exchange.settings))
                        assert_goes_on(exchange, told, content)
            (left,) = power.cuts(chance, at_the_end)
            with started(OwnServer(left.write(data.with_name("lost")), {})) as again:
                assert missing(again.url, left.marks), "nothing was lost without a sync: this test could not fail"


def turn_off_fsync(server: OwnServer) -> None:
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")


@contextmanager
def started(server: OwnServer) -> Iterator[OwnServer]:
    server.start()
    try:
        yield server
    finally:
        server.stop()
