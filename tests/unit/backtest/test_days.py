"""Days of a backtest are the days of serving, wherever the campaign applies."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breather.domain.instant import DAY, HOUR, Millis
from breather.exchange.local_day import leads, local_day

FIRST, LAST = Millis(1_230_940_800_000), Millis(1_893_456_000_000)
ZONES = [
    "Asia/Macau",
    "UTC",
    "Europe/Lisbon",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Kathmandu",
]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(ZONES), st.lists(st.integers(FIRST, LAST), min_size=1, max_size=20))
def test_the_clocks_lead_gives_the_same_day_as_the_calendar(zone: str, instants: list[int]) -> None:
    found = leads(Millis(min(instants)), Millis(max(instants)), zone)
    for at in instants:
        lead = [ahead for start, ahead in found if start <= at][-1]
        assert (at + lead) // DAY == local_day(Millis(at), zone).toordinal() - 719_163


def test_a_zone_without_changes_has_one_lead() -> None:
    assert leads(FIRST, LAST, "Asia/Macau") == [(FIRST, 8 * HOUR)]


def test_a_change_is_found_to_the_millisecond() -> None:
    """Portugal put its clocks forward on 29 March 2026 at 01:00 UTC."""
    (_, winter), (changed, summer) = leads(Millis(1_772_323_200_000), Millis(1_775_001_600_000), "Europe/Lisbon")
    assert (winter, changed, summer) == (0, 1_774_746_000_000, HOUR)


def test_one_instant_is_enough() -> None:
    assert leads(FIRST, FIRST, "UTC") == [(FIRST, 0)]


@pytest.mark.parametrize("zone", ["Asia/Macao-Taipa", "../etc"])
def test_a_zone_that_is_none_is_refused(zone: str) -> None:
    with pytest.raises((KeyError, ValueError)):
        leads(FIRST, LAST, zone)
