"""What an exchange's back end sends at once, and what must be found afterwards of what it was told."""

from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.exchange_process import ExchangeProcess
from tests.integration.exchange.withdrawals import elsewhere, query, withdrawal

THREADS = 8


def send(exchange: ExchangeProcess, name: str, each: int, told: Callable[[str], None]) -> dict[str, bytes]:
    """Decisions by id. `told` hears of every acknowledgement, at once. A thread ends when its connection breaks."""

    def one(thread: int) -> dict[str, bytes]:
        decided = {}
        for serial in range(each):
            withdrawal_id = f"{name}-{thread}-{serial}"
            try:
                reply = exchange.post("/v1/withdrawals", body(withdrawal_id))
                assert reply.status_code == 201, reply.text
                told(f"withdrawal {withdrawal_id}")
                decided[withdrawal_id] = reply.content
                if serial % 3 == 0:
                    stop = exchange.event(withdrawal_id, {"id": "stop", "event": "stop"})
                    assert stop.status_code == 201, stop.text
                    told(f"event {withdrawal_id} stop")
            except httpx.TransportError:
                break
        return decided

    with ThreadPoolExecutor(THREADS) as threads:
        found = list(threads.map(one, range(THREADS)))
    return {name: content for decided in found for name, content in decided.items()}


def body(withdrawal_id: str) -> dict[str, object]:
    """Half of them meet a pause; customers return."""
    customer = {"ref": f"c-{hash_of(withdrawal_id) % 20}"}
    make = withdrawal if hash_of(withdrawal_id) % 2 else elsewhere
    return make(withdrawal_id, customer=customer)


def hash_of(text: str) -> int:
    return sum(text.encode())


def missing(database: str, told: Collection[str]) -> set[str]:
    """What was acknowledged and is not there, as the words that `told` heard."""
    withdrawals = query(database, "SELECT id FROM withdrawal")
    events = query(database, "SELECT withdrawal, id FROM event")
    there = {f"withdrawal {row[0]}" for row in withdrawals} | {f"event {row[0]} {row[1]}" for row in events}
    return set(told) - there


def assert_whole(database: str) -> None:
    """Each act has its entry, each entry its act, the journal has no gap, and the engine finds nothing wrong."""
    least, most, count = query(database, "SELECT min(number), max(number), count(*) FROM journal")[0]
    assert (least, most) == (1, count), "the journal has a gap"
    differ = query(  # in one statement: stand-ins may still be on their way into the database
        database,
        "SELECT coalesce(journal.withdrawal, withdrawal.id)"
        " FROM (SELECT withdrawal FROM journal WHERE kind IN ('decided', 'stood-in')) AS journal"
        " FULL JOIN withdrawal ON withdrawal.id = journal.withdrawal"
        " WHERE journal.withdrawal IS NULL OR withdrawal.id IS NULL",
    )
    assert not differ, "journal and withdrawals differ"
    stopped = query(database, "SELECT withdrawal FROM journal WHERE kind = 'stop' ORDER BY withdrawal")
    assert stopped == query(database, "SELECT withdrawal FROM event WHERE kind = 'stop' ORDER BY withdrawal")
    if database.startswith("sqlite"):
        assert query(database, "PRAGMA integrity_check") == [("ok",)]
        assert query(database, "PRAGMA foreign_key_check") == []
