"""Scams: how many, of what kind, to whom, when, and what a withdrawal of each looks like."""

import numpy as np
import pytest

from breather.domain.typology import Typology
from breather.simulation import season
from breather.simulation.cases import poisonings, victims
from breather.simulation.dice import Flags, Ints
from breather.simulation.ledgers import ASSETS
from breather.simulation.parameters import Parameters
from breather.simulation.population import UNKNOWN
from breather.simulation.scam import CASE_NAMES, CASE_PATTERNS, PATTERNS
from breather.simulation.simulate import simulate
from tests.unit.simulation.made import CROWDED, SEED, crowded, first_steps, near, of_kind

HOUR = 3_600_000


def days_of(at: Ints) -> Ints:
    found: Ints = (at - CROWDED.begins_at) // (24 * HOUR)
    return found


def in_september(at: Ints) -> Flags:
    months = np.array([day.month for day in season.days_of(CROWDED)])
    found: Flags = months[days_of(at)] == season.SEPTEMBER
    return found


def test_there_are_as_many_victims_and_mules_as_the_parameters_say() -> None:
    kinds = crowded().truth.kind[first_steps(crowded())]
    assert victims(CROWDED) == 800
    # Few of them fall over the end: a case of fee-to-unlock comes weeks after what was lost.
    assert 780 <= int((kinds != CASE_NAMES.index("mule")).sum()) <= 800
    assert int((kinds == CASE_NAMES.index("mule")).sum()) == 80


@pytest.mark.parametrize("typology", PATTERNS)
def test_typologies_have_their_shares(typology: Typology) -> None:
    kinds = crowded().truth.kind[first_steps(crowded())]
    weight = CROWDED.typology_weights[list(PATTERNS).index(typology)] / sum(CROWDED.typology_weights)
    assert near(int((kinds == CASE_NAMES.index(typology)).sum()) / 800, weight, 800)


def test_poisonings_are_counted_not_drawn() -> None:
    assert int(of_kind(crowded(), "address-poisoning").sum()) == poisonings(CROWDED) == 48


def test_nobody_has_two_cases_but_who_lost_is_called_again() -> None:
    truth = crowded().truth
    rows = first_steps(crowded())
    again = 0
    for person in np.unique(truth.person[rows]).tolist():
        kinds = [CASE_NAMES[kind] for kind in truth.kind[rows[truth.person[rows] == person]].tolist()]
        assert kinds in (["investment", "fee-to-unlock"], kinds[:1])
        again += len(kinds) == 2
    fees = int((truth.kind[rows] == CASE_NAMES.index("fee-to-unlock")).sum())
    assert near(again / fees, CROWDED.reloaded / 1_000, fees)


@pytest.mark.parametrize("kind", range(len(CASE_NAMES)), ids=CASE_NAMES)
def test_steps_are_as_many_as_the_pattern_says_and_in_order(kind: int) -> None:
    truth = crowded().truth
    rows = np.flatnonzero(truth.kind == kind)
    low, high = CASE_PATTERNS[kind].steps
    for case in np.unique(truth.case[rows]).tolist():
        steps = truth.step[rows[truth.case[rows] == case]].tolist()
        assert steps == list(range(len(steps)))
        cut_off = len(steps) < low
        assert len(steps) <= high
        last = int(crowded().history.at[rows[truth.case[rows] == case][-1]])
        assert not cut_off or days_of(np.array([last]))[0] >= CROWDED.days - 11


def test_a_case_sends_to_one_address_from_one_account() -> None:
    made = crowded()
    rows = np.flatnonzero(made.truth.case != UNKNOWN)
    triples = set(
        zip(
            made.truth.case[rows].tolist(),
            made.history.address[rows].tolist(),
            made.history.account[rows].tolist(),
            strict=True,
        )
    )
    assert len({case for case, _, _ in triples}) == len(triples)


def test_collectors_take_from_several_and_no_gang_from_more_than_its_cases() -> None:
    made = crowded()
    rows = np.flatnonzero(made.truth.collector)
    pairs = {
        (address, case)
        for address, case in zip(made.history.address[rows].tolist(), made.truth.case[rows].tolist(), strict=True)
    }
    sizes = np.bincount(np.unique([address for address, _ in pairs], return_inverse=True)[1])
    assert sizes.max() == CROWDED.cases_per_gang
    assert np.median(sizes) > 3
    assert (made.truth.case[rows] != UNKNOWN).all()


