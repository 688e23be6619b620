"""What the console and the command line read of shadows. Every question is bounded, whatever a shadow has seen.

Counts come from the combinations of words, of which there are few; lists and outcomes from an index that has only those
that one of the two versions interrupts.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from breather.domain.instant import Millis
from breather.domain.shadow import Change
from breather.storage.exchange.console_record import DecisionRow
from breather.storage.reader import Reader

# So many combinations are read, and so many of the newest of each change are asked what became of them.
MOST_WORDS = 10_000
MOST_OUTCOMES = 1_000


@dataclass(frozen=True, slots=True)
class ShadowRow:
    """One run of a shadow; `number` is the journal entry that began it, and its name in addresses."""

    number: int
    id: str
    version: int
    hash: str
    jurisdiction: str
    beside: str
    beside_version: int
    started_at: Millis
    started_by: str
    stopped_at: Millis | None
    stopped_for: str | None

    @property
    def standing(self) -> str:
        """`running`, `stopped`, `activated` (it was put into force) or `superseded` (another version was)."""
        return "running" if self.stopped_for is None else {"asked": "stopped"}.get(self.stopped_for, self.stopped_for)


@dataclass(frozen=True, slots=True)
class WordsRow:
    """What was said of `withdrawals` withdrawals; `phase` is submit or answer, `words` the stored JSON bytes."""

    phase: str
    said: str
    words: bytes
    withdrawals: int


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Of the newest `withdrawals` (at most MOST_OUTCOMES): how many were broadcast, and stopped before that."""

    withdrawals: int
    proceeded: int
    stopped: int


def newest_shadows(reader: Reader) -> list[ShadowRow]:
    """At most 20: those that run, then the last begun."""
    return reader.all_as(ShadowRow, "newest_shadows")


def find_shadow(reader: Reader, number: int) -> ShadowRow | None:
    return reader.one_as(ShadowRow, "find_shadow", number=number)


def words_of(reader: Reader, number: int) -> tuple[list[WordsRow], bool]:
    """At most MOST_WORDS combinations, and whether these are all."""
    rows = reader.all_as(WordsRow, "shadow_words", shadow=number, most=MOST_WORDS + 1)
    return rows[:MOST_WORDS], len(rows) <= MOST_WORDS


def find_words(reader: Reader, number: int | None, phase: str, said: str | None) -> bytes | None:
    """What was said of one withdrawal; None where no shadow saw it."""
    if number is None or said is None:
        return None
    row = reader.one("find_shadow_word", shadow=number, phase=phase, said=said)
    return None if row is None else bytes(row["words"])


def changed(reader: Reader, number: int, change: Change, before: int, limit: int) -> tuple[list[DecisionRow], bool]:
    """Up to `limit` withdrawals of one change, decided before journal number `before`, newest first; whether there
    are older ones.
    """
    rows = reader.all_as(DecisionRow, "shadow_changed", shadow=number, change=change, before=before, rows=limit + 1)
    return rows[:limit], len(rows) > limit


def outcomes(reader: Reader, number: int, changes: Iterable[Change] = tuple(Change)) -> dict[Change, Outcomes]:
    found = {}
    for change in changes:
        row = reader.one("shadow_outcomes", shadow=number, change=change, most=MOST_OUTCOMES)
        found[change] = Outcomes(**(row or {"withdrawals": 0, "proceeded": 0, "stopped": 0}))
    return found
