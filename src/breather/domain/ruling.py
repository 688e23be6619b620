"""Step 4, rules: which were hits, which misses, and which could not be decided. All are kept."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from breather.domain.feature import Features, Phase, Unknown
from breather.domain.friction import Friction
from breather.domain.rules import Decider, Expression, Undetermined, make_decider
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


class Rulebook:
    """The rules of one campaign version in its order, compiled once to one function a phase."""

    __slots__ = ("_deciders", "_rules")

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = tuple(rules)
        self._deciders: Mapping[Phase, Decider[Rule]] = {phase: self._decider(phase) for phase in Phase}

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules)

    def __len__(self) -> int:
        return len(self._rules)

    def __getitem__(self, index: int) -> Rule:
        return self._rules[index]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rulebook) and self._rules == other._rules

    def __hash__(self) -> int:
        return hash(self._rules)

    def decide(self, features: Features, phase: Phase) -> tuple[list[Rule], list[Rule], Undetermined[Rule]]:
        """Hits, misses and undetermined among the rules that can run by `phase`."""
        return self._deciders[phase](features)

    def _decider(self, phase: Phase) -> Decider[Rule]:
        running = [rule for rule in self._rules if rule.when.phase <= phase]
        return make_decider(running, [rule.when for rule in running])


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


def rule_on(rules: Rulebook, features: Features, phase: Phase) -> Ruling:
    """Every rule that can run by `phase`, decided on `features`. Raises KeyError for one that was not computed."""
    hits, misses, undetermined = rules.decide(features, phase)
    return Ruling(tuple(hits), tuple(misses), {rule.id: unknown for rule, unknown in undetermined})
