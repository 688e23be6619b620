"""The whole: the same from the same seed, in order, with the shares that were asked for, and nobody overdrawn."""

import hashlib
import json
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breather.domain.asset import decimals_of
from breather.simulation.habits import yearly_mean
from breather.simulation.ledgers import AMOUNT_DECIMALS, ASSETS, NETWORKS
from breather.simulation.load import body_of
from breather.simulation.parameters import Parameters
from breather.simulation.population import UNKNOWN
from breather.simulation.rows import Simulation
from breather.simulation.simulate import STAGES, simulate
from tests.unit.simulation.made import CROWDED, FEW, SEED, crowded, few, near, of_kind

# The bodies of `few`: it changes when an assumption does, and never by machine, version of numpy or order of tests.
FEW_DIGEST = "e98d8f0e5dc7657a3dd5d04813733df97e442888b1f875fd6d401afbea799595"


def digest(simulation: Simulation) -> str:
    """Of everything: columns, addresses and references."""
    hashed = hashlib.sha256(simulation.addresses.tobytes())
    for columns in (simulation.history, simulation.truth):
        for each in fields(columns):
            hashed.update(np.ascontiguousarray(getattr(columns, each.name)).astype("<i8").tobytes())
    hashed.update(repr((simulation.key, simulation.codes, simulation.tags)).encode())
    return hashed.hexdigest()


def bodies(simulation: Simulation) -> str:
    lines = [json.dumps(body_of(simulation, row)) for row in range(len(simulation.history))]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@settings(max_examples=8)
@given(st.integers(0, 2**63), st.integers(1, 60))
def test_the_same_seed_gives_the_same_and_another_does_not(seed: int, customers: int) -> None:
    parameters = Parameters(customers=customers, victims_per_100000=20_000)
    assert digest(simulate(parameters, seed)) == digest(simulate(parameters, seed))
    assert digest(simulate(parameters, seed)) != digest(simulate(parameters, seed + 1))


def test_it_is_what_every_machine_makes_of_this_seed() -> None:
    assert bodies(few()) == FEW_DIGEST


def test_another_assumption_about_alerts_leaves_the_people_as_they_are() -> None:
    """Streams have names: what is changed moves nothing else, so that two runs can be compared."""
    other = simulate(replace(FEW, stops_questions=900, coached_lies=1), SEED)
    assert bodies(other) == bodies(few())
    assert digest(other) != digest(few())


@settings(max_examples=15)
@given(
    st.builds(
        Parameters,
        customers=st.integers(1, 40),
        exchanges=st.integers(1, 4),
        days=st.integers(1, 500),
        victims_per_100000=st.sampled_from([0, 300, 30_000]),
        mules_per_100000=st.sampled_from([0, 20_000]),
        unknown=st.sampled_from([0, 1_000]),
        students=st.sampled_from([0, 1_000]),
        newcomers=st.sampled_from([0, 1_000]),
        jurisdiction=st.sampled_from(["MO", "TW", "GB"]),
    )
)
def test_small_and_extreme_populations_hold_together(parameters: Parameters) -> None:
    made = simulate(parameters, 1)
    history = made.history
    assert (np.diff(history.at) >= 0).all()
    assert (made.truth.cents > 0).all()
    opened = history.opened_at != UNKNOWN
    assert (history.opened_at[opened] < history.at[opened]).all()
    for row in range(len(history)):
        body_of(made, row)


def test_stages_are_told_in_order() -> None:
    told: list[str] = []
    simulate(Parameters(customers=5), 1, told.append)
    assert tuple(told) == STAGES


def test_rows_are_in_order_of_time_within_the_simulated_time() -> None:
    history = crowded().history
    assert (np.diff(history.at) >= 0).all()
    assert history.at[0] >= CROWDED.begins_at
    # A poisoned address is copied some hours after the honest payment.
    assert history.at[-1] < CROWDED.begins_at + CROWDED.days * 86_400_000


def test_every_exchange_numbers_its_own_and_ids_are_unique() -> None:
    made = crowded()
    for exchange in (1, 2, 3):
        rows = made.of_exchange(exchange)
        assert made.history.number[rows].tolist() == list(range(1, len(rows) + 1))
    ids = {made.withdrawal(row) for row in range(len(made.history))}
    assert len(ids) == len(made.history)


