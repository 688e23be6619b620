"""One campaign version as columns of a query: what each rule says of a row, and what the version asks for.

`domain/intervention.py` decides the same when serving; tests hold the two equal row by row. Only rules that run at
submission can be asked: what she would have answered, nobody recorded of an alert that she was never shown.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from breather.domain.campaign import Campaign, Screenless
from breather.domain.catalogue import CATALOGUE
from breather.domain.feature import Feature, Phase, Unknown
from breather.domain.friction import Friction
from breather.domain.instant import DAY
from breather.domain.rules.duckdb_hits import hit
from breather.domain.rules.duckdb_text import column, condition, stored, stored_column
from breather.domain.ruling import Rule
from breather.domain.withdrawal import Kind

# What `intervene` reads beside the rules.
ALSO_NEEDED = ("kind", "days_since_notice")
# Neither a value nor a class: the feature is younger than the decision.
NOT_RECORDED = "not_recorded"
BITS: Mapping[str, int] = {
    **{unknown.value: 1 << number for number, unknown in enumerate(Unknown)},
    NOT_RECORDED: 1 << len(Unknown),
}
FAILED = BITS[Unknown.FAILED]
# No class at all, or one that stands beside a value: the file is not what it says.
CONTRADICTORY = 1 << len(BITS)


def value_column(feature: str) -> str:
    """Where a history keeps the value; `amount_usd` itself is what was submitted, in millionths."""
    return f"feature_{feature}"


def unknown_column(feature: str) -> str:
    return f"{value_column(feature)}__unknown"


def read(feature: Feature) -> tuple[str, str, str]:
    """The column of the value as rules read it, the same as it is stored, and that of its class as a bit, 0 where it
    is known.
    """
    classes = " ".join(f"WHEN '{unknown.value}' THEN {BITS[unknown.value]}" for unknown in Unknown)
    value, unknown = value_column(feature.name), unknown_column(feature.name)
    bits = (
        f"CASE WHEN {unknown} IS NULL THEN CASE WHEN {value} IS NULL THEN {BITS[NOT_RECORDED]} ELSE 0 END"
        f" WHEN {value} IS NULL THEN CASE {unknown} {classes} ELSE {CONTRADICTORY} END ELSE {CONTRADICTORY} END"
    )
    kept = replace(feature, name=value_column(feature.name))
    return (
        f'{column(kept).rpartition(" AS ")[0]} AS "{feature.name}"',
        f"{stored(kept)} AS {stored_column(feature)}",
        f"{bits} AS {bits_column(feature.name)}",
    )


def bits_column(name: str) -> str:
    return f'"{name}__bits"'


@dataclass(frozen=True, slots=True)
class Version:
    """`prefix` tells the columns of two versions in one query apart: one small letter."""

    campaign: Campaign
    prefix: str

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Those that run at submission, in the campaign's order: column `column(n)` is what the n-th says."""
        return tuple(rule for rule in self.campaign.rules if rule.when.phase is Phase.SUBMIT)

    @property
    def features(self) -> tuple[Feature, ...]:
        """What has to be known of every row, in the order of the catalogue."""
        named = frozenset(ALSO_NEEDED).union(*(rule.when.features for rule in self.rules))
        return tuple(feature for name, feature in CATALOGUE.items() if name in named)

    def column(self, number: int) -> str:
        return f"{self.prefix}{number}"

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.column(number) for number in range(len(self.rules)))

    @property
    def friction(self) -> str:
        return f"{self.prefix}_friction"

    def conditions(self) -> Iterator[str]:
        """What each rule says, over columns as `read` makes them: true, false, or NULL where it is undetermined."""
        return (condition(rule.when.root) for rule in self.rules)

    def hits(self) -> Iterator[str]:
        """Whether each rule hits, over the same columns: true, or anything else."""
        return (hit(rule.when.root) for rule in self.rules)

    def truths(self) -> Iterator[str]:
        """The same as a column a rule."""
        return (f"{text} AS {self.column(number)}" for number, text in enumerate(self.conditions()))

    def contradictions(self) -> Iterator[str]:
        """Of each feature, whether its class is none or stands beside a value."""
        return (f"{bits_column(feature.name)} = {CONTRADICTORY}" for feature in self.features)

    def classes(self) -> Iterator[str]:
        """A column a rule: where it is undetermined, the classes of the unknown that it names, as bits; 0 where only
        an operation had no finite result; NULL where it is determined.
        """
        for number, rule in enumerate(self.rules):
            bits = " | ".join(["0", *(bits_column(name) for name in sorted(rule.when.features))])
            yield f"CASE WHEN {self.column(number)} IS NULL THEN {bits} END AS {self.column(number)}_bits"

    def asked(self) -> str:
        """The highest friction that a hit asks for, as its number."""
        cases = []
        for friction in sorted(Friction, reverse=True):
            asking = [self.column(n) for n, rule in enumerate(self.rules) if rule.friction is friction]
            if asking:
                cases.append(f"WHEN {' OR '.join(asking)} THEN {friction.value}")
        return f"CASE {' '.join(cases)} ELSE 0 END" if cases else "0"

    def settled(self) -> str:
        """What is left of `asked` by the budget of notices and where nobody stands before a screen."""
        asked = self.asked()
        holding = [kind.value for kind, answer in self.campaign.screenless.items() if answer is Screenless.HOLD]
        held = f"kind IN ({', '.join(_text(kind) for kind in holding)})" if holding else "FALSE"
        screenless = (
            f"CASE WHEN {held} AND ({asked}) >= {Friction.COOLING_OFF.value} THEN {Friction.HOLD.value} ELSE 0 END"
        )
        lately = f"days_since_notice * CAST({DAY} AS DOUBLE) < CAST({self.campaign.budget.notice_every} AS DOUBLE)"
        return (
            f"CASE WHEN kind <> {_text(Kind.INTERACTIVE.value)} THEN {screenless}"
            f" WHEN ({asked}) = {Friction.NOTICE.value} AND {lately} THEN 0 ELSE {asked} END"
        )


def _text(word: str) -> str:
    """A member of a closed vocabulary: letters and underscores."""
    return f"'{word}'"
