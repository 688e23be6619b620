"""What the event loop counts of the decisions that it answered: plain numbers, read when somebody asks for metrics.

The five steps are one after the other, and make up the whole time between the first look at a request and its reply:

    read     the body was read and understood
    wait     it waited for the writer, and the writer for the write lock
    decide   its batch read and decided
    commit   its batch became durable
    render   the event loop took it up again and made the reply
"""

import re
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise

import msgspec

from breather.exchange.assess import Assessed
from breather.exchange.stood_in import StoodIn
from breather.logs import Line
from breather.storage.failure import StorageFailure
from breather.storage.pending import Answer
from breather.tally import SECONDS, Tally
from breather.web.problems import Problem

STEPS = ("read", "wait", "decide", "commit", "render")
NO_CAMPAIGN = ""


class Took(msgspec.Struct, frozen=True):
    """Milliseconds of each step."""

    read: float
    wait: float
    decide: float
    commit: float
    render: float


class DecidedLine(msgspec.Struct, frozen=True):
    """What is logged of a decision: the withdrawal's id, and nothing else that could lead to anybody."""

    timestamp: datetime
    event: str
    withdrawal: str
    decision: str
    friction: str
    campaign: tuple[str, int] | None
    degraded: bool
    ms: Took
    level: str = "info"


class UndecidedLine(msgspec.Struct, frozen=True):
    timestamp: datetime
    withdrawal: str
    why: str
    event: str = "undecided"
    level: str = "warning"


class StoodInLine(msgspec.Struct, frozen=True):
    """What is logged of a stand-in. `why` is what kept it from being decided, `because` why it is what it is."""

    timestamp: datetime
    withdrawal: str
    decision: str
    why: str
    because: list[str]
    event: str = "stood-in"
    level: str = "warning"


@dataclass(slots=True)
class Figures:
    """Of one serving process since it began. `decisions` by decision, friction and campaign; `stand_ins` by decision
    and why there was none; `undecided`, what got neither, by why.

    `info` and `warning` log a line; None where the level is above theirs.
    """

    info: Line | None = None
    warning: Line | None = None
    decisions: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    repeats: int = 0
    degraded: int = 0
    stand_ins: Counter[tuple[str, str]] = field(default_factory=Counter)
    undecided: Counter[str] = field(default_factory=Counter)
    steps: tuple[Tally, ...] = field(default_factory=lambda: tuple(Tally(SECONDS) for _ in STEPS))

    def decided(self, assessed: Assessed, answer: Answer[Assessed], began: float) -> None:
        """After the reply was made. `began` is when its request was first looked at, in monotonic seconds."""
        ended = time.monotonic()
        record = assessed.record
        if assessed.created:
            campaign = NO_CAMPAIGN if record.campaign is None else record.campaign[0]
            self.decisions[record.decision, record.friction, campaign] += 1
            self.degraded += record.degraded
        else:
            self.repeats += 1
        batch = answer.batch
        if batch is None:
            return
        instants = (began, answer.submitted, batch.taken, batch.decided, batch.committed, ended)
        took = [after - before for before, after in pairwise(instants)]
        for tally, seconds in zip(self.steps, took, strict=True):
            tally.observe(seconds)
        if self.info is not None:
            self.info(_line(assessed, took))

    def stood_in(self, stood: StoodIn, failure: StorageFailure | None) -> None:
        """Without a `failure` it was made before, and this is a repeat."""
        if failure is None:
            self.repeats += 1
            return
        record, why = stood.record, _code(failure)
        self.stand_ins[record.decision, why] += 1
        if self.warning is not None:
            told = StoodInLine(datetime.now(UTC), stood.asked.id, record.decision, why, record.stand_in)
            self.warning(told)

    def left(self, withdrawal: str, failure: Problem | StorageFailure) -> None:
        """A request that got neither a decision nor a stand-in: it is pending, or nothing could take it."""
        # Not by what the caller is told: full, late and out of reach are one to her, and three to the operator.
        why = failure.code if isinstance(failure, Problem) else _code(failure)
        self.undecided[why] += 1
        if self.warning is not None:
            self.warning(UndecidedLine(datetime.now(UTC), withdrawal, why))


def _line(assessed: Assessed, took: list[float]) -> DecidedLine:
    record = assessed.record
    return DecidedLine(
        timestamp=datetime.now(UTC),
        event="decided" if assessed.created else "repeated",
        withdrawal=assessed.asked.id,
        decision=record.decision,
        friction=record.friction,
        campaign=record.campaign,
        degraded=record.degraded,
        ms=Took(*[round(1000 * seconds, 3) for seconds in took]),
    )


def _code(failure: StorageFailure) -> str:
    """DeadlineTaken is `deadline-taken`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type(failure).__name__).lower()
