"""One write transaction: queries that change, one instant, savepoints, and the journal's numbers.

The journal is numbered under the write lock, from its own head, in the transaction of the act: no gap and no
repetition can be committed, and a cursor may run over the numbers (guarantee D3).
"""

from collections.abc import Callable, Iterator, Mapping
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
        """Write the entry of one acknowledged act; `step` is that of docs/flow.md. Returns its number."""
        number = self.next_number
        self.run(
            "insert_journal",
            number=number,
            at=self.now,
            step=step,
            kind=kind,
            withdrawal=withdrawal,
            actor=actor,
            body=body,
        )
        self._number = number
        return number

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """What is inside happens as a whole or not at all; a rolled back entry's number is used again."""
        number = self._number
        self._session.mark()
        try:
            yield
            # Inside the try: on PostgreSQL a command that swallowed a failed statement fails only here.
            self._session.keep_mark()
        except BaseException:
            self._number = number
            if self.usable:
                self._session.back_to_mark()
            raise
