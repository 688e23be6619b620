"""Letters by HTTP: one kept connection to one peer, at an address that was looked at before (guarantee F5).

The name is resolved once for each connection, every address is held against the guard, and the connection goes to the
one that was looked at; asking the name again is how a guard is got round. TLS proves the name, not the address. There
are no redirects, no proxies (nothing of the environment is read), a bounded answer, and one deadline for all of it.
"""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from typing import cast

from breather.couriers.address_guard import refused_among
from breather.couriers.letter import Answer, Letter, Undelivered
from breather.couriers.peer_address import DeliverTo, check_address
from breather.couriers.timed_socket import Deadline, TimedSocket

SECONDS = 10.0
# A peer that moves is followed: no connection lives longer than this.
KEPT_SECONDS = 300.0
# What a kept connection that the other side has closed looks like when it is used again.
_STALE = (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError, ConnectionAbortedError)

Resolve = Callable[[str, int], Sequence[str]]


def resolve(host: str, port: int) -> Sequence[str]:
    """Numeric addresses in the system's order. Raises OSError; may take as long as the name servers do."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(each[4][0]) for each in found))


class Webhook:
    """A courier for one thread. A letter may arrive twice, and its receiver has to know it by its id."""

    def __init__(
        self,
        address: DeliverTo,
        mode: str,
        *,
        seconds: float = SECONDS,
        tls: ssl.SSLContext | None = None,
        resolve: Resolve = resolve,
    ) -> None:
        """`tls` is for a peer with a certificate authority of its own. ValueError for an address not to be used."""
        if findings := check_address(address, mode):
            raise ValueError("; ".join(str(finding) for finding in findings))
        self._address = address
        self._loopback = address.allow_loopback and mode == "test"
        self._seconds = seconds
        self._tls = (tls or ssl.create_default_context()) if address.tls else None
        self._resolve = resolve
        self._kept: _Connection | None = None

    def carry(self, letter: Letter) -> Answer:
        """The answer, whatever its status. Raises Undelivered, within the seconds given."""
        deadline, place = Deadline(self._seconds), f"{self._address.host}:{self._address.port}"
        kept, self._kept = self._kept, None
        try:
            if kept is not None and kept.fresh:
                try:
                    return self._talk(kept, letter, deadline)
                except _STALE:
                    pass  # closed while it lay idle; a repeat changes nothing, so the letter goes once more
            elif kept is not None:
                kept.close()
            return self._talk(self._open(deadline), letter, deadline)
        except TimeoutError as error:
            raise Undelivered("timed-out", f"{place} gave no whole answer within {self._seconds:g} s") from error
        except ssl.SSLError as error:
            raise Undelivered("not-trusted", f"TLS to {place}: {error.reason or error}") from error
        except OSError as error:
            raise Undelivered("unreachable", f"{place}: {error.strerror or error}") from error
        except (http.client.HTTPException, ValueError) as error:
            raise Undelivered("no-http", f"{place} gave no HTTP answer: {error!r:.200}") from error

    def close(self) -> None:
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    def _talk(self, connection: "_Connection", letter: Letter, deadline: Deadline) -> Answer:
        connection.timed.deadline = deadline
        keeps = False
        try:
            path = self._address.path + letter.path
            connection.request(letter.method, path, letter.body or None, dict(letter.headers))
            with connection.getresponse() as response:
                body = response.read(letter.largest + 1)
                if len(body) > letter.largest:
                    raise Undelivered("too-long", f"the answer has more than {letter.largest} bytes")
                if response.length:
                    raise ValueError(f"ended {response.length} bytes early")
                keeps = not response.will_close and response.isclosed()
                headers = {name.lower(): value for name, value in response.getheaders()}
                return Answer(response.status, headers, body)
        finally:
            if keeps:
                self._kept = connection
            else:
                connection.close()

    def _open(self, deadline: Deadline) -> "_Connection":
        host, port = self._address.host, self._address.port
        addresses = self._addresses(host, port, deadline)
        if (refused := refused_among(addresses, self._loopback)) is not None:
            bad, because = refused
            raise Undelivered("address-refused", f"{host} leads to {bad}, which is {because}; that is never talked to")
        failure: OSError | None = None
        for address in addresses:
            try:
                return self._connected(address, deadline)
            except ssl.SSLCertVerificationError:
                raise  # another address of the same name does not make up for it
            except OSError as error:
                failure = error
        raise failure or OSError(f"{host} has no address")

    def _connected(self, address: str, deadline: Deadline) -> "_Connection":
        host, port = self._address.host, self._address.port
        opened = socket.create_connection((address, port), timeout=deadline.left())
        try:
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls is not None:
                opened.settimeout(deadline.left())
                opened = self._tls.wrap_socket(opened, server_hostname=host)
        except BaseException:
            opened.close()
            raise
        return _Connection(self._address, TimedSocket(opened, deadline))

    def _addresses(self, host: str, port: int, deadline: Deadline) -> Sequence[str]:
        """In a thread of its own, left behind when time is up: `getaddrinfo` knows no deadline."""
        found: list[Sequence[str]] = []
        failed: list[OSError] = []
        done = threading.Event()

        def look_up() -> None:
            try:
                found.append(self._resolve(host, port))
            except OSError as error:
                failed.append(error)
            finally:
                done.set()

        threading.Thread(target=look_up, name="breather-resolve", daemon=True).start()
        if not done.wait(deadline.left()):
            raise TimeoutError
        if not found:
            raise failed[0] if failed else OSError(f"{host} has no address")
        return found[0]


class _Connection(http.client.HTTPConnection):
    """http.client's connection over a socket that is open already; it never opens one by itself."""

    def __init__(self, address: DeliverTo, timed: TimedSocket) -> None:
        super().__init__(address.host, address.port)
        self.default_port = 443 if address.tls else 80  # what the header Host leaves out
        self.timed = timed
        self.sock = cast(socket.socket, timed)  # the few methods that http.client calls are all there
        self.auto_open = 0
        self._until = time.monotonic() + KEPT_SECONDS

    @property
    def fresh(self) -> bool:
        return time.monotonic() < self._until
