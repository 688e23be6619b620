"""Two databases for each test, one of each engine, with the small schema of `ledger`."""

from collections.abc import Iterator

import pytest

from breather.storage.database import Database
from tests.engines import database_url, postgresql_server  # noqa: F401 - fixtures
from tests.integration.storage.ledger import Clock, opened


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(database_url: str, clock: Clock) -> Iterator[Database]:  # noqa: F811 - the fixture above
    found = opened(database_url, clock)
    yield found
    found.close()
