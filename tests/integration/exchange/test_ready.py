"""The running service says whether it can take a decision, to whoever asks and without a key."""

from tests.exchange_process import ExchangeProcess
from tests.integration.exchange.withdrawals import query


def test_it_is_alive_and_ready_and_leaves_its_heartbeat(exchange: ExchangeProcess) -> None:
    assert exchange.client.get(f"{exchange.url}/healthz").json() == {"alive": True}
    reply = exchange.client.get(f"{exchange.url}/readyz")
    assert (reply.status_code, reply.json()) == (200, {"ready": True, "reasons": []})
    while not query(exchange.settings.database, "SELECT at FROM heartbeat WHERE process = 'serve'"):
        assert exchange.client.get(f"{exchange.url}/readyz").status_code == 200
