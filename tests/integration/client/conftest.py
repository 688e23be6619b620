"""A PostgreSQL server for the tests that spend in one."""

from tests.engines import postgresql_server  # noqa: F401  # a fixture, used by its name
