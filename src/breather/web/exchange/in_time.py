"""Steps 1 to 6 within the exchange's deadline: the decision, the stand-in for it, or *pending* (guarantees B2 and B3).

What the writer has taken is never answered by a stand-in, nor is what another request has asked it under the same id:
those wait for one answer. All of this is decided on the event loop, between one await and the next.
"""

import asyncio
from concurrent.futures import Future

from breather.exchange.assess import Asking, Assessed, assess_all
from breather.exchange.running import RunningExchange
from breather.storage.failure import DeadlineTaken, OutcomeUnknown, Overloaded, StorageFailure, Unavailable
from breather.storage.pending import Answer, Shared
from breather.web.arrivals import Arrivals
from breather.web.exchange.figures import Figures
from breather.web.problems import Problem

GRACE_SECONDS = 0.02


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
            return await self._answer(asking, seconds, began)
        except (Problem, StorageFailure) as failure:
            self._figures.left(asking.asked.id, failure)
            raise

    async def _answer(self, asking: Asking, seconds: float, began: float) -> Assessed:
        standby, asked = self._exchange.standby, asking.asked
        if standby.speaks_for(asked.id):
            return await self._stand_in(asking, None)
        try:
            assessed, done = await self._decided(asking, seconds)
        except (DeadlineTaken, Overloaded, Unavailable) as failure:
            if failure.fatal:
                raise
            if standby.is_unsettled(asked.id):
                raise pending() from failure
            return await self._stand_in(asking, failure)
        standby.settled(asked.id)
        self._figures.decided(assessed, done, began)
        return assessed

    async def _decided(self, asking: Asking, seconds: float) -> tuple[Assessed, Answer[Assessed]]:
        """Raises DeadlineTaken, Overloaded or Unavailable where no decision was made, and none will be."""
        exchange, asked = self._exchange, asking.asked
        command: Shared[Asking, Assessed] = Shared(assess_all, asking)
        with exchange.standby.turn_of(asked, exchange.waiting):
            done = exchange.submit(command, seconds)
            try:
                return await self._within(done, seconds), done
            except (Problem, OutcomeUnknown):
                exchange.standby.taken(asked.id, done)
                raise

    async def _within(self, done: "Future[Assessed]", seconds: float) -> Assessed:
        """The command's result. What the writer has taken and cannot finish in time is *pending*, never undone."""
        if not await self._arrivals.settled(done, seconds + GRACE_SECONDS):
            raise pending()
        return done.result()

    async def _stand_in(self, asking: Asking, failure: StorageFailure | None) -> Assessed:
        """On the disk before it is answered (guarantee B4). Without a `failure` one was made before."""
        kept = self._exchange.standby.stand_in(asking.snapshot, asking.asked, asking.actor)
        stood, created = await asyncio.wrap_future(kept)
        self._figures.stood_in(stood, failure if created else None)
        return Assessed(stood.asked, stood.record, stood.decided_at, created)


def pending() -> Problem:
    return Problem(503, "pending", "Taken, and not finished in time", "Ask again with the same id.")
