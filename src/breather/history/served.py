"""One row of a history, as replay takes it: the withdrawal, what became of it, and what was decided then if it says."""

from dataclasses import dataclass, field

from breather.domain.feature import Features
from breather.domain.friction import Friction
from breather.domain.instant import Millis
from breather.domain.withdrawal import Withdrawal


@dataclass(frozen=True, slots=True)
class Act:
    """A stop or a broadcast. `position` orders it among everything: its number in the journal, else its instant."""

    position: int
    at: Millis


@dataclass(frozen=True, slots=True)
class Found:
    """What an agency found about a referral of this withdrawal; each finding replaces the one before."""

    position: int
    referral: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Served:
    """`friction` is None where the history says nothing of decisions. `lists` has what lists said then, by feature: it
    is not there in a history without features, nor where it is younger than the decision.
    """

    position: int
    at: Millis
    asked: Withdrawal
    friction: Friction | None = None
    broadcast: Act | None = None
    stop: Act | None = None
    found: tuple[Found, ...] = ()
    lists: Features = field(default_factory=dict)
