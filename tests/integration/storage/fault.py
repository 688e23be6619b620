"""Faults put between a session and its driver, where the real ones happen."""

import sqlite3
from collections.abc import Callable
from typing import Any

import psycopg

from breather.storage.database import Database


class FaultyConnection:
    """Passes everything on to a driver's connection, except what `fault` raises for.

    `fault(statement)` returns an exception to be raised, and whether the statement is carried out first: an
    answer that was lost, as opposed to a question.
    """

    def __init__(self, connection: Any, fault: Callable[[str], tuple[Exception | None, bool]]) -> None:
        self._real = connection
        self._fault = fault

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def execute(self, statement: str | bytes, *rest: Any, **options: Any) -> Any:
        text = statement.decode() if isinstance(statement, bytes) else statement
        error, first = self._fault(text)
        if error is None:
            return self._real.execute(statement, *rest, **options)
        if first:
            self._real.execute(statement, *rest, **options)
        raise error


def afflict(database: Database, fault: Callable[[str], tuple[Exception | None, bool]]) -> None:
    """Every statement of the database's present writing connection passes `fault`."""
    with database._writing_session() as session:
        session.rollback()
        session.__dict__["_connection"] = FaultyConnection(session.__dict__["_connection"], fault)


def driver_error(database: Database, code: int = sqlite3.SQLITE_BUSY) -> Exception:
    """What the database's driver raises: with a result code on SQLite, as a lost connection on PostgreSQL."""
    if database.place.startswith("PostgreSQL"):
        return psycopg.OperationalError("the connection was lost")
    error = sqlite3.OperationalError("the disk said no")
    error.sqlite_errorcode = code
    return error
