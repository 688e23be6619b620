"""SQLite: WAL, synchronous FULL, secure_delete (guarantee D1).

Any process may write in short transactions; only the serving process checkpoints, because several connections
that checkpoint at the same time have corrupted databases (SQLite before 3.51.3).
"""

import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from breather.storage.dialect import Dialect
from breather.storage.failure import (
    OutcomeUnknown,
    QueryMistake,
    RowRefused,
    StorageFailure,
    Unavailable,
    WrongDatabase,
)
from breather.storage.query import Query
from breather.storage.session import Parameters, Rows, Session

OLDEST = (3, 37, 0)  # STRICT tables
CHECKPOINT_PAGES = 1000
STATEMENTS = 1024  # more than there are queries, so that each is compiled once

# After these nobody knows what the disk holds.
FATAL = frozenset({sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
PASSING = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_PERM,
    }
)


@dataclass(frozen=True, slots=True)
class SqliteOpener:
    """`patience` is how many milliseconds a connection waits for a lock."""

    path: Path
    checkpoints: bool
    patience: int = 5_000

    @property
    def dialect(self) -> Dialect:
        return Dialect.SQLITE

    @property
    def place(self) -> str:
        return f"SQLite {self.path}"

    def open(self, *, writes: bool) -> Session:
        """Creates the file, readable by its owner only, when a writing connection finds none."""
        if sqlite3.sqlite_version_info < OLDEST:
            wanted = ".".join(map(str, OLDEST[:2]))
            raise WrongDatabase(f"SQLite is {sqlite3.sqlite_version}; {wanted} or newer is needed")
        if not writes and not self.path.exists():
            raise WrongDatabase(f"there is no database {self.path.absolute()}; start the service first")
        if not self.path.parent.is_dir():
            raise WrongDatabase(
                f"there is no folder {self.path.parent.absolute()} for the database; create it. "
                "An absolute path has four slashes: sqlite:////var/lib/breather/exchange.db"
            )
        try:
            if writes:
                os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
            connection = sqlite3.connect(
                f"{self.path.absolute().as_uri()}?mode={'rw' if writes else 'ro'}",
                uri=True,
                isolation_level=None,  # we say BEGIN ourselves
                check_same_thread=False,  # a session passes between threads, and one at a time uses it
                cached_statements=STATEMENTS,
                timeout=self.patience / 1000,
            )
        except OSError as error:
            raise WrongDatabase(f"{self.place} cannot be opened: {error.strerror}") from error
        except sqlite3.Error as error:
            raise Unavailable(f"{self.place}: {error}") from error
        try:
            self._prepare(connection, writes)
        except sqlite3.Error as error:
            connection.close()
            if error.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
                raise WrongDatabase(f"{self.place} is not a database; choose another file") from error
            raise _failure(error, writes=writes) from error
        except WrongDatabase:
            connection.close()
            raise
        return SqliteSession(connection, writes=writes)

    def _prepare(self, connection: sqlite3.Connection, writes: bool) -> None:
        pages = CHECKPOINT_PAGES if writes and self.checkpoints else 0
        for pragma in (
            "synchronous=FULL",
            "secure_delete=ON",
            "foreign_keys=ON",
            "trusted_schema=OFF",
            "cache_size=-32768",
            f"wal_autocheckpoint={pages}",
        ):
            connection.execute(f"PRAGMA {pragma}")
        if writes and connection.execute("PRAGMA journal_mode=WAL").fetchone() != ("wal",):
            raise WrongDatabase(f"{self.place} cannot use WAL; it must be a file on a local disk")


class SqliteSession:
    """One connection, in one transaction at a time."""

    dialect = Dialect.SQLITE

    def __init__(self, connection: sqlite3.Connection, *, writes: bool) -> None:
        self._connection = connection
        self._writes = writes
        self._closed = False

    @property
    def usable(self) -> bool:
        return not self._closed and self._connection.in_transaction

    @property
    def lost(self) -> bool:
        return self._closed

    def rows(self, query: Query, parameters: Parameters) -> Rows:
        cursor = self._executed(query.sql, parameters, query.name)
        try:
            found = cursor.fetchall()
        except (sqlite3.Error, OverflowError) as error:
            raise _failure(error, writes=self._writes, query=query.name) from error
        columns = tuple(column[0] for column in cursor.description or ())
        for row in found:
            for value in row:
                if type(value) is float:
                    raise QueryMistake(f"query {query.name} gave a REAL; the common subset has none")
        return columns, found

    def run(self, query: Query, parameters: Parameters) -> int:
        cursor = self._executed(query.sql, parameters, query.name)
        if cursor.description is not None:
            raise QueryMistake(f"query {query.name} gives rows; ask with one() or all()")
        return cursor.rowcount

    def define(self, statement: str) -> None:
        self._executed(statement, ())

    def begin_write(self) -> None:
        self._control("BEGIN IMMEDIATE")

    def begin_read(self) -> None:
        self._control("BEGIN DEFERRED")

    def mark(self) -> None:
        self._executed("SAVEPOINT mark", ())

    def keep_mark(self) -> None:
        self._executed("RELEASE mark", {})

    def back_to_mark(self) -> None:
        self._executed("ROLLBACK TO mark", {})
        self._executed("RELEASE mark", {})

    def commit(self) -> None:
        if not self.usable:
            raise Unavailable("SQLite had rolled the transaction back before it could be committed")
        try:
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            cause = _failure(error, writes=True)
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_FULL:
                # A page found no room in the WAL. The one that commits is the last of them, so nothing was.
                raise cause from error
            raise OutcomeUnknown(f"COMMIT failed: {cause}", fatal=cause.fatal) from error

    def rollback(self) -> None:
        try:
            if self.usable:
                self._connection.execute("ROLLBACK")
        except sqlite3.Error:
            # The next BEGIN on this connection would fail; a closed one is replaced.
            self.close()

    def close(self) -> None:
        self._closed = True
        self._connection.close()

    def _control(self, statement: str) -> None:
        try:
            self._connection.execute(statement)
        except sqlite3.Error as error:
            raise _failure(error, writes=self._writes) from error

    def _executed(self, sql: str, parameters: Parameters, name: str = "") -> sqlite3.Cursor:
        # Some errors make SQLite roll back everything; what follows would then commit by itself, statement by
        # statement.
        if not self.usable:
            raise Unavailable("the transaction is over; SQLite rolls back by itself after some errors")
        try:
            return self._connection.execute(sql, parameters)
        except (sqlite3.Error, OverflowError, UnicodeError) as error:
            raise _failure(error, writes=self._writes, query=name) from error


def _failure(error: Exception, *, writes: bool, query: str = "") -> StorageFailure:
    """The driver's error as ours, by primary result code."""
    told = f"query {query}: {error}" if query else str(error)
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in FATAL:
        return Unavailable(told, fatal=True)
    if code == sqlite3.SQLITE_BUSY:
        return Unavailable(f"{told}: another process has kept the write lock for too long")
    if code in PASSING or (code == sqlite3.SQLITE_READONLY and writes):
        return Unavailable(told)
    refused = (sqlite3.IntegrityError, sqlite3.DataError, OverflowError, UnicodeError)
    if isinstance(error, refused) or "integer overflow" in str(error):
        return RowRefused(told)
    return QueryMistake(told)
