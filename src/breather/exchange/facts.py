"""Step 3: what is known of a withdrawal when it is submitted, as features and for people.

A decision asks for it before its rules. A stand-in asked no rule, and is told it when the database has it: history and
the rules at her answers need it all the same.
"""

from dataclasses import dataclass

from breather.domain.feature import FeatureValue
from breather.domain.instant import Millis
from breather.domain.profile import Profiles, fold
from breather.domain.withdrawal import Withdrawal
from breather.exchange.record import Resembled
from breather.exchange.snapshot import Snapshot
from breather.intelligence.likeness import Likeness, likeness_of
from breather.intelligence.said_of import Said, said_of


@dataclass(frozen=True, slots=True)
class Facts:
    """`features` are those of phase submit; `folded` are the profiles after this was asked for."""

    features: dict[str, FeatureValue]
    folded: Profiles
    likeness: Likeness
    said: Said

    @property
    def resembles(self) -> Resembled | None:
        found = self.likeness
        return Resembled(found.network, found.known, found.marked) if found.known else None


def facts_of(snapshot: Snapshot, asked: Withdrawal, profiles: Profiles, confirmed: bool, now: Millis) -> Facts:
    """`profiles` as they were before; `confirmed`: an agency says that the destination is a scam."""
    features, folded = fold(profiles, asked, now)
    features["destination_confirmed"] = confirmed
    likeness = likeness_of(profiles, asked.destination)
    features["destination_resembles"] = likeness.value
    said = said_of(snapshot.intelligence, asked.destination, now)
    features.update(said.features)
    return Facts(features, folded, likeness, said)
