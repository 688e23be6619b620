"""Step 4, rules: which were hits, which misses, and which could not be decided. All are kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from breather.domain.feature import Features, Phase, Unknown
from breather.domain.friction import Friction
from breather.domain.rules import Expression, Truth
from breather.domain.typology import Typology


@dataclass(frozen=True, slots=True)
class Rule:
    """`why` is a sentence of the pack, for the customer; `because` is for analysts and never shown."""

    id: str
    when: Expression
    friction: Friction
    typology: Typology
    why: str
    because: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """`undetermined` gives, by rule, the unknown features it names and the class of each."""

    hits: tuple[Rule, ...]
    misses: tuple[Rule, ...]
    undetermined: Mapping[str, Mapping[str, Unknown]]

    @property
    def degraded(self) -> bool:
        """A rule is undetermined because an input failed: not the same as a rule that was true or false."""
        return any(Unknown.FAILED in unknown.values() for unknown in self.undetermined.values())


def rule_on(rules: Iterable[Rule], features: Features, phase: Phase) -> Ruling:
    """Every rule that can run by `phase`, decided on `features`. Raises KeyError for one that was not computed."""
    hits: list[Rule] = []
    misses: list[Rule] = []
    undetermined: dict[str, Mapping[str, Unknown]] = {}
    for rule in rules:
        if rule.when.phase > phase:
            continue
        truth = rule.when.evaluate(features)
        if truth is Truth.HIT:
            hits.append(rule)
        elif truth is Truth.MISS:
            misses.append(rule)
        else:
            undetermined[rule.id] = _unknown(rule.when.features, features)
    return Ruling(tuple(hits), tuple(misses), undetermined)


def _unknown(names: Iterable[str], features: Features) -> dict[str, Unknown]:
    return {name: value for name in sorted(names) if isinstance(value := features[name], Unknown)}
