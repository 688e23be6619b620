"""One deadline over a whole conversation, in monotonic time.

A socket's timeout starts again with every byte that arrives, so a peer that sends one byte a second is
never late. Here each operation is given only what remains of the whole.
"""

import io
import socket
import time
from typing import TYPE_CHECKING

from breather.client.failure import Unavailable, Why

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class Deadline:
    """`seconds` from now."""

    __slots__ = ("_end", "seconds")

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def remaining(self) -> float:
        """Seconds left, always more than zero. Raises Unavailable (timed out) when none are."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise Unavailable(Why.TIMED_OUT, f"no complete answer within {self.seconds:g} s")
        return left


class TimedSocket:
    """As much of a socket as `http.client` uses; `deadline` is replaced before each request."""

    def __init__(self, inner: socket.socket, deadline: Deadline) -> None:
        self._inner = inner
        self._readers = 0
        self._closing = False
        self.deadline = deadline

    def sendall(self, data: bytes) -> None:
        # Not socket.sendall: that of an SSL socket starts its timeout again with every piece.
        view = memoryview(data)
        while view:
            self._inner.settimeout(self.deadline.remaining())
            view = view[self._inner.send(view) :]

    def receive_into(self, buffer: "WriteableBuffer") -> int:
        self._inner.settimeout(self.deadline.remaining())
        return self._inner.recv_into(buffer)

    def makefile(self, mode: str) -> io.BufferedReader:
        if mode != "rb":
            raise ValueError(f"only reading is possible here, not {mode!r}")
        self._readers += 1
        return io.BufferedReader(_Reading(self))

    def reader_closed(self) -> None:
        self._readers -= 1
        self._close_if_unused()

    def close(self) -> None:
        # http.client closes the connection before the last answer has been read, and relies on the file
        # staying open.
        self._closing = True
        self._close_if_unused()

    def _close_if_unused(self) -> None:
        if self._closing and self._readers == 0:
            self._inner.close()


class _Reading(io.RawIOBase):
    def __init__(self, timed: TimedSocket) -> None:
        super().__init__()
        self._timed = timed

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        return self._timed.receive_into(buffer)

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._timed.reader_closed()
