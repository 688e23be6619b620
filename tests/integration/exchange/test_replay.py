"""Simulated withdrawals served over HTTP, exported and replayed: what was recorded, in every value."""

from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
from typer.testing import CliRunner

from breather import cli
from breather.domain.instant import HOUR, Millis
from breather.settings import as_environment
from breather.simulation.load import Load, send, service
from breather.simulation.parameters import Parameters
from breather.simulation.simulate import simulate
from tests.engines import postgresql_server  # noqa: F401  # a fixture, used by its name
from tests.exchange_process import ExchangeProcess, running_exchange_process
from tests.integration.exchange.conftest import database_beside

PARAMETERS = Parameters(customers=250, days=120, victims_per_100000=50_000, begins="2026-09-01")


def served_and_replayed(exchange: ExchangeProcess, folder: Path, pace: Callable[[], None]) -> None:
    load = Load(PARAMETERS, simulate(PARAMETERS, 8))
    assert len(load) > 200
    with service(exchange.url, exchange.key) as breather:
        sent = send(breather, load, advanced=pace)
    assert (sent.unanswered, sent.refused, sent.submitted) == (0, 0, len(load))
    assert min(sent.stopped, sent.broadcast) > 0

    history = folder / "history.parquet"
    run = CliRunner().invoke(cli.app, ["history", "export", str(history)], env=as_environment(exchange.settings))
    assert run.exit_code == 0, run.output
    table = pq.read_table(history)
    assert table["id"].to_pylist() == [each.withdrawal for each in load]
    assert sum(stopped is not None for stopped in table["stop_number"].to_pylist()) == sent.stopped
    again = CliRunner().invoke(cli.app, ["replay", str(history)])
    assert again.exit_code == 0, again.output
    assert f"{len(load)} withdrawals" in again.stdout
    assert ", 0 differ" in again.stdout
    assert "not recorded" not in again.stdout


def test_served_on_sqlite_with_time_going_by(tmp_path: Path) -> None:
    with running_exchange_process(tmp_path, f"sqlite:///{tmp_path / 'exchange.db'}") as exchange:
        served_and_replayed(exchange, tmp_path, lambda: exchange.set_time(Millis(exchange.now + HOUR)))


def test_served_on_postgresql_within_one_instant(tmp_path: Path, postgresql_server: str) -> None:  # noqa: F811
    """The clock stands: only the numbers of the journal tell what came first."""
    with database_beside(postgresql_server) as url, running_exchange_process(tmp_path, url) as exchange:
        served_and_replayed(exchange, tmp_path, lambda: None)
