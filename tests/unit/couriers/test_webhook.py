"""Letters by HTTP, against servers that behave and servers that do not."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from breather.couriers.letter import Letter, Undelivered
from breather.couriers.peer_address import DeliverTo, check_address
from breather.couriers.webhook import Webhook
from tests.unit.couriers.certificate import certificate_for

Serve = Callable[[socket.socket], None]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
ASK = Letter("GET", "/v1/changes?after=0", {"X-One": "1"})


@contextmanager
def served(*conversations: Serve) -> Iterator[int]:
    """A server on this machine that treats each connection as told; the port. It ends with the last of them."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def run() -> None:
            for serve in conversations:
                try:
                    opened, _ = listening.accept()
                except OSError:
                    return
                with opened:
                    try:
                        serve(opened)
                    except OSError:
                        continue

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR) if thread.is_alive() else None
    thread.join(5)


def read_request(opened: socket.socket) -> bytes:
    found = b""
    while b"\r\n\r\n" not in found:
        piece = opened.recv(65536)
        if not piece:
            raise OSError("closed")
        found += piece
    head, _, body = found.partition(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-le")), 0
    )
    while len(body) < length:
        body += opened.recv(65536)
    return head + b"\r\n\r\n" + body


def answering(*answers: bytes, seen: list[bytes] | None = None) -> Serve:
    def serve(opened: socket.socket) -> None:
        for answer in answers:
            request = read_request(opened)
            if seen is not None:
                seen.append(request)
            opened.sendall(answer)

    return serve


def webhook(port: int, seconds: float = 5.0, host: str = "127.0.0.1") -> Webhook:
    return Webhook(DeliverTo(f"http://{host}:{port}/base/", allow_loopback=True), "test", seconds=seconds)


def undelivered(courier: Webhook, letter: Letter = ASK) -> str:
    with pytest.raises(Undelivered) as caught:
        courier.carry(letter)
    courier.close()
    return f"{caught.value.code}: {caught.value}"


def test_it_carries_path_headers_and_body_and_keeps_the_connection() -> None:
    seen: list[bytes] = []
    with served(answering(OK, OK, seen=seen)) as port:
        courier = webhook(port)
        answer = courier.carry(ASK)
        again = courier.carry(Letter("POST", "/v1/referrals", {}, b"{}"))
        courier.close()
    assert (answer.status, answer.headers["content-length"], answer.body, again.status) == (200, "2", b"hi", 200)
    assert seen[0].startswith(b"GET /base/v1/changes?after=0 HTTP/1.1\r\n")
    assert f"Host: 127.0.0.1:{port}".encode() in seen[0]
    assert b"X-One: 1" in seen[0]
    assert seen[1].endswith(b"\r\n\r\n{}")


def test_a_kept_connection_that_was_closed_meanwhile_is_opened_again() -> None:
    seen: list[bytes] = []
    with served(answering(OK, seen=seen), answering(OK, seen=seen)) as port:
        courier = webhook(port)
        assert courier.carry(ASK).status == 200
        assert courier.carry(ASK).status == 200
        courier.close()
    assert len(seen) == 2


def test_redirects_are_answers_and_are_not_followed() -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"
    with served(answering(moved)) as port:
        courier = webhook(port)
        assert courier.carry(ASK).status == 302
        courier.close()


def test_variables_that_name_a_proxy_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with served(answering(OK)) as port:
        courier = webhook(port)
        assert courier.carry(ASK).status == 200
        courier.close()


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n" + b"x" * 70000, "too-long"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n11170\r\n" + b"x" * 70000 + b"\r\n0\r\n\r\n",
            "too-long",
        ),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 70000, "too-long"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\nshort", "no-http"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "no-http"),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 300 + b"\r\n", "no-http"),
        (b"HTTP/1.1 200 OK\r\nA: " + b"b" * 70000 + b"\r\n\r\n", "no-http"),
        (b"", "unreachable"),
    ],
)
def test_an_answer_that_is_none_is_listened_to_no_further(answer: bytes, code: str) -> None:
    with served(answering(answer)) as port:
        assert undelivered(webhook(port)).startswith(f"{code}: ")


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    assert undelivered(webhook(port)).startswith("unreachable: ")


