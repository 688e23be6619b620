"""A shadow: a campaign version whose rules run beside the active one, on the same features, without effect.

What the two versions *ask for* is compared, before a holdout and before what is open on the pair: a shadow opens no
pause and holds nobody out, so what was done to the customer can be set beside nothing.
"""

from dataclasses import dataclass
from enum import IntEnum

from breather.domain.campaign import Campaign
from breather.domain.feature import Features, Phase
from breather.domain.friction import INTERRUPTS, Friction
from breather.domain.intervention import Intervention, intervene
from breather.domain.ruling import Ruling, rule_on


class Change(IntEnum):
    """Which version interrupts a withdrawal: questions or more. One that neither interrupts has no change."""

    NO_LONGER = 1  # the active version alone
    NEWLY = 2  # the shadow alone
    BOTH = 3


@dataclass(frozen=True, slots=True)
class Word:
    """What one version asks for. `hits` and `undetermined` are rules in the campaign's order."""

    friction: Friction
    hits: tuple[str, ...]
    undetermined: tuple[str, ...]
    degraded: bool = False


@dataclass(frozen=True, slots=True)
class Marked:
    """What is kept with a withdrawal that a shadow saw: which shadow, under which name the two words are stored, and
    what would change.
    """

    shadow: int
    said: str
    change: Change | None


def word_of(ruling: Ruling, wanted: Intervention) -> Word:
    return Word(wanted.friction, tuple(rule.id for rule in ruling.hits), tuple(ruling.undetermined), ruling.degraded)


def ask(campaign: Campaign, features: Features, phase: Phase) -> Word:
    """What a version asks for, whether it is in force or not."""
    ruling = rule_on(campaign.rules, features, phase)
    return word_of(ruling, intervene(campaign, ruling, features))


def change_of(active: Friction, shadow: Friction) -> Change | None:
    found = Change.NO_LONGER * (active >= INTERRUPTS) + Change.NEWLY * (shadow >= INTERRUPTS)
    return Change(found) if found else None
