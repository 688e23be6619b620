"""One id, one decision (guarantee A1): retries at once, retries later, and retries that say something else."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import httpx
import pytest

from breather.web.api_keys import Scope
from tests.exchange_process import ExchangeProcess
from tests.integration.exchange.withdrawals import address_of, counts, query, withdrawal

AT_ONCE = 8


def test_eight_at_once_are_one_decision(exchange: ExchangeProcess) -> None:
    body = withdrawal("once-1")
    before = counts(exchange)
    gate = Barrier(AT_ONCE)

    def post(_: int) -> httpx.Response:
        gate.wait()
        return exchange.post("/v1/withdrawals", body)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        replies = list(threads.map(post, range(AT_ONCE)))
    assert sorted(reply.status_code for reply in replies) == [200] * (AT_ONCE - 1) + [201]
    assert len({reply.content for reply in replies}) == 1
    after = counts(exchange)
    assert after["withdrawal"] - before["withdrawal"] == 1
    assert after["journal"] - before["journal"] == 1
    entries = query(exchange.settings.database, "SELECT kind FROM journal WHERE withdrawal = 'once-1'")
    assert entries == [("decided",)]


def test_another_amount_is_a_conflict_that_names_it(exchange: ExchangeProcess) -> None:
    exchange.post("/v1/withdrawals", withdrawal("once-2"))
    before = counts(exchange)
    refused = exchange.post("/v1/withdrawals", withdrawal("once-2", amount="5001"))
    assert refused.status_code == 409
    problem = refused.json()
    assert problem["type"] == "urn:breather:problem:changed-retry"
    assert [error["pointer"] for error in problem["errors"]] == ["/amount"]
    assert counts(exchange) == before


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"customer": {"ref": "another"}}, "/customer/ref"),
        ({"asset": "TRX"}, "/asset"),
        ({"destination": {"address": address_of("another")}}, "/destination/address"),
    ],
)
def test_every_compared_field_is_named(service: ExchangeProcess, changed: dict[str, Any], pointer: str) -> None:
    service.post("/v1/withdrawals", withdrawal("once-3"))
    refused = service.post("/v1/withdrawals", withdrawal("once-3", **changed))
    assert refused.status_code == 409
    assert pointer in [error["pointer"] for error in refused.json()["errors"]]


def test_several_differences_are_all_named(service: ExchangeProcess) -> None:
    service.post("/v1/withdrawals", withdrawal("once-4"))
    changed = withdrawal("once-4", amount="1", customer={"ref": "another"})
    errors = service.post("/v1/withdrawals", changed).json()["errors"]
    assert {error["pointer"] for error in errors} == {"/amount", "/customer/ref"}


@pytest.mark.parametrize("amount", ["5000.00", "5000.000000", "05000"])
def test_the_same_amount_written_otherwise_is_the_same(exchange: ExchangeProcess, amount: str) -> None:
    first = exchange.post("/v1/withdrawals", withdrawal("once-5"))
    again = exchange.post("/v1/withdrawals", withdrawal("once-5", amount=amount))
    assert (again.status_code, again.content) == (200, first.content)


def test_what_may_honestly_differ_a_second_later_is_ignored(exchange: ExchangeProcess) -> None:
    first = exchange.post("/v1/withdrawals", withdrawal("once-6"))
    exchange.advance(1_000)
    later = withdrawal(
        "once-6", session={"remote_access": True}, amount_usd="4990", locale="pt", residence={"kyc": "HK"}
    )
    again = exchange.post("/v1/withdrawals", later)
    assert (again.status_code, again.content) == (200, first.content)


def test_the_same_id_through_another_key_is_the_same_withdrawal(service: ExchangeProcess) -> None:
    first = service.post("/v1/withdrawals", withdrawal("once-7"))
    again = service.post("/v1/withdrawals", withdrawal("once-7"), key=service.keys[Scope.ASSESS])
    assert (again.status_code, again.content) == (200, first.content)


def test_the_original_stays_the_answer_after_everything_that_follows(exchange: ExchangeProcess) -> None:
    first = exchange.post("/v1/withdrawals", withdrawal("once-8"))
    exchange.event("once-8", {"id": "s", "event": "stop"})
    exchange.advance(60_000)
    again = exchange.post("/v1/withdrawals", withdrawal("once-8"))
    assert (again.status_code, again.content) == (200, first.content)
    assert exchange.state("once-8")["decision"] == first.json()


def test_an_address_in_other_capitals_is_the_same_destination(service: ExchangeProcess) -> None:
    address = "0x52908400098527886E0F7030069857D2E4169EE7"
    body = withdrawal("once-9", network="ETH", destination={"address": address})
    first = service.post("/v1/withdrawals", body)
    assert first.status_code == 201, first.text
    lower = withdrawal("once-9", network="ETH", destination={"address": address.lower()})
    again = service.post("/v1/withdrawals", lower)
    assert (again.status_code, again.content) == (200, first.content)


def test_a_restart_changes_no_byte(exchange: ExchangeProcess) -> None:
    first = exchange.post("/v1/withdrawals", withdrawal("once-10"))
    assert exchange.stop() == 0
    exchange.start()
    again = exchange.post("/v1/withdrawals", withdrawal("once-10"))
    assert (again.status_code, again.content) == (200, first.content)
