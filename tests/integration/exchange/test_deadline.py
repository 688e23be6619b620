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


def test_a_blocked_writer_is_not_waited_for(exchange: ExchangeProcess) -> None:
    exchange.post("/v1/withdrawals", withdrawal("late-0"))
    with writing_blocked(exchange.settings.database):
        taken, took = timed(exchange, "late-1")
        assert taken.status_code == 503
        assert taken.json()["type"] == "urn:breather:problem:pending"
        assert DEADLINE_MS / 1000 <= took < DEADLINE_MS / 1000 + TOLERANCE_SECONDS
        names = [f"late-{number}" for number in range(2, 8)]
        with ThreadPoolExecutor(len(names)) as threads:
            answers = list(threads.map(lambda name: timed(exchange, name), names))
        for reply, took in answers:
            assert reply.status_code == 503
            assert reply.json()["type"] == "urn:breather:problem:no-decision"
            assert reply.headers["retry-after"]
            assert took < DEADLINE_MS / 1000 + TOLERANCE_SECONDS
        # Reading is not writing: where things stand can be seen all the while.
        assert exchange.state("late-0")["state"] == "offered"
    again, _ = timed(exchange, "late-1", 20_000)
    assert again.status_code == 200, "taken is taken: it was decided once"
    assert stored(exchange).isdisjoint(names), "what the deadline took was decided all the same"
    for name in names:
        assert timed(exchange, name, 20_000)[0].status_code == 201
    assert_journal_has_no_gap(exchange)


def test_without_the_header_the_setting_holds(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/exchange.db"
    with prepared_exchange(tmp_path, database, deadline_ms=DEADLINE_MS, queue=2) as exchange:
        exchange.holds = hold_to_contract
        exchange.start()
        timed(exchange, "full-0", 20_000)
        with writing_blocked(database):
            began = time.monotonic()
            assert exchange.post("/v1/withdrawals", withdrawal("full-1")).json()["type"].endswith("pending")
            assert time.monotonic() - began < DEADLINE_MS / 1000 + TOLERANCE_SECONDS
            with ThreadPoolExecutor(6) as threads:
                names = [f"full-{number}" for number in range(2, 8)]
                replies = list(threads.map(lambda name: exchange.post("/v1/withdrawals", withdrawal(name)), names))
            # Two wait until their deadline, four find the queue full and are told so at once.
            assert {reply.json()["type"] for reply in replies} == {"urn:breather:problem:no-decision"}
        while (reply := timed(exchange, "full-1", 20_000)[0]).status_code == 503:
            pass  # the queue is full until the writer has passed what its deadlines took
        assert reply.status_code == 200
        assert stored(exchange) == {"full-0", "full-1"}
