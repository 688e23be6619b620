"""The one writer of the serving process: what waits becomes one transaction, one commit, then the answers.

Nothing is acknowledged before the commit that holds it is durable (guarantee A2). Each command has a
savepoint, so that a poisonous one fails alone (D4); those that can share their queries share it, and are run
one by one where that fails. While one batch commits, the next gathers: the batch grows with the load by itself.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeVar

from breather.storage.database import Database
from breather.storage.failure import OutcomeUnknown, StorageFailure, Unavailable
from breather.storage.fair_queue import OURSELVES, FairQueue, Sender
from breather.storage.pending import Answer, Batch, Deadlines, Pending, Shared
from breather.storage.transaction import Transaction
from breather.tally import SIZES, Tally

T = TypeVar("T")

LIMIT = 1024
BATCH = 64
# The serving process leaves a heartbeat through its writer every few seconds, so that silence means trouble.
QUIET_SECONDS = 30.0
RETRY_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Result:
    """What one command came to inside the transaction; an answer only once that is committed."""

    value: object = None
    error: BaseException | None = None


class Writer:
    """A thread that runs commands in turns: those of one sender in the order in which they were submitted.

    `limit` commands may wait, `batch` of them share a commit. `on_fatal` is called once, in the writer's
    thread, after everybody waiting has been told: the process must exit, because the state of the disk is
    unknown.
    """

    def __init__(
        self,
        database: Database,
        *,
        on_fatal: Callable[[StorageFailure], None],
        limit: int = LIMIT,
        batch: int = BATCH,
    ) -> None:
        self._database = database
        self._on_fatal = on_fatal
        self._waiting = FairQueue(limit, batch)
        self._changed = threading.Condition()
        self._closing = False
        self.batches = Tally(SIZES)
        self._reached = 0  # the journal's newest number that this process has seen committed
        # What was acknowledged here is not in the database any more: it failed over to one that lagged (guarantee D5).
        self.fell_back = False
        self._committed_at = time.monotonic()
        self._failure: StorageFailure | None = None
        self._deadlines = Deadlines()
        self._thread = threading.Thread(target=self._serve, name="breather-writer", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """How many commands are queued now, some of those given up included."""
        return len(self._waiting)

    @property
    def closed(self) -> bool:
        return self._closing

    def unready(self) -> dict[str, str]:
        """Why no command can be committed now, by code; empty where nothing speaks against it.

        Nothing of a command or of its data is in it: it is told to whoever asks.
        """
        if self._closing:
            return {"writer-closed": "the service is stopping, or has stopped after a failure of its disk"}
        if self._failure is not None:
            return {"database-failed": f"the last transaction failed: {type(self._failure).__name__}"}
        quiet = time.monotonic() - self._committed_at
        if quiet > QUIET_SECONDS:
            return {"database-quiet": f"nothing could be committed for {quiet:.0f} s"}
        return {}

    def submit(
        self, command: Callable[[Transaction], T], deadline: float | None = None, sender: Sender = OURSELVES
    ) -> Answer[T]:
        """Queue `command`; its future is settled after the commit. Those of one `sender` run in their order.

        `deadline` is on the monotonic clock: a command not taken by then gets DeadlineTaken and never runs;
        one that was taken runs to its end. The future's failures: what the command raised (and only it was
        rolled back), DeadlineTaken, Unavailable (nothing committed), OutcomeUnknown. Raises Overloaded or
        Unavailable at once.
        """
        pending = Pending(command, deadline)
        answer = pending.future
        with self._changed:
            if self._closing:
                raise Unavailable("the writer is closed")
            self._waiting.add(pending, sender)
            self._changed.notify()
        self._deadlines.watch(pending)
        return answer

    def close(self, drain: bool = True) -> None:
        """Accept nothing more; returns when done.

        `drain`: finish what was accepted; otherwise it gets Unavailable.
        """
        with self._changed:
            self._closing = True
            abandoned = [] if drain else self._take_all()
            self._changed.notify()
        _refuse(abandoned, Unavailable("the writer was closed before it took the command"))
        if threading.current_thread() is not self._thread:
            self._thread.join()
            self._deadlines.close()

    def _serve(self) -> None:
        while self._wait():
            failure = self._commit()
            if failure is not None and failure.fatal:
                self._give_up(failure)
                return
            if failure is not None:
                self._rest()

    def _rest(self) -> None:
        """After a failure: connecting again and again would take the processor from those who answer stand-ins."""
        with self._changed:
            self._changed.wait_for(lambda: self._closing, RETRY_SECONDS)

    def _wait(self) -> bool:
        """Until somebody waits. False when the writer was closed, and nobody does any more."""
        with self._changed:
            while True:
                self._waiting.pass_over()  # no transaction is begun for those who were withdrawn
                if self._waiting or self._closing:
                    return bool(self._waiting)
                self._changed.wait()

    def _next_batch(self) -> list[Pending[Any]]:
        with self._changed:
            batch = self._waiting.next()
        return [pending for pending in batch if pending.take()]

    def _commit(self) -> StorageFailure | None:
        """One transaction; returns what made the whole of it fail.

        Commands are taken only when the write lock is ours. What waits for a database that is away still belongs to its
        deadline, and is answered by a stand-in; what is taken could only be *pending*.
        """
        began, taken = time.monotonic(), None
        batch: list[Pending[Any]] = []
        try:
            with self._database.writing() as transaction:
                taken = time.monotonic()
                batch = self._next_batch()
                # Before any command runs: a clearance of this very batch must know.
                self.fell_back = self.fell_back or transaction.next_number <= self._reached
                results = list(_results(transaction, batch))
                decided = time.monotonic()
        except StorageFailure as failure:
            self._failure = failure
            if taken is None:
                self._not_begun(began, failure)
            return _fail(batch, failure)
        except BaseException as error:  # noqa: BLE001 - those who wait must hear of a fault of ours too
            return _fail(batch, OutcomeUnknown(f"the writer failed: {error!r}", fatal=True))
        self._failure, self._committed_at = None, time.monotonic()
        self._reached = transaction.next_number - 1
        if batch:
            self.batches.observe(len(batch))
        times = Batch(len(batch), taken, decided, self._committed_at)
        for pending, result in zip(batch, results, strict=True):
            pending.settle(times, result.value, result.error)
        return None

    def _not_begun(self, began: float, failure: StorageFailure) -> None:
        """Those who waited through the whole attempt hear of it; who came meanwhile has the next one."""
        with self._changed:
            told = self._waiting.leave(lambda pending: pending.future.submitted <= began)
        _refuse(told, Unavailable(f"no transaction could be begun: {failure}", fatal=failure.fatal))

    def _give_up(self, failure: StorageFailure) -> None:
        with self._changed:
            self._closing = True
            abandoned = self._take_all()
        _refuse(abandoned, Unavailable(f"the writer has stopped: {failure}"))
        self._on_fatal(failure)

    def _take_all(self) -> list[Pending[Any]]:
        return self._waiting.leave(lambda pending: True)


def _results(transaction: Transaction, batch: Sequence[Pending[Any]]) -> Iterator[Result]:
    for together, group in groupby(batch, key=_together):
        commands = list(group)
        shared = None if together is None or len(commands) == 1 else _attempt_all(transaction, together, commands)
        yield from shared or (_attempt(transaction, pending) for pending in commands)


def _together(pending: Pending[Any]) -> Any:
    return pending.run.together if isinstance(pending.run, Shared) else None


def _attempt_all(transaction: Transaction, together: Any, commands: Sequence[Pending[Any]]) -> list[Result] | None:
    """Run commands that share their queries, in one savepoint. None: nothing happened, and each must be run alone."""
    try:
        with transaction.savepoint():
            values = together(transaction, [pending.run.item for pending in commands])  # type: ignore[attr-defined]
            assert len(values) == len(commands), "a result for each"
    except BaseException as error:
        if transaction.usable and not (isinstance(error, StorageFailure) and error.fatal):
            return None
        raise _whole(error) from error
    return [Result(error=value) if isinstance(value, Exception) else Result(value) for value in values]


def _attempt(transaction: Transaction, pending: Pending[Any]) -> Result:
    """Run one command in its savepoint. Raises only when the transaction as a whole is lost."""
    try:
        with transaction.savepoint():
            return Result(pending.run(transaction))
    except BaseException as error:
        if transaction.usable and not (isinstance(error, StorageFailure) and error.fatal):
            return Result(error=error)
        raise _whole(error) from error


def _whole(error: BaseException) -> Unavailable:
    """Why nothing of the transaction can be committed."""
    if isinstance(error, Unavailable):
        return error.repeated()
    fatal = isinstance(error, StorageFailure) and error.fatal
    return Unavailable(f"the transaction was lost: {error!r}", fatal=fatal)


def _fail(batch: list[Pending[Any]], failure: StorageFailure) -> StorageFailure:
    for pending in batch:
        pending.future.set_exception(failure.repeated())
    return failure


def _refuse(commands: list[Pending[Any]], failure: StorageFailure) -> None:
    for pending in commands:
        pending.refuse(failure.repeated())
