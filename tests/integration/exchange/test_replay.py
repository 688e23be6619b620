"""Simulated withdrawals served over HTTP, exported and replayed: what was recorded, in every value.

The short form of `make served`, on both engines, with the customers' half on their pages.
"""

from pathlib import Path

import pyarrow.parquet as pq

from bench.served import SimulatedTime, serve_and_replay
from breather.simulation.load import Load
from breather.simulation.parameters import Parameters
from breather.simulation.sending import Sent, ServiceTime
from breather.simulation.simulate import simulate
from tests.engines import postgresql_server  # noqa: F401  # a fixture, used by its name
from tests.exchange_process import ExchangeProcess, StandingTime, running_exchange_process
from tests.integration.exchange.conftest import database_beside

# Many victims, every coached one lies, and every stopped one is sent back: few withdrawals, and everything in them.
PARAMETERS = Parameters(
    customers=300,
    begins="2026-11-23",
    days=30,
    yearly_withdrawals=4,
    victims_per_100000=50_000,
    returns=1_000,
    coached_lies=1_000,
)


def served_and_replayed(exchange: ExchangeProcess, folder: Path, clock: ServiceTime) -> Sent:
    load = Load(PARAMETERS, simulate(PARAMETERS, 8))
    assert len(load) > 150
    served = serve_and_replay(exchange, folder, load, clock, len(load), hands=4)
    sent = served.sent
    assert (served.exported.status, served.replayed.status) == (0, 0), served.replayed.said
    rows, values, differing = served.compared
    assert (rows, differing) == (sent.submitted, 0)
    assert values > 40 * rows
    assert "not recorded" not in served.replayed.said

    table = pq.read_table(folder / "history.parquet")
    assert sum(stopped is not None for stopped in table["stop_number"].to_pylist()) == sent.acts["stop"]
    assert sum(left is not None for left in table["broadcast_number"].to_pylist()) == sent.acts["broadcast"]
    answered = [told for told in table["feature_answer_told_what_to_say"].to_pylist() if told is not None]
    assert len(answered) == sent.acts["answer"]
    # What the sample pack asks of everybody, some answer truly, and the coached do not.
    assert set(answered) == {True, False}
    assert (sent.unanswered, sent.submitted) == (0, len(load) + sent.returned)
    assert min(sent.acts[word] for word in ("acknowledge", "answer", "stop", "confirm", "broadcast")) > 0
    assert min(sent.returned, sent.lied) > 0
    return sent


def test_served_on_sqlite_with_time_going_by(tmp_path: Path) -> None:
    with running_exchange_process(tmp_path, f"sqlite:///{tmp_path / 'exchange.db'}") as exchange:
        sent = served_and_replayed(exchange, tmp_path, SimulatedTime(exchange))
    assert sent.waiting == 0
    assert sent.raised > 0
    # A confirmation in a session that somebody else watched, and nothing besides.
    assert set(sent.refused) <= {"watched"}


def test_served_on_postgresql_within_one_instant(tmp_path: Path, postgresql_server: str) -> None:  # noqa: F811
    with database_beside(postgresql_server) as url, running_exchange_process(tmp_path, url) as exchange:
        sent = served_and_replayed(exchange, tmp_path, StandingTime(exchange))
    assert sent.waiting > 0, "a pause never ends while time stands"
