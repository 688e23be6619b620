"""What the writer's thread has settled, brought to the event loop: one wake-up for all that was committed together.

`asyncio.wrap_future` wakes the loop for each future by itself, and `asyncio.wait` makes half a dozen objects to limit
one wait: together that was a tenth of what a decision costs.
"""

import asyncio
from collections import deque
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class Arrivals:
    """For the event loop that is running; another one, as tests have them, gets a landing place of its own."""

    def __init__(self) -> None:
        self._landing: _Landing | None = None

    async def settled(self, done: "Future[T]", seconds: float) -> bool:
        """Whether `done` is settled within so many seconds; if not, it goes on."""
        loop = asyncio.get_running_loop()
        if self._landing is None or self._landing.loop is not loop:
            self._landing = _Landing(loop)
        landing, waiter = self._landing, loop.create_future()
        done.add_done_callback(lambda _: landing.arrived(waiter))
        late = loop.call_later(seconds, _wake, waiter)
        try:
            await waiter
        finally:
            late.cancel()
        return done.done()


class _Landing:
    """Waiters of one event loop whose futures other threads have settled."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._waiters: deque[asyncio.Future[Any]] = deque()  # append and popleft are atomic
        self._called = False

    def arrived(self, waiter: "asyncio.Future[Any]") -> None:
        """In whatever thread settled it."""
        self._waiters.append(waiter)
        # After the append, and cleared before the first is taken: nobody is forgotten, at worst one is called twice.
        if not self._called and not self.loop.is_closed():
            self._called = True
            self.loop.call_soon_threadsafe(self._land)

    def _land(self) -> None:
        self._called = False
        while self._waiters:
            _wake(self._waiters.popleft())


def _wake(waiter: "asyncio.Future[Any]") -> None:
    """It may have been woken before, or given up by a request that ended."""
    if not waiter.done():
        waiter.set_result(None)
