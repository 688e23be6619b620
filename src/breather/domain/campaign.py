"""A campaign: the VASP's agreement to use an agency's pack here, for so long, with these rules and these pauses.

Opposite of the STIX word: a campaign of prevention, not of the adversary.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from breather.domain.assignment import Experiment
from breather.domain.instant import Millis
from breather.domain.relay_terms import RelayTerms
from breather.domain.ruling import Rule, Rulebook
from breather.domain.stand_in import StandInLimits
from breather.domain.withdrawal import Kind


class Screenless(StrEnum):
    """The named answer to a withdrawal behind which nobody stands before a screen (guarantee H7).

    PROCEED lets it go whatever the rules ask. HOLD holds it for the desk if they ask for a cooling-off or more.
    """

    PROCEED = "proceed"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class PauseTerms:
    """Milliseconds, but `joins_up_to_percent`: how much more than the first amount a pause is offered for.

    `demo_stands_for` is set only in demonstrations, whose pauses last seconds: the length that a real one would have.
    """

    duration: int
    joins_up_to_percent: int
    lapses_after: int
    released_covers: int
    hold_maximum: int
    demo_stands_for: int | None = None


@dataclass(frozen=True, slots=True)
class DeskTerms:
    """A person answers the urgent route within `urgent_route_minutes`; an appeal may be made for `appeal_days`."""

    urgent_route_minutes: int
    appeal_days: int


@dataclass(frozen=True, slots=True)
class Budget:
    """What the campaign expects to cost its customers; exceeding it is told to the desk."""

    notice_every: int
    interruptions_per_thousand: int


@dataclass(frozen=True, slots=True)
class Relay:
    """What may leave for which agency (guarantee H3). A campaign without it sends nothing."""

    addressee: str
    terms: RelayTerms


@dataclass(frozen=True, slots=True)
class Campaign:
    """One version, frozen for every withdrawal submitted under it. `length` is pinned to dates by activation.

    `stand_in`: what may be let go where no decision could be made in time; None for nothing.
    """

    id: str
    version: int
    jurisdiction: str
    pack: str
    pack_version: int
    sample: bool
    time_zone: str
    length: int
    pause: PauseTerms
    desk: DeskTerms
    budget: Budget
    experiment: Experiment
    screenless: Mapping[Kind, Screenless]
    rules: Rulebook
    relay: Relay | None = None
    stand_in: StandInLimits | None = None

    def rule(self, rule_id: str) -> Rule:
        return next(rule for rule in self.rules if rule.id == rule_id)


@dataclass(frozen=True, slots=True)
class Period:
    """When an activated version applies: from `starts_at` (included) to `ends_at` (excluded), unless retired before."""

    starts_at: Millis
    ends_at: Millis
    retired_at: Millis | None = None

    def contains(self, now: Millis) -> bool:
        ends_at = self.ends_at if self.retired_at is None else min(self.ends_at, self.retired_at)
        return self.starts_at <= now < ends_at
