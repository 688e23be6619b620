"""The seam between the use of a database and its two engines.

A session is one connection, used by one thread at a time. It speaks in rows and raises only `StorageFailure`.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from breather.storage.dialect import Dialect
from breather.storage.query import Query

Parameters = Mapping[str, Any] | Sequence[Any]  # by name; by position for a repeated row
Rows = tuple[tuple[str, ...], list[tuple[Any, ...]]]  # column names, then rows of int, str, bytes and None


class Session(Protocol):
    """One connection of one engine."""

    @property
    def dialect(self) -> Dialect: ...

    @property
    def usable(self) -> bool:
        """A transaction is open. After a failed statement PostgreSQL takes only `back_to_mark` or
        `rollback`."""
        ...

    @property
    def lost(self) -> bool:
        """The connection is gone for good; open another."""
        ...

    def rows(self, query: Query, parameters: Parameters) -> Rows: ...

    def run(self, query: Query, parameters: Parameters) -> int:
        """How many rows were inserted, changed or deleted."""
        ...

    def define(self, statement: str) -> None:
        """Run one statement of a schema."""
        ...

    def begin_write(self) -> None:
        """Take the one write lock of the database; whatever is read afterwards is no older than the lock."""
        ...

    def begin_read(self) -> None:
        """Every read until `rollback` sees the same commits, and nothing can be written."""
        ...

    def mark(self) -> None:
        """Set a savepoint; marks nest."""
        ...

    def keep_mark(self) -> None: ...

    def back_to_mark(self) -> None: ...

    def commit(self) -> None:
        """Durable when it returns. Raises Unavailable if certainly not committed, OutcomeUnknown
        otherwise."""
        ...

    def rollback(self) -> None:
        """Never raises: with the connection gone the engine has rolled back already."""
        ...

    def close(self) -> None: ...


class Opener(Protocol):
    """Knows where a database is and how to connect to it."""

    @property
    def dialect(self) -> Dialect: ...

    @property
    def place(self) -> str:
        """For messages; without a password."""
        ...

    def open(self, *, writes: bool) -> Session:
        """Raises Unavailable or WrongDatabase."""
        ...
