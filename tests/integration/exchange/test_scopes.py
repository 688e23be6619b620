"""Who may do what: no key, an unknown key, a key without the scope, a revoked key. On every route of the API."""

import time
from collections.abc import Iterator

import pytest

from breather.operate import create_api_key, revoke_api_key
from breather.web.api_keys import Scope
from tests.exchange_process import ExchangeProcess
from tests.integration.exchange.withdrawals import counts, withdrawal

# Followed within a second, as promised; the rest is for a busy machine.
FOLLOWS_WITHIN_SECONDS = 5.0

_R = Scope.RESPOND
# method, path, body, the one scope that it needs
ROUTES: tuple[tuple[str, str, object, Scope], ...] = (
    ("POST", "/v1/withdrawals", withdrawal("scope-1"), Scope.ASSESS),
    ("GET", "/v1/withdrawals", None, Scope.READ),
    ("GET", "/v1/withdrawals/scope-0", None, Scope.READ),
    ("POST", "/v1/withdrawals/scope-0/events", {"id": "e1", "event": "stop"}, Scope.RESPOND),
    ("POST", "/v1/withdrawals/scope-0/events", {"id": "e2", "event": "help"}, Scope.RESPOND),
    (
        "POST",
        "/v1/withdrawals/scope-0/events",
        {
            "id": "e3",
            "event": "confirm",
            "session_started_at": "2026-11-22T10:43:00Z",
            "authenticated_at": "2026-11-22T10:43:00Z",
        },
        Scope.RESPOND,
    ),
    (
        "POST",
        "/v1/withdrawals/scope-0/events",
        {"id": "e4", "event": "broadcast", "transaction_id": "t"},
        Scope.RESPOND,
    ),
    ("POST", "/v1/withdrawals/scope-0/events", {"id": "e5", "event": "held", "reason": "r"}, Scope.DESK),
    ("POST", "/v1/withdrawals/scope-0/events", {"id": "e6", "event": "lifted", "reason": "r"}, Scope.DESK),
    ("POST", "/v1/withdrawals/scope-0/links", {}, Scope.RESPOND),
    ("POST", "/v1/withdrawals/scope-0/clearance", {}, Scope.CLEAR),
)
WRONG = [(*route[:3], scope) for route in ROUTES for scope in Scope if scope is not route[3]]


@pytest.fixture(autouse=True)
def nothing_changed(service: ExchangeProcess) -> Iterator[None]:
    """Keys made and revoked are acts of an operator and have their journal entries; nothing else of the flow moves."""
    before = {**counts(service), "journal": 0}
    yield
    assert {**counts(service), "journal": 0} == before


@pytest.mark.parametrize(("method", "path", "body", "scope"), ROUTES, ids=lambda value: str(value)[:40])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer brk_test_" + "A" * 43},
        {"Authorization": "Basic dXNlcjpwYXNz"},
        {"Authorization": "brk_test_" + "A" * 43},
        {"X-Api-Key": "brk_test_" + "A" * 43},
    ],
    ids=lambda value: str(value)[:40],
)
def test_nothing_without_a_key(
    service: ExchangeProcess, method: str, path: str, body: object, scope: Scope, headers: dict[str, str]
) -> None:
    reply = service.call(method, path, body, key="", headers=headers)
    assert reply.status_code == 401
    assert reply.json()["type"] == "urn:breather:problem:unauthenticated"
    assert reply.headers["www-authenticate"].startswith("Bearer")
    assert reply.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("method", "path", "body", "scope"), WRONG, ids=lambda value: str(value)[:40])
def test_nothing_with_another_scope(
    service: ExchangeProcess, method: str, path: str, body: object, scope: Scope
) -> None:
    reply = service.call(method, path, body, key=service.keys[scope])
    assert reply.status_code == 403, reply.text
    problem = reply.json()
    assert problem["type"] == "urn:breather:problem:scope"
    assert problem["scope"] in problem["detail"]
    assert problem["scope"] != scope.value


@pytest.mark.parametrize(("method", "path", "body", "scope"), ROUTES, ids=lambda value: str(value)[:40])
def test_the_one_scope_is_enough(service: ExchangeProcess, method: str, path: str, body: object, scope: Scope) -> None:
    """Past the door: these withdrawals do not exist, and a body in bad form would have been refused as such."""
    reply = service.call(method, path, b"{}" if path == "/v1/withdrawals" else body, key=service.keys[scope])
    assert reply.status_code in (200, 404, 422), reply.text


def test_a_stranger_learns_nothing_about_bodies(service: ExchangeProcess) -> None:
    for path in (
        "/v1/withdrawals",
        "/v1/withdrawals/x/events",
        "/v1/withdrawals/x/links",
        "/v1/withdrawals/x/clearance",
    ):
        assert service.post(path, b"not json", key="").status_code == 401
        assert service.post(path, b"x" * 100_000, key="").status_code == 401


def test_a_key_is_taken_from_the_header_only(service: ExchangeProcess) -> None:
    assert service.get(f"/v1/withdrawals?key={service.key}", key="").status_code == 401


def test_made_and_revoked_elsewhere_is_followed(service: ExchangeProcess, request: pytest.FixtureRequest) -> None:
    before = counts(service)
    key = create_api_key(service.settings, service.clock, "passing", [Scope.READ])
    assert _becomes(service, key, 200)
    assert revoke_api_key(service.settings, service.clock, "passing") == 1
    assert _becomes(service, key, 401)
    assert counts(service)["journal"] == before["journal"] + 2


def _becomes(service: ExchangeProcess, key: str, status: int) -> bool:
    until = time.monotonic() + FOLLOWS_WITHIN_SECONDS
    while time.monotonic() < until:
        if service.get("/v1/withdrawals", key=key).status_code == status:
            return True
    return False
