"""What an expression tells about itself, and how a program that misuses it is told so."""

import pickle
from types import MappingProxyType

import pytest

from breather.domain.catalogue import CATALOGUE
from breather.domain.feature import FeatureValue, Phase, Unknown
from breather.domain.rules import Truth, can_hit, read_expression
from tests.scenarios.rules.features import FEATURES
from tests.unit.rules.decided import decided


@pytest.mark.parametrize(
    ("text", "features", "phase"),
    [
        ("TRUE", set(), Phase.SUBMIT),
        ("amount_usd > 5 AND network = 'tron'", {"amount_usd", "network"}, Phase.SUBMIT),
        ("said_stranger OR amount_usd > 5", {"amount_usd", "said_stranger"}, Phase.ANSWER),
        (
            "NOT (said_stranger AND destination_confirmed)",
            {"said_stranger", "destination_confirmed"},
            Phase.CONFIRM,
        ),
        (
            "ratio(-amount_usd, 1 + days_since_notice) IS NULL",
            {"amount_usd", "days_since_notice"},
            Phase.SUBMIT,
        ),
        ("amount_over_median BETWEEN amount_usd AND 9", {"amount_over_median", "amount_usd"}, Phase.SUBMIT),
        ("source_label IN ('amount_usd', 'said_stranger')", {"source_label"}, Phase.SUBMIT),
    ],
)
def test_an_expression_runs_from_the_latest_phase_that_it_names(text: str, features: set[str], phase: Phase) -> None:
    expression = read_expression(text, FEATURES)
    assert expression.text == text
    assert expression.features == features
    assert expression.phase is phase


def test_the_rule_of_the_design_compiles_over_the_real_catalogue() -> None:
    text = "destination_is_new AND amount_usd >= 1000 AND (amount_over_median IS NULL OR amount_over_median > 3)"
    expression = read_expression(text, CATALOGUE)
    newcomer: dict[str, FeatureValue] = {
        "destination_is_new": True,
        "amount_usd": 5_000,
        "amount_over_median": Unknown.NO_HISTORY,
    }
    assert decided(expression, newcomer) is Truth.HIT
    assert decided(expression, newcomer | {"amount_over_median": 2.9}) is Truth.MISS
    assert decided(expression, newcomer | {"amount_usd": Unknown.NOT_PROVIDED}) is Truth.UNDETERMINED


@pytest.mark.parametrize("text", ["amount_usd > 5", "screen_shared", "network = 'tron'", "amount_usd IS NULL"])
def test_a_value_that_is_absent_is_a_mistake_and_not_an_unknown(text: str) -> None:
    with pytest.raises(KeyError):
        decided(read_expression(text, FEATURES), {})


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("amount_usd > 0", "amount_usd", True),
        ("amount_usd > 0", "amount_usd", "5"),
        ("screen_shared", "screen_shared", 1),
        ("screen_shared", "screen_shared", "true"),
        ("screen_shared", "screen_shared", None),
        ("network = 'tron'", "network", 5),
        ("network IS NULL", "network", None),
    ],
)
def test_a_value_of_another_type_is_refused_and_never_coerced(text: str, name: str, value: FeatureValue) -> None:
    with pytest.raises(TypeError, match=name):
        decided(read_expression(text, FEATURES), {name: value})


def test_any_mapping_of_values_will_do() -> None:
    values = MappingProxyType({"amount_usd": 6.0})
    assert decided(read_expression("amount_usd > 5", FEATURES), values) is Truth.HIT


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("days_since_notice >= 7", False),
        ("days_since_notice IS NULL OR days_since_notice >= 7", True),
        ("days_since_notice IS NULL", True),
        ("days_since_notice IS NOT NULL", False),
        ("NOT days_since_notice IS NOT NULL", True),
        ("days_since_notice + 1 IS NULL", True),
        ("-days_since_notice IS NOT NULL AND TRUE", False),
        ("NOT (days_since_notice > 7)", False),
        ("amount_usd > 5 AND days_since_notice > 7", False),
        ("NOT (days_since_notice > 7 AND TRUE)", False),
        ("NOT (days_since_notice > 7 AND FALSE)", True),
        ("1e308 * 10 IS NULL", True),
        ("amount_usd > 5 OR days_since_notice > 7", True),
        ("amount_usd > days_since_notice", False),
        ("ratio(amount_usd, days_since_notice) > 1", False),
        ("amount_usd * 2 > 1", True),
        ("days_since_notice IN (1, 2)", False),
        ("days_since_notice NOT IN (1, 2)", False),
        ("amount_usd BETWEEN 1 AND days_since_notice", False),
        ("NOT (amount_usd BETWEEN 1 AND days_since_notice)", True),
        ("said_stranger", False),
        ("NOT said_stranger", False),
        ("said_stranger = FALSE", False),
        ("TRUE = screen_shared", True),
        ("FALSE", False),
        ("FALSE = TRUE", False),
        ("FALSE <> TRUE", True),
        ("(days_since_notice IS NULL) = TRUE", True),
        ("FALSE <> (days_since_notice IS NOT NULL)", False),
        ("screen_shared IS NULL AND network = 'tron'", True),
        ("source_label <> 'x'", False),
        ("network = source_label", False),
        ("source_label IS NULL AND network IS NOT NULL", True),
    ],
)
def test_a_rule_that_no_newcomer_can_hit_is_found(text: str, hits: bool) -> None:
    newcomer = frozenset({"days_since_notice", "said_stranger", "source_label"})
    assert can_hit(read_expression(text, FEATURES), newcomer) is hits


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("-amount_usd * 2 > 1", "((-amount_usd) * 2) > 1"),
        ("1 - 2 - 3 > 1", "((1 - 2) - 3) > 1"),
        ("1 + 2 * 3 > 1", "1 + (2 * 3) > 1"),
        ("NOT screen_shared AND said_stranger", "(NOT screen_shared) AND said_stranger"),
        ("NOT screen_shared = TRUE", "NOT (screen_shared = TRUE)"),
        ("TRUE OR FALSE AND TRUE", "TRUE OR (FALSE AND TRUE)"),
        ("amount_usd BETWEEN 1 AND 2 AND TRUE", "(amount_usd BETWEEN 1 AND 2) AND TRUE"),
    ],
)
def test_operators_bind_as_in_sql(text: str, same: str) -> None:
    assert read_expression(text, FEATURES).root == read_expression(same, FEATURES).root


def test_the_numbers_of_the_truths_are_those_that_are_stored() -> None:
    assert [(truth.name, truth.value) for truth in Truth] == [("MISS", 0), ("HIT", 1), ("UNDETERMINED", 2)]
    assert pickle.loads(pickle.dumps(Truth.HIT)) is Truth.HIT
