"""The short way to a decision: what it answers is what the table of routes would have answered, to the byte."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from starlette.applications import Starlette
from starlette.types import ASGIApp, Message, Scope

from breather.web.api_keys import Scope as May
from breather.web.strict_json import LARGEST
from tests.integration.exchange.withdrawals import withdrawal
from tests.served_world import KEY, ServedWorld, served_world

BODY = msgspec.json.encode(withdrawal("w-1"))
AUTHORISED = {"authorization": f"Bearer {KEY}"}


@pytest.fixture
def served(tmp_path: Path) -> Iterator[ServedWorld]:
    with served_world(tmp_path) as found:
        yield found


def scope(method: str = "POST", path: str = "/v1/withdrawals", headers: dict[str, str] | None = None) -> Scope:
    given = AUTHORISED if headers is None else headers
    return {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "server": ("breather.example", 443),
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
    }


def parts(*bodies: bytes) -> list[Message]:
    last = len(bodies) - 1
    return [{"type": "http.request", "body": body, "more_body": at < last} for at, body in enumerate(bodies)]


def asked(app: ASGIApp, of: Scope, received: list[Message]) -> list[Message]:
    """What is sent; a fault that is raised after its answer is the server's to log."""
    sent: list[Message] = []
    waiting = iter([*received, {"type": "http.disconnect"}])

    async def receive() -> Message:
        return next(waiting)

    async def send(message: Message) -> None:
        sent.append(message)

    async def ask() -> None:
        try:
            await app(dict(of), receive, send)
        except RuntimeError:
            assert sent

    asyncio.run(ask())
    return sent


def both_ways(served: ServedWorld, of: Scope, received: list[Message]) -> tuple[list[Message], list[Message]]:
    async def by_the_routes(scope: Scope, receive: Any, send: Any) -> None:
        await Starlette.__call__(served.app, scope, receive, send)

    return asked(served.app, of, received), asked(by_the_routes, of, received)


@pytest.mark.parametrize(
    ("headers", "received", "status"),
    [
        pytest.param({}, parts(BODY), 401, id="no key"),
        pytest.param({"authorization": "Bearer brk_test_other"}, parts(BODY), 401, id="unknown key"),
        pytest.param({**AUTHORISED, "breather-deadline-ms": "0"}, parts(BODY), 400, id="no deadline"),
        pytest.param(AUTHORISED, parts(b"{"), 400, id="no JSON"),
        pytest.param(AUTHORISED, parts(b'{"id": "w", "id": "w"}'), 400, id="a key twice"),
        pytest.param(AUTHORISED, parts(b"{}"), 422, id="nothing in it"),
        pytest.param(AUTHORISED, parts(b" " * LARGEST, b" "), 413, id="too much"),
        pytest.param({**AUTHORISED, "content-length": str(LARGEST + 1)}, parts(b""), 413, id="too much announced"),
        pytest.param(AUTHORISED, [], 400, id="hung up"),
        pytest.param(AUTHORISED, parts(BODY[:50], b""), 400, id="half of it"),
    ],
)
def test_what_is_refused_is_refused_alike(
    served: ServedWorld, headers: dict[str, str], received: list[Message], status: int
) -> None:
    short, long = both_ways(served, scope(headers=headers), received)
    assert short == long
    assert short[0]["status"] == status


def test_a_key_that_may_not_is_refused_alike(served: ServedWorld) -> None:
    served.narrow(May.READ)
    short, long = both_ways(served, scope(), parts(BODY))
    assert short == long
    assert short[0]["status"] == 403


def test_a_decision_is_the_same_in_one_part_and_in_many(served: ServedWorld) -> None:
    first = asked(served.app, scope(), parts(BODY))
    short, long = both_ways(served, scope(), parts(BODY[:10], BODY[10:200], b"", BODY[200:]))
    assert (first[0]["status"], short[0]["status"]) == (201, 200)
    assert short == long
    assert short[1]["body"] == first[1]["body"]


def test_a_changed_retry_is_refused_alike(served: ServedWorld) -> None:
    asked(served.app, scope(), parts(BODY))
    other = msgspec.json.encode(withdrawal("w-1", amount="78"))
    short, long = both_ways(served, scope(), parts(other))
    assert short == long
    assert short[0]["status"] == 409


def test_a_fault_of_ours_says_nothing_of_itself(served: ServedWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*given: object) -> None:
        raise RuntimeError("what nobody outside should read")

    monkeypatch.setattr(served.world, "write", broken)
    short, long = both_ways(served, scope(), parts(BODY))
    assert short == long
    assert short[0]["status"] == 500
    assert b"nobody" not in short[1]["body"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "OPTIONS"])
def test_other_methods_go_by_the_routes(served: ServedWorld, method: str) -> None:
    short, long = both_ways(served, scope(method), parts(b""))
    assert short == long
    assert short[0]["status"] in (200, 405)


def test_other_paths_go_by_the_routes(served: ServedWorld) -> None:
    for path in ("/v1/withdrawals/", "/v1/withdrawals/w-1/events", "/nowhere"):
        short, long = both_ways(served, scope(path=path), parts(BODY))
        assert short == long
        assert short[0]["status"] in (404, 422)
