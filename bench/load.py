"""The load, in a process of its own: N connections, each with one request under way at a time.

    python -m bench.load '{"port": ..., "key": ..., "connections": 16, "seconds": 5}'

Prints one JSON object. Requests are made beforehand, so that this process spends its time on sockets.
"""

import asyncio
import hashlib
import json
import random
import secrets
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import cast

import base58
import uvloop

CUSTOMERS = 1_000_000
DESTINATIONS = 20_000
WARM_UP_SECONDS = 1.0
ENOUGH_PER_SECOND = 12_000


@dataclass(frozen=True, slots=True)
class Task:
    port: int
    key: str
    connections: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Measured:
    """`client_share` is the part of one core that this process used: beyond 0.9 it was the client that was measured."""

    per_second: float
    p50_ms: float
    p99_ms: float
    reply_bytes: float
    refused: int
    client_share: float


@dataclass
class Tally:
    """What all connections share. Nothing counts before `since`."""

    requests: list[bytes]
    since: float
    until: float
    latencies: list[float] = field(default_factory=list)
    size: int = 0
    refused: int = 0


class Connection(asyncio.Protocol):
    """Sends, waits for the whole answer, sends the next. Understands as much HTTP as our server speaks."""

    def __init__(self, tally: Tally, done: "asyncio.Future[None]") -> None:
        self._tally = tally
        self._done = done
        self._buffer = b""
        self._began = 0.0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are asyncio's by their methods, and not by their class.
        self._transport = cast(asyncio.Transport, transport)
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(exc or ConnectionError("the server closed a connection"))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        if len(body) < length:
            return
        now, self._buffer = time.perf_counter(), b""
        if self._tally.since <= now < self._tally.until:
            self._tally.latencies.append(now - self._began)
            self._tally.size += length
            self._tally.refused += head[9:12] != b"201"
        self._send()

    def _send(self) -> None:
        assert self._transport is not None
        self._began = time.perf_counter()
        if self._began >= self._tally.until or not self._tally.requests:
            self._done.set_result(None)
            self._transport.close()
            return
        self._transport.write(self._tally.requests.pop())


def requests(task: Task, count: int) -> list[bytes]:
    """New ids; customers by Zipf's law (the logarithm of the rank is uniform), each with three destinations."""
    chance = random.Random(7)
    run = secrets.token_hex(4)
    addresses = [_address(number) for number in range(DESTINATIONS)]
    made = []
    for number in range(count):
        customer = int(CUSTOMERS ** chance.random())
        amount = f"{chance.lognormvariate(5, 1.5):.2f}"
        body = {
            "id": f"{run}-{number}",
            "customer": {"ref": f"c-{customer}"},
            "asset": "USDT",
            "network": "TRON",
            "amount": amount,
            "amount_usd": amount,
            "destination": {"address": addresses[(customer * 31 + chance.randrange(3)) % DESTINATIONS]},
            "locale": chance.choice(["zh-Hant", "zh-Hans", "pt", "en"]),
            "residence": {"kyc": "MO", "ip": "MO"},
            "account": {"opened_at": "2024-01-01T00:00:00Z", "balance_usd": "10000", "last_deposit_kind": "fiat"},
            "session": {"new_device": False, "remote_access": False, "screen_shared": False, "on_call": False},
        }
        made.append(_http(task, json.dumps(body).encode()))
    return made


def _http(task: Task, body: bytes) -> bytes:
    head = (
        f"POST /v1/withdrawals HTTP/1.1\r\nHost: 127.0.0.1:{task.port}\r\nAuthorization: Bearer {task.key}\r\n"
        f"Content-Type: application/json\r\nBreather-Deadline-Ms: 10000\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _address(number: int) -> str:
    found: bytes = base58.b58encode_check(b"\x41" + hashlib.sha256(str(number).encode()).digest()[:20])
    return found.decode()


async def measure(task: Task) -> Measured:
    prepared = requests(task, int(ENOUGH_PER_SECOND * (task.seconds + WARM_UP_SECONDS)))
    since = time.perf_counter() + WARM_UP_SECONDS
    tally = Tally(prepared, since, since + task.seconds)
    used = time.process_time()
    loop = asyncio.get_running_loop()
    ends = [loop.create_future() for _ in range(task.connections)]
    for end in ends:
        await loop.create_connection(lambda end=end: Connection(tally, end), "127.0.0.1", task.port)  # type: ignore[misc]
    await asyncio.gather(*ends)
    share = (time.process_time() - used) / (task.seconds + WARM_UP_SECONDS)
    if not tally.requests:
        raise SystemExit("the load ran out of requests: raise ENOUGH_PER_SECOND")
    times = sorted(tally.latencies)
    count = len(times)
    return Measured(
        per_second=count / task.seconds,
        p50_ms=times[count // 2] * 1000,
        p99_ms=times[count * 99 // 100] * 1000,
        reply_bytes=tally.size / count,
        refused=tally.refused,
        client_share=share,
    )


if __name__ == "__main__":
    uvloop.install()
    print(json.dumps(asdict(asyncio.run(measure(Task(**json.loads(sys.argv[1])))))))
