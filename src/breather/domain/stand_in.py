"""The stand-in: what is answered when no decision could be made in time (guarantees B1 and B2).

It knows the request, what the campaign allows, and the guards, and nothing of rules or history; so it cannot be asked
to guess. Either everything it knows speaks for letting a small amount go where this customer has long been sending, or
it is a hold: the strongest answer that a decision could have been. A middle one (a pause, say) would be weaker than
the rules' own hold, and filling the queue would become a way to it.
"""

from dataclasses import dataclass
from enum import StrEnum

from breather.domain.amount import MicroUsd
from breather.domain.friction import Friction
from breather.domain.instant import DAY
from breather.domain.withdrawal import Withdrawal

KNOWN_FOR = 30 * DAY


class Because(StrEnum):
    """Why a stand-in is what it is: the first of these, or everything that spoke against letting it go."""

    WITHIN_LIMITS = "within-limits"
    GUARDS_STALE = "guards-stale"
    TIME_SUSPECT = "time-suspect"
    PAUSE_OPEN = "pause-open"
    HOLD_OPEN = "hold-open"
    CONFIRMED = "destination-confirmed"
    ACCUSED = "destination-listed"
    WATCHED = "watched"
    NO_LIMITS = "no-limits"
    AMOUNT_UNKNOWN = "amount-unknown"
    NOT_KNOWN = "destination-not-known-for-30-days"
    OVER_WITHDRAWAL = "over-per-withdrawal"
    OVER_CUSTOMER_DAY = "over-per-customer-day"
    OVER_HOUR = "over-per-hour"


@dataclass(frozen=True, slots=True)
class StandInLimits:
    """A campaign's `[stand_in]` table: what may be let go undecided, in micro-dollars, each bound included.

    `per_customer_day` and `per_hour` are sums over the last 24 hours and the last hour, this withdrawal included.
    """

    per_withdrawal: MicroUsd
    per_customer_day: MicroUsd
    per_hour: MicroUsd


@dataclass(frozen=True, slots=True)
class Guards:
    """What this process holds in memory about one customer and destination.

    `fresh`: loaded, and looked at lately. `friction` is the strongest that is open on the pair, HOLD for a hold.
    `known_for` is how long (ms) the customer has been sending there, or None where that is not known. `time_suspect`:
    the clock cannot be trusted, so neither can what is open by it. `accused`: a published list in force accuses the
    destination, or nobody knows because the lists cannot be opened.
    """

    fresh: bool
    friction: Friction = Friction.NONE
    confirmed: bool = False
    accused: bool = False
    known_for: int | None = None
    time_suspect: bool = False

    def demand(self) -> Friction:
        """What nothing may go below. Whoever does not know asks for everything."""
        worst = self.confirmed or self.accused or self.time_suspect or not self.fresh
        return Friction.HOLD if worst else self.friction


@dataclass(frozen=True, slots=True)
class Spent:
    """What stand-ins have let go already, in micro-dollars: to this customer in 24 hours, in all in the last hour."""

    customer_day: MicroUsd = MicroUsd(0)
    hour: MicroUsd = MicroUsd(0)


@dataclass(frozen=True, slots=True)
class StandIn:
    """`clearable` says that payout may follow at once; it is true only of friction NONE."""

    friction: Friction
    because: tuple[Because, ...]

    @property
    def clearable(self) -> bool:
        return self.friction is Friction.NONE


def stand_in(asked: Withdrawal, limits: StandInLimits | None, guards: Guards, spent: Spent) -> StandIn:
    """`limits` are those of the campaign version that applies; None where none applies, or it has no such table."""
    against = (*_guarded(asked, guards), *_beyond(asked, limits, guards, spent))
    if against:
        return StandIn(Friction.HOLD, against)
    return StandIn(Friction.NONE, (Because.WITHIN_LIMITS,))


def _guarded(asked: Withdrawal, guards: Guards) -> tuple[Because, ...]:
    found = (
        (not guards.fresh, Because.GUARDS_STALE),
        (guards.time_suspect, Because.TIME_SUSPECT),
        (guards.friction is Friction.HOLD, Because.HOLD_OPEN),
        (Friction.NONE < guards.friction < Friction.HOLD, Because.PAUSE_OPEN),
        (guards.confirmed, Because.CONFIRMED),
        (guards.accused, Because.ACCUSED),
        (asked.session.watched, Because.WATCHED),
    )
    return tuple(because for holds, because in found if holds)


def _beyond(asked: Withdrawal, limits: StandInLimits | None, guards: Guards, spent: Spent) -> tuple[Because, ...]:
    if limits is None:
        return (Because.NO_LIMITS,)
    if asked.amount_usd is None:
        return (Because.AMOUNT_UNKNOWN,)
    found = (
        (guards.known_for is None or guards.known_for < KNOWN_FOR, Because.NOT_KNOWN),
        (asked.amount_usd > limits.per_withdrawal, Because.OVER_WITHDRAWAL),
        (spent.customer_day + asked.amount_usd > limits.per_customer_day, Because.OVER_CUSTOMER_DAY),
        (spent.hour + asked.amount_usd > limits.per_hour, Because.OVER_HOUR),
    )
    return tuple(because for over, because in found if over)
