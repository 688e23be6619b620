"""The load of a closed loop: N connections, each with one request under way at a time.

By `wrk` where there is one, for it costs the least; otherwise by `python -m bench.load`, a process of its own. Requests
are made beforehand in either case.
"""

import asyncio
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import cast

import uvloop

from bench.requests import bodies, http

WARM_UP_SECONDS = 1.0
ENOUGH_PER_SECOND = 15_000
SCRIPT = Path(__file__).with_name("wrk.lua")


@dataclass(frozen=True, slots=True)
class Task:
    port: int
    key: str
    connections: int
    seconds: float
    seed: int = 11


@dataclass(frozen=True, slots=True)
class Measured:
    """`client_share` is the part of one core that the client used: beyond 0.9 it was the client that was measured.

    `reply_bytes` is 0 where `wrk` did not look.
    """

    count: int
    per_second: float
    p50_ms: float
    p99_ms: float
    refused: int
    client_share: float
    reply_bytes: float = 0.0


def drive(task: Task, *, looks: bool = False) -> Measured:
    """`looks`: at each reply, and never by `wrk`. Raises SystemExit where the requests did not suffice."""
    if looks or not shutil.which("wrk"):
        command = [sys.executable, "-m", "bench.load", json.dumps(asdict(task))]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=task.seconds + 60)
        return Measured(**json.loads(done.stdout))
    most = int(ENOUGH_PER_SECOND * task.seconds)
    with tempfile.NamedTemporaryFile(prefix="breather-bench-", suffix=".jsonl") as file:
        file.writelines(each + b"\n" for each in islice(bodies(task.seed), most))
        file.flush()
        before = _children()
        done = subprocess.run(_wrk(task, file.name), stdout=subprocess.PIPE, check=True, timeout=task.seconds + 60)
        used = _children() - before
    said = json.loads(done.stdout.decode().rpartition("figures ")[2])
    count, seconds = said["count"], said.pop("seconds")
    if count > most:
        raise SystemExit("the load ran out of requests: raise ENOUGH_PER_SECOND")
    return Measured(**said, per_second=count / seconds, client_share=used / task.seconds)


def _wrk(task: Task, file: str) -> list[str]:
    shape = ["-t1", f"-c{task.connections}", f"-d{task.seconds:.0f}s", "--timeout", "20s"]
    return ["wrk", *shape, "-s", str(SCRIPT), f"http://127.0.0.1:{task.port}", "--", task.key, file]


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


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


async def measure(task: Task) -> Measured:
    most = int(ENOUGH_PER_SECOND * (task.seconds + WARM_UP_SECONDS))
    prepared = [http(task.port, task.key, each) for each in islice(bodies(task.seed), most)]
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
        count=count,
        per_second=count / task.seconds,
        p50_ms=times[count // 2] * 1000,
        p99_ms=times[count * 99 // 100] * 1000,
        refused=tally.refused,
        client_share=share,
        reply_bytes=tally.size / count,
    )


if __name__ == "__main__":
    uvloop.install()
    print(json.dumps(asdict(asyncio.run(measure(Task(**json.loads(sys.argv[1])))))))
