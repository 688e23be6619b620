"""Step 8: what a withdrawal finally became, derived from events and never edited."""

from dataclasses import dataclass
from enum import StrEnum

from breather.domain.amount import BaseUnits
from breather.domain.asset import Asset
from breather.domain.cooling_off import State
from breather.domain.instant import DAY, Millis
from breather.domain.standing import Standing

FOLLOWS_WITHIN = DAY


class Outcome(StrEnum):
    """PROCEEDED means broadcast, not cleared (guarantee A7)."""

    STOPPED = "stopped"
    REDUCED = "reduced"
    REDIRECTED = "redirected"
    PROCEEDED = "proceeded"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Asked:
    """What one withdrawal asked for, as far as a later one is compared with it."""

    asset: Asset
    amount: BaseUnits
    destination: str
    at: Millis


@dataclass(frozen=True, slots=True)
class Ending:
    outcome: Outcome
    at: Millis


def outcome_of(standing: Standing, asked: Asked, following: Asked | None, now: Millis) -> Ending | None:
    """None while it has not ended. `following` is the customer's next withdrawal after a stop, if there is one."""
    if standing.broadcast_at is not None:
        return Ending(Outcome.PROCEEDED, standing.broadcast_at)
    if standing.stopped is not None:
        return _after_stop(standing.stopped.at, asked, following)
    if standing.state(now) is State.LAPSED:
        lapsed_at = standing.lapses_at()
        assert lapsed_at is not None
        return Ending(Outcome.LAPSED, lapsed_at)
    return None


def _after_stop(stopped_at: Millis, asked: Asked, following: Asked | None) -> Ending:
    """Reduced: the same destination for less. Redirected: another destination. Both only within a day of the stop."""
    if following is None or not stopped_at <= following.at <= stopped_at + FOLLOWS_WITHIN:
        return Ending(Outcome.STOPPED, stopped_at)
    if following.destination != asked.destination:
        return Ending(Outcome.REDIRECTED, following.at)
    if following.asset is asked.asset and following.amount < asked.amount:
        return Ending(Outcome.REDUCED, following.at)
    return Ending(Outcome.STOPPED, stopped_at)
