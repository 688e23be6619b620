"""Simulated load against a running service: every body is decided, and what the exchange reports is accepted."""

from collections import Counter
from dataclasses import replace

from breather.client import Breather
from breather.simulation.load import Load, send, service
from breather.simulation.parameters import Parameters
from breather.simulation.simulate import simulate
from tests.exchange_process import ExchangeProcess

PARAMETERS = Parameters(customers=40, days=60, victims_per_100000=50_000, begins="2026-09-01")


def test_a_service_decides_everything_and_refuses_nothing(exchange: ExchangeProcess) -> None:
    load = Load(PARAMETERS, simulate(PARAMETERS, 5))
    with service(exchange.url, exchange.key) as breather:
        sent = send(breather, load)
    assert sent.submitted == len(load) > 20
    assert (sent.unanswered, sent.refused) == (0, 0)
    assert sent.stopped > 0
    assert sum(sent.frictions.values()) == sent.submitted
    # A newcomer to the campaign is reminded; scams meet more than that.
    assert set(sent.frictions) >= {"notice", "cooling_off"}


def test_sending_it_again_is_a_retry_and_changes_nothing(exchange: ExchangeProcess) -> None:
    parameters = replace(PARAMETERS, customers=10)
    # Another seed: another one's ids, for the service keeps what it was sent before.
    load = Load(parameters, simulate(parameters, 6))
    with service(exchange.url, exchange.key) as breather:
        first, again = send(breather, load), send(breather, load)
        assert first == again
        assert states(breather, load) == states(breather, load)


def states(breather: Breather, load: Load) -> Counter[str]:
    return Counter(str(breather.withdrawal(each.withdrawal).state) for each in load)
