"""What the load posts: new ids, and the customers, addresses and amounts of `population`."""

import json
import random
import secrets
from collections.abc import Iterator
from itertools import count

from bench.population import TOWNS, body, wishes

DEADLINE_MS = 10_000


def bodies(seed: int = 11) -> Iterator[bytes]:
    """Without an end; the same wishes for each seed, and never the same ids."""
    chance = random.Random(seed)
    run = secrets.token_hex(4)
    for number, wish in zip(count(), wishes(chance), strict=False):
        yield json.dumps(body(f"{run}-{number}", chance.randrange(TOWNS), wish)).encode()


def http(port: int, key: str, posted: bytes) -> bytes:
    """One whole request. Its deadline is long: what is to be measured is how long it takes."""
    head = (
        f"POST /v1/withdrawals HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nBreather-Deadline-Ms: {DEADLINE_MS}\r\n"
        f"Content-Length: {len(posted)}\r\n\r\n"
    )
    return head.encode() + posted