def test_a_reference_is_one_account_and_an_account_one_reference() -> None:
    made = few()
    pairs = {(made.customer(row), int(made.history.account[row])) for row in range(len(made.history))}
    assert len({ref for ref, _ in pairs}) == len({account for _, account in pairs}) == len(pairs)


def test_withdrawals_are_as_many_as_the_parameters_say() -> None:
    """Newcomers have an account for half of the time on average, unless they have another."""
    honest = int((crowded().truth.case == UNKNOWN).sum())
    expected = CROWDED.customers * yearly_mean(CROWDED) / 1_000
    assert 0.85 * expected < honest < expected


def test_nobody_withdraws_more_than_she_has() -> None:
    made = simulate(replace(CROWDED, customers=3_000, unknown=0), SEED)
    assert (made.history.usd <= made.history.balance).all()
    assert (made.history.usd == made.truth.cents).all()


def test_the_books_of_every_account_balance() -> None:
    """In the plainest way: before each withdrawal lies what was left of the one before it, and what was paid in."""
    made = simulate(replace(CROWDED, customers=3_000, unknown=0), SEED)
    left: dict[int, int] = {}
    for account, balance, usd, paid_in, stopped in zip(
        made.history.account.tolist(),
        made.history.balance.tolist(),
        made.history.usd.tolist(),
        made.truth.paid_in.tolist(),
        (made.history.stopped_at != UNKNOWN).tolist(),
        strict=True,
    ):
        if account in left:
            assert balance == left[account] + paid_in
        left[account] = balance if stopped else balance - usd


def test_deposits_lie_before_the_withdrawal_and_after_the_opening() -> None:
    history = crowded().history
    known = history.deposit_at != UNKNOWN
    assert (history.deposit_at[known] <= history.at[known]).all()
    both = known & (history.opened_at != UNKNOWN)
    assert (history.deposit_at[both] >= history.opened_at[both]).all()


def test_amounts_are_possible_on_their_networks() -> None:
    history = crowded().history
    for asset, network in set(zip(history.asset.tolist(), history.network.tolist(), strict=True)):
        assert (decimals_of(ASSETS[asset], NETWORKS[network]) or 0) >= AMOUNT_DECIMALS


def test_an_unknown_is_as_frequent_as_it_should_be() -> None:
    history, count = crowded().history, len(crowded().history)
    for column in (history.usd, history.balance, history.ip, history.new_device, history.on_call, history.deposit_at):
        assert near(float((column == UNKNOWN).mean()), 0.1, count)


def test_unknowns_are_independent_of_each_other_and_of_the_truth() -> None:
    made = crowded()
    usd, balance = made.history.usd == UNKNOWN, made.history.balance == UNKNOWN
    assert near(float(usd[balance].mean()), 0.1, int(balance.sum()))
    scam = made.truth.case != UNKNOWN
    assert near(float(usd[scam].mean()), 0.1, int(scam.sum()))


def test_what_was_stopped_did_not_leave_and_the_rest_did() -> None:
    made = crowded()
    stopped, left = made.history.stopped_at != UNKNOWN, made.history.broadcast_at != UNKNOWN
    assert (stopped ^ left).all()
    assert near(float(stopped.mean()), CROWDED.stops_unprompted / 1_000, len(stopped))
    assert (made.history.broadcast_at[left] > made.history.at[left]).all()


@pytest.mark.parametrize("kind", ["investment", "mule", "fake-police"])
def test_nothing_submitted_numbers_the_victims(kind: str) -> None:
    """References and ids are given without looking: the mean of either is that of everybody."""
    made = crowded()
    rows = np.flatnonzero(of_kind(made, kind))
    persons = np.unique(made.truth.person[rows])
    codes = (persons * 2_654_435_761 + made.key) & 0xFFFFFFFF
    assert near(float((codes < 2**31).mean()), 0.5, len(persons))
    assert near(float((persons < CROWDED.customers // 2).mean()), 0.5, len(persons))
