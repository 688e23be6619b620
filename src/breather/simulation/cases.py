"""Who becomes a victim or a mule, when, of what, and what she is made to send."""

from dataclasses import dataclass

import numpy as np

from breather.domain.typology import Typology
from breather.simulation import season
from breather.simulation.dice import PERMILLE, Dice, Flags, Ints
from breather.simulation.parameters import TYPOLOGY_WEIGHTS, Parameters
from breather.simulation.population import UNKNOWN, Accounts, People
from breather.simulation.scam import CASE_PATTERNS, NUMBER_OF, Money
from breather.simulation.wishes import INTERACTIVE, Wishes

MULE_NUMBER = NUMBER_OF["mule"]
POISONING = NUMBER_OF[Typology.ADDRESS_POISONING]
_FEE, _INVESTMENT = NUMBER_OF[Typology.FEE_TO_UNLOCK], NUMBER_OF[Typology.INVESTMENT]
_STUDENTS_OF = (NUMBER_OF[Typology.FAKE_POLICE], NUMBER_OF[Typology.TASK_JOB])
_RELOAD_DAYS = (15, 60)
_HOUR = 3_600
_MOST_CENTS = 500_000_000


@dataclass(frozen=True, slots=True)
class Cases:
    """One element a case. `kind` indexes CASE_NAMES; `at` is the first withdrawal, in seconds since the beginning.
    `fresh`: her account was opened days before.
    """

    kind: Ints
    person: Ints
    account: Ints
    at: Ints
    steps: Ints
    fresh: Flags
    coached: Flags

    def __len__(self) -> int:
        return len(self.kind)


def cases_of(parameters: Parameters, dice: Dice, people: People, accounts: Accounts) -> Cases:
    """All but the poisoned, which need a history first. One person has one case; a lost one may be called again."""
    kind = _kinds(parameters, dice.of("kinds"))
    count = len(kind)
    person, student = _persons(parameters, dice.of("persons"), people, kind)
    end = parameters.days * season.SECONDS_OF_DAY
    at = _moments(parameters, dice.of("moments"), kind, student)
    again = _reloaded(parameters, dice.of("again"), kind)
    rows, earlier = np.flatnonzero(again != UNKNOWN), again[again != UNKNOWN]
    person[rows] = person[earlier]
    wait = dice.of("wait").between(*_RELOAD_DAYS, len(rows)) * season.SECONDS_OF_DAY
    at[rows] = np.minimum(at[earlier] + wait, end - 1)
    second = accounts.second[person]
    account = np.where((second != UNKNOWN) & dice.of("accounts").chance(300, count), second, person)
    account[rows] = account[earlier]
    low, high, fresh = (_column(kind, name) for name in ("low", "high", "fresh"))
    return Cases(
        kind=kind,
        person=person,
        account=account,
        at=at,
        steps=dice.of("steps").between(low, high, count),
        fresh=dice.of("fresh").chance(fresh, count) & (again == UNKNOWN),
        coached=dice.of("coached").chance(parameters.coached, count) & (kind != MULE_NUMBER),
    )


def victims(parameters: Parameters) -> int:
    """How many cases there are, of every typology, in the simulated time."""
    return parameters.customers * parameters.victims_per_100000 * parameters.days // 365 // 100_000


def _kinds(parameters: Parameters, dice: Dice) -> Ints:
    weights = np.array(parameters.typology_weights, np.int64)
    weights[list(TYPOLOGY_WEIGHTS).index(Typology.ADDRESS_POISONING)] = 0
    numbers = np.array([NUMBER_OF[typology] for typology in TYPOLOGY_WEIGHTS], np.int64)
    mules = parameters.customers * parameters.mules_per_100000 // 100_000
    count = victims(parameters) - poisonings(parameters)
    chosen = numbers[dice.weighted(weights, count)] if weights.any() else numbers[:0]
    return np.concatenate([chosen, np.full(mules, MULE_NUMBER, np.int64)])


def poisonings(parameters: Parameters) -> int:
    return victims(parameters) * parameters.address_poisoning // sum(parameters.typology_weights)


def _persons(parameters: Parameters, dice: Dice, people: People, kind: Ints) -> tuple[Ints, Flags]:
    """Each somebody else, students where the pattern seeks them. Fewer cases than people, which the ranges ensure."""
    order = dice.of("order").order(len(people))
    of_students, of_others = order[people.student[order]], order[~people.student[order]]
    wanted = np.isin(kind, _STUDENTS_OF) & dice.of("students").chance(parameters.student_victims, len(kind))
    # Where students run out, or others do, whoever is left takes the place.
    wanted &= np.cumsum(wanted) <= len(of_students)
    wanted |= np.cumsum(~wanted) > len(of_others)
    person = np.empty(len(kind), np.int64)
    person[wanted] = of_students[: int(wanted.sum())]
    person[~wanted] = of_others[: int((~wanted).sum())]
    return person, wanted


def _moments(parameters: Parameters, dice: Dice, kind: Ints, student: Flags) -> Ints:
    count = len(kind)
    days = np.where(
        student,
        dice.of("students").weighted(season.for_students(parameters), count),
        dice.of("days").weighted(season.ordinary(parameters), count),
    )
    night = np.array([pattern.night for pattern in CASE_PATTERNS])[kind]
    by_day, by_night = season.moments(dice.of("day"), days), season.moments(dice.of("night"), days, season.BY_NIGHT)
    return np.where(night, by_night, by_day)


