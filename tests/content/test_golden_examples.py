"""Every rule of a sample campaign is shown by examples: hit, missed, and undetermined wherever it can be."""

import tomllib
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from breather.domain.campaign import Campaign
from breather.domain.catalogue import CATALOGUE, NOT_YET
from breather.domain.feature import FeatureValue, Phase, Unknown
from breather.domain.rules import Truth, tree
from breather.domain.ruling import Rule, rule_on
from breather.exchange.campaign_examples import run_examples
from breather.exchange.campaign_file import CAMPAIGN, EXAMPLES, read_campaign
from breather.samples import sample_campaign, sample_names
from tests.unit.rules.interpreter import interpret

Features = Mapping[str, FeatureValue]
NAMES = sample_names("campaigns")


def sample(name: str) -> tuple[Campaign, list[dict[str, Any]], Features]:
    files = {path.name: path.read_bytes() for path in Path(sample_campaign(name)).iterdir()}
    table = tomllib.loads(files[EXAMPLES].decode())
    assert not run_examples(read_campaign(files), files)
    return read_campaign({CAMPAIGN: files[CAMPAIGN]}), table["example"], values_of(table["ordinary"])


def values_of(given: Mapping[str, Any]) -> dict[str, FeatureValue]:
    return {name: Unknown(value["unknown"]) if isinstance(value, dict) else value for name, value in given.items()}


def shown(campaign: Campaign, examples: list[dict[str, Any]], ordinary: Features) -> dict[str, set[Truth]]:
    """By rule, the answers of all examples. One that stays undetermined counts only where its example says so."""
    answers: dict[str, set[Truth]] = {rule.id: set() for rule in campaign.rules}
    for example in examples:
        features = {**NOT_YET, **ordinary, **values_of(example["given"])}
        phase = max((CATALOGUE[name].phase for name in example["given"]), default=Phase.SUBMIT)
        ruling = rule_on(campaign.rules, features, phase)
        for truth, rules in ((Truth.HIT, example["hits"]), (Truth.MISS, [rule.id for rule in ruling.misses])):
            for rule_id in rules:
                answers[rule_id].add(truth)
        for rule_id in set(example.get("undetermined", ())) & ruling.undetermined.keys():
            answers[rule_id].add(Truth.UNDETERMINED)
    return answers


def possible(rule: Rule) -> set[Truth]:
    """What the rule says over every choice of what is unknown, and values beside each of its constants."""
    uses = tree.features_in(rule.when.root)
    constants = [part.value for part in tree.parts_of(rule.when.root) if isinstance(part, tree.NumberLiteral)]
    numbers = sorted({0.0, *(edge for value in constants for edge in (value - 1, value, value + 1))})
    may_miss = [feature.name for feature in uses if feature.unknown_when != "never"]
    found: set[Truth] = set()
    for count in range(len(may_miss) + 1):
        for unknown in combinations(may_miss, count):
            absent = dict.fromkeys(unknown, Unknown.NOT_PROVIDED)
            for number in numbers:
                for flag in (False, True):
                    row: dict[str, FeatureValue] = {}
                    for feature in uses:
                        row[feature.name] = {"number": number, "boolean": flag}.get(feature.type.value, "none")
                    found.add(interpret(rule.when.root, {**row, **absent}))
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_has_a_hit_a_miss_and_where_it_can_happen_an_undetermined(name: str) -> None:
    campaign, examples, ordinary = sample(name)
    answers = shown(campaign, examples, ordinary)
    lacking = {
        rule.id: sorted(truth.name for truth in {Truth.HIT, Truth.MISS, *possible(rule)} - answers[rule.id])
        for rule in campaign.rules
    }
    assert not {rule_id: truths for rule_id, truths in lacking.items() if truths}


@pytest.mark.parametrize("name", NAMES)
def test_an_example_that_is_taken_away_is_missed(name: str) -> None:
    """Without those that leave something open, somebody would have to notice."""
    campaign, examples, ordinary = sample(name)
    answers = shown(campaign, [example for example in examples if "undetermined" not in example], ordinary)
    assert all(Truth.UNDETERMINED not in found for found in answers.values())


def test_what_no_feature_can_leave_open_needs_no_example() -> None:
    campaign, _, _ = sample("macau-pj-trial")
    assert Truth.UNDETERMINED not in possible(campaign.rule("first-in-seven-days"))
    assert Truth.UNDETERMINED not in possible(campaign.rule("stopped-before-to-here"))
    assert Truth.UNDETERMINED in possible(campaign.rule("first-large-to-new-address"))
