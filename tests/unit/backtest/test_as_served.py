"""What a backtest counts is what serving would have decided on the same recorded features, row by row."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.policy import RULES
from breather.domain.campaign import Campaign, Screenless
from breather.domain.catalogue import CATALOGUE
from breather.domain.feature import Feature, FeatureValue, Phase, Unknown, ValueType
from breather.domain.friction import WORDS
from breather.domain.intervention import intervene
from breather.domain.ruling import rule_on
from breather.domain.withdrawal import Kind
from breather.exchange.backtest import NO_FINITE_RESULT, Question, backtest
from breather.exchange.local_day import local_day
from tests.unit.backtest.written import START, campaign, history, row

Features = dict[str, FeatureValue]


def _value(feature: Feature) -> st.SearchStrategy[FeatureValue]:
    unknown = st.sampled_from([Unknown.NOT_PROVIDED, Unknown.NO_HISTORY, Unknown.FAILED])
    if feature.type is ValueType.BOOLEAN:
        return st.booleans() | unknown
    if feature.type is ValueType.TEXT:
        return st.sampled_from(feature.values) if feature.name == "kind" else st.sampled_from(feature.values) | unknown
    few = st.sampled_from([0.0, 0.5, 0.8, 1.0, 3.0, 6.9, 7.0, 48.0, 500.0, 2000.0, 5000.0, 1e308, -1.0])
    return few | st.floats(0, 10_000) | st.sampled_from([float("inf"), float("nan")]) | unknown


SUBMITTED = [feature for feature in CATALOGUE.values() if feature.phase is Phase.SUBMIT]
ROWS = st.lists(
    st.tuples(
        st.fixed_dictionaries({feature.name: _value(feature) for feature in SUBMITTED}),
        st.integers(0, 40 * 86_400_000),
        st.sampled_from(["c-1", "c-2", "c-3"]),
    ),
    min_size=1,
    max_size=12,
)


def the_bench_rules(seed: int) -> Campaign:
    """Every friction occurs, and one kind of withdrawal without a screen is held."""
    made = campaign({rule: (WORDS[1:][(seed + n) % 4], when) for n, (rule, when) in enumerate(RULES.items())})
    return replace(made, screenless={**made.screenless, Kind.API: Screenless.HOLD})


@settings(max_examples=25, deadline=None)
@given(rows=ROWS, seed=st.integers(0, 3))
def test_hits_frictions_and_the_undetermined_are_those_of_the_compiled_function(
    rows: list[tuple[Features, int, str]], seed: int
) -> None:
    tested = the_bench_rules(seed)
    hits, undetermined = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    frictions, degraded = Counter[str](), 0
    for features, after, _ in rows:
        ruling = rule_on(tested.rules, features, Phase.SUBMIT)
        day = local_day_of(START + after, tested)
        hits.update((day, rule.id) for rule in ruling.hits)
        for rule, unknown in ruling.undetermined.items():
            undetermined.update((rule, each) for each in {str(one) for one in unknown.values()} or {NO_FINITE_RESULT})
        frictions[intervene(tested, ruling, features).friction.word] += 1
        degraded += ruling.degraded
    with TemporaryDirectory() as folder:
        written = [
            row(n, features, at=START + after, customer_ref=customer)
            for n, (features, after, customer) in enumerate(rows)
        ]
        report = backtest(Question(tested, history(Path(folder) / "history.parquet", written)))
    assert {(str(day.day), rule): n for day in report.days for rule, n in day.hits.items()} == hits
    assert {(each.id, by): n for each in report.rules for by, n in (each.undetermined_by or {}).items()} == undetermined
    assert {word: n for word, n in report.friction.items() if n} == frictions
    assert report.cost.degraded == degraded
    assert report.withdrawals == len(rows) == sum(day.withdrawals for day in report.days)


def local_day_of(at: int, tested: Campaign) -> str:
    return str(local_day(at, tested.time_zone))  # type: ignore[arg-type]


def test_a_feature_that_was_not_recorded_is_unknown_in_a_class_of_its_own(tmp_path: Path) -> None:
    older: Mapping[str, object] = {**row(0, {}), "feature_on_call": None, "feature_on_call__unknown": None}
    report = backtest(
        Question(campaign({"call": ("notice", "on_call")}), history(tmp_path / "h.parquet", [older, row(1, {})]))
    )
    assert report.rules[0].undetermined_by == {"not_recorded": 1}


@pytest.mark.parametrize("finite", [[], [0.5], [3.0], [9.0], [1.0, 5.0], [9.0, 9.5]])
def test_what_is_not_finite_is_unknown_whatever_the_files_statistics_say(tmp_path: Path, finite: list[float]) -> None:
    """Statistics leave NaN out, and DuckDB decides comparisons by them: a column of 0.5 and NaN is all 0.5."""
    numbers = [*finite, float("nan"), float("inf"), float("-inf"), float("nan")]
    counted: dict[str, Callable[[float], bool]] = {
        "amount_usd > 2": lambda each: each > 2,
        "amount_usd <= 2": lambda each: each <= 2,
        "NOT amount_usd > 7": lambda each: not each > 7,
        "NOT (amount_usd BETWEEN 1 AND 5)": lambda each: not 1 <= each <= 5,
        "amount_usd NOT IN (3, 4)": lambda each: each not in {3, 4},
        "ratio(1, amount_usd) < 100": lambda each: 1 / each < 100,
    }
    rules = {f"rule-{n}": when for n, when in enumerate(counted)}
    asked = campaign({name: ("notice", when) for name, when in rules.items()})
    for number in (1, 4):
        past = [row(n, {"amount_usd": each}) for n, each in enumerate(numbers[: len(finite) + number])]
        file = history(tmp_path / f"{number}.parquet", past)
        again = tmp_path / f"again-{number}.parquet"
        duckdb.read_parquet(str(file)).write_parquet(str(again))
        for written in (file, again):
            found = backtest(Question(asked, written)).rules
            assert [rule.hits for rule in found] == [sum(map(true, finite)) for true in counted.values()]
            assert [rule.undetermined_by for rule in found] == [{NO_FINITE_RESULT: number}] * len(rules)
