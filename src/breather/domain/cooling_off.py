"""The pause, and the hold that may lie over it: what they are, and what the clock makes of them.

A pause belongs to one customer and one destination. A notice or a set of questions is the same thing without a wait in
it. `elapsed` and `lapsed` are computed from `now` and never written by a timer, so there is no timer to fail.

    offered --answered--> running --clock--> elapsed --confirm (VASP key)--> released
    offered --acknowledged (a notice)----------------------------------------^
    any open state --stop--> stopped          any open state --clock--> lapsed

A hold covers the pause while it is open; lifted or at its maximum, it gives back what the clock says, never *released*:
a release from before the hold is void, because somebody saw a danger since, and she decides again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from breather.domain.amount import BaseUnits
from breather.domain.asset import Asset
from breather.domain.friction import Friction
from breather.domain.instant import DAY, Millis

SHORTEST_LAPSE = DAY


class State(StrEnum):
    """Where a withdrawal stands. CLEAR: nothing was asked of it."""

    CLEAR = "clear"
    OFFERED = "offered"
    RUNNING = "running"
    ELAPSED = "elapsed"
    RELEASED = "released"
    STOPPED = "stopped"
    LAPSED = "lapsed"
    HELD = "held"


OPEN = frozenset({State.OFFERED, State.RUNNING, State.ELAPSED, State.HELD})


class Resolution(StrEnum):
    ACKNOWLEDGE = "acknowledge"
    CONFIRM = "confirm"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Resolved:
    how: Resolution
    event: str
    at: Millis
    actor: str


@dataclass(frozen=True, slots=True)
class Hold:
    """Imposed by a person or a rule, with its reason and a maximum fixed when it began (guarantee A6)."""

    id: str
    withdrawal: str
    reason: str
    placed_at: Millis
    ends_at: Millis
    actor: str
    lifted_at: Millis | None = None

    def ended_at(self) -> Millis:
        return self.ends_at if self.lifted_at is None else min(self.lifted_at, self.ends_at)

    def is_open(self, now: Millis) -> bool:
        return now < self.ended_at()


@dataclass(frozen=True, slots=True)
class Pause:
    """`id` is that of the withdrawal that opened it. Durations are milliseconds, fixed when it is offered.

    `covers_up_to` is the sum, in base units of `asset`, that it was offered for: what may join it stays within.
    """

    id: str
    asset: Asset
    friction: Friction
    covers_up_to: BaseUnits
    duration: int
    lapses_after: int
    offered_at: Millis
    started_at: Millis | None = None
    resolved: Resolved | None = None

    def elapses_at(self) -> Millis | None:
        """None while it has not started: an unanswered pause does not run down by itself."""
        return None if self.started_at is None else Millis(self.started_at + self.duration)

    def resolution(self, holds: Iterable[Hold]) -> Resolved | None:
        """What settled it, unless a hold was placed since: a stop stays, a release is void (guarantee A5)."""
        resolved = self.resolved
        if resolved is None or resolved.how is Resolution.STOP:
            return resolved
        return None if any(hold.placed_at >= resolved.at for hold in holds) else resolved

    def lapses_at(self, holds: Iterable[Hold] = ()) -> Millis:
        """Never less than a day after she could have acted: a hold that ended later postpones it.

        A hold that was placed after it had lapsed postpones nothing: what has lapsed stays so. One that voided a
        release always does, because what is released does not lapse.
        """
        elapses_at = self.elapses_at()
        since = self.offered_at if elapses_at is None else elapses_at
        lapses_at = since + self.lapses_after
        if not holds:  # nearly always, and asked several times of each pause for each decision
            return Millis(lapses_at)
        released = self.resolved is not None
        for hold in sorted(holds, key=lambda hold: hold.placed_at):
            voids = released and self.resolved is not None and hold.placed_at >= self.resolved.at
            released = released and not voids
            if (voids or hold.placed_at < lapses_at) and hold.ended_at() > since:
                lapses_at = max(lapses_at, hold.ended_at() + SHORTEST_LAPSE)
        return Millis(lapses_at)

    def state(self, holds: Iterable[Hold], now: Millis) -> State:
        """What the clock, the resolution and the holds on its customer and destination make of it."""
        holds = tuple(holds)
        resolved = self.resolution(holds)
        if resolved is not None and resolved.how is Resolution.STOP:
            return State.STOPPED
        if resolved is None and now >= self.lapses_at(holds):
            return State.LAPSED
        if any(hold.is_open(now) for hold in holds):
            return State.HELD
        if resolved is not None:
            return State.RELEASED
        return self._by_the_clock(now)

    def _by_the_clock(self, now: Millis) -> State:
        elapses_at = self.elapses_at()
        if elapses_at is None:
            return State.OFFERED
        return State.ELAPSED if now >= elapses_at else State.RUNNING

    def raised(self, friction: Friction, duration: int) -> "Pause":
        """After the answers: friction and duration may rise, and never fall (guarantee A3)."""
        return replace(self, friction=max(self.friction, friction), duration=max(self.duration, duration))

    def started(self, now: Millis) -> "Pause":
        return replace(self, started_at=now)


def may_join(pause: Pause, holds: Iterable[Hold], joined: int, friction: Friction, now: Millis, covers: int) -> bool:
    """Whether a withdrawal asking for `friction` joins `pause`, `joined` being the sum with it, in base units.

    A running or elapsed pause may be joined, and a confirmed one while its release still covers (`covers` ms).
    One that is only offered may not: what was announced to her was announced for less.
    """
    if joined > pause.covers_up_to or min(friction, Friction.COOLING_OFF) > pause.friction:
        return False
    state = pause.state(holds, now)
    if state is State.RELEASED:
        return pause.resolved is not None and now < pause.resolved.at + covers
    return state in (State.RUNNING, State.ELAPSED)
