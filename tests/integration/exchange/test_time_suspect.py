"""Wall and monotonic clock apart (guarantees E): nothing is confirmed or cleared, and everything safe still works."""

from breather.domain.instant import HOUR
from tests.exchange_process import ExchangeProcess
from tests.integration.exchange.withdrawals import counts, elsewhere, open_page, withdrawal


def test_nothing_is_confirmed_or_cleared_while_the_time_is_suspect(exchange: ExchangeProcess) -> None:
    exchange.post("/v1/withdrawals", elsewhere("time-1"))
    exchange.post("/v1/withdrawals", withdrawal("time-2"))
    open_page(exchange, "time-2").answer_all()
    exchange.advance(HOUR)
    exchange.set_time(exchange.now, suspect=True)
    before = counts(exchange)
    for reply in (
        exchange.post("/v1/withdrawals/time-1/clearance", {}),
        exchange.post("/v1/withdrawals/time-2/clearance", {}),
        exchange.confirm("time-2", "c"),
    ):
        assert reply.status_code == 503
        assert reply.json()["type"] == "urn:breather:problem:time-suspect"
        assert int(reply.headers["retry-after"]) >= 1
    assert counts(exchange) == before

    assert exchange.post("/v1/withdrawals", withdrawal("time-3")).status_code == 201
    assert exchange.event("time-3", {"id": "s", "event": "stop"}).status_code == 201
    assert exchange.event("time-2", {"id": "h", "event": "help"}).status_code == 201

    exchange.set_time(exchange.now, suspect=False)
    assert exchange.post("/v1/withdrawals/time-1/clearance", {}).status_code == 200
    assert exchange.confirm("time-2", "c").status_code == 201


def test_a_clock_that_goes_back_moves_nothing(exchange: ExchangeProcess) -> None:
    """Also over a restart: what was committed last is the least that *now* can be."""
    exchange.post("/v1/withdrawals", withdrawal("time-4"))
    open_page(exchange, "time-4").answer_all()
    exchange.advance(HOUR)
    exchange.event("time-4", {"id": "h", "event": "help"})
    exchange.kill()
    forward = exchange.now
    exchange.advance(-2 * HOUR)
    exchange.start()
    assert exchange.state("time-4")["state"] == "elapsed"
    exchange.post("/v1/withdrawals", withdrawal("time-5"))
    exchange.set_time(forward)
    assert exchange.state("time-5")["decision"]["decided_at"] == exchange.instant()
