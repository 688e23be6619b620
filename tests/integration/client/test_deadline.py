"""Within its deadline the client says something, and what it says without an answer is `wait` (guarantees
B5).

The bounds are generous because the machine may be busy; what they exclude is a wait for the server.
"""

import socket
import threading
import time
from collections.abc import Callable

import pytest

from breather.client import Breather, Unavailable, Why, Withdrawal, Word
from breather.client.withdrawal import Residence
from tests.integration.client.fake_service import API_KEY, FakeBreather, serving
from tests.integration.client.misbehaving import Script, listening, read_request

BODY = (
    b'{"id":"wd-1","decision":"proceed","friction":"none","degraded":false,'
    b'"destination":{"network":"TRON","address":"TJRabPrwbZy45sbavfcjinPJC18kjpRTv8","memo":null}}'
)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
WITHDRAWAL = Withdrawal(
    id="wd-1",
    customer="c-1",
    asset="USDT",
    network="TRON",
    amount="1",
    address="T",
    residence=Residence(kyc="MO"),
)
GENEROUS = 3.0


def whole(body: bytes, head: bytes = HEAD) -> bytes:
    return head + b"Content-Length: %d\r\n\r\n" % len(body) + body


def dribble(data: bytes) -> Script:
    """One byte each hundredth of a second: every wait of a socket is short, the whole never ends in time."""

    def script(connection: socket.socket, over: threading.Event) -> None:
        read_request(connection)
        for byte in data:
            if over.wait(0.01):
                return
            connection.sendall(bytes([byte]))
        over.wait()

    return script


def silent(connection: socket.socket, over: threading.Event) -> None:
    over.wait()


def says(data: bytes) -> Script:
    def script(connection: socket.socket, over: threading.Event) -> None:
        read_request(connection)
        connection.sendall(data)

    return script


def refused_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}"


def assess(url: str, deadline: float = 2.0) -> tuple[Word, Why | None]:
    with Breather(url, API_KEY, vasp="demo-exchange") as client:
        assessment = client.assess(WITHDRAWAL, deadline)
    return assessment.decision, assessment.why


