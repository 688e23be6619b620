"""Stand-ins over HTTP: answered from the disk, shown, kept through a kill, drained once, and read by the client."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from breather.client import Breather
from breather.domain.instant import HOUR
from tests.exchange_process import VASP, ExchangeProcess, prepared_exchange
from tests.integration.exchange.contract import hold_to_contract
from tests.integration.exchange.test_deadline import DEADLINE_MS, drained, timed, writing_blocked
from tests.integration.exchange.withdrawals import assert_journal_has_no_gap, query, small, withdrawal

THREADS = 8


def answered(exchange: ExchangeProcess, name: str, deadline: int = DEADLINE_MS) -> httpx.Response:
    """Asked again while it is pending: a disk that other tests keep busy may not sync a stand-in within its time."""
    reply, _ = timed(exchange, name, deadline)
    while reply.status_code == 503 and reply.json()["type"].endswith("pending"):
        reply, _ = timed(exchange, name, deadline)
    return reply


def stood_in(exchange: ExchangeProcess, count: int) -> dict[str, bytes]:
    """That many stand-ins of as many customers, while another process has the database."""
    run = secrets.token_hex(4)
    names = [f"stood-{run}-{number}" for number in range(count)]
    with writing_blocked(exchange.settings.database):
        with ThreadPoolExecutor(THREADS) as threads:
            replies = list(threads.map(lambda name: answered(exchange, name), names))
        assert {(reply.is_success, reply.json().get("stand_in")) for reply in replies} == {(True, True)}
        told = {name: reply.content for name, reply in zip(names, replies, strict=True)}
        for name in names[:3]:
            again, _ = timed(exchange, name)
            assert (again.status_code, again.content) == (200, told[name])
    return told


def test_killed_it_still_answers_with_the_same_bytes(exchange: ExchangeProcess) -> None:
    told = stood_in(exchange, 24)
    exchange.kill()
    exchange.start()
    for name, content in told.items():
        assert exchange.post("/v1/withdrawals", withdrawal(name)).content == content
    drained(exchange, set(told))
    for name, content in told.items():
        reply = exchange.post("/v1/withdrawals", withdrawal(name))
        assert (reply.status_code, reply.content) == (200, content)
    rows = [
        row[0] for row in query(exchange.settings.database, "SELECT withdrawal FROM journal WHERE kind = 'stood-in'")
    ]
    assert {rows.count(name) for name in told} == {1}
    assert_journal_has_no_gap(exchange)


def test_another_withdrawal_under_its_id_is_a_conflict(exchange: ExchangeProcess) -> None:
    (name,) = stood_in(exchange, 1)
    other = exchange.post("/v1/withdrawals", withdrawal(name, amount="5001", amount_usd="5001"))
    assert other.status_code == 409
    assert other.json()["errors"][0]["pointer"] == "/amount"


def test_the_desk_lifts_it_and_the_pause_under_it_is_the_customers(exchange: ExchangeProcess) -> None:
    (name,) = stood_in(exchange, 1)
    drained(exchange, {name})
    state = exchange.state(name)
    assert (state["state"], state["clearable"]) == ("held", False)
    assert exchange.post(f"/v1/withdrawals/{name}/clearance", {}).status_code == 409
    lifted = {"id": "lift", "event": "lifted", "reason": "looked at"}
    assert exchange.post(f"/v1/withdrawals/{name}/events", lifted).json()["state"] == "offered"


def test_a_withdrawal_to_a_pair_with_an_open_pause_is_never_let_go(exchange: ExchangeProcess) -> None:
    run = secrets.token_hex(4)
    payee = f"pair-{run}"
    exchange.post("/v1/withdrawals", withdrawal(f"open-{run}", payee, customer={"ref": payee}))
    with writing_blocked(exchange.settings.database):
        body = small(f"next-{run}", customer={"ref": payee})
        body["destination"] = withdrawal("x", payee)["destination"]
        reply = exchange.call("POST", "/v1/withdrawals", body, headers={"Breather-Deadline-Ms": "100"})
        assert (reply.json()["stand_in"], reply.json()["friction"]) == (True, "hold")


@pytest.mark.parametrize("slots", [16])
def test_a_full_spool_is_no_decision(tmp_path: Path, slots: int) -> None:
    database = f"sqlite:///{tmp_path}/exchange.db"
    with prepared_exchange(tmp_path, database, deadline_ms=100, spool_slots=slots) as exchange:
        exchange.holds = hold_to_contract
        exchange.start()
        with writing_blocked(database), ThreadPoolExecutor(THREADS) as threads:
            replies = list(threads.map(lambda number: answered(exchange, f"s-{number}", 100), range(slots + 5)))
        refused = [reply.json()["type"] for reply in replies if reply.status_code == 503]
        # The last quarter is for the other keys that this exchange has.
        allowed = slots - slots // 4 + 1
        assert refused == ["urn:breather:problem:no-decision"] * (slots + 5 - allowed)
        assert sum(reply.is_success for reply in replies) == allowed


def test_the_client_reads_it_like_any_decision(service: ExchangeProcess) -> None:
    run = secrets.token_hex(4)
    with Breather(service.url, service.key, vasp=VASP) as client, writing_blocked(service.settings.database):
        found = client.assess(withdrawal(f"client-{run}"), deadline=2.0)
    assert (found.decision, found.stand_in, found.degraded) == ("hold", True, True)
    assert found.alert is not None
    assert found.pause is not None
    assert found.pause["seconds"] == HOUR // 1000
