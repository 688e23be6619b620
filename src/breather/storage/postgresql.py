"""PostgreSQL by psycopg 3: READ COMMITTED, and one advisory lock before anything is read (guarantee D2).

Locking and reading are separate statements: under READ COMMITTED each statement sees what was committed
before it began, so a read after the lock sees everything that the lock's last holder wrote. Under REPEATABLE
READ, or with lock and read in one statement, the snapshot would be older than the lock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import errors
from psycopg.adapt import Loader
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import Format, TransactionStatus
from psycopg.types.numeric import Int8Dumper
from psycopg.types.string import StrDumper

from breather.storage.columns import COLUMNS, Blobs, BlobsDumper, Numbers, NumbersDumper, Texts, TextsDumper
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

LOCK = 0x42524541  # any constant will do; advisory locks are counted per database
CONNECT_SECONDS = 5
STATEMENTS = 1024
STALLED = 60_000  # milliseconds after which the server ends a write transaction that does nothing
# Whoever writes asks for single rows by their keys. A plan made while a table was small, or by statistics of yesterday,
# would go over the whole of it, under the lock that everybody waits for.
BY_KEY: Mapping[str, str] = {"enable_seqscan": "off", "enable_hashjoin": "off", "enable_mergejoin": "off", "jit": "off"}
BEGIN_WRITE = f"BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock({LOCK})".encode()
BEGIN_READ = b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

# Object ids of bool, bytea, name, int8, int2, int4, text, varchar: what becomes int, str or bytes, and
# nothing else.
COMMON = frozenset({16, 17, 19, 20, 21, 23, 25, 1043})
OPEN = frozenset({TransactionStatus.INTRANS, TransactionStatus.INERROR})


class BooleanAsInteger(Loader):
    """A comparison in a select list is a boolean here and 0 or 1 on SQLite; we read 0 or 1 on both."""

    format = Format.BINARY

    def load(self, data: bytes | bytearray | memoryview) -> int:
        return int(bytes(data) == b"\x01")


@dataclass(frozen=True, slots=True)
class PostgresqlOpener:
    """`patience` is how many milliseconds a connection waits for a lock."""

    url: str
    patience: int = 5_000

    @property
    def dialect(self) -> Dialect:
        return Dialect.POSTGRESQL

    @property
    def place(self) -> str:
        parts = conninfo_to_dict(self.url)
        return f"PostgreSQL {parts.get('dbname') or ''} at {parts.get('host') or 'the local socket'}"

    def open(self, *, writes: bool) -> Session:
        try:
            given = conninfo_to_dict(self.url)
            given.setdefault("connect_timeout", CONNECT_SECONDS)
            given["client_encoding"] = "utf8"
            connection = psycopg.connect(make_conninfo("", **given), autocommit=True, prepare_threshold=0)
        except psycopg.OperationalError as error:
            raise Unavailable(f"{self.place}: {_first_line(error)}") from error
        except psycopg.Error as error:
            raise WrongDatabase(f"the PostgreSQL address cannot be used: {_first_line(error)}") from error
        try:
            self._prepare(connection, writes)
        except psycopg.Error as error:
            connection.close()
            raise _failure(error) from error
        return PostgresqlSession(connection)

    def _prepare(self, connection: "psycopg.Connection[tuple[Any, ...]]", writes: bool) -> None:
        connection.prepared_max = STATEMENTS
        # Typed parameters: an untyped '12' would quietly become a number, and each width of integer another
        # statement.
        connection.adapters.register_dumper(str, StrDumper)
        connection.adapters.register_dumper(int, Int8Dumper)
        connection.adapters.register_dumper(Texts, TextsDumper)
        connection.adapters.register_dumper(Numbers, NumbersDumper)
        connection.adapters.register_dumper(Blobs, BlobsDumper)
        connection.adapters.register_loader("bool", BooleanAsInteger)
        settings = {"synchronous_commit": "on", "timezone": "UTC", "lock_timeout": str(self.patience)}
        if writes:
            # A stopped process must not keep the lock for ever.
            settings["idle_in_transaction_session_timeout"] = str(STALLED)
            settings |= BY_KEY
        for name, value in settings.items():
            connection.execute("SELECT set_config(%s, %s, false)", (name, value))


class PostgresqlSession:
    """One connection, in one transaction at a time."""

    dialect = Dialect.POSTGRESQL

    def __init__(self, connection: "psycopg.Connection[tuple[Any, ...]]") -> None:
        self._connection = connection
        # Binary: as text, bytes come as twice as many digits, which both sides have to make something of.
        self._cursor = connection.cursor(binary=True)
        self._columns: dict[str, tuple[str, ...]] = {}

    @property
    def usable(self) -> bool:
        return self._connection.info.transaction_status in OPEN

    @property
    def lost(self) -> bool:
        return self._connection.closed

    def rows(self, query: Query, parameters: Parameters) -> Rows:
        self._execute(query, parameters)
        try:
            found = self._cursor.fetchall()
        except psycopg.Error as error:
            raise _failure(error, query.name) from error
        return self._columns.get(query.name) or self._columns_of(query.name), found

    def run(self, query: Query, parameters: Parameters) -> int:
        self._execute(query, parameters)
        if self._cursor.description is not None:
            raise QueryMistake(f"query {query.name} gives rows; ask with one() or all()")
        return self._cursor.rowcount

    def define(self, statement: str) -> None:
        self._control(statement.encode())

    def begin_write(self) -> None:
        try:
            self._control(BEGIN_WRITE)
        except Unavailable:
            # BEGIN has succeeded where only the lock was refused.
            self.rollback()
            raise

    def begin_read(self) -> None:
        self._control(BEGIN_READ)

    def mark(self) -> None:
        self._control(b"SAVEPOINT mark")

    def keep_mark(self) -> None:
        self._control(b"RELEASE SAVEPOINT mark")

    def back_to_mark(self) -> None:
        self._control(b"ROLLBACK TO SAVEPOINT mark; RELEASE SAVEPOINT mark")

    def commit(self) -> None:
        # COMMIT of an aborted transaction rolls back and reports no error.
        if self._connection.info.transaction_status is not TransactionStatus.INTRANS:
            raise Unavailable("the transaction was aborted by a failed statement, or its connection is lost")
        try:
            self._connection.execute(b"COMMIT", prepare=False)
        except psycopg.Error as error:
            raise OutcomeUnknown(f"COMMIT failed: {_first_line(error)}") from error

    def rollback(self) -> None:
        try:
            if self.usable:
                self._connection.execute(b"ROLLBACK", prepare=False)
        except psycopg.Error:
            self.close()

    def close(self) -> None:
        self._connection.close()

    def _control(self, statement: bytes) -> None:
        """Unprepared, and so able to carry two statements in one round trip."""
        try:
            self._connection.execute(statement, prepare=False)
        except psycopg.Error as error:
            raise _failure(error) from error

    def _execute(self, query: Query, parameters: Parameters) -> None:
        if not self.usable:
            raise Unavailable("the transaction is over, or its connection is lost")
        if query.arrays:
            parameters = [COLUMNS[kind](values) for kind, values in zip(query.arrays, parameters, strict=True)]
        try:
            self._cursor.execute(query.sql.encode(), parameters)
        except (psycopg.Error, UnicodeError) as error:
            raise _failure(error, query.name) from error

    def _columns_of(self, name: str) -> tuple[str, ...]:
        description = self._cursor.description or ()
        for column in description:
            if column.type_code not in COMMON:
                raise QueryMistake(f"query {name}: column {column.name} has another type; CAST it AS BIGINT or TEXT")
        self._columns[name] = tuple(column.name for column in description)
        return self._columns[name]


def _failure(error: Exception, query: str = "") -> StorageFailure:
    """The driver's error as ours."""
    told = f"query {query}: {_first_line(error)}" if query else _first_line(error)
    if isinstance(error, (psycopg.IntegrityError, psycopg.DataError, errors.DatatypeMismatch, UnicodeError)):
        return RowRefused(told)
    if isinstance(error, errors.InFailedSqlTransaction):
        return Unavailable(f"{told}: a statement before it had failed")
    if isinstance(error, errors.LockNotAvailable):
        return Unavailable(f"{told}: another process has kept the write lock for too long")
    if isinstance(error, (psycopg.OperationalError, errors.ConfigurationLimitExceeded)):
        return Unavailable(told)
    return QueryMistake(told)


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
