"""The worker beside `serve`, both ended by a signal; and the contract that both engines publish."""

import time

import httpx
from openapi_spec_validator import validate

from breather.domain.instant import DAY, MINUTE
from breather.operate import examination
from tests.exchange_process import ExchangeProcess
from tests.integration.exchange.withdrawals import counts, open_page, query, withdrawal

WITHIN_SECONDS = 10.0


def test_the_worker_puts_away_what_is_over_and_shows_its_heartbeat(exchange: ExchangeProcess) -> None:
    exchange.post("/v1/withdrawals", withdrawal("work-1"))
    page = open_page(exchange, "work-1")
    exchange.post("/v1/withdrawals/work-1/links", {})
    entries = counts(exchange)["journal"]
    worker = exchange.spawn("worker")
    try:
        _until(exchange, "SELECT count(*) FROM heartbeat WHERE process = 'worker'", 1)
        assert page.get("/alert").status_code == 200, "this was not over yet"
        signs = list(examination(exchange.settings, exchange.clock))
        assert not [sign for sign in signs if "worker" in sign.what and sign.wrong]
        exchange.advance(DAY + 15 * MINUTE)
        _until(exchange, "SELECT count(*) FROM page_session", 0)
        _until(exchange, "SELECT count(*) FROM link", 0)
    finally:
        worker.terminate()
        assert worker.wait(20) == 0
    assert counts(exchange)["journal"] == entries
    assert page.get("/alert").status_code == 410
    exchange.advance(MINUTE)
    late = [sign for sign in examination(exchange.settings, exchange.clock) if "last seen" in sign.what]
    assert [sign.wrong for sign in late] == [True]


def test_serve_finishes_what_it_accepted_before_it_ends(exchange: ExchangeProcess) -> None:
    exchange.post("/v1/withdrawals", withdrawal("work-2"))
    assert exchange.stop() == 0
    exchange.start()
    assert exchange.state("work-2")["state"] == "offered"


def test_nothing_went_wrong_that_only_the_log_knows(exchange: ExchangeProcess) -> None:
    exchange.post("/v1/withdrawals", withdrawal("work-3", amount="-1"))
    exchange.get("/v1/withdrawals/unknown-at-all")
    exchange.get("/v1/withdrawals", key="")
    assert "Traceback" not in exchange.log()


def test_the_published_document_is_valid_and_open_to_all(service: ExchangeProcess) -> None:
    reply = httpx.get(f"{service.url}/openapi.json", trust_env=False)
    assert reply.headers["content-type"] == "application/json"
    document = reply.json()
    validate(document)
    assert document["openapi"].startswith("3.1")


def _until(exchange: ExchangeProcess, sql: str, wanted: int) -> None:
    until = time.monotonic() + WITHIN_SECONDS
    while (found := query(exchange.settings.database, sql)[0][0]) != wanted:
        assert time.monotonic() < until, f"{sql}: {found}, not {wanted}"