@pytest.mark.parametrize(
    "script",
    [
        silent,
        dribble(whole(b" " * 1000 + BODY)),
        dribble(HEAD + b"X-Long: " + b"a" * 2000),
        dribble(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\n \r\n" * 400),
        dribble(b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
    ],
    ids=["silent", "body", "headers", "chunks", "continues"],
)
def test_the_deadline_is_over_the_whole_conversation(script: Script) -> None:
    with listening(script) as url:
        began = time.monotonic()
        answer = assess(url, deadline=0.3)
        took = time.monotonic() - began
    assert answer == (Word.WAIT, Why.TIMED_OUT)
    assert 0.29 <= took < 0.3 + GENEROUS


def test_a_slow_but_whole_answer_within_the_deadline_counts() -> None:
    with listening(dribble(whole(BODY))) as url:
        assert assess(url, deadline=60) == (Word.PROCEED, None)


def test_a_server_that_does_not_read_cannot_hold_the_sender() -> None:
    body = {**WITHDRAWAL.body(), "locale": "x" * 30_000_000}
    with listening(silent) as url, Breather(url, API_KEY, vasp="demo-exchange") as client:
        began = time.monotonic()
        assert client.assess(body, 0.3).why is Why.TIMED_OUT
        assert time.monotonic() - began < 0.3 + GENEROUS


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", Why.UNREACHABLE),
        (b"nonsense\r\n\r\n", Why.GARBLED),
        (whole(b"<html>"), Why.GARBLED),
        (whole(BODY, b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"), Why.GARBLED),
        (whole(b"[]"), Why.GARBLED),
        (whole(BODY.replace(b"wd-1", b"wd-2")), Why.GARBLED),
        (whole(BODY.replace(b"proceed", b"allow")), Why.GARBLED),
        (whole(BODY.replace(b"proceed", b"wait")), Why.GARBLED),
        (whole(BODY.replace(b"none", b"0")), Why.GARBLED),
        (whole(BODY[:-1] + b',"decision":"proceed"}'), Why.GARBLED),
        (whole(BODY.replace(b"false", b"NaN")), Why.GARBLED),
        (whole(b'{"a":' * 5000), Why.GARBLED),
        (whole(b" " * 2_000_000 + BODY), Why.GARBLED),
        (HEAD + b"Content-Length: 500\r\n\r\n" + BODY, Why.GARBLED),
        (
            whole(BODY, b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Type: application/json\r\n"),
            Why.GARBLED,
        ),
        (whole(b"not found", b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\n"), Why.GARBLED),
        (whole(b"{}", b"HTTP/1.1 503 Busy\r\nContent-Type: application/problem+json\r\n"), Why.NO_DECISION),
        (whole(b"{}", b"HTTP/1.1 429 Slow\r\nContent-Type: application/problem+json\r\n"), Why.NO_DECISION),
        (whole(b"oops", b"HTTP/1.1 500 Oops\r\nContent-Type: text/plain\r\n"), Why.NO_DECISION),
    ],
)
def test_what_is_not_a_decision_about_this_withdrawal_means_wait(data: bytes, why: Why) -> None:
    with listening(says(data)) as url:
        assert assess(url) == (Word.WAIT, why)


def test_nobody_listening_means_wait() -> None:
    assert assess(refused_port()) == (Word.WAIT, Why.UNREACHABLE)


def test_a_name_that_does_not_resolve_means_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*args: object, **names: object) -> None:
        raise socket.gaierror("no such name")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert assess("http://breather.invalid") == (Word.WAIT, Why.UNREACHABLE)


def test_a_dead_name_server_cannot_hold_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def never(*args: object, **names: object) -> list[object]:
        over.wait()
        return []

    monkeypatch.setattr(socket, "getaddrinfo", never)
    try:
        began = time.monotonic()
        assert assess("http://breather.invalid", 0.2) == (Word.WAIT, Why.TIMED_OUT)
        assert time.monotonic() - began < 0.2 + GENEROUS
    finally:
        over.set()


def test_a_name_is_resolved_once_and_used(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    real: Callable[..., object] = socket.getaddrinfo

    def counting(host: object, *args: object, **names: object) -> object:
        asked.extend([host] if host == "localhost" else [])
        return real(host, *args, **names)

    monkeypatch.setattr(socket, "getaddrinfo", counting)
    fake = FakeBreather()
    with serving(fake) as url:
        named = url.replace("127.0.0.1", "localhost")
        with Breather(named, API_KEY, vasp="demo-exchange") as client:
            for _ in range(3):
                assert client.assess(WITHDRAWAL, 10).decision is Word.INTERVENE
                client.close()
    assert asked == ["localhost"]


def test_a_kept_connection_closed_by_the_server_is_replaced_once() -> None:
    opened: list[int] = []

    def once(connection: socket.socket, over: threading.Event) -> None:
        opened.append(1)
        read_request(connection)
        connection.sendall(whole(BODY))

    with listening(once) as url, Breather(url, API_KEY, vasp="demo-exchange") as client:
        assert [client.assess(WITHDRAWAL, 5).decision for _ in range(3)] == [Word.PROCEED] * 3
    assert len(opened) == 3


def test_an_answer_that_ends_with_the_connection_is_read_whole() -> None:
    with listening(says(HEAD + b"Connection: close\r\n\r\n" + BODY)) as url:
        assert assess(url) == (Word.PROCEED, None)


def test_waiting_shows_the_last_alert_of_that_jurisdiction() -> None:
    fake = FakeBreather()
    with serving(fake) as url, Breather(url, API_KEY, vasp="demo-exchange") as client:
        known = client.assess({**WITHDRAWAL.body(), "locale": "pt"}, 10)
        fake.broken = True
        here = client.assess({**WITHDRAWAL.body(), "id": "wd-2", "locale": "pt"}, 10)
        elsewhere = client.assess({**WITHDRAWAL.body(), "id": "wd-3", "residence": {"kyc": "HK"}}, 10)
    assert (here.decision, here.why, here.alert) == (Word.WAIT, Why.NO_DECISION, known.alert)
    assert here.alert is not None
    assert (elsewhere.decision, elsewhere.alert) == (Word.WAIT, None)


def test_other_calls_raise_unavailable_instead_of_guessing() -> None:
    with (
        Breather(refused_port(), API_KEY, vasp="demo-exchange") as client,
        pytest.raises(Unavailable) as caught,
    ):
        client.clearance("wd-1")
    assert caught.value.why is Why.UNREACHABLE


def test_a_withdrawal_without_an_id_is_the_callers_mistake() -> None:
    with (
        Breather(refused_port(), API_KEY, vasp="demo-exchange") as client,
        pytest.raises(ValueError, match="own id"),
    ):
        client.assess({"customer": {"ref": "c-1"}})