def _reloaded(parameters: Parameters, dice: Dice, kind: Ints) -> Ints:
    """For a case of fee-to-unlock, often, the case of investment that came before it; otherwise UNKNOWN."""
    found = np.full(len(kind), UNKNOWN, np.int64)
    fees, lost = np.flatnonzero(kind == _FEE), np.flatnonzero(kind == _INVESTMENT)
    fees = fees[dice.chance(parameters.reloaded, len(fees))][: len(lost)]
    found[fees] = lost[: len(fees)]
    return found


def gangs_of(parameters: Parameters, dice: Dice, cases: Cases) -> tuple[Ints, int]:
    """The gang to whose collecting address each case sends, or UNKNOWN; and how many gangs there are.

    Gangs come and go: one takes the cases of its kind that lie next to each other in time.
    """
    collected = dice.chance(_column(cases.kind, "collected"), len(cases))
    found = np.full(len(cases), UNKNOWN, np.int64)
    gangs = 0
    for kind in range(len(CASE_PATTERNS)):
        rows = np.flatnonzero(collected & (cases.kind == kind))
        rows = rows[np.argsort(cases.at[rows], kind="stable")]
        found[rows] = gangs + np.arange(len(rows)) // parameters.cases_per_gang
        gangs += -(-len(rows) // parameters.cases_per_gang)
    return found, gangs


def _column(kind: Ints, name: str) -> Ints:
    """A number of each case's pattern. `low` and `high` are the ends of `steps`, `soon` and `late` those of `hours`."""
    ends = {"low": ("steps", 0), "high": ("steps", 1), "soon": ("hours", 0), "late": ("hours", 1)}
    field, end = ends.get(name, (name, None))
    values = [getattr(pattern, field) for pattern in CASE_PATTERNS]
    numbers = [int(value if end is None else value[end]) for value in values]
    found: Ints = np.array(numbers, np.int64)[kind]
    return found


def wishes_of(parameters: Parameters, dice: Dice, cases: Cases, wealth: Ints, address: Ints) -> Wishes:
    """The withdrawals of these cases. `wealth`: US cents of each case's person. `address`: where each case sends.

    What would fall after the end is left out: a case may be cut off, as any real history cuts some.
    """
    case = np.repeat(np.arange(len(cases), dtype=np.int64), cases.steps)
    count = len(case)
    first = np.concatenate([[0], np.cumsum(cases.steps)[:-1]]).astype(np.int64)
    step = np.arange(count, dtype=np.int64) - first[case]
    kind = cases.kind[case]
    gap = dice.of("gaps").between(_column(kind, "soon") * _HOUR, _column(kind, "late") * _HOUR, count)
    passed = np.cumsum(np.where(step == 0, 0, gap))
    at = cases.at[case] + passed - passed[first[case]]
    whole = np.array([pattern.money is Money.BALANCE for pattern in CASE_PATTERNS])[kind]
    cents = _sums(dice.of("sums"), cases, case, step, wealth)

    def happens(name: str) -> Flags:
        return dice.of(name).chance(_column(kind, name), count)

    wishes = Wishes(
        account=cases.account[case],
        at=at,
        cents=cents,
        share=np.where(whole, _column(kind, "opening"), 0),
        top_up=~whole,
        fiat=(kind != MULE_NUMBER) & dice.of("fiat").chance(850, count),
        paid_hours=1 + dice.of("paid").below(np.where(kind == MULE_NUMBER, 2, 20), count),
        address=address[case],
        stable=np.ones(count, np.bool_),
        kind=np.full(count, INTERACTIVE, np.int64),
        case=case,
        step=step,
        new_device=happens("new_device"),
        remote_access=happens("remote_access"),
        screen_shared=happens("screen_shared"),
        on_call=happens("on_call"),
        security_hours=np.where(happens("security_change"), 1 + dice.of("security").below(30, count), UNKNOWN),
        abroad=happens("abroad"),
    )
    return wishes.taken(np.flatnonzero(at < parameters.days * season.SECONDS_OF_DAY))


def _sums(dice: Dice, cases: Cases, case: Ints, step: Ints, wealth: Ints) -> Ints:
    """US cents: the first step a share of her wealth, each further one a multiple of the one before, in round sums."""
    kind = cases.kind[case]
    opening = (wealth * _column(cases.kind, "opening") // PERMILLE) * dice.of("opening").spread(600, len(cases))
    cents = np.maximum(opening // PERMILLE, 5_000)[case]
    growth = _column(kind, "growth") + dice.of("growth").below(200, len(case))
    for number in range(1, int(step.max(initial=0)) + 1):
        rows = np.flatnonzero(step == number)
        cents[rows] = np.maximum(cents[rows - 1] * growth[rows] // PERMILLE, 5_000)
    cents = np.minimum(cents, _MOST_CENTS)
    rounded: Ints = np.where(cents >= 20_000, cents // 10_000 * 10_000, cents // 1_000 * 1_000)
    return rounded
