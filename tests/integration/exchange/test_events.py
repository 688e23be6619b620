"""Events by the API: each refusal with its code, retries that change nothing, and retries that say something else."""

from typing import Any

import httpx
import pytest

from breather.domain.instant import DAY, HOUR, MINUTE
from tests.exchange_process import ExchangeProcess
from tests.integration.exchange.withdrawals import counts, elsewhere, open_page, small, withdrawal


def refused(reply: httpx.Response, code: str, status: int = 409) -> dict[str, Any]:
    assert reply.status_code == status, reply.text
    problem: dict[str, Any] = reply.json()
    assert problem["type"] == f"urn:breather:problem:{code}"
    return problem


def running(exchange: ExchangeProcess, name: str) -> None:
    """A withdrawal whose questions are answered and whose hour runs."""
    assert exchange.post("/v1/withdrawals", withdrawal(name)).status_code == 201
    assert open_page(exchange, name).answer_all().status_code == 303


def elapsed(exchange: ExchangeProcess, name: str) -> None:
    running(exchange, name)
    exchange.advance(HOUR)


def test_a_withdrawal_that_nobody_knows(service: ExchangeProcess) -> None:
    refused(service.event("nobody", {"id": "e", "event": "stop"}), "unknown-withdrawal", 404)
    refused(service.post("/v1/withdrawals/nobody/links", {}), "unknown-withdrawal", 404)
    refused(service.post("/v1/withdrawals/nobody/clearance", {}), "unknown-withdrawal", 404)


def test_confirming_before_answering(service: ExchangeProcess) -> None:
    service.post("/v1/withdrawals", withdrawal("ev-1"))
    refused(service.confirm("ev-1", "c"), "not-answered")


def test_confirming_what_was_not_asked(service: ExchangeProcess) -> None:
    service.post("/v1/withdrawals", small("ev-2"))
    refused(service.confirm("ev-2", "c"), "not-offered")
    service.post("/v1/withdrawals", elsewhere("ev-3"))
    refused(service.confirm("ev-3", "c"), "not-offered")
    refused(service.event("ev-3", {"id": "l", "event": "lifted", "reason": "r"}), "not-offered")


def test_confirming_while_it_runs(service: ExchangeProcess) -> None:
    running(service, "ev-4")
    due = service.state("ev-4")["elapses_at"]
    service.advance(HOUR - 1)
    assert refused(service.confirm("ev-4", "c"), "not-elapsed")["elapses_at"] == due
    service.advance(1)
    assert service.confirm("ev-4", "c").status_code == 201


@pytest.mark.parametrize("field", ["session_started_at", "authenticated_at"])
def test_confirming_from_a_session_that_saw_the_pause(service: ExchangeProcess, field: str) -> None:
    name = f"ev-5-{field[:4]}"
    elapsed(service, name)
    due = service.state(name)["elapses_at"]
    service.advance(MINUTE)
    problem = refused(service.confirm(name, "c", **{field: service.instant(-MINUTE - 1)}), "session-too-old")
    assert (problem["field"], problem["not_before"]) == (field, due)
    assert service.confirm(name, "c", **{field: service.instant(-MINUTE)}).status_code == 201


@pytest.mark.parametrize("seen", ["remote_access", "screen_shared", "on_call"])
def test_confirming_from_a_watched_session(service: ExchangeProcess, seen: str) -> None:
    name = f"ev-6-{seen[:3]}"
    elapsed(service, name)
    refused(service.confirm(name, "c", session={seen: True}), "watched")
    assert service.confirm(name, "c2").status_code == 201


def test_confirming_under_a_hold_and_after_it(exchange: ExchangeProcess) -> None:
    elapsed(exchange, "ev-7")
    held = exchange.event("ev-7", {"id": "h", "event": "held", "reason": "A question of the desk", "max_hours": 2})
    assert (held.status_code, held.json()["state"], held.json()["hold_reason"]) == (
        201,
        "held",
        "A question of the desk",
    )
    assert held.json()["held_until"] == exchange.instant(2 * HOUR)
    assert refused(exchange.confirm("ev-7", "c"), "held")["held_until"] == exchange.instant(2 * HOUR)
    assert exchange.post("/v1/withdrawals/ev-7/clearance", {}).json()["state"] == "held"
    lifted = exchange.event("ev-7", {"id": "l", "event": "lifted", "reason": "Answered"})
    assert lifted.json()["state"] == "elapsed"
    exchange.advance(1)
    assert exchange.confirm("ev-7", "c").json()["state"] == "released"


