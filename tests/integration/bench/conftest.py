"""Databases of both engines for what the benchmarks fill."""

from tests.engines import database_url, postgresql_server  # noqa: F401  # fixtures, used by their names
