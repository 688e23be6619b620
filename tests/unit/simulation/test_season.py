"""When things happen."""

from datetime import date

import numpy as np
import pytest

from breather.simulation import season
from breather.simulation.dice import Dice
from breather.simulation.parameters import Parameters

YEAR = Parameters(begins="2025-07-01", days=365, student_september=4_000)


def test_days_are_those_of_the_calendar() -> None:
    days = season.days_of(YEAR)
    assert (days[0], days[-1], len(days)) == (date(2025, 7, 1), date(2026, 6, 30), 365)


def test_students_september_weighs_what_the_parameter_says() -> None:
    weights, plain = season.for_students(YEAR), season.ordinary(YEAR)
    in_september = np.array([day.month == season.SEPTEMBER for day in season.days_of(YEAR)])
    assert int(in_september.sum()) == 30
    assert (weights[in_september] == 4_000 * plain[in_september]).all()
    assert (weights[~in_september] == 1_000 * plain[~in_september]).all()


def test_fewer_withdraw_on_sundays_than_on_fridays() -> None:
    by_day = dict(zip(season.days_of(YEAR), season.ordinary(YEAR).tolist(), strict=True))
    assert by_day[date(2025, 7, 6)] < by_day[date(2025, 7, 4)]


def test_a_september_without_students_leaves_days_to_choose_from() -> None:
    weights = season.for_students(Parameters(begins="2025-09-01", days=30, student_september=0))
    assert weights.sum() > 0


@pytest.mark.parametrize("hours", [season.BY_DAY, season.BY_NIGHT])
def test_moments_lie_in_their_day(hours: tuple[int, ...]) -> None:
    days = np.arange(2_000, dtype=np.int64)
    assert (season.moments(Dice(1), days, hours) // season.SECONDS_OF_DAY == days).all()


def test_people_sleep_and_callers_do_not() -> None:
    days = np.zeros(5_000, np.int64)
    by_day, by_night = (
        season.moments(Dice(1), days, hours) // season.SECONDS_OF_HOUR for hours in (season.BY_DAY, season.BY_NIGHT)
    )
    assert (by_day < 5).mean() < 0.1
    assert (by_night < 5).mean() > 0.2