def test_a_hold_ends_at_its_maximum_by_itself(exchange: ExchangeProcess) -> None:
    elapsed(exchange, "ev-8")
    exchange.event("ev-8", {"id": "h", "event": "held", "reason": "r", "max_hours": 1})
    exchange.advance(HOUR - 1)
    assert exchange.state("ev-8")["state"] == "held"
    exchange.advance(1)
    assert exchange.state("ev-8")["state"] == "elapsed"


def test_a_hold_on_what_was_released_takes_the_clearance_away(exchange: ExchangeProcess) -> None:
    elapsed(exchange, "ev-9")
    exchange.confirm("ev-9", "c")
    cleared = exchange.post("/v1/withdrawals/ev-9/clearance", {})
    assert cleared.status_code == 200
    held = exchange.event("ev-9", {"id": "h", "event": "held", "reason": "r"}).json()
    assert held["clearable"] is False
    assert held["clearance_outstanding_until"] == cleared.json()["expires_at"]
    assert refused(exchange.post("/v1/withdrawals/ev-9/clearance", {}), "not-clearable")["state"] == "held"


def test_resolving_twice_names_the_first(service: ExchangeProcess) -> None:
    elapsed(service, "ev-10")
    assert service.event("ev-10", {"id": "first", "event": "stop"}).status_code == 201
    problem = refused(service.confirm("ev-10", "second"), "resolved")
    assert (problem["resolution"], problem["resolution_event"]) == ("stop", "first")
    assert problem["resolved_at"] == service.instant()
    refused(service.event("ev-10", {"id": "third", "event": "stop"}), "resolved")


def test_released_may_still_be_stopped(service: ExchangeProcess) -> None:
    elapsed(service, "ev-11")
    service.confirm("ev-11", "c")
    assert service.event("ev-11", {"id": "s", "event": "stop"}).json()["state"] == "stopped"
    assert service.post("/v1/withdrawals/ev-11/clearance", {}).status_code == 409


def test_a_second_other_broadcast(service: ExchangeProcess) -> None:
    service.post("/v1/withdrawals", elsewhere("ev-12"))
    service.event("ev-12", {"id": "b", "event": "broadcast", "transaction_id": "t1"})
    refused(service.event("ev-12", {"id": "b2", "event": "broadcast", "transaction_id": "t2"}), "broadcast-differs")
    refused(service.event("ev-12", {"id": "s", "event": "stop"}), "already-broadcast")
    assert service.event("ev-12", {"id": "h", "event": "help"}).status_code == 201


def test_the_first_broadcast_is_recorded_even_of_something_stopped(service: ExchangeProcess) -> None:
    service.post("/v1/withdrawals", withdrawal("ev-13"))
    service.event("ev-13", {"id": "s", "event": "stop"})
    sent = service.event("ev-13", {"id": "b", "event": "broadcast", "transaction_id": "t"})
    assert (sent.status_code, sent.json()["outcome"]) == (201, "proceeded")


def test_another_pause_on_the_pair_comes_first(exchange: ExchangeProcess) -> None:
    """Released for one amount; a larger one to the same address has opened its own pause."""
    pair: dict[str, Any] = {"customer": {"ref": "c-pair"}, "payee": "pair"}
    exchange.post("/v1/withdrawals", withdrawal("ev-14", **pair))
    open_page(exchange, "ev-14").answer_all()
    exchange.advance(HOUR)
    exchange.confirm("ev-14", "c")
    bigger = exchange.post("/v1/withdrawals", withdrawal("ev-15", amount="90000", amount_usd="90000", **pair)).json()
    assert bigger["pause"]["id"] == "ev-15"
    problem = refused(exchange.post("/v1/withdrawals/ev-14/clearance", {}), "pause-open")
    assert problem["withdrawal"] == "ev-15"


def test_a_clearance_is_good_for_a_day_after_the_release(service: ExchangeProcess) -> None:
    elapsed(service, "ev-16")
    service.confirm("ev-16", "c")
    service.advance(DAY - 1)
    assert service.post("/v1/withdrawals/ev-16/clearance", {}).status_code == 200
    service.advance(1)
    refused(service.post("/v1/withdrawals/ev-16/clearance", {}), "not-clearable")


