"""`make soak`: an hour at 500 decisions a second. Does the service grow, and does it slow down?

Both of its processes run as they are shipped. After a warm-up of a sixth of the time, from the first whole minute to
the last:

- memory: what `serve` keeps resident, the median of a minute's samples, may grow by less than 5 %;
- p99: the median of the last third of the minutes may be at most 1.25 times that of the first third, or 1 ms more;
- every request gets a decision.

Each minute prints a line. The figures go to build/soak.json, and from there into docs/benchmarks.md. Ends with 1 where
one of the three does not hold. BREATHER_SOAK_SECONDS (3600), BREATHER_SOAK_RATE (500), BREATHER_BENCH_ROWS (1000000).
"""

import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from bench.decisions import asked_size
from bench.figure import Figure, allowed, compared
from bench.open_loop import Schedule, Window, windows
from bench.population import TOWNS
from bench.rig import EXCHANGE, Server, serving, settings_in
from bench.store import fill

SECONDS = 3_600
RATE = 500
MINUTE = 60
WARM_UP_SHARE = 6
THIRD = 3
MOST_GROWTH = 1.05
MOST_SLOWER = 1.25
SLOWER_MS = 1.0
SAMPLED_EVERY = 1.0
FILE = Path(__file__).parents[1] / "build" / "soak.json"


@dataclass(frozen=True, slots=True)
class Minute:
    """`resident` bytes of `serve`, median; `stored` bytes of database and WAL at its end."""

    window: Window
    resident: float
    stored: int


class Memory:
    """Samples what a server keeps resident, in a thread, until it is asked."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._samples: list[int] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def taken(self) -> float:
        """The median since it was asked last."""
        samples, self._samples = self._samples, []
        return median(samples or [self._server.resident_bytes])

    def end(self) -> None:
        self._ended.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._ended.wait(SAMPLED_EVERY):
            self._samples.append(self._server.resident_bytes)


def soak(seconds: int, rate: int) -> list[Minute]:
    """One for each minute; of a time below some minutes, shorter ones."""
    each = min(MINUTE, max(seconds // 12, 1))
    found: list[Minute] = []
    with tempfile.TemporaryDirectory(prefix="breather-soak-") as name, ExitStack() as running:
        folder = Path(name)
        settings = settings_in(folder, f"sqlite:///{folder / 'exchange.db'}")
        key = fill(settings, asked_size().stored // TOWNS)
        server = running.enter_context(serving("serve", EXCHANGE, settings, key))
        running.enter_context(serving("worker", (*EXCHANGE[:-1], "worker"), settings, key))
        memory = Memory(server)
        for window in windows(Schedule(settings.port, key, rate, each, seconds // each)):
            stored = sum(file.stat().st_size for file in folder.glob("exchange.db*"))
            found.append(Minute(window, memory.taken(), stored))
            _say(len(found), found[-1])
        memory.end()
    return found


def _say(number: int, minute: Minute) -> None:
    window = minute.window
    print(
        f"{number:4} {window.count} decisions, p50 {window.p50_ms} ms, p99 {window.p99_ms} ms, "
        f"longest {window.most_ms} ms, {window.refused} refused, "
        f"{minute.resident / 2**20:.1f} MB resident, {minute.stored / 2**20:.0f} MB stored",
        file=sys.stderr,
        flush=True,
    )


def after_warm_up(minutes: Sequence[Minute]) -> Sequence[Minute]:
    return minutes[-(-len(minutes) // WARM_UP_SHARE) :]


def broken(minutes: Sequence[Minute]) -> list[str]:
    """What does not hold, in words; empty is right."""
    found = []
    counted = after_warm_up(minutes)
    if refused := sum(minute.window.refused for minute in minutes):
        found.append(f"{refused} requests were not answered with a decision")
    first, last = counted[0].resident, counted[-1].resident
    if last >= first * MOST_GROWTH:
        found.append(f"memory grew from {first / 2**20:.1f} to {last / 2**20:.1f} MB, by 5 % or more")
    before, after = p99s(counted)
    if after > max(before * MOST_SLOWER, before + SLOWER_MS):
        found.append(f"p99 is not flat: {before:.2f} ms in the first third, {after:.2f} ms in the last")
    return found


def p99s(counted: Sequence[Minute]) -> tuple[float, float]:
    """Medians of the first and of the last third."""
    many = max(len(counted) // THIRD, 1)
    before, after = ([minute.window.p99_ms for minute in part] for part in (counted[:many], counted[-many:]))
    return median(before), median(after)


def figures(minutes: Sequence[Minute], rate: int) -> list[Figure]:
    counted = after_warm_up(minutes)
    before, after = p99s(counted)
    decisions = sum(minute.window.count for minute in counted[1:])
    grown = (counted[-1].stored - counted[0].stored) / max(decisions, 1)
    resident = [minute.resident / 2**20 for minute in counted]
    return [
        compared("soak_resident_mb", "MB", resident[-1:], "after_warm_up", resident[:1]),
        compared("soak_p99_ms", "ms", [after], "first_third", [before]),
        allowed("soak_p50_ms", "ms", [minute.window.p50_ms for minute in counted], 3.0),
        allowed("soak_decisions", "count", [sum(minute.window.count for minute in minutes)], rate * SECONDS, "an_hour"),
        allowed("soak_bytes_per_decision", "B", [grown], 3_000),
    ]


def main() -> int:
    seconds = int(os.environ.get("BREATHER_SOAK_SECONDS", SECONDS))
    rate = int(os.environ.get("BREATHER_SOAK_RATE", RATE))
    began = time.time()
    minutes = soak(seconds, rate)
    wrong = broken(minutes)
    FILE.parent.mkdir(exist_ok=True)
    told = {
        "began": began,
        "seconds": seconds,
        "rate": rate,
        "broken": wrong,
        "figures": [asdict(figure) for figure in figures(minutes, rate)],
        "minutes": [asdict(minute) for minute in minutes],
    }
    FILE.write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    print("\n".join(wrong) or "memory and p99 stayed where they were", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
