"""A campaign's golden examples: what its author says must happen, run against what its rules do.

`[ordinary]` gives a value to every feature of an unremarkable withdrawal; each `[[example]]` changes some of them. An
unknown value is written `{ unknown = "no_history" }`. An example may say which rules stay `undetermined`, all of them.
"""

from collections.abc import Mapping

from breather.domain.campaign import Campaign
from breather.domain.catalogue import CATALOGUE, NOT_YET
from breather.domain.feature import Feature, FeatureValue, Phase, Unknown, ValueType
from breather.domain.finding import Finding, nearest
from breather.domain.friction import WORDS
from breather.domain.intervention import intervene
from breather.domain.ruling import rule_on
from breather.exchange.campaign_file import EXAMPLES
from breather.protocol.strict_table import StrictTable, parse_toml


def run_examples(campaign: Campaign, files: Mapping[str, bytes]) -> list[Finding]:
    """A finding for each example that comes out otherwise, and for a file that cannot be read; empty if all hold."""
    findings: list[Finding] = []
    if EXAMPLES not in files:
        return [Finding(EXAMPLES, "missing-file", "is missing: a campaign carries the examples that hold it")]
    table = parse_toml(EXAMPLES, files[EXAMPLES], findings)
    if table is None:
        return findings
    ordinary = _values(table.table("ordinary"))
    missing = [name for name, feature in CATALOGUE.items() if feature.phase is Phase.SUBMIT and name not in ordinary]
    if missing:
        table.note("ordinary", "missing-feature", f"gives no value for {', '.join(missing)}")
    examples = table.tables("example")
    table.close()
    given = [_values(example.table("given")) for example in examples]
    if findings:
        return findings  # what cannot be read cannot be run
    for example, values in zip(examples, given, strict=True):
        _run(campaign, {**NOT_YET, **ordinary, **values}, example)
    covered = {hit for example in examples for hit in example.texts("hits", least=0)}
    for rule in campaign.rules:
        if rule.id not in covered:
            table.note("example", "unproven-rule", f"no example is hit by rule {rule.id}")
    return findings


def _run(campaign: Campaign, features: Mapping[str, FeatureValue], example: StrictTable) -> None:
    name = example.text("name")
    expected, hits = example.word("expect", WORDS), set(example.texts("hits", least=0))
    undetermined = set(example.texts("undetermined", least=0)) if example.has("undetermined") else None
    example.close()
    answered = any(not isinstance(features[feature], Unknown) for feature in NOT_YET)
    ruling = rule_on(campaign.rules, features, Phase.ANSWER if answered else Phase.SUBMIT)
    got = intervene(campaign, ruling, features).friction.word
    found = {rule.id for rule in ruling.hits}
    if got != expected:
        example.note("expect", "other-friction", f"{name!r} expects {expected}, and the rules ask for {got}")
    if found != hits:
        example.note("hits", "other-hits", f"{name!r} expects {_listed(hits)}, and the rules hit {_listed(found)}")
    left_open = set(ruling.undetermined)
    if undetermined is not None and left_open != undetermined:
        message = f"{name!r} expects {_listed(undetermined)} to stay undetermined, and so did {_listed(left_open)}"
        example.note("undetermined", "other-undetermined", message)


def _listed(names: set[str]) -> str:
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
