"""A flood from a process of its own: `python -m tests.chaos.flood '{"port": ..., "key": ..., ...}'`.

Prints one JSON object: how often each kind of answer came, and the weakest friction in any of them.
"""

import asyncio
import gc
import sys
from collections import Counter
from typing import Any

import msgspec
import uvloop

from breather.domain.friction import Friction
from tests.chaos.open_loop import Lines, at_rate
from tests.integration.exchange.withdrawals import withdrawal


class Flood(msgspec.Struct, frozen=True):
    """`customer`: all by this one; else each by a stranger."""

    port: int
    key: str
    per_second: float
    seconds: float
    customer: str = ""


class Came(msgspec.Struct, frozen=True):
    kinds: dict[str, int]
    weakest: str


async def pour(flood: Flood) -> Came:
    lines = Lines(flood.port, flood.key)
    who: dict[str, Any] = {"customer": {"ref": flood.customer}} if flood.customer else {}
    bodies = [
        withdrawal(f"flood-{flood.customer}-{number}", flood.customer, **who)
        for number in range(int(flood.per_second * flood.seconds))
    ]
    calls = await at_rate(lines, bodies, flood.per_second, {})
    lines.close()
    weakest = min(
        (Friction.from_word(call.said["friction"]) for call in calls if call.status < 400), default=Friction.HOLD
    )
    return Came(dict(Counter(call.kind for call in calls)), weakest.word)


if __name__ == "__main__":
    uvloop.install()
    gc.disable()  # what is measured beside it should not wait for this process
    print(msgspec.json.encode(asyncio.run(pour(msgspec.json.decode(sys.argv[1], type=Flood)))).decode())
