"""One request and its answer over a kept connection, all of it within one deadline.

Connections are shared by all threads: an idle one is taken, used alone, and put back. A kept connection may
have been closed by the service meanwhile, which shows only when it is used; the request is then repeated
once on a new one. That is safe because every request of Breather's API may be repeated.
"""

import http.client
import os
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

from breather.client.deadline import Deadline, TimedSocket
from breather.client.failure import Unavailable, Why
from breather.client.resolver import Resolver

MOST_BYTES = 1 << 20
MOST_IDLE = 64
# What a kept connection that the other side has closed looks like when it is used again.
_STALE = (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError, ConnectionAbortedError)


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    target: str
    body: bytes | None
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    content_type: str
    body: bytes


class _Connection(http.client.HTTPConnection):
    """http.client's connection over a TimedSocket that the pool has opened."""

    def __init__(self, host: str, port: int, timed: TimedSocket) -> None:
        super().__init__(host, port)
        self.timed = timed
        self.sock = cast(socket.socket, timed)  # the few methods that http.client calls are all there
        self.auto_open = 0  # opening again is the pool's decision
        self.process = os.getpid()


class Connections:
    """Kept connections to one service at `url` (http or https, no path). Thread-safe; a fork starts anew."""

    def __init__(self, url: str, tls: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
            raise ValueError(f'{url!r} is not the address of a service; write it as "https://breather.internal:8443"')
        self._host = parts.hostname
        self._port = parts.port or (443 if parts.scheme == "https" else 80)
        self._tls = (tls or ssl.create_default_context()) if parts.scheme == "https" else None
        self._resolver = Resolver(self._host, self._port)
        self._lock = threading.Lock()
        self._idle: list[_Connection] = []
        self._keeps = True

    def exchange(self, request: Request, deadline: Deadline) -> Answer:
        """Raises Unavailable for whatever keeps a complete HTTP answer from arriving in time."""
        kept = self._take()
        try:
            if kept is not None:
                try:
                    return self._exchange(kept, request, deadline)
                except _STALE:
                    pass
            return self._exchange(self._open(deadline), request, deadline)
        except TimeoutError as error:
            raise Unavailable(Why.TIMED_OUT, f"no complete answer within {deadline.seconds:g} s") from error
        except OSError as error:
            raise Unavailable(Why.UNREACHABLE, f"{self._host}:{self._port}: {error}") from error
        except (http.client.HTTPException, ValueError) as error:
            raise Unavailable(Why.GARBLED, f"not an HTTP answer: {error!r}") from error

    def close(self) -> None:
        """Close what is idle and keep nothing from now on. Later requests still work."""
        with self._lock:
            self._keeps = False
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _take(self) -> _Connection | None:
        with self._lock:
            while self._idle:
                connection = self._idle.pop()
                if connection.process == os.getpid():
                    return connection
        return None

    def _put(self, connection: _Connection) -> None:
        with self._lock:
            if self._keeps and len(self._idle) < MOST_IDLE:
                self._idle.append(connection)
                return
        connection.close()

    def _open(self, deadline: Deadline) -> _Connection:
        failure: OSError | None = None
        for address in self._resolver.addresses(deadline):
            opened: socket.socket | None = None
            try:
                opened = socket.create_connection((address, self._port), timeout=deadline.remaining())
                opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                if self._tls is not None:
                    opened.settimeout(deadline.remaining())
                    opened = self._tls.wrap_socket(opened, server_hostname=self._host)
                return _Connection(self._host, self._port, TimedSocket(opened, deadline))
            except OSError as error:
                if opened is not None:
                    opened.close()
                failure = error
        raise failure or OSError("no address")

    def _exchange(self, connection: _Connection, request: Request, deadline: Deadline) -> Answer:
        connection.timed.deadline = deadline
        kept = False
        try:
            connection.request(request.method, request.target, request.body, dict(request.headers))
            with connection.getresponse() as response:
                data = response.read(MOST_BYTES + 1)
                if len(data) > MOST_BYTES:
                    raise ValueError(f"more than {MOST_BYTES} bytes")
                if response.length:
                    # http.client notices a cut body only when it is asked for everything at once.
                    raise ValueError(f"ended {response.length} bytes early")
                kept = not response.will_close and response.isclosed()
                return Answer(response.status, response.headers.get_content_type(), data)
        finally:
            if kept:
                self._put(connection)
            else:
                connection.close()
