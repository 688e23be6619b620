"""The customers are as many, as mixed and as well known to their exchanges as the parameters say."""

from dataclasses import replace

import numpy as np

from breather.simulation.dice import Dice
from breather.simulation.parameters import Parameters
from breather.simulation.population import UNKNOWN, accounts_of, people_of
from breather.simulation.season import SECONDS_OF_DAY
from tests.unit.simulation.made import near

COUNT = 40_000
PARAMETERS = Parameters(customers=COUNT, exchanges=3)
PEOPLE = people_of(PARAMETERS, Dice(1))
ACCOUNTS = accounts_of(PARAMETERS, Dice(1))


def test_students_and_residents_have_their_shares() -> None:
    students = float(PEOPLE.student.mean())
    assert near(students, 0.12, COUNT)
    # A student lives here, whatever her papers say.
    assert near(float((PEOPLE.home == 0).mean()), 0.12 + 0.88 * 0.93, COUNT)
    assert (PEOPLE.home[PEOPLE.student] == 0).all()


def test_half_of_them_have_more_than_the_median_balance() -> None:
    assert near(float((PEOPLE.wealth >= 150_000).mean()), 0.5, COUNT)


def test_what_is_unknown_is_unknown_as_often_as_it_says() -> None:
    for column in (PEOPLE.kyc, PEOPLE.phone, PEOPLE.locale):
        assert near(float((column == UNKNOWN).mean()), 0.1, COUNT)
    everything = people_of(replace(PARAMETERS, unknown=0), Dice(1))
    assert (everything.kyc == everything.home).all()


def test_what_is_known_is_a_place_or_a_language_of_the_lists() -> None:
    for column, words in (
        (PEOPLE.kyc, PEOPLE.codes),
        (PEOPLE.document, PEOPLE.codes),
        (PEOPLE.phone, PEOPLE.codes),
        (PEOPLE.locale, PEOPLE.tags),
    ):
        assert column.min() >= UNKNOWN
        assert column.max() < len(words)


def test_students_telephones_are_often_from_where_they_come_from() -> None:
    known = PEOPLE.student & (PEOPLE.phone != UNKNOWN)
    assert near(float((PEOPLE.phone[known] == 1).mean()), 0.7, int(known.sum()))


def test_a_second_account_is_at_another_exchange() -> None:
    owners = np.flatnonzero(ACCOUNTS.second != UNKNOWN)
    assert near(len(owners) / COUNT, 0.25, COUNT)
    second = ACCOUNTS.second[owners]
    assert (ACCOUNTS.person[second] == owners).all()
    assert (ACCOUNTS.exchange[second] != ACCOUNTS.exchange[owners]).all()


def test_exchanges_halve_in_size() -> None:
    sizes = np.bincount(ACCOUNTS.exchange[:COUNT])
    assert all(near(size / COUNT, share, COUNT) for size, share in zip(sizes, (4 / 7, 2 / 7, 1 / 7), strict=True))


def test_one_exchange_has_everybody_once() -> None:
    alone = accounts_of(replace(PARAMETERS, exchanges=1), Dice(1))
    assert len(alone) == COUNT
    assert not alone.exchange.any()
    assert (alone.second == UNKNOWN).all()


def test_newcomers_open_within_the_time_and_the_others_before() -> None:
    new = ACCOUNTS.opened >= 0
    assert near(float(new.mean()), 0.2, len(ACCOUNTS))
    assert ACCOUNTS.opened.max() < PARAMETERS.days * SECONDS_OF_DAY
    assert ACCOUNTS.opened.min() >= -1_826 * SECONDS_OF_DAY
