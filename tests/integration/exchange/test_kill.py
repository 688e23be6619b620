"""`kill -9` of `serve` while withdrawals come in: what was acknowledged is there, once, with the same bytes."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Event

import httpx

from breather.domain.instant import HOUR
from tests.exchange_process import ExchangeProcess
from tests.integration.exchange.withdrawals import assert_journal_has_no_gap, open_page, query, withdrawal

THREADS = 8
ENOUGH = 120


class Sender:
    """One thread's worth of an exchange's back end; remembers what it was told, and what it was not."""

    def __init__(self, exchange: ExchangeProcess, number: int) -> None:
        self.exchange = exchange
        self.number = number
        self.told: dict[str, bytes] = {}
        self.unknown: str = ""

    def send(self, enough: Event) -> None:
        """Until the connection breaks."""
        for serial in count():
            name = f"kill-{self.number}-{serial}"
            try:
                reply = self.exchange.post("/v1/withdrawals", withdrawal(name))
            except httpx.TransportError:
                self.unknown = name
                return
            assert reply.status_code == 201, reply.text
            self.told[name] = reply.content
            if serial >= ENOUGH // THREADS:
                enough.set()


def test_every_acknowledged_decision_survives_once(exchange: ExchangeProcess) -> None:
    senders = [Sender(exchange, number) for number in range(THREADS)]
    enough = Event()
    with ThreadPoolExecutor(THREADS) as threads:
        running = [threads.submit(sender.send, enough) for sender in senders]
        assert enough.wait(60)
        exchange.kill()
    for ended in running:
        ended.result()
    told = {name: content for sender in senders for name, content in sender.told.items()}
    assert len(told) > ENOUGH // THREADS
    exchange.start()

    rows = [
        row[0] for row in query(exchange.settings.database, "SELECT withdrawal FROM journal WHERE kind = 'decided'")
    ]
    assert set(told) <= set(rows), "acknowledged and lost"
    assert len(rows) == len(set(rows)), "decided twice"
    assert_journal_has_no_gap(exchange)
    with ThreadPoolExecutor(THREADS) as threads:
        again = list(threads.map(lambda name: exchange.post("/v1/withdrawals", withdrawal(name)), told))
    assert {reply.status_code for reply in again} == {200}
    assert [reply.content for reply in again] == list(told.values())

    # What was not answered was decided or not; asking again settles it, and it stays settled.
    for sender in senders:
        first = exchange.post("/v1/withdrawals", withdrawal(sender.unknown))
        assert first.status_code == (200 if sender.unknown in rows else 201)
        assert exchange.post("/v1/withdrawals", withdrawal(sender.unknown)).content == first.content
    assert_journal_has_no_gap(exchange)


def test_a_pause_outlives_the_process(exchange: ExchangeProcess) -> None:
    exchange.post("/v1/withdrawals", withdrawal("kill-pause"))
    page = open_page(exchange, "kill-pause")
    page.answer_all()
    due = exchange.state("kill-pause")["elapses_at"]
    exchange.kill()
    exchange.advance(HOUR - 1)
    exchange.start()
    state = exchange.state("kill-pause")
    assert (state["state"], state["elapses_at"]) == ("running", due)
    assert page.get("/alert").status_code == 200, "the page's session is in the database, too"
    exchange.advance(1)
    assert exchange.confirm("kill-pause", "c").status_code == 201