@pytest.mark.parametrize("trickle", [b"H", b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n"])
def test_one_byte_at_a_time_is_no_way_to_hold_the_line(trickle: bytes) -> None:
    """Each byte is well within any timeout of its own; the whole is not."""

    def drip(opened: socket.socket) -> None:
        read_request(opened)
        opened.sendall(trickle)
        pause = threading.Event()
        for _ in range(200):
            opened.sendall(b"x")
            pause.wait(0.02)

    with served(drip) as port:
        assert undelivered(webhook(port, seconds=0.3)).startswith("timed-out: ")


def test_a_name_that_is_not_resolved_in_time_is_waited_for_no_longer() -> None:
    never = threading.Event()

    def resolve(host: str, port: int) -> list[str]:
        never.wait(20)
        return ["127.0.0.1"]

    courier = Webhook(DeliverTo("http://agency.example"), "test", seconds=0.2, resolve=resolve)
    assert undelivered(courier).startswith("timed-out: ")
    never.set()


def resolving(*addresses: str, asked: list[str] | None = None) -> Callable[[str, int], list[str]]:
    def resolve(host: str, port: int) -> list[str]:
        if asked is not None:
            asked.append(host)
        return list(addresses)

    return resolve


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.7", "169.254.169.254", "64:ff9b::7f00:1", "::ffff:127.0.0.1"])
def test_a_name_that_leads_inside_is_never_connected_to(address: str) -> None:
    with served(answering(OK)) as port:
        where = DeliverTo(f"http://agency.example:{port}")
        for found in ([address], ["8.8.8.8", address]):
            problem = undelivered(Webhook(where, "test", resolve=resolving(*found)))
            assert problem.startswith("address-refused: agency.example leads to " + address)


def test_loopback_takes_the_pin_and_test_mode() -> None:
    with pytest.raises(ValueError, match="test mode only"):
        Webhook(DeliverTo("https://127.0.0.1:1", allow_loopback=True), "live")
    assert undelivered(Webhook(DeliverTo("http://127.0.0.1:1"), "test")).startswith("address-refused: ")
    with pytest.raises(ValueError, match="https in live mode"):
        Webhook(DeliverTo("http://agency.example"), "live")


def test_a_name_is_resolved_once_and_the_address_that_was_looked_at_is_used() -> None:
    """A second answer, for another address, would be how the guard is got round."""
    asked: list[str] = []
    with served(answering(OK, OK)) as port:
        where = DeliverTo(f"http://agency.example:{port}", allow_loopback=True)
        courier = Webhook(where, "test", resolve=resolving("127.0.0.1", asked=asked))
        courier.carry(ASK)
        courier.carry(ASK)
        courier.close()
    assert asked == ["agency.example"]


@pytest.mark.parametrize("trusts", [True, False])
@pytest.mark.parametrize("name", ["agency.example", "other.example"])
def test_tls_proves_the_name_and_not_the_address(tmp_path: Path, trusts: bool, name: str) -> None:
    certificate, key = certificate_for("agency.example", tmp_path)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, key)
    named: list[str | None] = []
    server.sni_callback = lambda opened, wanted, context: named.append(wanted)

    def serve(opened: socket.socket) -> None:
        with server.wrap_socket(opened, server_side=True) as secured:
            answering(OK)(secured)

    trust = ssl.create_default_context(cafile=str(certificate)) if trusts else None
    with served(serve) as port:
        where = DeliverTo(f"https://{name}:{port}", allow_loopback=True)
        courier = Webhook(where, "test", tls=trust, resolve=resolving("127.0.0.1"))
        if trusts and name == "agency.example":
            assert courier.carry(ASK).body == b"hi"
            courier.close()
        else:
            assert undelivered(courier).startswith("not-trusted: ")
    assert named == [name]


@pytest.mark.parametrize(
    "url",
    ["", "agency.example", "ftp://agency.example", "https://", "https://a:b@agency.example", "https://agency.example?x=1",
     "https://agency.example#x", "https://agency.example:99999", "https://agency.example/ x", "file:///etc/passwd"],
)  # fmt: skip
def test_what_is_no_address_to_deliver_to(url: str) -> None:
    assert [finding.code for finding in check_address(DeliverTo(url), "test")] == ["no-address"]


def test_an_address_says_host_port_and_path() -> None:
    address = DeliverTo("https://relay.police.example/breather/")
    assert (address.host, address.port, address.path, address.tls) == ("relay.police.example", 443, "/breather", True)
    assert check_address(address, "live") == []
    assert DeliverTo("http://[::1]:8090").host == "::1"
