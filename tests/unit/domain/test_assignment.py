"""Step 5: the arm is a keyed hash of the customer, and some are never held out."""

from itertools import product
from math import sqrt

import pytest

from breather.domain.assignment import NEVER_HELD_OUT, Arm, Experiment, Told, assign, exclusions, point_of
from breather.domain.friction import Friction
from breather.domain.typology import Typology
from breather.domain.withdrawal import CustomerRef

KEY = b"k" * 32
# HMAC-SHA256 of "breather/assignment/v1\ntrial-1\n1\ncustomer-0", its first 53 bits over 2**53.
VECTOR = 0.05337923012553902
EXPERIMENT = Experiment("trial-1", 1, 0.5)
CUSTOMERS = [CustomerRef(f"customer-{number}") for number in range(4000)]


def points(experiment: Experiment = EXPERIMENT, key: bytes = KEY) -> list[float]:
    return [point_of(experiment, customer, key) for customer in CUSTOMERS]


def correlation(one: list[float], other: list[float]) -> float:
    def spread(values: list[float]) -> float:
        return sqrt(sum((value - 0.5) ** 2 for value in values))

    return sum((a - 0.5) * (b - 0.5) for a, b in zip(one, other, strict=True)) / (spread(one) * spread(other))


def test_points_are_uniform() -> None:
    """Chi-squared over twenty bins: 43.8 is exceeded by one sequence of uniform numbers in a thousand."""
    bins = [0] * 20
    for point in points():
        assert 0 <= point < 1
        bins[int(point * 20)] += 1
    expected = len(CUSTOMERS) / 20
    assert sum((count - expected) ** 2 / expected for count in bins) < 43.8


def test_the_same_customer_always_has_the_same_point() -> None:
    assert points() == points()
    assert point_of(EXPERIMENT, CustomerRef("customer-0"), KEY) == VECTOR


@pytest.mark.parametrize(
    ("experiment", "key"),
    [(Experiment("trial-2", 1, 0.5), KEY), (Experiment("trial-1", 2, 0.5), KEY), (EXPERIMENT, b"other")],
    ids=["another experiment", "another version of the key", "another key"],
)
def test_arms_of_one_say_nothing_about_another(experiment: Experiment, key: bytes) -> None:
    assert abs(correlation(points(), points(experiment, key))) < 4 / sqrt(len(CUSTOMERS))


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
def test_the_holdout_has_its_share(share: float) -> None:
    experiment = Experiment("trial-1", 1, share)
    arms = [assign(experiment, customer, KEY, ()).arm for customer in CUSTOMERS]
    found = arms.count(Arm.HOLDOUT) / len(arms)
    assert abs(found - share) <= 4 * sqrt(share * (1 - share) / len(arms))


def test_nobody_who_is_excluded_is_held_out() -> None:
    """Whatever the hash says, and the record says why (guarantee H8)."""
    held_out = next(one for one in CUSTOMERS if assign(EXPERIMENT, one, KEY, ()).arm is Arm.HOLDOUT)
    either = (True, False)
    told = [Told(confirmed, listed) for confirmed in either for listed in either]
    for friction, typology, said, watched, stopped in product(Friction, Typology, told, either, either):
        reasons = exclusions(friction, frozenset({typology}), said, watched, stopped)
        must_be = friction is Friction.HOLD or typology in NEVER_HELD_OUT or watched or stopped or said != Told()
        assert bool(reasons) == must_be
        assignment = assign(EXPERIMENT, held_out, KEY, reasons)
        assert (assignment.arm is Arm.ALERT) == must_be
        assert assignment.excluded == reasons


def test_every_reason_is_named() -> None:
    suspected = frozenset({Typology.FAKE_POLICE, Typology.INVESTMENT})
    told = Told(confirmed=True, listed=True)
    found = exclusions(Friction.HOLD, suspected, told, watched=True, stopped_before=True)
    assert found == (
        "hold", "fake-police", "confirmed-destination", "listed-destination", "watched-session", "stopped-before",
    )  # fmt: skip
