"""What the event loop counts of the decisions that it answered: plain numbers, read when somebody asks for metrics.

The five steps are one after the other, and make up the whole time between the first look at a request and its reply:

    read     the body was read and understood
    wait     it waited for the writer
    decide   its batch took the write lock, read and decided
    commit   its batch became durable
    render   the event loop took it up again and made the reply
"""

import re
import time
from collections import Counter
from dataclasses import dataclass, field

from breather.exchange.assess import Assessed
from breather.storage.failure import StorageFailure
from breather.storage.pending import Answer
from breather.tally import SECONDS, Tally
from breather.web.problems import Problem

STEPS = ("read", "wait", "decide", "commit", "render")
NO_CAMPAIGN = ""


@dataclass(slots=True)
class Figures:
    """Of one serving process since it began. `decisions` by decision, friction and campaign; `undecided` by why."""

    decisions: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    repeats: int = 0
    degraded: int = 0
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
        read, wait, decide, commit, render = self.steps
        read.observe(answer.submitted - began)
        wait.observe(batch.taken - answer.submitted)
        decide.observe(batch.decided - batch.taken)
        commit.observe(batch.committed - batch.decided)
        render.observe(ended - batch.committed)

    def left(self, failure: Problem | StorageFailure) -> None:
        """A request that got no decision: its deadline took it, it is pending, or the database could not."""
        # Not by what the caller is told: full, late and out of reach are one to her, and three to the operator.
        self.undecided[failure.code if isinstance(failure, Problem) else _code(failure)] += 1


def _code(failure: StorageFailure) -> str:
    """DeadlineTaken is `deadline-taken`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type(failure).__name__).lower()
