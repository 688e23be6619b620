"""What is stored, as the model has it: rows and journal, and what a commit makes of what others have committed."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from functools import cache
from typing import TypeVar

from breather.domain.instant import Millis
from tests.model.ledger import Answer, Rows

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entry:
    """One acknowledged act: which call it was, and its answer."""

    number: int
    call: int
    at: Millis
    answer: Answer


@dataclass(frozen=True, eq=False)
class Database:
    """Made by `database` only, so that equal ones are one object, and comparing costs nothing."""

    rows: Rows
    journal: tuple[Entry, ...]


@cache
def database(rows: Rows, journal: tuple[Entry, ...]) -> Database:
    return Database(rows, journal)


class Conflict(Exception):
    """Two rows with one primary key."""


def merged(view: Database, after: Rows, entries: tuple[Entry, ...], visible: Database, numbered: bool) -> Database:
    """`visible` with everything that a transaction which saw `view` has written.

    Where nothing was committed since, that is what it wrote. Conflict if a row that it made is there already.
    `numbered`: with its journal's numbers; else they are drawn from a sequence at the commit, which nothing refuses.
    """
    journal = visible.journal
    if not numbered:
        drawn = max((entry.number for entry in journal), default=0) + 1
        entries = tuple(replace(entry, number=drawn + place) for place, entry in enumerate(entries))
    if {entry.number for entry in journal} & {entry.number for entry in entries}:
        raise Conflict
    if visible is view:
        return database(after, (*journal, *entries))
    before, there = view.rows, visible.rows
    rows = Rows(
        _upserted(before.withdrawals, after.withdrawals, there.withdrawals, lambda row: row.submitted.withdrawal),
        _upserted(before.pauses, after.pauses, there.pauses, lambda pause: pause.id),
        _upserted(before.holds, after.holds, there.holds, lambda hold: hold.id),
        _upserted(before.events, after.events, there.events, lambda event: (event.withdrawal, event.id)),
    )
    return database(rows, (*journal, *entries))


def _upserted(
    before: tuple[T, ...], after: tuple[T, ...], there: tuple[T, ...], key: Callable[[T], Hashable]
) -> tuple[T, ...]:
    known, found = {key(each): each for each in before}, {key(each): each for each in there}
    for each in after:
        name = key(each)
        if name not in known and name in found:
            raise Conflict
        if known.get(name) != each:
            found[name] = each
    return tuple(found.values())
