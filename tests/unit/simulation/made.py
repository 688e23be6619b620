"""Simulations that several tests look at, each made once: many scams, so that shares can be counted."""

from functools import cache

import numpy as np

from breather.simulation.dice import Flags, Ints
from breather.simulation.parameters import Parameters
from breather.simulation.rows import Simulation
from breather.simulation.scam import NUMBER_OF
from breather.simulation.simulate import simulate

SEED = 7
# Two per cent of the customers are victims, ten times the default and more.
CROWDED = Parameters(customers=20_000, exchanges=3, victims_per_100000=4_000, mules_per_100000=400)
FEW = Parameters(customers=300, victims_per_100000=20_000, mules_per_100000=2_000)


@cache
def crowded() -> Simulation:
    return simulate(CROWDED, SEED)


@cache
def few() -> Simulation:
    return simulate(FEW, SEED)


def of_kind(simulation: Simulation, name: str) -> Flags:
    found: Flags = simulation.truth.kind == NUMBER_OF[name]
    return found


def first_steps(simulation: Simulation) -> Ints:
    """The row with which each case begins."""
    return np.flatnonzero((simulation.truth.case >= 0) & (simulation.truth.step == 0)).astype(np.int64)


def near(share: float, wanted: float, count: int) -> bool:
    """Within four standard errors of a share counted in `count` draws: wrong by chance once in sixteen thousand."""
    deviation: float = (max(wanted * (1 - wanted), 1e-9) / count) ** 0.5
    return abs(share - wanted) <= 4 * deviation + 1e-9
