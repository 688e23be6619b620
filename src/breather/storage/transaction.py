"""One write transaction: queries that change, one instant, savepoints, and the journal's numbers.

The journal is numbered under the write lock, from its own head, in the transaction of the act: no gap and no
repetition can be committed, and a cursor may run over the numbers (guarantee D3).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from breather.domain.instant import Millis
from breather.storage.query import Query
from breather.storage.reader import Reader
from breather.storage.session import Session


class Changer(Reader):
    """A reader that may also run the queries that change rows."""

    def run(self, name: str, /, **parameters: Any) -> int:
        """How many rows the query inserted, changed or deleted."""
        return self._session.run(*self._bound(name, parameters))

    def run_each(self, name: str, rows: Sequence[Mapping[str, Any]], /) -> int:
        """Runs the query for `rows` of parameters together; how many rows of the table it reached."""
        return sum(self._session.run(query, values) for query, values in self._repeated(name, rows))


class Transaction(Changer):
    """Holds the write lock. `now` is the one instant of the transaction and never before the journal's head.

    Needs the queries `journal_head` (number, at; no row while the journal is empty) and `insert_journal`
    (number, at, step, kind, withdrawal, actor, body).
    """

    def __init__(self, session: Session, queries: Mapping[str, Query], clock: Callable[[], Millis]) -> None:
        """`session` has taken the write lock; the clock is read after it, because waiting takes time."""
        super().__init__(session, queries)
        head = self.one("journal_head") or {"number": 0, "at": 0}
        self._number: int = head["number"]
        self._entries: list[dict[str, Any]] = []
        self.now = Millis(max(clock(), head["at"]))

    @property
    def usable(self) -> bool:
        """False once the engine has given the whole transaction up."""
        return self._session.usable

    @property
    def next_number(self) -> int:
        """What the next entry of this transaction will be numbered, for an entry that is about itself."""
        return self._number + 1

    def journal(self, step: int, kind: str, withdrawal: str | None, actor: str, body: bytes) -> int:
        """Add the entry of one acknowledged act; `step` is that of docs/flow.md. Returns its number.

        Entries are written together, just before the commit: nothing in the same transaction reads them.
        """
        number = self.next_number
        entry = {
            "number": number,
            "at": self.now,
            "step": step,
            "kind": kind,
            "withdrawal": withdrawal,
            "actor": actor,
            "body": body,
        }
        # Looked at now: written with the others, one that cannot be stored would fail them all.
        self._entries.append(self._storable_row("insert_journal", entry))
        self._number = number
        return number

    def write_entries(self) -> None:
        """The last thing before the commit, by whoever commits."""
        entries, self._entries = self._entries, []
        self.run_each("insert_journal", entries)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """What is inside happens as a whole or not at all; a rolled back entry's number is used again."""
        number, entries = self._number, len(self._entries)
        self._session.mark()
        try:
            yield
            # Inside the try: on PostgreSQL a command that swallowed a failed statement fails only here.
            self._session.keep_mark()
        except BaseException:
            self._number = number
            del self._entries[entries:]
            if self.usable:
                self._session.back_to_mark()
            raise
