"""One running agency for each module: on SQLite as `service`, on both engines as `agency`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.agency_process import AgencyProcess, running_agency_process
from tests.engines import own_database, postgresql_server  # noqa: F401  # fixtures, used by their names


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AgencyProcess]:
    folder = tmp_path_factory.mktemp("agency")
    with running_agency_process(folder, f"sqlite:///{folder / 'agency.db'}") as found:
        yield found


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def agency(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AgencyProcess]:
    folder: Path = tmp_path_factory.mktemp(f"agency-{request.param}")
    if request.param == "sqlite":
        with running_agency_process(folder, f"sqlite:///{folder / 'agency.db'}") as found:
            yield found
        return
    server: str = request.getfixturevalue("postgresql_server")
    # A database of its own: the run's common one is emptied by other tests while this service lives.
    with own_database(server) as url, running_agency_process(folder, url) as found:
        yield found
