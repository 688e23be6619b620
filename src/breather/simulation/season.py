"""When things happen: hours of the day, days of the week, and the students' September.

Weights are whole numbers and our own inference. A clock change in summer is ignored: it moves a night by an hour.
"""

from datetime import date, timedelta

import numpy as np

from breather.simulation.dice import Dice, Ints
from breather.simulation.parameters import Parameters

SECONDS_OF_DAY = 86_400
SECONDS_OF_HOUR = 3_600
SEPTEMBER = 9

# By hour where the customers live, from midnight on: people sleep.
BY_DAY = (3, 2, 1, 1, 1, 1, 2, 4, 6, 8, 9, 9, 9, 8, 8, 8, 8, 8, 9, 10, 11, 11, 9, 6)
# Callers who pose as police like the hours when nobody else can be asked (facts: fake-police, "night").
BY_NIGHT = (10, 9, 7, 4, 2, 1, 1, 2, 4, 5, 5, 5, 4, 4, 4, 4, 4, 4, 5, 6, 8, 9, 11, 11)
# From Monday on.
_BY_WEEKDAY = (100, 100, 100, 100, 115, 95, 85)
_ORDINARY = 1_000


def days_of(parameters: Parameters) -> list[date]:
    begins = date.fromisoformat(parameters.begins)
    return [begins + timedelta(days=number) for number in range(parameters.days)]


def ordinary(parameters: Parameters) -> Ints:
    """A weight for each day of the simulated time."""
    return np.array([_BY_WEEKDAY[day.weekday()] for day in days_of(parameters)], np.int64)


def for_students(parameters: Parameters) -> Ints:
    """The same, with the students' September."""
    factors = [parameters.student_september if day.month == SEPTEMBER else _ORDINARY for day in days_of(parameters)]
    weights: Ints = ordinary(parameters) * np.array(factors, np.int64)
    # A simulated September in which nothing may happen would leave nothing to choose from.
    return weights if weights.any() else np.ones(len(weights), np.int64)


def moments(dice: Dice, days: Ints, hours: tuple[int, ...] = BY_DAY) -> Ints:
    """Seconds since the beginning, one in each of the given days."""
    hour = dice.weighted(hours, len(days))
    moment: Ints = days * SECONDS_OF_DAY + hour * SECONDS_OF_HOUR + dice.below(SECONDS_OF_HOUR, len(days))
    return moment
