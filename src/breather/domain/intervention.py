"""Step 6, intervene: the highest friction asked for wins, and the alert that goes with it is chosen.

What the customer is shown is narrower than what is suspected: where the evidence is only behavioural, or typologies
conflict, she gets the general alert, which asks *which of these sounds like you?* (guarantee H5).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from breather.domain.campaign import Campaign, Screenless
from breather.domain.catalogue import CATALOGUE, INTELLIGENCE
from breather.domain.feature import Features, FeatureValue, Phase
from breather.domain.friction import Friction
from breather.domain.instant import DAY
from breather.domain.ruling import Rule, Ruling
from breather.domain.typology import Typology
from breather.domain.withdrawal import Kind

MOST_REASONS = 3

# Facts of the session speak of somebody else's presence, and intelligence of what others found out; all else known at
# submission is only behaviour.
BEYOND_BEHAVIOUR = (
    frozenset({"remote_access", "screen_shared", "on_call"})
    | INTELLIGENCE
    | frozenset(feature.name for feature in CATALOGUE.values() if feature.phase is not Phase.SUBMIT)
)


class Decision(StrEnum):
    """The synchronous answer to the VASP."""

    PROCEED = "proceed"
    INTERVENE = "intervene"
    HOLD = "hold"

    @classmethod
    def of(cls, friction: Friction) -> "Decision":
        if friction is Friction.NONE:
            return cls.PROCEED
        return cls.HOLD if friction is Friction.HOLD else cls.INTERVENE


@dataclass(frozen=True, slots=True)
class Intervention:
    """`suspected` is for analysts and measurement, `shown` chooses the alert, `why` are ids of the pack's sentences."""

    friction: Friction
    suspected: Typology | None
    shown: Typology | None
    why: tuple[str, ...]


NOTHING = Intervention(Friction.NONE, None, None, ())


def intervene(campaign: Campaign, ruling: Ruling, features: Features) -> Intervention:
    """What the hits ask for together, within the campaign's budget and its answer for withdrawals without a screen."""
    friction = max((rule.friction for rule in ruling.hits), default=Friction.NONE)
    kind = Kind(str(features["kind"]))
    if kind is not Kind.INTERACTIVE:
        friction = _without_a_screen(friction, campaign.screenless[kind])
    elif friction is Friction.NOTICE and _noticed_lately(features["days_since_notice"], campaign.budget.notice_every):
        friction = Friction.NONE
    if friction is Friction.NONE:
        return NOTHING
    asking = sorted(ruling.hits, key=lambda rule: -rule.friction)
    return Intervention(friction, suspected(asking), shown(asking), _reasons(asking))


def suspected(asking: Iterable[Rule]) -> Typology:
    """The one typology of the strongest hits; GENERAL where they disagree, or none is named."""
    specific = [rule for rule in asking if rule.typology is not Typology.GENERAL]
    strongest = max((rule.friction for rule in specific), default=Friction.NONE)
    named = {rule.typology for rule in specific if rule.friction is strongest}
    return named.pop() if len(named) == 1 else Typology.GENERAL


def shown(asking: Iterable[Rule]) -> Typology:
    """Only what rests on more than behaviour: her own answers, somebody in the session, intelligence."""
    return suspected(rule for rule in asking if rule.when.features & BEYOND_BEHAVIOUR)


def _reasons(asking: Iterable[Rule]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(rule.why for rule in asking))[:MOST_REASONS]


def _without_a_screen(asked: Friction, answer: Screenless) -> Friction:
    return Friction.HOLD if answer is Screenless.HOLD and asked >= Friction.COOLING_OFF else Friction.NONE


def _noticed_lately(days: FeatureValue, every: int) -> bool:
    return isinstance(days, float) and days * DAY < every
