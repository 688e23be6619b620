"""One running agency for each module, and for each test an exchange that relays to it, on both engines."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.agency_process import AgencyProcess, prepared_agency, running_agency_process
from tests.engines import database_url, postgresql_server  # noqa: F401  # fixtures, used by their names
from tests.relaying_exchange import RelayingExchange


@pytest.fixture(scope="module")
def agency(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AgencyProcess]:
    folder = tmp_path_factory.mktemp("agency")
    with running_agency_process(folder, f"sqlite:///{folder / 'agency.db'}") as found:
        yield found


@pytest.fixture
def exchange(agency: AgencyProcess, database_url: str) -> Iterator[RelayingExchange]:  # noqa: F811 - the fixture above
    """Twice: on SQLite and on PostgreSQL."""
    found = RelayingExchange(agency, database_url)
    yield found
    found.close()


@pytest.fixture
def sqlite_exchange(agency: AgencyProcess, tmp_path: Path) -> Iterator[RelayingExchange]:
    """Where the engine makes no difference."""
    found = RelayingExchange(agency, f"sqlite:///{tmp_path / 'exchange.db'}")
    yield found
    found.close()


@pytest.fixture
def stopped_agency(tmp_path: Path) -> Iterator[AgencyProcess]:
    """Prepared and not running yet."""
    folder = tmp_path / "agency"
    folder.mkdir()
    with prepared_agency(folder, f"sqlite:///{folder / 'agency.db'}") as found:
        yield found


@pytest.fixture
def relaying(stopped_agency: AgencyProcess, database_url: str) -> Iterator[RelayingExchange]:  # noqa: F811 - see above
    """An agency that does not run yet, and an exchange on each engine."""
    found = RelayingExchange(stopped_agency, database_url)
    yield found
    found.close()


@pytest.fixture
def sqlite_relaying(stopped_agency: AgencyProcess, tmp_path: Path) -> Iterator[RelayingExchange]:
    """The same where the engine makes no difference."""
    found = RelayingExchange(stopped_agency, f"sqlite:///{tmp_path / 'exchange.db'}")
    yield found
    found.close()
