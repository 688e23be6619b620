"""docs/rules.md against the language that it describes: what it shows can be written, what it denies cannot."""

import re
import tomllib
from pathlib import Path

import pytest

from breather.domain.catalogue import CATALOGUE
from breather.domain.feature import Unknown
from breather.domain.friction import WORDS, Friction
from breather.domain.rules import read_expression
from breather.domain.rules.error import BadExpression
from breather.domain.typology import Typology

TEXT = (Path(__file__).parents[2] / "docs" / "rules.md").read_text("utf-8")
TOML = [tomllib.loads(block) for block in re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)]
OPERATORS = TEXT[TEXT.index("| you write |") : TEXT.index("A text has at most")]
# A condition is written whole; what is only a part of one is completed here.
WRITTEN = [
    *(rule["when"] for found in TOML for rule in found.get("rule", ())),
    *re.findall(r"`([a-z]\w* (?:BETWEEN|IN|IS)\b[^`]*|new_device|NOT new_device)`", OPERATORS),
    *(f"{part} > 0" for part in re.findall(r"`(amount_usd \+ 100|ratio\([^`]*)`", OPERATORS)),
    *re.findall(r"`(days_since_notice[^`]*)`", TEXT),
]


def test_it_shows_rules_and_operators() -> None:
    assert len(WRITTEN) >= 9


@pytest.mark.parametrize("condition", WRITTEN)
def test_what_it_shows_can_be_written(condition: str) -> None:
    read_expression(condition, CATALOGUE)


@pytest.mark.parametrize(
    "condition",
    [
        "asset < 'USDT'",
        "amount_usd / 2 > 1",
        "lower(asset) = 'usdt'",
        "asset LIKE 'U%'",
        "amount_usd > (SELECT 1)",
        "age > 60",
        "nationality = 'MO'",
        f"amount_usd > {'1' * 2_000}",
        " OR ".join(["new_device"] * 101),
        "(" * 21 + "new_device" + ")" * 21,
    ],
    ids=["order of texts", "slash", "function", "pattern", "subquery", "age", "nationality", "long", "tokens", "deep"],
)
def test_what_it_denies_cannot_be_written(condition: str) -> None:
    with pytest.raises(BadExpression):
        read_expression(condition, CATALOGUE)


def test_it_names_every_friction_and_every_class_of_unknown() -> None:
    assert all(f"`{unknown}`" in TEXT for unknown in Unknown)
    assert all(word in TEXT for word in WORDS if word != Friction.NONE.word)


def test_its_rule_and_its_example_fit_each_other() -> None:
    (rule,) = next(found["rule"] for found in TOML if "rule" in found)
    (example,) = next(found["example"] for found in TOML if "example" in found)
    assert rule["typology"] in set(Typology)
    assert example["hits"] == [rule["id"]]
    assert example["expect"] == rule["friction"]
    assert read_expression(rule["when"], CATALOGUE).features >= example["given"].keys()
