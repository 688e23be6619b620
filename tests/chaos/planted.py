"""A service with a fault planted in it: `python -m tests.chaos.planted FAULT exchange|agency serve`.

What the fault tests are for must be found by them; each fault here is what somebody might have written instead, and is
put into the running process from outside. Nothing in the product knows of it.
"""

import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any

import tests.agency_launcher
import tests.launcher
from breather.domain import standing as standing_of
from breather.domain.cooling_off import Resolution, Resolved
from breather.domain.event import Event, EventKind
from breather.domain.instant import Millis
from breather.domain.standing import Standing
from breather.storage import postgresql, writer
from breather.storage.pending import Answer, Pending
from breather.storage.sqlite import SqliteOpener
from breather.storage.transaction import Transaction

# A test makes it, in steps larger than any batch; each connection draws some numbers in advance.
SEQUENCE = "breather_test_numbers"
LAUNCHERS: Mapping[str, Callable[[str], None]] = {
    "exchange": tests.launcher.main,
    "agency": tests.agency_launcher.main,
}


class Planted(StrEnum):
    NOT_SYNCED = "synchronous-off"
    NORMAL = "synchronous-normal"
    BEFORE_COMMIT = "acknowledged-before-commit"
    NO_LOCK = "no-lock"
    NUMBERED_OUTSIDE = "numbered-outside"
    LIFTING_RELEASES = "lifting-releases"


def launcher(fault: Planted, service: str) -> tuple[str, ...]:
    """What `ExchangeProcess.launcher` and `AgencyProcess.launcher` become."""
    return ("tests.chaos.planted", fault.value, service)


def _synchronous(word: str) -> Callable[[], None]:
    """SQLite then acknowledges what it has only handed over."""

    def plant() -> None:
        right = SqliteOpener._prepare

        def prepare(opener: SqliteOpener, connection: sqlite3.Connection, writes: bool) -> None:
            right(opener, connection, writes)
            connection.execute(f"PRAGMA synchronous={word}")

        _put(SqliteOpener, "_prepare", prepare)

    return plant


def _before_commit() -> None:
    """Answers when everything is written, and commits then: at an agency, the receipt."""
    right = writer._results

    def results(transaction: Transaction, batch: Sequence[Pending[Any]]) -> Iterator[writer.Result]:
        found = list(right(transaction, batch))
        for pending, result in zip(batch, found, strict=True):
            if result.error is None:
                pending.future.set_result(result.value)
        return iter(found)

    def once(answer: Answer[Any], value: object) -> None:
        if not answer.done():
            super(Answer, answer).set_result(value)

    _put(writer, "_results", results)
    _put(Answer, "set_result", once)


def _numbered_from_a_sequence(*, locks: bool) -> Callable[[], None]:
    """The journal's numbers are unique, and drawn before the lock is waited for, or without any lock at all."""

    def plant() -> None:
        right, lock = Transaction.__init__, postgresql.BEGIN_WRITE
        _put(postgresql, "BEGIN_WRITE", b"BEGIN ISOLATION LEVEL READ COMMITTED")

        def draw(transaction: Transaction, session: Any, *rest: Any) -> None:
            drawn = session._connection.execute(f"SELECT nextval('{SEQUENCE}')", prepare=False).fetchone()[0]
            if locks:
                session._control(lock.partition(b"; ")[2])
            right(transaction, session, *rest)
            transaction._number = drawn

        _put(Transaction, "__init__", draw)

    return plant


def _lifting_releases() -> None:
    right = standing_of._MOVES[EventKind.LIFTED]

    def lifted(standing: Standing, event: Event, now: Millis) -> Standing:
        after = right(standing, event, now)
        if after.pause is None:
            return after
        released = Resolved(Resolution.CONFIRM, event.id, Millis(now + 1), event.by)
        return replace(after, pause=replace(after.pause, resolved=released))

    _put(standing_of, "_MOVES", {**standing_of._MOVES, EventKind.LIFTED: lifted})


PLANT: Mapping[Planted, Callable[[], None]] = {
    Planted.NOT_SYNCED: _synchronous("OFF"),
    Planted.NORMAL: _synchronous("NORMAL"),
    Planted.BEFORE_COMMIT: _before_commit,
    Planted.NO_LOCK: _numbered_from_a_sequence(locks=False),
    Planted.NUMBERED_OUTSIDE: _numbered_from_a_sequence(locks=True),
    Planted.LIFTING_RELEASES: _lifting_releases,
}


def _put(where: Any, name: str, what: object) -> None:
    """Instead of what is there."""
    assert hasattr(where, name), f"{where} has no {name}: the fault would not be planted"
    setattr(where, name, what)


if __name__ == "__main__":
    PLANT[Planted(sys.argv[1])]()
    LAUNCHERS[sys.argv[2]](sys.argv[3])
