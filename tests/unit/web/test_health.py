"""What a supervisor and a load balancer are told: alive and ready are two things, and both are asked without a key."""

import asyncio

import httpx
import pytest
from starlette.applications import Starlette

from breather.web.health import health_routes


def asked(path: str, unready: dict[str, str], stands_by: bool = False) -> httpx.Response:
    async def ask() -> httpx.Response:
        routes = health_routes(lambda: unready, stands_by=lambda: stands_by)
        transport = httpx.ASGITransport(Starlette(routes=list(routes)))
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
            return await client.get(path)

    return asyncio.run(ask())


def test_a_process_that_is_not_ready_is_alive_all_the_same() -> None:
    """Else a supervisor would start it again and again while its database is away."""
    reply = asked("/healthz", {"database-failed": "the last transaction failed: Unavailable"})
    assert (reply.status_code, reply.json()) == (200, {"alive": True})


def test_ready_when_nothing_speaks_against_it() -> None:
    reply = asked("/readyz", {})
    assert (reply.status_code, reply.json()) == (200, {"ready": True, "reasons": []})


def test_not_ready_says_every_reason() -> None:
    reply = asked("/readyz", {"writer-closed": "it is stopping", "snapshot-old": "not read for 40 s"})
    assert reply.status_code == 503
    assert reply.json() == {
        "ready": False,
        "reasons": [
            {"code": "writer-closed", "message": "it is stopping"},
            {"code": "snapshot-old", "message": "not read for 40 s"},
        ],
    }


def test_while_stand_ins_are_answered_it_stays_in_service_and_says_why_nothing_is_decided() -> None:
    reply = asked("/readyz", {"database-failed": "the last transaction failed: Unavailable"}, stands_by=True)
    assert reply.status_code == 200
    assert reply.json()["ready"] is True
    assert [reason["code"] for reason in reply.json()["reasons"]] == ["database-failed"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_nobody_keeps_an_old_answer(path: str) -> None:
    assert asked(path, {}).headers["Cache-Control"] == "no-store"


def test_what_an_operator_has_to_know_takes_no_request_away() -> None:
    """A load balancer that left out every replica in recovery mode would leave out all of them, for hours."""

    async def ask() -> httpx.Response:
        routes = health_routes(dict, lambda: {"recovering": "what is missing is told again"})
        transport = httpx.ASGITransport(Starlette(routes=list(routes)))
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
            return await client.get("/readyz")

    reply = asyncio.run(ask())
    assert reply.status_code == 200
    assert reply.json() == {
        "ready": True,
        "reasons": [],
        "notes": [{"code": "recovering", "message": "what is missing is told again"}],
    }
