"""A campaign's golden examples: what its author says must happen, run against what its rules do.

`[ordinary]` gives a value to every feature of an unremarkable withdrawal; each `[[example]]` changes some of them. An
unknown value is written `{ unknown = "no_history" }`. An example may say which rules stay `undetermined`, all of them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from breather.domain.campaign import Campaign
from breather.domain.catalogue import CATALOGUE, NOT_YET
from breather.domain.feature import Feature, FeatureValue, Phase, Unknown, ValueType
from breather.domain.finding import Finding, nearest
from breather.domain.friction import WORDS
from breather.domain.intervention import intervene
from breather.domain.rules import range_of, range_words
from breather.domain.ruling import rule_on
from breather.exchange.campaign_file import EXAMPLES
from breather.protocol.strict_table import StrictTable, parse_toml


@dataclass(frozen=True, slots=True)
class Example:
    """One `[[example]]` as it stands in its file. `undetermined` is None where it does not say."""

    table: StrictTable
    name: str
    given: Mapping[str, FeatureValue]
    expected: str
    hits: frozenset[str]
    undetermined: frozenset[str] | None


def run_examples(campaign: Campaign, files: Mapping[str, bytes]) -> list[Finding]:
    """A finding for each example that comes out otherwise, and for a file that cannot be read; empty if all hold."""
    findings: list[Finding] = []
    ordinary, examples = _read(files, campaign, findings)
    if not findings:  # what cannot be read cannot be run
        for example in examples:
            _run(campaign, {**NOT_YET, **ordinary, **example.given}, example)
    return findings + _unproven(campaign, examples)


def check_examples(files: Mapping[str, bytes], campaign: Campaign | None) -> list[Finding]:
    """What is wrong with them whatever the rules say: of a campaign only the ids of its rules are looked at."""
    findings: list[Finding] = []
    _, examples = _read(files, campaign, findings)
    return findings + (_unproven(campaign, examples) if campaign else [])


def warnings_of_examples(files: Mapping[str, bytes]) -> list[Finding]:
    """Values that a feature never has, in examples that can be read."""
    table = parse_toml(EXAMPLES, files.get(EXAMPLES, b""), [])
    if table is None or not table.has("example"):
        return []
    places = [table.table("ordinary"), *(example.table("given") for example in table.tables("example"))]
    return [
        Finding(place.pointer(name), "out-of-range", f"{name} is never {value:.12g}; it is {range_words(feature)}")
        for place in places
        for name, value in _values(place).items()
        if isinstance(value, float) and not _possible(feature := CATALOGUE[name], value)
    ]


def _possible(feature: Feature, value: float) -> bool:
    low, high = range_of(feature)
    return low <= value <= high


def _read(
    files: Mapping[str, bytes], campaign: Campaign | None, findings: list[Finding]
) -> tuple[Mapping[str, FeatureValue], list[Example]]:
    if EXAMPLES not in files:
        findings.append(Finding(EXAMPLES, "missing-file", "is missing: a campaign carries the examples that hold it"))
        return {}, []
    table = parse_toml(EXAMPLES, files[EXAMPLES], findings)
    if table is None:
        return {}, []
    ordinary = _values(table.table("ordinary"))
    missing = [name for name, feature in CATALOGUE.items() if feature.phase is Phase.SUBMIT and name not in ordinary]
    if missing:
        table.note("ordinary", "missing-feature", f"gives no value for {', '.join(missing)}")
    rules = None if campaign is None else {rule.id for rule in campaign.rules}
    examples = [_example(entry, rules) for entry in table.tables("example")]
    table.close()
    return ordinary, examples


def _example(table: StrictTable, rules: Collection[str] | None) -> Example:
    example = Example(
        table=table,
        name=table.text("name"),
        given=_values(table.table("given")),
        expected=table.word("expect", WORDS),
        hits=frozenset(table.texts("hits", least=0)),
        undetermined=frozenset(table.texts("undetermined", least=0)) if table.has("undetermined") else None,
    )
    for key, named in (("hits", example.hits), ("undetermined", example.undetermined or frozenset())):
        for rule in sorted(named - set(rules)) if rules is not None else ():
            table.note(key, "unknown-rule", f"{rule[:64]!r} is no rule of the campaign", nearest(rule, rules or ()))
    table.close()
    return example


def _unproven(campaign: Campaign, examples: Sequence[Example]) -> list[Finding]:
    """Rules that no example names. Without examples there is nothing to say of each."""
    covered = {hit for example in examples for hit in example.hits}
    message = "is named by no example: the `hits` of at least one must list it"
    return [
        Finding(f"{EXAMPLES}:example", "unproven-rule", f"rule {rule.id} {message}")
        for rule in campaign.rules
        if examples and rule.id and rule.id not in covered
    ]


def _run(campaign: Campaign, features: Mapping[str, FeatureValue], example: Example) -> None:
    name, table = example.name, example.table
    answered = any(not isinstance(features[feature], Unknown) for feature in NOT_YET)
    ruling = rule_on(campaign.rules, features, Phase.ANSWER if answered else Phase.SUBMIT)
    got = intervene(campaign, ruling, features).friction.word
    found = {rule.id for rule in ruling.hits}
    if got != example.expected:
        table.note("expect", "other-friction", f"{name!r} expects {example.expected}, and the rules ask for {got}")
    if found != example.hits:
        message = f"{name!r} expects {_listed(example.hits)}, and the rules hit {_listed(found)}"
        table.note("hits", "other-hits", message)
    left_open = set(ruling.undetermined)
    if example.undetermined is not None and left_open != example.undetermined:
        message = f"{name!r} expects {_listed(example.undetermined)} to stay undetermined, and so did "
        table.note("undetermined", "other-undetermined", message + _listed(left_open))


def _listed(names: Collection[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"


def _values(table: StrictTable) -> dict[str, FeatureValue]:
    values: dict[str, FeatureValue] = {}
    for name in table.names():
        feature = CATALOGUE.get(name)
        if feature is None:
            table.note(name, "unknown-feature", "is not a feature", nearest(name, CATALOGUE))
            table.skip(name)
        else:
            values[name] = _value(table, feature)
    table.close()
    return values


def _value(table: StrictTable, feature: Feature) -> FeatureValue:
    if table.is_table(feature.name):
        inner = table.table(feature.name)
        word = inner.word("unknown", [unknown.value for unknown in Unknown])
        inner.close()
        return Unknown(word) if word else Unknown.NOT_PROVIDED
    if feature.type is ValueType.NUMBER:
        return table.number(feature.name)
    if feature.type is ValueType.BOOLEAN:
        return table.boolean(feature.name)
    return table.word(feature.name, feature.values)
