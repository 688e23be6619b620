"""On the way to PostgreSQL: a connection that breaks when COMMIT is on it, before the server has heard it or after."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum, auto

from psycopg.conninfo import conninfo_to_dict, make_conninfo

COMMIT = b"COMMIT\x00"  # as it stands in a simple query
BYTES = 65536


class Cut(Enum):
    BEFORE = auto()  # the server never hears of it
    AFTER = auto()  # it is committed, and nobody hears that


class CommitCut:
    """Made by `commit_cut_before`. `url` leads through it."""

    def __init__(self, server: str) -> None:
        parts = conninfo_to_dict(server)
        self._host, self._port = str(parts.get("host") or "127.0.0.1"), int(parts.get("port") or 5432)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._when: Cut | None = None
        self._pairs: list[socket.socket] = []
        port = self._listening.getsockname()[1]
        own = {**parts, "host": "127.0.0.1", "port": port, "sslmode": "disable", "gssencmode": "disable"}
        user, name = own.pop("user", "postgres"), own.pop("dbname")
        secret = f":{own.pop('password')}" if own.get("password") else ""
        self.url = f"postgresql://{user}{secret}@127.0.0.1:{port}/{name}?sslmode=disable&gssencmode=disable"
        make_conninfo(self.url)
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self, when: Cut) -> None:
        """Every COMMIT from now on."""
        self._when = when

    def passes(self) -> None:
        self._when = None

    def close(self) -> None:
        self._listening.close()
        for each in self._pairs:
            _end(each)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = self._connected()
                self._pairs += [client, server]
                threading.Thread(target=self._carry, args=(client, server), daemon=True).start()
                threading.Thread(target=self._carry_back, args=(server, client), daemon=True).start()

    def _connected(self) -> socket.socket:
        if not self._host.startswith("/"):
            return socket.create_connection((self._host, self._port))
        server = socket.socket(socket.AF_UNIX)
        server.connect(f"{self._host}/.s.PGSQL.{self._port}")
        return server

    def _carry(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := client.recv(BYTES):
                when = self._when if COMMIT in data else None
                if when is Cut.BEFORE:
                    break
                if when is Cut.AFTER:
                    _end(client)
                server.sendall(data)
                if when is Cut.AFTER:
                    return  # the server ends its half when it finds nobody to answer
        _end(client)
        _end(server)

    def _carry_back(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(BYTES):
                client.sendall(data)
        _end(client)
        _end(server)


def _end(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()


@contextmanager
def commit_cut_before(server: str) -> Iterator[CommitCut]:
    found = CommitCut(server)
    try:
        yield found
    finally:
        found.close()
