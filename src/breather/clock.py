"""Time as the services use it: wall time anchored once, then carried by the monotonic clock (guarantees E).

A step of the wall clock therefore moves no pause. It makes the time *suspect* instead. From then on it stands still,
until somebody has confirmed what time it is: no pause elapses, none lapses, no hold ends, nothing is released or
cleared. The clock is an argument of `bootstrap`, never a setting.
"""

import threading
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
        self.anchor()

    def anchor(self) -> None:
        """Believe the wall clock, from now on."""
        self._wall, self._monotonic = time.time_ns(), time.monotonic_ns()

    def now(self) -> Millis:
        return Millis((self._wall + time.monotonic_ns() - self._monotonic) // 1_000_000)

    def suspect(self) -> bool:
        return abs(time.time_ns() // 1_000_000 - self.now()) > SUSPECT_BEYOND


class WatchedClock:
    """What states are computed with. Once suspect it stays so, and stands, until `follow` brings a newer confirmation.

    That the wall clock is where it should be again proves nothing: pauses ended by a time that was wrong for a moment
    would stay ended. The relay signs with the clock underneath, for its peers have theirs to compare.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._latest = clock.now()
        self._stands = False
        self._confirmed: int | None = None
        self._turn = threading.Lock()

    @property
    def underneath(self) -> Clock:
        return self._clock

    def now(self) -> Millis:
        with self._turn:
            if not self._suspected():
                self._latest = self._clock.now()
            return self._latest

    def suspect(self) -> bool:
        with self._turn:
            return self._suspected()

    def follow(self, confirmed: int) -> bool:
        """The newest confirmation there is, by its number in the journal; whether the time goes on by it."""
        with self._turn:
            newer = self._confirmed is not None and confirmed > self._confirmed
            self._confirmed = confirmed
            if not (newer and self._suspected()):
                return False
            if isinstance(self._clock, SystemClock):
                self._clock.anchor()
            self._stands = False
            return True

    def _suspected(self) -> bool:
        self._stands = self._stands or self._clock.suspect()
        return self._stands


def watched(clock: Clock) -> WatchedClock:
    """The same one, where it is watched already."""
    return clock if isinstance(clock, WatchedClock) else WatchedClock(clock)
