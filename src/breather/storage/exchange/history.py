"""What was decided and what came of it, page by page in the order of the journal, up to a number fixed beforehand.

The journal only grows, so pages read one after the other fit together: an export needs no snapshot that stays open for
minutes, during which nothing could be checkpointed.
"""

from collections import defaultdict
from dataclasses import dataclass

from breather.domain.instant import Millis
from breather.storage.reader import Reader


@dataclass(frozen=True, slots=True)
class DecidedRow:
    """`number` is the decision's journal entry; `submitted` and `decision` as they are stored."""

    id: str
    number: int
    decided_at: Millis
    stopped_at: Millis | None
    submitted: bytes
    decision: bytes


@dataclass(frozen=True, slots=True)
class ActRow:
    """An entry of the journal about a withdrawal; `kind` is answer, stop, broadcast or disposed."""

    withdrawal: str
    number: int
    at: Millis
    kind: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Extent:
    """What an export covers: every entry up to `number`, which was written at `at`, with so many decisions."""

    number: int
    at: Millis
    withdrawals: int


def history_extent(reader: Reader) -> Extent:
    head = reader.one("journal_head")
    if head is None:
        return Extent(0, Millis(0), 0)
    size = reader.one("history_size", through=head["number"])
    assert size is not None, "a count has one row"
    return Extent(head["number"], head["at"], size["withdrawals"])


def history_page(
    reader: Reader, extent: Extent, after: int, most: int
) -> tuple[list[DecidedRow], dict[str, list[ActRow]]]:
    """At most `most` decisions after number `after`, and by withdrawal what happened to them, in order."""
    rows = reader.all_as(DecidedRow, "history_page", after=after, through=extent.number, most=most)
    acts: dict[str, list[ActRow]] = defaultdict(list)
    if rows:
        last = rows[-1].number
        for act in reader.all_as(ActRow, "history_acts", after=after, last=last, through=extent.number):
            acts[act.withdrawal].append(act)
    return rows, acts
