"""SIGTERM: what was accepted is answered, what was not is not half-done, and nobody can hold up the stop."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from pathlib import Path
from threading import Event

import httpx
import pytest

from breather.serve import GRACE_SECONDS, LAST_SECONDS
from tests.exchange_process import ExchangeProcess, prepared_exchange
from tests.integration.exchange.withdrawals import assert_journal_has_no_gap, query, withdrawal

THREADS = 8
ENOUGH = 15


@pytest.fixture
def own(tmp_path: Path) -> Iterator[ExchangeProcess]:
    with prepared_exchange(tmp_path, f"sqlite:///{tmp_path / 'exchange.db'}") as found:
        found.start()
        yield found


def sent_until_it_stops(exchange: ExchangeProcess, sender: int, enough: Event) -> tuple[dict[str, bytes], str]:
    """What was acknowledged, and what was on its way when the line was cut."""
    told: dict[str, bytes] = {}
    with httpx.Client(trust_env=False, timeout=30) as client:
        for serial in count():
            name = f"stop-{sender}-{serial}"
            headers = {"Authorization": f"Bearer {exchange.key}"}
            try:
                reply = client.post(f"{exchange.url}/v1/withdrawals", json=withdrawal(name), headers=headers)
            except httpx.TransportError:
                return told, name
            assert reply.status_code == 201, reply.text
            told[name] = reply.content
            if serial == ENOUGH:
                enough.set()
    raise AssertionError("count() does not end")


def test_what_was_acknowledged_is_there_and_nothing_is_half_done(exchange: ExchangeProcess) -> None:
    enough = Event()
    with ThreadPoolExecutor(THREADS) as threads:
        running = [threads.submit(sent_until_it_stops, exchange, number, enough) for number in range(THREADS)]
        assert enough.wait(60)
        assert exchange.stop() == 0
        ended = [each.result() for each in running]
    told = {name: content for each, _ in ended for name, content in each.items()}
    assert len(told) >= ENOUGH
    database = exchange.settings.database
    decided = [row[0] for row in query(database, "SELECT withdrawal FROM journal WHERE kind = 'decided'")]
    kept = [row[0] for row in query(database, "SELECT id FROM withdrawal")]
    assert sorted(decided) == sorted(kept), "a decision without its entry, or an entry without its decision"
    assert set(told) <= set(kept), "acknowledged and lost"
    exchange.start()
    assert_journal_has_no_gap(exchange)
    for name, content in told.items():
        assert exchange.post("/v1/withdrawals", withdrawal(name)).content == content
    for _, name in ended:
        again = exchange.post("/v1/withdrawals", withdrawal(name))
        assert again.status_code == (200 if name in kept else 201)


def took_to_stop(exchange: ExchangeProcess) -> float:
    began = time.monotonic()
    assert exchange.stop() == 0
    return time.monotonic() - began


def line_to(exchange: ExchangeProcess, said: bytes) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", exchange.settings.port), timeout=20)
    line.sendall(said)
    return line


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\n",
        b"POST /v1/withdrawals HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer KEY\r\nContent-Length: 900\r\n\r\n{",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
    ids=["silent", "half-a-head", "half-a-body", "kept-alive"],
)
def test_an_open_line_does_not_hold_up_the_stop(own: ExchangeProcess, said: bytes) -> None:
    with line_to(own, said.replace(b"KEY", own.key.encode())):
        # Answered after it: the service has seen the line by then.
        assert own.client.get(f"{own.url}/healthz").status_code == 200
        assert took_to_stop(own) < LAST_SECONDS + 4 < GRACE_SECONDS


def test_a_body_that_ends_in_time_is_still_answered(own: ExchangeProcess) -> None:
    body = b'{"id": "x"}'
    head = b"POST /v1/withdrawals HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n"
    with line_to(own, head % (own.key.encode(), len(body)) + body[:5]) as line:
        assert own.client.get(f"{own.url}/healthz").status_code == 200
        assert own.process is not None
        own.process.terminate()
        until = time.monotonic() + 20
        while listens(own) and time.monotonic() < until:
            pass
        line.sendall(body[5:])
        assert line.recv(1000).startswith(b"HTTP/1.1 422"), "read to its end, and refused for what it says"
        own.process.wait(20)


def listens(exchange: ExchangeProcess) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", exchange.settings.port), timeout=1):
        return True
    return False
