"""What people here say about single entries of lists: withdrawn, contested, or nothing any more.

Step 0, an act of the operator. It outlives the list's next snapshot: whoever got an address off a list by evidence does
not have to do so again each time the list is published.
"""

from dataclasses import dataclass

import msgspec

from breather.domain.entry import Entry
from breather.domain.instant import Millis
from breather.exchange.open_intelligence import open_intelligence
from breather.intelligence.list_folder import ListFolder
from breather.storage.database import Database
from breather.storage.exchange.intelligence import Ruling

STEP = 0
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Subject:
    """Of an entry: `scope` is a network's value, host or actor; `value` is canonical."""

    scope: str
    value: str


def rule(database: Database, folder: ListFolder, source: str, subject: Subject, said: tuple[Ruling, str, str]) -> None:
    """`said`: the ruling, why, and who says so. LookupError where that list says nothing about the subject."""
    ruling, because, actor = said
    if not 1 <= len(because.strip()) <= LONGEST_REASON or not because.isprintable():
        raise ValueError(f"a reason has 1 to {LONGEST_REASON} printable characters")
    with database.writing() as tx:
        entries = open_intelligence(tx, folder).everything(subject.scope, subject.value, tx.now)
        if source not in {entry.source for entry in entries}:
            raise LookupError(_nothing_said(source, subject, entries))
        tx.run(
            "save_intelligence_ruling",
            list=source,
            scope=subject.scope,
            value=subject.value,
            ruling=ruling,
            because=because,
            actor=actor,
            now=tx.now,
        )
        tx.run("raise_generation")
        body = {"list": source, "scope": subject.scope, "value": subject.value, "because": because}
        tx.journal(STEP, f"entry-{ruling}", None, actor, msgspec.json.encode(body))


def reinstate(database: Database, source: str, subject: Subject, actor: str) -> None:
    """End a ruling: what the list says counts again. LookupError where there is none."""
    with database.writing() as tx:
        if not tx.run("end_intelligence_ruling", list=source, scope=subject.scope, value=subject.value):
            raise LookupError(f"nothing was withdrawn or contested of what {source!r} says about {subject.value}")
        tx.run("raise_generation")
        body = {"list": source, "scope": subject.scope, "value": subject.value}
        tx.journal(STEP, "entry-reinstated", None, actor, msgspec.json.encode(body))


def explain(database: Database, folder: ListFolder, subject: Subject, now: Millis) -> tuple[Entry, ...]:
    """Everything that any list says about it, also what does not count any more."""
    with database.reading() as reader:
        return open_intelligence(reader, folder).everything(subject.scope, subject.value, now)


def _nothing_said(source: str, subject: Subject, entries: tuple[Entry, ...]) -> str:
    said = ", ".join(sorted({entry.source for entry in entries}))
    others = f"; about it speaks {said}" if said else "; no list in force does"
    return f"the list {source!r} says nothing about {subject.value}{others}"
