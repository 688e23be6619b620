"""One running service on each engine for all tests here: `exchange` is both in turn, `service` the one on SQLite.

Tests do not meet: each has customers, destinations and ids of its own. Every reply of the API in every test is held
against the published OpenAPI document.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from tests.engines import postgresql_server, with_database  # noqa: F401  # a fixture, used by its name
from tests.exchange_process import ExchangeProcess, running_exchange_process
from tests.integration.exchange.contract import hold_to_contract


@pytest.fixture(scope="session")
def exchange_on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExchangeProcess]:
    folder = tmp_path_factory.mktemp("exchange-sqlite")
    with running_exchange_process(folder, f"sqlite:///{folder / 'exchange.db'}") as found:
        found.holds = hold_to_contract
        yield found


@pytest.fixture(scope="session")
def exchange_on_postgresql(
    tmp_path_factory: pytest.TempPathFactory,
    postgresql_server: str,  # noqa: F811  # the fixture above
) -> Iterator[ExchangeProcess]:
    folder = tmp_path_factory.mktemp("exchange-postgresql")
    with (
        database_beside(postgresql_server) as url,
        running_exchange_process(folder, url) as found,
    ):
        found.holds = hold_to_contract
        yield found


@contextmanager
def database_beside(server: str) -> Iterator[str]:
    """Other tests empty the run's common database, and end every connection to it, while this service lives."""
    name = f"breather_exchange_{secrets.token_hex(6)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    yield with_database(server, name)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture(params=["sqlite", "postgresql"])
def exchange(request: pytest.FixtureRequest) -> ExchangeProcess:
    return awake(request.getfixturevalue(f"exchange_on_{request.param}"))


@pytest.fixture
def service(exchange_on_sqlite: ExchangeProcess) -> ExchangeProcess:
    return awake(exchange_on_sqlite)


def awake(found: ExchangeProcess) -> ExchangeProcess:
    """Running on an honest clock, whatever a failed test before has left."""
    found.set_time(found.now)
    if found.process is None or found.process.poll() is not None:
        found.start()
    return found
