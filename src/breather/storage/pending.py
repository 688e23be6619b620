"""A command waiting for the writer, and the deadlines that may take it back.

Ownership is one compare-and-set: the writer takes a command or its deadline does, whichever comes first, and
never both (guarantee B3). A caller that loses patience cannot tell the two apart; the future can.
"""

import heapq
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import count
from typing import Any, Generic, TypeVar, cast

from breather.storage.failure import DeadlineTaken
from breather.storage.transaction import Transaction

Item = TypeVar("Item")
T = TypeVar("T")

MOST_FINISHED = 1024


@dataclass(frozen=True, slots=True)
class Shared(Generic[Item, T]):
    """A command that is run together with its like, so that they share queries instead of repeating them.

    `together` gives for each item, in order, its result or the exception that is its answer. It must leave nothing
    behind of an item that it gives an exception for. What it raises fails them all, and each is then run alone.
    """

    together: Callable[[Transaction, Sequence[Item]], Sequence[T | Exception]]
    item: Item

    def __call__(self, tx: Transaction) -> T:
        (result,) = self.together(tx, [self.item])
        if isinstance(result, Exception):
            raise result
        return result


@dataclass(frozen=True, slots=True)
class Batch:
    """When the writer had the write lock and took these, had decided and committed: monotonic seconds."""

    size: int
    taken: float
    decided: float
    committed: float


class Answer(Future[T]):
    """A command's future, and when things happened to it. `batch` is there once it was committed."""

    submitted: float = 0.0
    batch: Batch | None = None


class Pending(Generic[T]):
    """`deadline` is monotonic seconds, or None for a caller that waits as long as it takes."""

    __slots__ = ("__weakref__", "_ownership", "deadline", "future", "run")

    def __init__(self, run: Callable[[Transaction], T], deadline: float | None) -> None:
        self.run = run
        self.deadline = deadline
        self.future: Answer[T] = Answer()
        self.future.submitted = time.monotonic()
        # Taken once and never given back: acquiring it without blocking is the compare-and-set.
        self._ownership = threading.Lock()

    def settle(self, batch: Batch, value: T | None, error: BaseException | None) -> None:
        """For the writer, after the commit. Nobody asks the command for anything any more, so it lets go of all that it
        holds: its deadline keeps watch over what remains of it, perhaps for ten seconds.
        """
        future = self.future
        del self.run, self.future
        future.batch = batch
        if error is None:
            future.set_result(cast(T, value))
        else:
            future.set_exception(error)

    @property
    def owned(self) -> bool:
        return self._ownership.locked()

    def take(self) -> bool:
        """For the writer. True: run it and settle its future. False: the deadline or the caller was first."""
        if self.deadline is not None and time.monotonic() >= self.deadline:
            self.withdraw()
            return False
        return self._owned_by_us()

    def withdraw(self) -> bool:
        """For the deadline. True: the command will never run, and its future says so."""
        return self.refuse(DeadlineTaken("the deadline passed before the writer took the command"))

    def refuse(self, failure: Exception) -> bool:
        """Settle a command that nobody has taken. False if somebody has."""
        if not self._owned_by_us():
            return False
        self.future.set_exception(failure)
        return True

    def _owned_by_us(self) -> bool:
        # The second half is the caller's own Future.cancel(), which may come at any time until it says no.
        return self._ownership.acquire(blocking=False) and self.future.set_running_or_notify_cancel()


class Deadlines:
    """One thread that withdraws commands when their time comes, also while the writer is stuck."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Pending[Any]]] = []
        self._serial = count()  # commands themselves have no order
        self._crowded = MOST_FINISHED
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._keep, name="breather-deadlines", daemon=True)
        self._thread.start()

    def watch(self, command: Pending[T]) -> None:
        """Does nothing for a command without a deadline."""
        if command.deadline is None:
            return
        with self._changed:
            entry = (command.deadline, next(self._serial), command)
            if len(self._heap) >= self._crowded:
                self._drop_finished()
            heapq.heappush(self._heap, entry)
            if self._heap[0] is entry:
                self._changed.notify()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _keep(self) -> None:
        while (due := self._next_due()) is not None:
            # Outside the lock: a future's callbacks may do anything, also submit again.
            due.withdraw()

    def _drop_finished(self) -> None:
        """With long deadlines and many commands a second, ten thousand finished ones would be kept.

        Afterwards there is room for as many as are still waiting: each is looked at once or twice, on average.
        """
        self._heap = [entry for entry in self._heap if not entry[2].owned]
        heapq.heapify(self._heap)
        self._crowded = max(MOST_FINISHED, 2 * len(self._heap))

    def _next_due(self) -> Pending[Any] | None:
        with self._changed:
            while not self._closed:
                # Finished commands leave when they reach the top: under load nobody is woken for them.
                while self._heap and self._heap[0][2].owned:
                    heapq.heappop(self._heap)
                if not self._heap:
                    self._changed.wait()
                    continue
                left = self._heap[0][0] - time.monotonic()
                if left <= 0:
                    return heapq.heappop(self._heap)[2]
                self._changed.wait(left)
            return None
