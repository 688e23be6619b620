"""A database changed and read past the service, as a failover, a restore or a thief would."""

import sqlite3
from typing import Any

import psycopg

from breather.storage.schema import Schema
from breather.storage.table import Table


def execute(database: str, sql: str) -> list[tuple[Any, ...]]:
    """Committed when it returns; the rows, if the statement has any."""
    if database.startswith("sqlite:///"):
        connection = sqlite3.connect(database.removeprefix("sqlite:///"), timeout=10)
        try:
            with connection:
                return connection.execute(sql).fetchall()
        finally:
            connection.close()
    with psycopg.connect(database) as server:
        found = server.execute(sql.encode())
        return found.fetchall() if found.description else []


def everything(database: str, schema: Schema) -> dict[str, str]:
    """Every row of every table in words, by table."""
    tables = [part.name for part in schema.parts if isinstance(part, Table)]
    return {name: repr(execute(database, f"SELECT * FROM {name}")) for name in tables}
