"""Simulated load against a running service: every body is decided, and what the exchange reports is accepted."""

from dataclasses import replace

from breather.client import Breather
from breather.simulation.load import Load
from breather.simulation.parameters import Parameters
from breather.simulation.sending import Sender, service
from breather.simulation.simulate import simulate
from tests.exchange_process import ExchangeProcess, StandingTime

PARAMETERS = Parameters(customers=40, days=60, victims_per_100000=50_000, begins="2026-09-01")


def test_a_service_decides_everything_and_refuses_nothing(exchange: ExchangeProcess) -> None:
    load = Load(PARAMETERS, simulate(PARAMETERS, 5))
    with service(exchange.url, exchange.key) as breather:
        sent = Sender(breather, load, StandingTime(exchange)).send(4)
    assert sent.submitted == len(load) + sent.returned > 20
    assert sent.unanswered == 0
    # Only the service may know better that the session in which she would confirm is watched.
    assert set(sent.refused) <= {"watched"}
    assert min(sent.acts[word] for word in ("stop", "answer", "acknowledge", "broadcast")) > 0
    assert sent.waiting > 0, "its clock is not ours: a pause of an hour is not waited for"
    assert sum(sent.frictions.values()) == sent.submitted
    # A newcomer to the campaign is reminded; scams meet more than that.
    assert set(sent.frictions) >= {"notice", "cooling_off"}


def test_sending_it_again_is_a_retry_and_changes_nothing(exchange: ExchangeProcess) -> None:
    parameters = replace(PARAMETERS, customers=10)
    # Another seed: another one's ids, for the service keeps what it was sent before.
    load = Load(parameters, simulate(parameters, 6))
    with service(exchange.url, exchange.key) as breather:
        first = Sender(breather, load, StandingTime(exchange)).send()
        before = states(breather, load)
        again = Sender(breather, load, StandingTime(exchange)).send()
        assert (first.submitted, first.frictions) == (again.submitted, again.frictions)
        assert again.acts["answer"] == again.acts["acknowledge"] == 0, "her page no longer offers it"
        assert states(breather, load) == before


def states(breather: Breather, load: Load) -> list[tuple[str, int]]:
    """Where each stands, and the journal's number of its last change."""
    standings = [breather.withdrawal(each.withdrawal) for each in load]
    return [(str(each.state), each.changed) for each in standings]
