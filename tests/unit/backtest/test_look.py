"""The report as people see it: numbers that mean what they say, plots without gaps, tables of 80 columns."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from breather.backtesting import plot
from breather.backtesting.number import percent, rate
from breather.backtesting.page import page
from breather.backtesting.table import show
from breather.backtesting.wording import costs, every_day, span
from breather.exchange.backtest import Question, backtest
from breather.exchange.backtest_report import Report
from breather.measurement.proportion import proportion
from tests.unit.backtest.written import HOUR, START, campaign, history, row

DAY = 24 * HOUR
LONG = "a-rule-whose-name-is-as-long-as-any-campaign-may-ever-give-to-it"
RULES = {
    LONG: ("cooling_off", "amount_usd >= 1000"),
    "call": ("questions", "on_call"),
    "asked": ("hold", "answer_paid_tasks"),
}
PAST = [
    row(0, {"amount_usd": 2000.0}, at=START, id="w" * 64),
    row(1, {"amount_usd": 2000.0, "on_call": True}, at=START + 3 * DAY),
    row(2, {}, at=START + 3 * DAY),
]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    folder = tmp_path_factory.mktemp("look")
    labels = folder / "labels.csv"
    labels.write_text("withdrawal,scam\nwd-1,true\nwd-2,false\n", "utf-8")
    milder = campaign({"call": ("questions", "on_call"), "gone": ("notice", "TRUE")})
    return backtest(Question(campaign(RULES), history(folder / "past.parquet", PAST), milder, labels))


def shown(report: Report) -> str:
    console = Console(width=80)
    with console.capture() as printed:
        show(report, console)
    return printed.get()


@pytest.mark.parametrize(
    ("count", "of", "said"),
    [
        (0, 10, "0.0 %"),
        (1, 100_000, "< 0.1 %"),
        (1, 2000, "0.1 %"),
        (1, 3, "33.3 %"),
        (99_999, 100_000, "> 99.9 %"),
        (7, 7, "100.0 %"),
    ],
)
def test_a_share_is_nothing_or_all_only_where_it_is(count: int, of: int, said: str) -> None:
    assert percent(count, of) == said


def test_so_many_in_a_thousand() -> None:
    assert [rate(0.0), rate(0.01), rate(60.04), rate(1240.2)] == ["0.0", "< 0.1", "60.0", "1,240.2"]


def test_the_tables_fit_80_columns_and_cut_nothing(report: Report) -> None:
    text = shown(report)
    assert max(map(len, text.splitlines())) <= 80
    assert "…" not in text
    together = re.sub(r"[\s]", "", text)
    for words in (
        "a-rule-whose-name-is-as-long",
        "give-to-it",
        "againstmacau-pj-trial@1",
        "asked(answer)",
        "nosuchrule",
    ):
        assert words in together, words


def test_days_without_a_withdrawal_are_days(report: Report) -> None:
    assert [day.withdrawals for day in every_day(report)] == [1, 0, 0, 2]
    assert span(report) == "2026-01-01 to 2026-01-04, 4 days"


def test_what_the_campaign_did_not_expect_stands_out(report: Report) -> None:
    assert costs(report)[0].bad
    expected = replace(report.cost, expected_per_thousand_withdrawals=1000)
    assert not costs(replace(report, cost=expected))[0].bad


def test_the_page_says_what_the_report_holds(report: Report) -> None:
    text = page(report)
    for words in (
        LONG,
        "w" * 64,
        "666.7",
        "against macau-pj-trial@1",
        "not counted here: gone",
        "asked (answer)",
        "1 of 1",
    ):
        assert words in text, words
    assert "<code>days_since_notice</code>" in text


def test_a_page_of_a_past_in_which_nothing_is_shown(tmp_path: Path) -> None:
    quiet = backtest(Question(campaign({"call": ("hold", "on_call")}), history(tmp_path / "past.parquet", PAST[2:])))
    text = page(quiet)
    assert "Nothing, on any day." in text
    assert "Precision" not in text
    assert "What changes" not in text


def test_columns_stand_on_each_other() -> None:
    columns = plot.stacked({"notice": [1, 0, 3], "hold": [1, 0, 1]}, "a label <&>")
    assert (columns.top, columns.each) == (4, "day")
    assert re.findall(r'class="(\w+)" d="([^"]*)"', columns.svg) == [
        ("notice", "M0 100V75h1V100zM2 100V25h1V100z"),
        ("hold", "M0 75V50h1V75zM2 25V0h1V25z"),
    ]
    assert "a label &lt;&amp;&gt;" in columns.svg


def test_years_are_drawn_by_the_week() -> None:
    columns = plot.stacked({"notice": [1] * 1000}, "years")
    assert (columns.each, columns.top, 'viewBox="0 0 143 100"' in columns.svg) == ("week", 8, True)


@pytest.mark.parametrize(("most", "top"), [(0, 2), (1, 2), (3, 4), (9, 10), (11, 20), (188, 200), (999, 1000)])
def test_an_axis_ends_where_it_is_easily_read(most: int, top: int) -> None:
    assert plot.axis_top(most) == top


def test_an_interval_is_drawn_where_it_is() -> None:
    text = plot.interval(proportion(5, 10), "precision")
    assert '<rect class="range" x="23.66" width="52.68"' in text
    assert '<rect class="found" x="49.50" width="1"' in text
    assert "found" not in plot.interval(proportion(0, 0), "precision")
