"""What people withdraw of their own accord: how often, how much, when, and to whom.

Each has a short address book, its first entry used most; some entries are services to which many others send too
(without these, "many people send here" would be proof of a scam, which it is not).
"""

from dataclasses import dataclass

import numpy as np

from breather.simulation import season
from breather.simulation.dice import PERMILLE, Dice, Ints, mean_spread
from breather.simulation.parameters import Parameters
from breather.simulation.population import UNKNOWN, Accounts, People
from breather.simulation.wishes import API, INTERACTIVE, NO_CASE, RECURRING, Wishes

# How many people have one, two ... addresses that they use again.
_BOOK_WEIGHTS = (45, 30, 15, 10)
_PEOPLE_PER_SERVICE = 400
_LEAST_CENTS = 1_000


@dataclass(frozen=True, slots=True)
class Book:
    """Addresses by number: services from 0 to `services` - 1, people's own after them, up to `size` - 1.

    Person p's entries are `entries[first[p] : first[p + 1]]`.
    """

    services: int
    size: int
    first: Ints
    entries: Ints


def book_of(parameters: Parameters, dice: Dice) -> Book:
    count = parameters.customers
    services = max(4, count // _PEOPLE_PER_SERVICE)
    lengths = 1 + dice.of("lengths").weighted(_BOOK_WEIGHTS, count)
    first = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    total = int(first[-1])
    # The smaller of three: a few services are known to everybody.
    popular = np.minimum.reduce([dice.of("services").of(each).below(services, total) for each in ("1", "2", "3")])
    own = services + np.arange(total, dtype=np.int64)
    entries = np.where(dice.of("kinds").chance(parameters.service_address, total), popular, own)
    return Book(services, services + total, first, entries)


def yearly_mean(parameters: Parameters) -> int:
    """Withdrawals a year of an account that is open all the time, per mille, before the cap."""
    return parameters.yearly_withdrawals * mean_spread(parameters.yearly_spread)


def habits_of(parameters: Parameters, dice: Dice, people: People, accounts: Accounts, book: Book) -> Wishes:
    """Every honest withdrawal. Addresses from `book.size` on are new ones, used once."""
    person = np.repeat(np.arange(len(people), dtype=np.int64), _counts(parameters, dice.of("counts"), accounts))
    count = len(person)
    second = accounts.second[person]
    account = np.where((second != UNKNOWN) & dice.of("accounts").chance(300, count), second, person)
    at = _moments(parameters, dice.of("moments"), accounts.opened[account])
    usual = dice.of("usual").spread(900, len(people)) * parameters.usual_share // PERMILLE
    cents = people.wealth[person] * usual[person] // PERMILLE
    cents = cents * dice.of("amounts").spread(parameters.usual_spread, count) // PERMILLE
    kind = dice.of("screenless people").chance(parameters.screenless, len(people))[person]
    nothing = np.zeros(count, np.bool_)
    return Wishes(
        account=account,
        at=at,
        cents=_rounded(dice.of("rounding"), np.maximum(cents, _LEAST_CENTS)),
        share=np.zeros(count, np.int64),
        top_up=dice.of("top-up").chance(parameters.top_up, count),
        fiat=dice.of("fiat").chance(600, count),
        paid_hours=np.maximum(72 * dice.of("paid").spread(1_400, count) // PERMILLE, 1),
        address=_addresses(parameters, dice.of("addresses"), person, book),
        stable=nothing,
        kind=np.where(kind, np.where(dice.of("kinds").chance(500, count), API, RECURRING), INTERACTIVE),
        case=np.full(count, NO_CASE, np.int64),
        step=np.zeros(count, np.int64),
        new_device=dice.of("device").chance(parameters.new_device, count),
        remote_access=dice.of("remote").chance(1, count),
        screen_shared=dice.of("screen").chance(2, count),
        on_call=dice.of("call").chance(parameters.on_call, count),
        security_hours=_security(parameters, dice.of("security"), count),
        abroad=dice.of("abroad").chance(parameters.ip_abroad, count),
    )


def _counts(parameters: Parameters, dice: Dice, accounts: Accounts) -> Ints:
    """Withdrawals of each person in the time in which she has an account, rounded by chance."""
    people = parameters.customers
    end = parameters.days * season.SECONDS_OF_DAY
    opened = accounts.opened[:people].copy()
    owners = np.flatnonzero(accounts.second != UNKNOWN)
    opened[owners] = np.minimum(opened[owners], accounts.opened[accounts.second[owners]])
    days = (end - np.maximum(opened, 0)) // season.SECONDS_OF_DAY
    yearly = parameters.yearly_withdrawals * dice.of("yearly").spread(parameters.yearly_spread, people)
    thousandths = np.minimum(yearly, parameters.most_yearly * PERMILLE) * days // 365
    extra = dice.of("rounding").chance(thousandths % PERMILLE, people)
    counts: Ints = thousandths // PERMILLE + extra
    return counts


def _moments(parameters: Parameters, dice: Dice, opened: Ints) -> Ints:
    """By weekday and hour; whoever did not have the account yet comes at some time after opening it."""
    end = parameters.days * season.SECONDS_OF_DAY
    days = dice.of("days").weighted(season.ordinary(parameters), len(opened))
    at = season.moments(dice.of("hours"), days)
    later = opened + 1 + dice.of("later").below(np.clip(end - opened - 1, 1, 2**31), len(opened))
    return np.where(at <= opened, np.minimum(later, end - 1), at)


def _rounded(dice: Dice, cents: Ints) -> Ints:
    """Most people type round numbers: two leading digits, or the whole of it."""
    unit = np.ones(len(cents), np.int64)
    for power in (100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000):
        unit = np.where(cents >= power * 10, power, unit)
    return np.where(dice.chance(600, len(cents)), cents // unit * unit, cents)


def _addresses(parameters: Parameters, dice: Dice, person: Ints, book: Book) -> Ints:
    count = len(person)
    length = book.first[person + 1] - book.first[person]
    place = np.minimum(dice.of("first").below(length, count), dice.of("again").below(length, count))
    known = book.entries[book.first[person] + place]
    new = dice.of("new").chance(parameters.new_address, count)
    return np.where(new, book.size + np.cumsum(new) - 1, known)


def _security(parameters: Parameters, dice: Dice, count: int) -> Ints:
    """Hours since password or second factor were changed; UNKNOWN where that is long ago or not told."""
    recent = dice.of("recent").chance(parameters.security_change, count)
    return np.where(recent, 1 + dice.of("hours").below(72, count), UNKNOWN)
