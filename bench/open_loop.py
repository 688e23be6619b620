"""The load of an open loop: requests come when they come (Poisson), whether or not those before were answered.

Every latency counts from the instant at which the request was due, so that a server that stalls is charged for all who
would have come meanwhile. `python -m bench.open_loop '{"port": ..., "rate": 1000, ...}'` prints a line for each window.
"""

import asyncio
import json
import random
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import cast

import uvloop

from bench.requests import bodies, http

WARM_UP_SECONDS = 2.0
CONNECTIONS = 64
LAST_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Schedule:
    """`rate` in requests a second; `windows` of `seconds` each, after a warm-up that is not counted."""

    port: int
    key: str
    rate: float
    seconds: float
    windows: int = 1
    seed: int = 11


@dataclass(frozen=True, slots=True)
class Window:
    """`waiting` requests were due at its end and had no free connection; `refused` were not answered with 201."""

    count: int
    p50_ms: float
    p99_ms: float
    most_ms: float
    refused: int
    waiting: int
    client_share: float


def windows(schedule: Schedule) -> Iterator[Window]:
    """Each when it has ended; the load runs in a process of its own."""
    command = [sys.executable, "-m", "bench.open_loop", json.dumps(asdict(schedule))]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for line in process.stdout:
            yield Window(**json.loads(line))
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)


@dataclass
class Load:
    """What is due, who is free, and how long it took."""

    schedule: Schedule
    began: float
    posted: Iterator[bytes]
    # Taken in turn: a service closes a connection on which nothing is asked for some seconds.
    free: deque["Line"] = field(default_factory=deque)
    due: deque[float] = field(default_factory=deque)
    latencies: list[float] = field(default_factory=list)
    refused: int = 0
    under_way: int = 0

    def come(self, instant: float) -> None:
        self.due.append(instant)
        self._send()

    def answered(self, line: "Line", instant: float, status: bytes) -> None:
        self.under_way -= 1
        if instant >= self.began:
            self.latencies.append(time.monotonic() - instant)
            self.refused += status != b"201"
        self.free.append(line)
        self._send()

    def lost(self, line: "Line", instant: float | None) -> None:
        """A connection that the service closed; what was asked on it got no answer."""
        if instant is None:
            self.free.remove(line)
        else:
            self.under_way -= 1
            self.refused += 1

    def window(self, used: float) -> Window:
        """What was answered since the last one."""
        times, refused = sorted(self.latencies), self.refused
        self.latencies, self.refused = [], 0
        count = len(times)
        if not count:
            raise SystemExit("not one request was answered in a whole window")
        half, most_of_them, longest = (round(times[place] * 1000, 3) for place in (count // 2, count * 99 // 100, -1))
        share = round(used / self.schedule.seconds, 3)
        return Window(count, half, most_of_them, longest, refused, len(self.due), share)

    def _send(self) -> None:
        while self.due and self.free:
            self.under_way += 1
            request = http(self.schedule.port, self.schedule.key, next(self.posted))
            self.free.popleft().send(self.due.popleft(), request)


class Line(asyncio.Protocol):
    """A connection with one request under way at a time."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._buffer = b""
        self._instant: float | None = None  # when what is under way was due
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are asyncio's by their methods, and not by their class.
        self._transport = cast(asyncio.Transport, transport)
        self._load.free.append(self)

    def send(self, instant: float, request: bytes) -> None:
        assert self._transport is not None
        self._instant = instant
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if self._instant is None:
            raise SystemExit("the server answered what nobody had asked")
        if found and len(body) >= int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0]):
            instant, self._buffer, self._instant = self._instant, b"", None
            self._load.answered(self, instant, head[9:12])

    def connection_lost(self, exc: Exception | None) -> None:
        self._load.lost(self, self._instant)


def _pace(load: Load, loop: asyncio.AbstractEventLoop, until: float) -> None:
    """In a thread: an event loop's timers are a millisecond coarse, and that is a third of what may be measured."""
    chance = random.Random(load.schedule.seed)
    instant = time.monotonic()
    while (instant := instant + chance.expovariate(load.schedule.rate)) < until:
        if (left := instant - time.monotonic()) > 0:
            time.sleep(left)
        loop.call_soon_threadsafe(load.come, instant)


async def _run(schedule: Schedule) -> None:
    loop = asyncio.get_running_loop()
    load = Load(schedule, time.monotonic() + WARM_UP_SECONDS, bodies(schedule.seed))
    for _ in range(CONNECTIONS):
        await loop.create_connection(lambda: Line(load), "127.0.0.1", schedule.port)
    until = load.began + schedule.windows * schedule.seconds
    pace = threading.Thread(target=_pace, args=(load, loop, until), daemon=True)
    pace.start()
    await asyncio.sleep(load.began - time.monotonic())
    used = time.process_time()
    for number in range(schedule.windows):
        await asyncio.sleep(load.began + (number + 1) * schedule.seconds - time.monotonic())
        if number == schedule.windows - 1:
            await _last(load)
        now = time.process_time()
        print(json.dumps(asdict(load.window(now - used))), flush=True)
        used = now


async def _last(load: Load) -> None:
    """Whoever is still waiting counts, too."""
    until = time.monotonic() + LAST_SECONDS
    while (load.under_way or load.due) and time.monotonic() < until:
        await asyncio.sleep(0.01)


if __name__ == "__main__":
    uvloop.install()
    asyncio.run(_run(Schedule(**json.loads(sys.argv[1]))))
