"""The exchange gets an answer within its deadline, and what the deadline took is never decided (A2 and B3)."""

import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg

from breather.storage.postgresql import LOCK
from tests.engines import empty_postgresql
from tests.exchange_process import ExchangeProcess, prepared_exchange
from tests.integration.exchange.contract import hold_to_contract
from tests.integration.exchange.withdrawals import assert_journal_has_no_gap, query, withdrawal

DEADLINE_MS = 150
# 20 ms are promised; the rest is for the way there and back on a machine that does other things, too.
TOLERANCE_SECONDS = 0.02 + 0.4


@contextmanager
def writing_blocked(database: str) -> Iterator[None]:
    """Another process in a long transaction."""
    if database.startswith("sqlite:///"):
        connection = sqlite3.connect(database.removeprefix("sqlite:///"), isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            connection.rollback()
            connection.close()
    else:
        with psycopg.connect(database) as server:
            server.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
            yield


def timed(exchange: ExchangeProcess, name: str, deadline: int = DEADLINE_MS) -> tuple[httpx.Response, float]:
    headers = {"Breather-Deadline-Ms": str(deadline)}
    began = time.monotonic()
    reply = exchange.call("POST", "/v1/withdrawals", withdrawal(name), headers=headers)
    return reply, time.monotonic() - began


def stored(exchange: ExchangeProcess) -> set[str]:
    return {row[0] for row in query(exchange.settings.database, "SELECT id FROM withdrawal")}


def drained(exchange: ExchangeProcess, names: set[str]) -> None:
    """Until the database has them: the poll that brings them comes each second."""
    until = time.monotonic() + 30
    while not names <= stored(exchange):
        assert time.monotonic() < until, "the spool was not drained"
        exchange.state(next(iter(names)))


def test_a_blocked_writer_is_not_waited_for(exchange: ExchangeProcess) -> None:
    exchange.post("/v1/withdrawals", withdrawal("late-0"))
    names = [f"late-{number}" for number in range(1, 8)]
    with writing_blocked(exchange.settings.database):
        with ThreadPoolExecutor(len(names)) as threads:
            answers = list(threads.map(lambda name: timed(exchange, name), names))
        for reply, took in answers:
            assert reply.status_code == 201
            said = reply.json()
            assert (said["stand_in"], said["degraded"], said["decision"]) == (True, True, "hold")
            assert DEADLINE_MS / 1000 <= took < DEADLINE_MS / 1000 + TOLERANCE_SECONDS
        # Reading is not writing: where things stand can be seen all the while.
        assert exchange.state("late-0")["state"] == "offered"
    drained(exchange, set(names))
    told = dict(zip(names, (reply.content for reply, _ in answers), strict=True))
    for name in names:
        reply, _ = timed(exchange, name, 20_000)
        assert (reply.status_code, reply.content) == (200, told[name])
    kinds = query(exchange.settings.database, "SELECT withdrawal FROM journal WHERE kind = 'decided'")
    assert {row[0] for row in kinds}.isdisjoint(names), "what the deadline took was decided all the same"
    assert_journal_has_no_gap(exchange)


def test_what_the_writer_has_taken_is_pending_and_decided_once(tmp_path: Path, postgresql_server: str) -> None:
    """Only PostgreSQL can be made to wait in the middle of a transaction by somebody else."""
    database = next(empty_postgresql(postgresql_server))
    with prepared_exchange(tmp_path, database) as exchange, psycopg.connect(database) as other:
        exchange.holds = hold_to_contract
        exchange.start()
        other.execute("LOCK TABLE profile IN ACCESS EXCLUSIVE MODE")
        taken, took = timed(exchange, "taken-1")
        assert (taken.status_code, taken.json()["type"]) == (503, "urn:breather:problem:pending")
        assert DEADLINE_MS / 1000 <= took < DEADLINE_MS / 1000 + TOLERANCE_SECONDS
        meanwhile, _ = timed(exchange, "taken-2")
        assert meanwhile.json()["stand_in"], "it still waited when its deadline came"
        again, _ = timed(exchange, "taken-1")
        assert again.json()["type"] == "urn:breather:problem:pending", "no stand-in speaks for what was taken"
        other.rollback()
        settled, _ = timed(exchange, "taken-1", 20_000)
        assert (settled.status_code, settled.json()["stand_in"]) == (200, False)
        drained(exchange, {"taken-2"})


def test_without_the_header_the_setting_holds(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/exchange.db"
    with prepared_exchange(tmp_path, database, deadline_ms=DEADLINE_MS, queue=2) as exchange:
        exchange.holds = hold_to_contract
        exchange.start()
        timed(exchange, "full-0", 20_000)
        with writing_blocked(database):
            began = time.monotonic()
            assert exchange.post("/v1/withdrawals", withdrawal("full-1")).json()["stand_in"]
            assert time.monotonic() - began < DEADLINE_MS / 1000 + TOLERANCE_SECONDS
            with ThreadPoolExecutor(6) as threads:
                names = [f"full-{number}" for number in range(2, 8)]
                replies = list(threads.map(lambda name: exchange.post("/v1/withdrawals", withdrawal(name)), names))
            # Two wait until their deadline, four find the queue full at once; none of them gets less than the others.
            assert {(reply.status_code, reply.json()["friction"]) for reply in replies} == {(201, "hold")}
            shown = exchange.call("GET", "/v1/withdrawals/full-2").json()
            assert (shown["state"], shown["clearable"], shown["decision"]["stand_in"]) == ("held", False, True)
            stop = exchange.post("/v1/withdrawals/full-2/events", {"id": "s", "event": "stop"})
            assert stop.json()["type"].endswith("pending"), "it is there, and cannot be moved yet"
        drained(exchange, {"full-1", *names})
        assert stored(exchange) == {"full-0", "full-1", *names}
