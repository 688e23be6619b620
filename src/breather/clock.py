"""Time as the services use it: wall time anchored once, then carried by the monotonic clock (guarantees E).

A step of the wall clock therefore moves no pause. It makes the time *suspect* instead, and while it is, nothing is
released or cleared. The clock is an argument of `bootstrap`, never a setting.
"""

import time
from typing import Protocol

from breather.domain.instant import SECOND, Millis

SUSPECT_BEYOND = 2 * SECOND


class Clock(Protocol):
    def now(self) -> Millis: ...

    def suspect(self) -> bool: ...


class SystemClock:
    """Anchored when made. `suspect` compares the wall clock with what the monotonic clock makes of the anchor."""

    def __init__(self) -> None:
        self._wall = time.time_ns()
        self._monotonic = time.monotonic_ns()

    def now(self) -> Millis:
        return Millis((self._wall + time.monotonic_ns() - self._monotonic) // 1_000_000)

    def suspect(self) -> bool:
        return abs(time.time_ns() // 1_000_000 - self.now()) > SUSPECT_BEYOND
