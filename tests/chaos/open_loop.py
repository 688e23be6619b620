"""Withdrawals at a fixed rate, whoever answers or not: an open loop, so that a slow answer holds up no other."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import msgspec

DEADLINE_MS = 100
ATTEMPTS_SECONDS = 30.0
Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True, slots=True)
class Call:
    """One request and what came of it; `took` in seconds, from the first byte sent to the last one received."""

    name: str
    status: int
    body: bytes
    took: float

    @property
    def said(self) -> dict[str, Any]:
        found: dict[str, Any] = msgspec.json.decode(self.body)
        return found

    @property
    def kind(self) -> str:
        """`decision`, `stand-in`, or the problem's code."""
        if self.status >= 400:
            return str(self.said["type"]).removeprefix("urn:breather:problem:")
        return "stand-in" if self.said["stand_in"] else "decision"


class Lines:
    """Idle connections are used again; there are as many as requests were under way at once."""

    def __init__(self, port: int, key: str, deadline_ms: int = DEADLINE_MS) -> None:
        self._port = port
        self._head = (
            f"POST /v1/withdrawals HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {key}\r\n"
            f"Content-Type: application/json\r\nBreather-Deadline-Ms: {deadline_ms}\r\n"
        )
        self._idle: list[Line] = []

    async def post(self, body: dict[str, Any]) -> Call:
        content = msgspec.json.encode(body)
        request = f"{self._head}Content-Length: {len(content)}\r\n\r\n".encode() + content
        while self._idle:
            line = self._idle.pop()
            # The server closes what was idle for some seconds, perhaps at this very moment; the id is the caller's.
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                return await self._exchanged(line, str(body["id"]), request)
        return await self._exchanged(await asyncio.open_connection("127.0.0.1", self._port), str(body["id"]), request)

    async def _exchanged(self, line: Line, name: str, request: bytes) -> Call:
        reader, writer = line
        began = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        answer = await reader.readexactly(length)
        took = time.perf_counter() - began
        self._idle.append(line)
        return Call(name, int(head[9:12]), answer, took)

    def close(self) -> None:
        for _, writer in self._idle:
            writer.close()


async def at_rate(
    lines: Lines, bodies: Sequence[dict[str, Any]], per_second: float, acts: Mapping[int, Callable[[], object]]
) -> list[Call]:
    """Each is sent when it is due; before some of them something else is begun, in a thread of its own."""
    began = time.perf_counter()
    under_way: list[asyncio.Task[Call]] = []
    others: list[asyncio.Task[object]] = []
    for number, body in enumerate(bodies):
        await asyncio.sleep(max(0.0, began + number / per_second - time.perf_counter()))
        if number in acts:
            others.append(asyncio.create_task(asyncio.to_thread(acts[number])))
        under_way.append(asyncio.create_task(lines.post(body)))
    await asyncio.gather(*others)
    return await asyncio.gather(*under_way)


async def answered(lines: Lines, bodies: Sequence[dict[str, Any]]) -> list[Call]:
    """Each is asked again until it has its answer, a few at a time; what then still is pending fails the test."""
    turns = asyncio.Semaphore(8)

    async def one(body: dict[str, Any]) -> Call:
        until = time.perf_counter() + ATTEMPTS_SECONDS
        async with turns:
            while (call := await lines.post(body)).status == 503:
                assert time.perf_counter() < until, f"{call.name} is still {call.kind}"
                await asyncio.sleep(0.02)
            return call

    return await asyncio.gather(*(one(body) for body in bodies))


def spread(calls: Sequence[Call]) -> str:
    """How late answers were against the deadline, in milliseconds; negative is early."""
    late = sorted(1000 * call.took - DEADLINE_MS for call in calls)
    if not late:
        return "none"
    at = {f"p{share}": late[min(len(late) - 1, len(late) * share // 100)] for share in (50, 90, 99)}
    return ", ".join(f"{name} {value:+.1f}" for name, value in {**at, "max": late[-1]}.items())
