"""Somebody floods, with one API key or as one customer: nobody's answer is weaker for it, and others are served.

Here 200 a second for two seconds, where no time is asserted. `make chaos` floods with 2,000 a second for 20 seconds,
prints how long the others waited, and holds their 99th percentile to 50 ms.
"""

import asyncio
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from breather.domain.friction import Friction
from breather.web.api_keys import Scope
from tests.chaos.flood import Came, Flood
from tests.chaos.open_loop import Call, Lines, at_rate
from tests.exchange_process import ExchangeProcess, running_exchange_process
from tests.integration.exchange.withdrawals import withdrawal

RATE = int(os.environ.get("BREATHER_TEST_FLOOD_RATE", "200"))
SECONDS = float(os.environ.get("BREATHER_TEST_FLOOD_SECONDS", "2"))
TIMED = "BREATHER_TEST_FLOOD_RATE" in os.environ
OTHERS_A_SECOND = 50
PROMISED_MS = 50


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExchangeProcess]:
    folder = tmp_path_factory.mktemp("flooded")
    url = f"sqlite:///{folder / 'exchange.db'}"
    with running_exchange_process(folder, url, deadline_ms=100, spool_slots=4096, log_level="error") as found:
        yield found


@pytest.mark.parametrize("customer", ["flooding", ""], ids=["as-one-customer", "with-one-key"])
def test_whoever_floods_weakens_nobodys_answer_and_others_are_served(exchange: ExchangeProcess, customer: str) -> None:
    key = exchange.key if customer else exchange.keys[Scope.ASSESS]
    flood = Flood(exchange.settings.port, key, RATE, SECONDS, customer)
    command = [sys.executable, "-m", "tests.chaos.flood", msgspec.json.encode(flood).decode()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as flooding:
        others = asyncio.run(ask(exchange, customer or "key"))
        told, _ = flooding.communicate(timeout=SECONDS + 120)
    came = msgspec.json.decode(told, type=Came)
    waited = sorted(1000 * call.took for call in others)
    p50, p99 = waited[len(waited) // 2], waited[len(waited) * 99 // 100]
    kinds = dict(Counter(call.kind for call in others))
    print(f"\n{RATE}/s {customer or 'with one key'}: {came.kinds}; others: {kinds}, p50 {p50:.1f} ms, p99 {p99:.1f} ms")
    assert Friction.from_word(came.weakest) >= Friction.COOLING_OFF, "as without a flood"
    assert set(came.kinds) <= {"decision", "stand-in", "pending", "no-decision"}
    for call in others:
        assert call.kind in ("decision", "stand-in", "pending")
        if call.status < 400:
            assert Friction.from_word(call.said["friction"]) >= Friction.COOLING_OFF
    if TIMED:
        assert set(kinds) == {"decision"}, "nobody else is answered by a stand-in"
        assert p99 <= PROMISED_MS


async def ask(exchange: ExchangeProcess, run: str) -> list[Call]:
    """Others, each once, all through the flood."""
    lines = Lines(exchange.settings.port, exchange.key)
    bodies = [withdrawal(f"other-{run}-{number}") for number in range(int(OTHERS_A_SECOND * SECONDS))]
    found = await at_rate(lines, bodies, OTHERS_A_SECOND, {})
    lines.close()
    return found
