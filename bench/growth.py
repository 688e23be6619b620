"""Whether a decision costs more once ten million withdrawals are stored: the same load, on a small and a large store.

BREATHER_BENCH_LARGE (10000000), BREATHER_BENCH_SECONDS (5) and BREATHER_BENCH_ROUNDS (5) make a smaller run; the
figure's name says how many rows it had, as `decisions_after_10m` does.
"""

import os
import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from bench.decisions import MOST, asked_size
from bench.figure import Figure, allowed, compared
from bench.load import Task, drive
from bench.population import TOWNS
from bench.rig import EXCHANGE, Round, Server, Void, round_of, serving, settings_in
from bench.store import fill

SMALL = 10_000
LARGE = 10_000_000
# A withdrawal with what it leaves in all tables, generously: the sorting of the indexes comes on top.
BYTES_EACH = 4_500
WARM_UP_SECONDS = 3.0


def run() -> list[Figure]:
    """Raises Void."""
    size = asked_size()
    large = max(int(os.environ.get("BREATHER_BENCH_LARGE", str(LARGE))), TOWNS)
    rounds: dict[int, list[Round]] = {SMALL: [], large: []}
    with tempfile.TemporaryDirectory(prefix="breather-bench-") as name, ExitStack() as running:
        _room(Path(name), large)
        servers = {stored: _filled(running, Path(name), stored) for stored in rounds}
        for server in servers.values():
            drive(Task(server.settings.port, server.key, MOST, WARM_UP_SECONDS, seed=1))
        for number in range(size.rounds):
            for stored, server in servers.items():
                rounds[stored].append(round_of(server, MOST, size.seconds, seed=number))
            print(f"growth: round {number + 1} of {size.rounds}", file=sys.stderr, flush=True)
        bytes_each = Path(name, str(large), "exchange.db").stat().st_size / large
    ours, theirs = rounds[large], rounds[SMALL]
    small = f"decisions_after_{_short(SMALL)}"
    return [
        compared(
            f"decisions_after_{_short(large)}",
            "1/s",
            [one.measured.per_second for one in ours],
            small,
            [one.measured.per_second for one in theirs],
        ),
        compared("growth_cpu_us", "us", [one.cpu_us for one in ours], small, [one.cpu_us for one in theirs]),
        allowed("growth_bytes_each", "B", [bytes_each], BYTES_EACH, "expected"),
    ]


def _filled(running: ExitStack, folder: Path, stored: int) -> Server:
    place = folder / str(stored)
    place.mkdir()
    settings = settings_in(place, f"sqlite:///{place / 'exchange.db'}")
    key = fill(settings, stored // TOWNS)
    return running.enter_context(serving("growth", EXCHANGE, settings, key))


def _room(folder: Path, large: int) -> None:
    """Before the hour is spent and not after it. Raises Void."""
    wanted, free = large * BYTES_EACH, shutil.disk_usage(folder).free
    if free < wanted:
        raise Void(f"{folder} has {free >> 30} GB free, and {large} withdrawals need {wanted >> 30}; set TMPDIR")


def _short(number: int) -> str:
    """10k, 10m: as figures are named."""
    for unit, letter in ((1_000_000, "m"), (1_000, "k")):
        if number >= unit and number % unit == 0:
            return f"{number // unit}{letter}"
    return str(number)
