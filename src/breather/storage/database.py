"""One database: where reading and writing begin.

`reading()` gives a snapshot that cannot write; `writing()` gives the write lock and one short transaction.
The serving process puts a `Writer` in front of `writing()`; the worker and the command line use it directly.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.resources import files
from pathlib import Path

from breather.domain.finding import nearest
from breather.domain.instant import Millis
from breather.storage import schema as schemas
from breather.storage.failure import OutcomeUnknown, Unavailable, WrongDatabase
from breather.storage.postgresql import PostgresqlOpener
from breather.storage.query import Queries, read_queries
from breather.storage.reader import Reader
from breather.storage.schema import Schema
from breather.storage.session import Opener, Session
from breather.storage.sqlite import SqliteOpener
from breather.storage.transaction import Transaction

READERS = 8
PATIENCE_SECONDS = 5.0


class Database:
    """Safe to share between threads. Connections are opened when first needed and replaced when lost."""

    def __init__(self, opener: Opener, queries: Queries, clock: Callable[[], Millis], readers: int = READERS) -> None:
        self._opener = opener
        self._given = queries
        self._queries = queries.joined(read_queries(files("breather.storage"))).of(opener.dialect)
        self._clock = clock
        self._write_turn = threading.Lock()
        self._write_session: Session | None = None
        self._read_turns = threading.BoundedSemaphore(readers)
        self._idle: list[Session] = []  # append and pop are atomic
        self._closed = False

    @property
    def place(self) -> str:
        """Engine and location, without a password."""
        return self._opener.place

    @property
    def file(self) -> Path | None:
        """An SQLite database is a file; one on a server is none of ours to copy or to measure."""
        return self._opener.path if isinstance(self._opener, SqliteOpener) else None

    def elsewhere(self, file: Path) -> "Database":
        """Another SQLite file, asked by the same names: a copy of this one."""
        return Database(SqliteOpener(file, checkpoints=False), self._given, self._clock, readers=1)

    def create(self, schema: Schema, epoch: str) -> str:
        """Fill an empty database, or find that this one matches. Returns the recorded epoch.

        Raises WrongDatabase for another service's, another version's or a stranger's database.
        """
        with self._writing_session() as session:
            return schemas.create(session, self._queries, schema, epoch)

    def check(self, schema: Schema) -> str:
        """The epoch of a database that was created before. Raises WrongDatabase, also for an empty one."""
        with self.reading() as reader:
            return schemas.check(reader, schema)

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """A consistent snapshot, fixed by the first query; later commits stay unseen. Raises Unavailable."""
        if not self._read_turns.acquire(timeout=PATIENCE_SECONDS):
            raise Unavailable("every reading connection is in use; are snapshots kept open?")
        try:
            session = self._begun_reading()
            reader = Reader(session, self._queries)
            try:
                yield reader
            finally:
                reader.end()
                session.rollback()
                self._idle.append(session)
                if self._closed:
                    self._close_idle()
        finally:
            self._read_turns.release()

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """One write transaction, committed at the end, rolled back if the block raises.

        Keep it short: nobody else writes meanwhile. Raises Unavailable (nothing committed) or OutcomeUnknown.
        """
        with self._writing_session() as session:
            transaction: Transaction | None = None
            try:
                transaction = Transaction(session, self._queries, self._clock)
                yield transaction
                transaction.write_entries()
                session.commit()
            except OutcomeUnknown:
                self._drop_write_session()
                raise
            except BaseException:
                session.rollback()
                raise
            finally:
                if transaction is not None:
                    transaction.end()

    def durability(self) -> list[str]:
        """What of the engine's settings would lose an acknowledged act, one sentence each; empty is right."""
        with self._writing_session() as session:
            rows = Reader(session, self._queries).all("durability")
            session.rollback()
        wrong = [row for row in rows if row["value"] != row["wanted"]]
        return [f"{row['name']} is {row['value']}; {row['wanted']} is right" for row in wrong]

    def close(self) -> None:
        """Close every connection; those in use are closed when given back."""
        self._closed = True
        with self._write_turn:
            self._drop_write_session()
        self._close_idle()

    @contextmanager
    def _writing_session(self) -> Iterator[Session]:
        """This process's turn, then the database's write lock."""
        if not self._write_turn.acquire(timeout=PATIENCE_SECONDS):
            raise Unavailable("another thread of this process has kept its transaction open for too long")
        try:
            yield self._begun_writing()
        finally:
            self._write_turn.release()

    def _begun_writing(self) -> Session:
        if self._closed:
            raise Unavailable(f"{self.place} was closed")
        session = self._write_session
        if session is not None and not session.lost:
            try:
                session.begin_write()
            except Unavailable:
                if not session.lost:
                    raise
            else:
                return session
        # Lost while nothing was under way: a new connection costs nobody a failure.
        self._write_session = None
        session = self._opener.open(writes=True)
        self._write_session = session
        session.begin_write()
        return session

    def _drop_write_session(self) -> None:
        if self._write_session is not None:
            self._write_session.close()
            self._write_session = None

    def _begun_reading(self) -> Session:
        with suppress(IndexError):
            while not self._closed:
                session = self._idle.pop()
                try:
                    session.begin_read()
                except Unavailable:
                    session.close()  # lost while it lay idle: not the reader's trouble
                else:
                    return session
        if self._closed:
            raise Unavailable(f"{self.place} was closed")
        session = self._opener.open(writes=False)
        session.begin_read()
        return session

    def _close_idle(self) -> None:
        with suppress(IndexError):
            while True:
                self._idle.pop().close()


def open_database(
    url: str,
    queries: Queries,
    clock: Callable[[], Millis],
    *,
    checkpoints: bool = False,
    readers: int = READERS,
) -> Database:
    """`sqlite:///relative.db`, `sqlite:////absolute.db` or `postgresql://user@host/name`.

    `clock` gives milliseconds UTC. `checkpoints`: only the serving process says True; nothing on PostgreSQL.
    Connects when first used. Raises WrongDatabase for an address that cannot be one.
    """
    scheme, separator, rest = url.partition("://")
    if scheme in ("postgresql", "postgres") and separator:
        return Database(PostgresqlOpener(url), queries, clock, readers)
    if scheme != "sqlite" or not separator:
        near = nearest(scheme, ("sqlite", "postgresql"))
        hint = f"; did you mean {near}://?" if near else ""
        raise WrongDatabase(f"a database address begins with sqlite or postgresql, not {scheme!r}{hint}")
    path = rest.removeprefix("/")
    if not rest.startswith("/") or path in ("", ":memory:") or "?" in path:
        raise WrongDatabase("an SQLite database is a file, written sqlite:///relative.db or sqlite:////absolute.db")
    return Database(SqliteOpener(Path(path), checkpoints), queries, clock, readers)
