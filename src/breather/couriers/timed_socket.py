"""A socket for `http.client` whose every operation gets only what is left of one whole.

A socket's own timeout begins again with each byte, and so a peer that sends one byte a second would never be late.
(`breather.client` has the like: it stands alone, in the process of an exchange.)
"""

import io
import socket
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class Deadline:
    """A point on the monotonic clock: setting the wall clock lengthens nothing."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._ends = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds, more than 0. Raises TimeoutError once it is over."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"not within {self.seconds:g} s")
        return left


class TimedSocket:
    """The few methods that `http.client` calls. `deadline` is replaced for every request on a kept connection."""

    def __init__(self, opened: socket.socket, deadline: Deadline) -> None:
        self._opened = opened
        self._readers = 0
        self._closing = False
        self.deadline = deadline

    def sendall(self, data: bytes) -> None:
        rest = memoryview(data)  # piece by piece, because a TLS socket's own sendall starts anew with each
        while rest:
            self._opened.settimeout(self.deadline.left())
            rest = rest[self._opened.send(rest) :]

    def receive_into(self, buffer: "WriteableBuffer") -> int:
        self._opened.settimeout(self.deadline.left())
        return self._opened.recv_into(buffer)

    def makefile(self, mode: str) -> io.BufferedReader:
        if mode != "rb":
            raise ValueError(f"answers are read with mode 'rb', not {mode!r}")
        self._readers += 1
        return io.BufferedReader(_Incoming(self))

    def reader_closed(self) -> None:
        self._readers -= 1
        self._close_if_unread()

    def close(self) -> None:
        """Once the last reader is closed, too: `http.client` closes first and reads the rest of an answer after."""
        self._closing = True
        self._close_if_unread()

    def _close_if_unread(self) -> None:
        if self._closing and self._readers == 0:
            self._opened.close()


class _Incoming(io.RawIOBase):
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
