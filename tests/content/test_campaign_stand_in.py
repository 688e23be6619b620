"""A campaign's `[stand_in]` table: what may be let go where no decision could be made in time."""

import pytest

from breather.domain.amount import MicroUsd
from breather.domain.finding import Refused
from breather.domain.stand_in import StandInLimits
from breather.exchange.campaign_file import CAMPAIGN, read_campaign
from breather.samples import sample_campaign

TERMS = """
[stand_in]
per_withdrawal_usd = 200
per_customer_day_usd = 300
per_hour_usd = 20000
"""


def read(terms: str) -> StandInLimits | None:
    text = (sample_campaign("macau-pj-trial") / CAMPAIGN).read_text("utf-8").partition("\n[stand_in]")
    return read_campaign({CAMPAIGN: (text[0] + "\n" + terms).encode()}).stand_in


def test_nothing_is_let_go_unless_the_campaign_says_how_much() -> None:
    assert read("") is None


def test_its_bounds_are_whole_dollars() -> None:
    assert read(TERMS) == StandInLimits(MicroUsd(200 * 10**6), MicroUsd(300 * 10**6), MicroUsd(20_000 * 10**6))


@pytest.mark.parametrize(
    ("old", "new", "place", "code"),
    [
        ("= 200\n", "= 0\n", "per_withdrawal_usd", "wrong-type"),
        ("= 200\n", '= "200"\n', "per_withdrawal_usd", "wrong-type"),
        ("= 300\n", "= 199\n", "per_customer_day_usd", "bounds-crossed"),
        ("= 20000\n", "= 299\n", "per_hour_usd", "bounds-crossed"),
        ("per_hour_usd", "per_hours_usd", "per_hour_usd", "missing-key"),
        ("per_hour_usd = 20000", "per_hour_usd = 20000\nper_minute_usd = 3", "per_minute_usd", "unknown-key"),
    ],
)
def test_each_mistake_is_named(old: str, new: str, place: str, code: str) -> None:
    assert old in TERMS
    with pytest.raises(Refused) as refused:
        read(TERMS.replace(old, new))
    assert (f"{CAMPAIGN}:stand_in.{place}", code) in [(one.pointer, one.code) for one in refused.value.findings]
