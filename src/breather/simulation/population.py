"""The customers: where they live, what they speak, how rich and how active they are, and where they have accounts.

In columns, one element a person; people are numbered from 0, and so are accounts. Account n is person n's first; the
second accounts follow. An exchange sees accounts only, each under a reference of its own.
"""

from dataclasses import dataclass

import numpy as np

from breather.simulation.dice import PERMILLE, Dice, Flags, Ints
from breather.simulation.parameters import Parameters
from breather.simulation.places import PLACES
from breather.simulation.season import SECONDS_OF_DAY

# What an exchange does not know, in a column of indices or of seconds that is otherwise 0 or more.
UNKNOWN = -1
_OLDEST_DAYS = 1_825
# Millions would be private banking, and cents times a price have to stay in 64 bits.
_MOST_CENTS = 1_000_000_000
_LEAST_CENTS = 2_000


@dataclass(frozen=True, slots=True)
class People:
    """Places are indices of `codes`, languages of `tags`; UNKNOWN where the exchange does not know.

    `home` is where each lives, known or not; `wealth` what each keeps at an exchange, in US cents. Who becomes a
    victim is decided later, from none of these but `student`.
    """

    codes: tuple[str, ...]
    tags: tuple[str, ...]
    student: Flags
    home: Ints
    kyc: Ints
    document: Ints
    phone: Ints
    locale: Ints
    wealth: Ints

    def __len__(self) -> int:
        return len(self.student)


@dataclass(frozen=True, slots=True)
class Accounts:
    """`opened` is in seconds since the beginning, negative before it. `second` names a person's second account, or
    UNKNOWN.
    """

    person: Ints
    exchange: Ints
    opened: Ints
    second: Ints

    def __len__(self) -> int:
        return len(self.person)


def people_of(parameters: Parameters, dice: Dice) -> People:
    count = parameters.customers
    place = PLACES[parameters.jurisdiction]
    codes = (parameters.jurisdiction, place.students_from, *(code for code, _ in place.neighbours))
    tags = tuple(tag for tag, _ in place.locales)
    student = dice.of("students").chance(parameters.students, count)
    away = 2 + dice.of("neighbours").weighted([weight for _, weight in place.neighbours], count)
    home = np.where(student | dice.of("residents").chance(parameters.residents, count), 0, away)
    phone = np.where(student & dice.of("students' phones").chance(700, count), 1, home)
    wealth = parameters.balance_median_usd * 100 * dice.of("wealth").spread(parameters.balance_spread, count)
    return People(
        codes=codes,
        tags=tags,
        student=student,
        home=home,
        kyc=_known(dice.of("kyc"), parameters, home),
        # Few exchanges ask for a proof of residence; where there is one it agrees.
        document=np.where(dice.of("documents").chance(350, count), home, UNKNOWN),
        phone=_known(dice.of("phones"), parameters, phone),
        locale=_known(dice.of("locales"), parameters, _locales(dice.of("tags"), parameters, student)),
        wealth=np.clip(wealth // PERMILLE, _LEAST_CENTS, _MOST_CENTS),
    )


def _locales(dice: Dice, parameters: Parameters, student: Flags) -> Ints:
    locales = PLACES[parameters.jurisdiction].locales
    spoken = dice.weighted([weight for _, weight in locales], len(student))
    tags = [tag for tag, _ in locales]
    if PLACES[parameters.jurisdiction].students_from != "CN" or "zh-Hans" not in tags:
        return spoken
    return np.where(student & dice.chance(800, len(student)), tags.index("zh-Hans"), spoken)


def _known(dice: Dice, parameters: Parameters, values: Ints) -> Ints:
    return np.where(dice.chance(parameters.unknown, len(values)), UNKNOWN, values)


def accounts_of(parameters: Parameters, dice: Dice) -> Accounts:
    """Exchanges differ in size: the first has twice as many customers as the second, and so on."""
    count = parameters.customers
    weights = [2 ** (parameters.exchanges - number) for number in range(parameters.exchanges)]
    first = dice.of("exchanges").weighted(weights, count)
    several = parameters.exchanges > 1
    owners = np.flatnonzero(dice.of("second").chance(parameters.second_exchange if several else 0, count))
    step = 1 + dice.of("second exchanges").below(max(parameters.exchanges - 1, 1), len(owners))
    person = np.concatenate([np.arange(count, dtype=np.int64), owners.astype(np.int64)])
    second = np.full(count, UNKNOWN, np.int64)
    second[owners] = count + np.arange(len(owners), dtype=np.int64)
    return Accounts(
        person=person,
        exchange=np.concatenate([first, (first[owners] + step) % parameters.exchanges]),
        opened=_opened(parameters, dice.of("opened"), len(person)),
        second=second,
    )


def _opened(parameters: Parameters, dice: Dice, count: int) -> Ints:
    end = parameters.days * SECONDS_OF_DAY
    new = dice.chance(parameters.newcomers, count)
    # The smaller of two: more of the old accounts are young than very old.
    age = np.minimum(dice.below(_OLDEST_DAYS, count), dice.below(_OLDEST_DAYS, count)) * SECONDS_OF_DAY
    within = dice.below(min(end, 2**31), count)
    return np.where(new, within, -age - dice.below(SECONDS_OF_DAY, count) - 1)