@pytest.mark.parametrize(
    "body",
    [
        {"id": "r", "event": "stop"},
        {"id": "r", "event": "help"},
        {"id": "r", "event": "held", "reason": "because"},
        {"id": "r", "event": "broadcast", "transaction_id": "t"},
    ],
    ids=lambda body: str(body["event"]),
)
def test_a_retry_of_an_event_changes_nothing(exchange: ExchangeProcess, body: dict[str, Any]) -> None:
    name = f"ev-17-{body['event']}"
    exchange.post("/v1/withdrawals", withdrawal(name))
    first = exchange.event(name, body)
    assert first.status_code == 201
    before = counts(exchange)
    again = exchange.event(name, body)
    assert (again.status_code, again.json()) == (200, first.json())
    assert counts(exchange) == before


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"id": "r", "event": "help"}, "/event"),
        ({"id": "r", "event": "held", "reason": "another"}, "/reason"),
        ({"id": "r", "event": "held", "reason": "because", "max_hours": 3}, "/max_hours"),
    ],
)
def test_a_changed_retry_of_an_event_is_refused(
    service: ExchangeProcess, changed: dict[str, Any], pointer: str
) -> None:
    name = f"ev-18-{pointer[1:4]}"
    service.post("/v1/withdrawals", withdrawal(name))
    service.event(name, {"id": "r", "event": "held", "reason": "because"})
    before = counts(service)
    problem = refused(service.event(name, changed), "changed-retry")
    assert pointer in [error["pointer"] for error in problem["errors"]]
    assert counts(service) == before


def test_a_retry_of_a_confirmation_with_another_session_is_a_changed_one(service: ExchangeProcess) -> None:
    elapsed(service, "ev-19")
    started = service.instant()
    assert service.confirm("ev-19", "c", session_started_at=started).status_code == 201
    assert service.confirm("ev-19", "c", session_started_at=started).status_code == 200
    problem = refused(service.confirm("ev-19", "c", session_started_at=service.instant(-1)), "changed-retry")
    assert [error["pointer"] for error in problem["errors"]] == ["/session_started_at"]


def test_the_same_event_id_of_two_withdrawals_is_two_events(service: ExchangeProcess) -> None:
    for name in ("ev-20", "ev-21"):
        service.post("/v1/withdrawals", withdrawal(name))
        assert service.event(name, {"id": "same", "event": "stop"}).status_code == 201


def test_no_event_of_the_vasp_takes_the_place_of_what_she_says(service: ExchangeProcess) -> None:
    """Its ids and those of the page never meet: whatever it called its own, her *stop* counts."""
    service.post("/v1/withdrawals", withdrawal("ev-22"))
    for taken in ("page:stop", "stop", "page.stop"):
        service.event("ev-22", {"id": taken, "event": "help"})
    open_page(service, "ev-22").post("/alert/stop")
    assert service.state("ev-22")["state"] == "stopped"


def test_stopping_stops_all_that_joined(exchange: ExchangeProcess) -> None:
    pair: dict[str, Any] = {"customer": {"ref": "c-join"}, "payee": "join"}
    exchange.post("/v1/withdrawals", withdrawal("ev-23", **pair))
    open_page(exchange, "ev-23").answer_all()
    joined = exchange.post("/v1/withdrawals", withdrawal("ev-24", amount="500", amount_usd="500", **pair)).json()
    assert (joined["pause"]["id"], joined["pause"]["joined"]) == ("ev-23", True)
    exchange.event("ev-24", {"id": "s", "event": "stop"})
    assert {exchange.state(name)["state"] for name in ("ev-23", "ev-24")} == {"stopped"}


def test_one_confirmation_releases_all_that_joined(exchange: ExchangeProcess) -> None:
    pair: dict[str, Any] = {"customer": {"ref": "c-join-2"}, "payee": "join-2"}
    exchange.post("/v1/withdrawals", withdrawal("ev-25", **pair))
    open_page(exchange, "ev-25").answer_all()
    exchange.post("/v1/withdrawals", withdrawal("ev-26", amount="500", amount_usd="500", **pair))
    exchange.advance(HOUR)
    assert exchange.confirm("ev-26", "c").status_code == 201
    for name in ("ev-25", "ev-26"):
        assert exchange.state(name)["state"] == "released"
        assert exchange.post(f"/v1/withdrawals/{name}/clearance", {}).status_code == 200
