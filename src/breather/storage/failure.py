"""What can go wrong in storage.

    StorageFailure
    |-- Overloaded        the writer's queue is full; never accepted
    |-- DeadlineTaken     the deadline passed before the writer took the command; it never ran and never will
    |-- Unavailable       nothing was committed: connection lost, locked for too long, disk full, closed
    |-- OutcomeUnknown    COMMIT was on its way when it failed: look the command up before answering
    |-- WrongDatabase     not ours, another service's or another version's, or an engine that cannot be used
    |-- RowRefused        the engine refused a value or a row: type, bounds, uniqueness, reference
    `-- QueryMistake      our own fault: unknown query, wrong parameters, SQL that the engine does not take

`fatal` marks a failure after which the process must exit: after a failed fsync nobody knows what is on the
disk, and a second fsync that succeeds proves nothing (guarantee A2).
"""

from typing import Self


class StorageFailure(Exception):
    """`fatal`: the process must not go on with this database."""

    def __init__(self, message: str, *, fatal: bool = False) -> None:
        super().__init__(message)
        self.fatal = fatal

    def repeated(self) -> Self:
        """The same failure for another caller: one exception raised in two threads mixes their tracebacks."""
        other = type(self)(str(self), fatal=self.fatal)
        other.__cause__ = self
        return other


class Overloaded(StorageFailure):
    """The queue is full; nothing was accepted."""


class DeadlineTaken(StorageFailure):
    """The deadline owns the command; the writer will never run it."""


class Unavailable(StorageFailure):
    """Nothing was committed; the same command may be sent again."""


class OutcomeUnknown(StorageFailure):
    """Committed or not: only a look-up can tell."""


class WrongDatabase(StorageFailure):
    """This database, or this address of one, cannot be used by this service."""


class RowRefused(StorageFailure):
    """A value or a row that the schema does not allow."""


class QueryMistake(StorageFailure):
    """A fault of the program, not of the data or the machine."""
