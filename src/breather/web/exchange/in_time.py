"""Steps 1 to 6 within the exchange's deadline: the decision, the stand-in for it, or *pending* (guarantees B2 and B3).

What the writer has taken is never answered by a stand-in, nor is what another request has asked it under the same id:
those wait for one answer. All of this is decided on the event loop, between one await and the next.
"""

import time
from concurrent.futures import Future
from typing import TypeVar

from breather.exchange.assess import Asking, Assessed, assess_all
from breather.exchange.running import RunningExchange
from breather.storage.failure import DeadlineTaken, OutcomeUnknown, Overloaded, StorageFailure, Unavailable
from breather.storage.fair_queue import Sender
from breather.storage.pending import Answer, Shared
from breather.web.arrivals import Arrivals
from breather.web.exchange.figures import Figures
from breather.web.problems import Problem

T = TypeVar("T")

# What making the reply and the way to the disk may take after the deadline; 5 ms of the 20 are left for the network.
GRACE_SECONDS = 0.015


class InTime:
    """Bound to one running exchange. `figures` count what came of each request."""

    def __init__(self, exchange: RunningExchange, figures: Figures) -> None:
        self._exchange = exchange
        self._figures = figures
        self._arrivals = Arrivals()

    async def answer(self, asking: Asking, seconds: float, began: float) -> Assessed:
        """`seconds` is what the caller waits, `began` when her request was first looked at (monotonic).

        Raises Problem `pending`, ChangedRetry, and what storage raises where neither database nor spool could take it.
        """
        try:
            return await self._answer(asking, began + seconds, began)
        except (Problem, StorageFailure) as failure:
            self._figures.left(asking.asked.id, failure)
            raise

    async def _answer(self, asking: Asking, deadline: float, began: float) -> Assessed:
        standby, asked = self._exchange.standby, asking.asked
        if standby.speaks_for(asked.id):
            return await self._stand_in(asking, deadline, None)
        try:
            assessed, done = await self._decided(asking, deadline)
        except (DeadlineTaken, Overloaded, Unavailable) as failure:
            if failure.fatal:
                raise
            if standby.is_unsettled(asked.id):
                raise pending() from failure
            return await self._stand_in(asking, deadline, failure)
        standby.settled(asked.id)
        self._figures.decided(assessed, done, began)
        return assessed

    async def _decided(self, asking: Asking, deadline: float) -> tuple[Assessed, Answer[Assessed]]:
        """Raises DeadlineTaken, Overloaded or Unavailable where no decision was made, and none will be."""
        exchange, asked = self._exchange, asking.asked
        command: Shared[Asking, Assessed] = Shared(assess_all, asking)
        sender = Sender(asking.actor, asked.customer)
        with exchange.standby.asking(asked.id):
            done = exchange.submit(command, deadline - time.monotonic(), sender)
            try:
                return await self._within(done, deadline), done
            except (Problem, OutcomeUnknown):
                exchange.standby.taken(asked.id, done)
                raise

    async def _within(self, done: "Future[T]", deadline: float) -> T:
        """The result. What was begun and is not finished by `deadline` (monotonic) is *pending*, never undone."""
        if not await self._arrivals.settled(done, max(0.0, deadline - time.monotonic()) + GRACE_SECONDS):
            raise pending()
        return done.result()

    async def _stand_in(self, asking: Asking, deadline: float, failure: StorageFailure | None) -> Assessed:
        """On the disk before it is answered (guarantee B4). Without a `failure` one was made before.

        A disk that does not sync in time makes it pending, too: it stands all the same, and asking again brings it.
        """
        kept = self._exchange.standby.stand_in(asking.snapshot, asking.asked, asking.actor)
        stood, created = await self._within(kept, deadline)
        self._figures.stood_in(stood, failure if created else None)
        return Assessed(stood.asked, stood.record, stood.decided_at, created)


def pending() -> Problem:
    return Problem(503, "pending", "Taken, and not finished in time", "Ask again with the same id.")
