"""Wall and monotonic clock apart (guarantees E): nothing is confirmed or cleared, and everything safe still works."""

import time

from breather.bootstrap import exchange_database
from breather.domain.instant import DAY, HOUR, Millis
from breather.exchange.examine_keeping import CONFIRM
from breather.exchange.time_confirmed import confirm_time
from breather.operate import examination
from tests.exchange_process import ExchangeProcess
from tests.integration.exchange.withdrawals import counts, elsewhere, open_page, withdrawal


def notes(exchange: ExchangeProcess) -> set[str]:
    """What /readyz says besides, and that decisions are taken all the same."""
    reply = exchange.get("/readyz", key="")
    assert reply.status_code == 200
    return {note["code"] for note in reply.json().get("notes", [])}


def confirmed(exchange: ExchangeProcess) -> None:
    """An operator's word, and the second in which the service takes it up."""
    database = exchange_database(exchange.settings, exchange.clock)
    with database.writing() as tx:
        confirm_time(tx, "Ana Lei", "compared with the telephone's clock")
    database.close()
    until = time.monotonic() + 60
    while notes(exchange):
        assert time.monotonic() < until, "the service does not take it up"
        time.sleep(0.05)


def refuses_what_needs_the_time(exchange: ExchangeProcess) -> None:
    for reply in (
        exchange.post("/v1/withdrawals/time-1/clearance", {}),
        exchange.post("/v1/withdrawals/time-2/clearance", {}),
        exchange.confirm("time-2", "c"),
    ):
        assert reply.status_code == 503
        assert reply.json()["type"] == "urn:breather:problem:time-suspect"
        assert int(reply.headers["retry-after"]) >= 1


def test_nothing_is_confirmed_or_cleared_while_the_time_is_suspect(exchange: ExchangeProcess) -> None:
    exchange.post("/v1/withdrawals", elsewhere("time-1"))
    exchange.post("/v1/withdrawals", withdrawal("time-2"))
    open_page(exchange, "time-2").answer_all()
    exchange.advance(HOUR)
    assert exchange.state("time-2")["state"] == "elapsed"
    exchange.set_time(exchange.now, suspect=True)
    before = counts(exchange)
    refuses_what_needs_the_time(exchange)
    assert counts(exchange) == before

    assert exchange.post("/v1/withdrawals", withdrawal("time-3")).status_code == 201
    assert exchange.event("time-3", {"id": "s", "event": "stop"}).status_code == 201
    assert exchange.event("time-2", {"id": "h", "event": "help"}).status_code == 201

    exchange.set_time(exchange.now, suspect=False)
    refuses_what_needs_the_time(exchange)
    confirmed(exchange)
    assert exchange.post("/v1/withdrawals/time-1/clearance", {}).status_code == 200
    assert exchange.confirm("time-2", "c").status_code == 201


def test_no_pause_elapses_lapses_or_ends_until_somebody_has_confirmed_the_time(exchange: ExchangeProcess) -> None:
    """A clock that is three days ahead for a moment must not have ended anything."""
    for name in ("still-1", "still-2", "still-3"):
        exchange.post("/v1/withdrawals", withdrawal(name))
    open_page(exchange, "still-2").answer_all()
    held = {"id": "h", "event": "held", "reason": "desk-review", "max_hours": 2}
    assert exchange.event("still-3", held).status_code == 201
    before = {name: exchange.state(name)["state"] for name in ("still-1", "still-2", "still-3")}
    assert before == {"still-1": "offered", "still-2": "running", "still-3": "held"}
    exchange.set_time(exchange.now, suspect=True)
    assert notes(exchange) == {"time-suspect"}
    right = exchange.now
    exchange.set_time(Millis(right + 3 * DAY), suspect=True)
    assert {name: exchange.state(name)["state"] for name in before} == before
    assert exchange.event("still-1", {"id": "e", "event": "help"}).status_code == 201
    assert {name: exchange.state(name)["state"] for name in before} == before
    exchange.set_time(Millis(right + 3 * DAY), suspect=False)
    assert {name: exchange.state(name)["state"] for name in before} == before, "that it looks right proves nothing"
    until = time.monotonic() + 60
    while not any(sign.remedy == CONFIRM for sign in list(examination(exchange.settings, exchange.clock))):
        assert time.monotonic() < until, "the doctor never says so"
        time.sleep(0.05)
    confirmed(exchange)
    after = {name: exchange.state(name)["state"] for name in before}
    assert after == {"still-1": "lapsed", "still-2": "lapsed", "still-3": "lapsed"}
    assert notes(exchange) == set()


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
