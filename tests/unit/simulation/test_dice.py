"""Chance in whole numbers: the same everywhere, in range, and as often as its shares say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breather.simulation.dice import Dice, mean_spread, quantiles
from tests.unit.simulation.made import near

COUNT = 20_000


def test_the_raw_numbers_are_those_that_every_machine_draws() -> None:
    """PCG64's own, which numpy promises to keep, and what we make of them."""
    assert Dice(1).raw(2).tolist() == [9_441_442_522_235_856_127, 17_532_960_557_476_522_086]
    assert Dice(1).of("habits").below(1_000_000, 3).tolist() == [474_052, 320_920, 760_027]


@settings(max_examples=40)
@given(st.integers(0, 2**64), st.integers(1, 2**31))
def test_numbers_lie_below_their_limit(seed: int, limit: int) -> None:
    drawn = Dice(seed).below(limit, 64)
    assert drawn.min() >= 0
    assert drawn.max() < limit


def test_each_number_has_a_limit_of_its_own() -> None:
    limits = np.array([1, 2, 1_000, 2**31] * 50, np.int64)
    assert (Dice(3).below(limits, 200) < limits).all()


def test_both_ends_of_a_range_are_drawn() -> None:
    assert set(Dice(3).between(2, 4, 200).tolist()) == {2, 3, 4}


def test_a_stream_does_not_depend_on_what_was_drawn_elsewhere() -> None:
    fresh, used = Dice(5), Dice(5)
    used.raw(1_000)
    used.of("other").raw(10)
    assert fresh.of("habits").raw(8).tolist() == used.of("habits").raw(8).tolist()


def test_streams_of_other_names_seeds_and_branches_differ() -> None:
    drawn = [
        tuple(dice.raw(4).tolist())
        for dice in (Dice(1).of("a"), Dice(1).of("b"), Dice(2).of("a"), Dice(1).of("a").of("b"), Dice(1))
    ]
    assert len(set(drawn)) == len(drawn)


@pytest.mark.parametrize("permille", [0, 1, 50, 500, 999, 1_000])
def test_a_chance_happens_as_often_as_it_says(permille: int) -> None:
    happened = Dice(9).chance(permille, COUNT)
    assert near(float(happened.mean()), permille / 1_000, COUNT)


def test_weights_are_shares_and_nothing_of_weight_zero_is_drawn() -> None:
    drawn = Dice(9).weighted([1, 0, 3, 6], COUNT)
    counts = np.bincount(drawn, minlength=4)
    assert counts[1] == 0
    assert all(near(counts[index] / COUNT, share, COUNT) for index, share in ((0, 0.1), (2, 0.3), (3, 0.6)))


@pytest.mark.parametrize("sigma", [0, 700, 1_500])
def test_half_of_a_spread_lies_below_its_median(sigma: int) -> None:
    drawn = Dice(9).spread(sigma, COUNT)
    assert near(float((drawn < 1_000).mean()), 0.5 if sigma else 0.0, COUNT)


def test_a_spread_has_the_mean_that_it_says() -> None:
    drawn = Dice(9).spread(1_000, 400_000)
    assert float(drawn.mean()) == pytest.approx(mean_spread(1_000), rel=0.02)


def test_quantiles_rise_and_are_those_of_a_log_normal() -> None:
    table = quantiles(1_000)
    assert (np.diff(table) >= 0).all()
    # exp(-0.6745), exp(0), exp(0.6745)
    assert (int(table[64]), int(table[128]), int(table[192])) == (509, 1_000, 1_963)


def test_an_order_holds_everything_once() -> None:
    order = Dice(2).order(500)
    assert sorted(order.tolist()) == list(range(500))
    assert order.tolist() != list(range(500))


def test_bytes_are_as_many_as_were_asked_for() -> None:
    rows = Dice(2).bytes(7, 20)
    assert rows.shape == (7, 20)
    assert len({bytes(row) for row in rows}) == 7
