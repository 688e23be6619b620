"""An exchange's store on each engine, with the sample campaign and a clock that only moves when it is told to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines import database_url, empty_postgresql, postgresql_server  # noqa: F401 - fixtures
from tests.unit.exchange.world import World


@pytest.fixture
def world(database_url: str) -> Iterator[World]:  # noqa: F811 - the fixture above
    """Twice: on SQLite and on PostgreSQL."""
    found = World(database_url)
    yield found
    found.close()


@pytest.fixture
def sqlite_world(tmp_path: Path) -> Iterator[World]:
    """Where the engine makes no difference."""
    found = World(f"sqlite:///{tmp_path / 'world.db'}")
    yield found
    found.close()


@pytest.fixture
def postgresql_world(postgresql_server: str) -> Iterator[World]:  # noqa: F811 - the fixture above
    for url in empty_postgresql(postgresql_server):
        found = World(url)
        yield found
        found.close()
