"""From what the database has of stand-ins to their page: what met another decision, and what could not be stored."""

from dataclasses import dataclass

from breather.domain.instant import DAY, Millis
from breather.storage.reader import Reader
from breather.web.exchange.console_view import Frame

MOST = 50


@dataclass(frozen=True, slots=True)
class ConflictLine:
    """A stand-in whose id had been decided otherwise; `problem` says what became of that."""

    withdrawal: str
    problem: str
    said_at: Millis


@dataclass(frozen=True, slots=True)
class AsideLine:
    """A record of a spool that no row could hold: its bytes by their SHA-256, and the journal entry."""

    digest: str
    number: int
    problem: str
    at: Millis


@dataclass(frozen=True, slots=True)
class StandInsView:
    """`lately`: in the last 24 hours. `waiting`: in the spool of the process that answers. Lists are newest first."""

    frame: Frame
    lately: int
    waiting: int
    conflicts: int
    aside: int
    conflict_lines: tuple[ConflictLine, ...] = ()
    aside_lines: tuple[AsideLine, ...] = ()


def stand_ins_view(frame: Frame, reader: Reader, waiting: int) -> StandInsView:
    counts = reader.one("stand_in_counts", since=frame.now - DAY)
    assert counts is not None, "counts are one row"
    met = reader.all("stand_in_problems", most=MOST)
    aside = reader.all("stand_ins_aside", most=MOST)
    return StandInsView(
        frame,
        counts["lately"],
        waiting,
        counts["conflicts"],
        counts["aside"],
        tuple(ConflictLine(row["withdrawal"], row["problem"], row["decided_at"]) for row in met),
        tuple(AsideLine(row["digest"], row["number"], row["problem"], row["at"]) for row in aside),
    )
