"""One running service for each module: on SQLite as `service`, on both engines as `exchange`.

Every reply in every test here is held against the published OpenAPI document.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines import own_database, postgresql_server  # noqa: F401  # fixtures, used by their names
from tests.exchange_process import ExchangeProcess, running_exchange_process
from tests.integration.exchange.contract import hold_to_contract


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExchangeProcess]:
    folder = tmp_path_factory.mktemp("service")
    with running_exchange_process(folder, f"sqlite:///{folder / 'exchange.db'}") as found:
        found.holds = hold_to_contract
        yield found


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def exchange(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExchangeProcess]:
    folder: Path = tmp_path_factory.mktemp(f"exchange-{request.param}")
    if request.param == "sqlite":
        with running_exchange_process(folder, f"sqlite:///{folder / 'exchange.db'}") as found:
            found.holds = hold_to_contract
            yield found
        return
    server: str = request.getfixturevalue("postgresql_server")
    # A database of its own: the run's common one is emptied by other tests while this service lives.
    with own_database(server) as url, running_exchange_process(folder, url) as found:
        found.holds = hold_to_contract
        yield found
