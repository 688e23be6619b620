"""An exchange's database and folder of lists for each test, on both engines."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines import database_url, postgresql_server  # noqa: F401 - fixtures
from tests.list_store import ListStore


@pytest.fixture
def store(database_url: str, tmp_path: Path) -> Iterator[ListStore]:  # noqa: F811 - the fixture above
    found = ListStore(database_url, tmp_path)
    yield found
    found.close()


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[ListStore]:
    """Where the engine makes no difference."""
    found = ListStore(f"sqlite:///{tmp_path / 'exchange.db'}", tmp_path)
    yield found
    found.close()