@pytest.mark.parametrize("typology", PATTERNS)
def test_cases_are_collected_as_often_as_their_pattern_says(typology: Typology) -> None:
    made = crowded()
    rows = first_steps(made)
    rows = rows[of_kind(made, typology)[rows]]
    assert near(float(made.truth.collector[rows].mean()), PATTERNS[typology].collected / 1_000, len(rows))


@pytest.mark.parametrize("seen", ["remote_access", "screen_shared", "on_call", "new_device"])
@pytest.mark.parametrize("typology", [Typology.FAKE_POLICE, Typology.EXCHANGE_IMPERSONATION])
def test_sessions_show_what_the_pattern_says(typology: Typology, seen: str) -> None:
    made = crowded()
    column = getattr(made.history, seen)[of_kind(made, typology)]
    known = column[column != UNKNOWN]
    assert near(float(known.mean()), getattr(PATTERNS[typology], seen) / 1_000, len(known))


def test_students_are_called_in_september() -> None:
    made = crowded()
    rows = first_steps(made)
    police = rows[(of_kind(made, "fake-police") | of_kind(made, "task-job"))[rows]]
    students = police[made.truth.student[police]]
    others = police[~made.truth.student[police]]
    weights = season.for_students(CROWDED)
    months = np.array([day.month for day in season.days_of(CROWDED)])
    wanted = float(weights[months == season.SEPTEMBER].sum() / weights.sum())
    assert wanted > 0.2
    assert near(float(in_september(made.history.at[students]).mean()), wanted, len(students))
    assert float(in_september(made.history.at[others]).mean()) < wanted / 1.5


def test_without_a_september_students_are_called_all_year() -> None:
    made = simulate(Parameters(customers=20_000, victims_per_100000=4_000, student_september=1_000), SEED)
    rows = first_steps(made)
    students = rows[made.truth.student[rows]]
    assert near(float(in_september(made.history.at[students]).mean()), 30 / 365, len(students))


def test_students_are_sought_where_the_pattern_seeks_them() -> None:
    made = crowded()
    rows = first_steps(made)
    sought = rows[(of_kind(made, "fake-police") | of_kind(made, "task-job"))[rows]]
    assert near(float(made.truth.student[sought].mean()), CROWDED.student_victims / 1_000, len(sought))


def test_victims_are_coached_as_often_as_the_parameter_says_and_nobody_else_is() -> None:
    made = crowded()
    rows = first_steps(made)
    scams = rows[~of_kind(made, "mule")[rows] & ~of_kind(made, "address-poisoning")[rows]]
    assert near(float(made.truth.coached[scams].mean()), CROWDED.coached / 1_000, len(scams))
    for uncoached in (made.truth.case == UNKNOWN, of_kind(made, "mule"), of_kind(made, "address-poisoning")):
        assert not made.truth.coached[uncoached].any()


def test_an_investment_rises_in_steps() -> None:
    made = crowded()
    rows = np.flatnonzero(of_kind(made, "investment"))
    rises, pairs = 0, 0
    for case in np.unique(made.truth.case[rows]).tolist():
        cents = made.truth.cents[rows[made.truth.case[rows] == case]]
        rises += int((np.diff(cents) >= 0).sum())
        pairs += len(cents) - 1
    assert rises == pairs


def test_the_impersonator_of_an_exchange_takes_nearly_everything_at_once() -> None:
    made = simulate(Parameters(customers=5_000, victims_per_100000=10_000, unknown=0), SEED)
    rows = np.flatnonzero(of_kind(made, "exchange-impersonation") & (made.truth.step == 0))
    shares = made.history.usd[rows] / made.history.balance[rows]
    assert shares.min() > 0.94


def test_scams_are_paid_in_stablecoins() -> None:
    made = crowded()
    rows = np.flatnonzero((made.truth.case != UNKNOWN) & ~of_kind(made, "address-poisoning"))
    assert {str(ASSETS[asset]) for asset in made.history.asset[rows].tolist()} == {"USDT"}


def test_a_mule_passes_on_what_came_in_within_hours() -> None:
    made = crowded()
    rows = np.flatnonzero(of_kind(made, "mule") & (made.truth.paid_in > 0) & (made.history.deposit_at != UNKNOWN))
    assert ((made.history.at[rows] - made.history.deposit_at[rows]) <= 2 * HOUR).all()
