"""Finding the service's addresses within a deadline.

`getaddrinfo` has no timeout: a dead name server holds it for many seconds. It therefore runs in a thread of
its own, which is left behind when time is up. Answers are kept for a minute, so that a busy exchange asks
once.
"""

import ipaddress
import socket
import threading
import time
from collections.abc import Sequence

from breather.client.deadline import Deadline
from breather.client.failure import Unavailable, Why

KEPT_SECONDS = 60.0


class Resolver:
    """Addresses of one host and port. Thread-safe."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._lock = threading.Lock()
        self._known: tuple[str, ...] = ()
        self._until = 0.0
        try:
            ipaddress.ip_address(host)
        except ValueError:
            return
        self._known, self._until = (host,), float("inf")

    def addresses(self, deadline: Deadline) -> Sequence[str]:
        """Numeric addresses, in the system's order. Raises Unavailable."""
        with self._lock:
            if time.monotonic() < self._until:
                return self._known
        found: list[tuple[str, ...]] = []
        failed: list[OSError] = []
        done = threading.Event()

        def look_up() -> None:
            try:
                answers = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
                found.append(tuple(str(answer[4][0]) for answer in answers))
            except OSError as error:
                failed.append(error)
            finally:
                done.set()

        threading.Thread(target=look_up, name="breather-resolver", daemon=True).start()
        if not done.wait(deadline.remaining()):
            raise Unavailable(Why.TIMED_OUT, f"the name {self._host} was not resolved in time")
        if not found:
            raise Unavailable(Why.UNREACHABLE, f"the name {self._host} was not resolved: {failed[0]}")
        with self._lock:
            self._known, self._until = found[0], time.monotonic() + KEPT_SECONDS
        return found[0]
