"""The stand-in: never below the guards, never let go beyond the limits, and no more the more is known against it."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breather.domain.amount import MicroUsd
from breather.domain.friction import Friction
from breather.domain.instant import DAY
from breather.domain.stand_in import KNOWN_FOR, Because, Guards, Spent, StandIn, StandInLimits, stand_in
from breather.domain.withdrawal import Session
from tests.unit.domain.strategies import withdrawal

DOLLAR = 10**6
LIMITS = StandInLimits(MicroUsd(200 * DOLLAR), MicroUsd(300 * DOLLAR), MicroUsd(5_000 * DOLLAR))
QUIET = Guards(fresh=True, known_for=KNOWN_FOR)
LET_GO = StandIn(Friction.NONE, (Because.WITHIN_LIMITS,))

usd = st.one_of(st.none(), st.integers(1, 6_000))
spent = st.builds(
    lambda day, hour: Spent(MicroUsd(day * DOLLAR), MicroUsd(hour * DOLLAR)),
    st.integers(0, 400),
    st.integers(0, 6_000),
)
guards = st.builds(
    Guards,
    fresh=st.booleans(),
    friction=st.sampled_from(Friction),
    confirmed=st.booleans(),
    accused=st.booleans(),
    known_for=st.one_of(st.none(), st.integers(0, 60 * DAY)),
    time_suspect=st.booleans(),
)
bounds = st.lists(st.integers(1, 6_000), min_size=3, max_size=3).map(
    lambda found: StandInLimits(*(MicroUsd(bound * DOLLAR) for bound in sorted(found)))
)
limits = st.one_of(st.none(), bounds)
few = settings(max_examples=200, deadline=None)


@few
@given(usd, limits, guards, spent)
def test_never_below_what_the_guards_demand(
    usd: int | None, limits: StandInLimits | None, met: Guards, so: Spent
) -> None:
    assert stand_in(withdrawal(usd=usd), limits, met, so).friction >= met.demand()


@few
@given(usd, limits, guards, guards, spent)
def test_more_guards_never_make_it_weaker(
    usd: int | None, limits: StandInLimits | None, met: Guards, other: Guards, so: Spent
) -> None:
    worse = Guards(
        fresh=met.fresh and other.fresh,
        friction=max(met.friction, other.friction),
        confirmed=met.confirmed or other.confirmed,
        accused=met.accused or other.accused,
        known_for=None if met.known_for is None or other.known_for is None else min(met.known_for, other.known_for),
        time_suspect=met.time_suspect or other.time_suspect,
    )
    asked = withdrawal(usd=usd)
    assert stand_in(asked, limits, worse, so).friction >= stand_in(asked, limits, met, so).friction


@few
@given(usd, limits, guards, spent, st.booleans())
def test_nothing_is_let_go_beyond_the_limits(
    usd: int | None, limits: StandInLimits | None, met: Guards, so: Spent, watched: bool
) -> None:
    asked = replace(withdrawal(usd=usd), session=Session(screen_shared=watched))
    found = stand_in(asked, limits, met, so)
    within = (
        limits is not None
        and asked.amount_usd is not None
        and asked.amount_usd <= limits.per_withdrawal
        and so.customer_day + asked.amount_usd <= limits.per_customer_day
        and so.hour + asked.amount_usd <= limits.per_hour
        and met.known_for is not None
        and met.known_for >= 30 * DAY
    )
    free = met.fresh and not (met.confirmed or met.accused or met.time_suspect or met.friction or watched)
    assert found.clearable == (within and free)
    assert found.friction is (Friction.NONE if within and free else Friction.HOLD)


def test_a_small_amount_to_a_destination_known_for_a_month_is_let_go() -> None:
    assert (
        stand_in(withdrawal(usd=200), LIMITS, QUIET, Spent(MicroUsd(100 * DOLLAR), MicroUsd(4_800 * DOLLAR))) == LET_GO
    )


@pytest.mark.parametrize(
    ("met", "because"),
    [
        (replace(QUIET, fresh=False), Because.GUARDS_STALE),
        (replace(QUIET, time_suspect=True), Because.TIME_SUSPECT),
        (replace(QUIET, friction=Friction.QUESTIONS), Because.PAUSE_OPEN),
        (replace(QUIET, friction=Friction.COOLING_OFF), Because.PAUSE_OPEN),
        (replace(QUIET, friction=Friction.HOLD), Because.HOLD_OPEN),
        (replace(QUIET, confirmed=True), Because.CONFIRMED),
        (replace(QUIET, accused=True), Because.ACCUSED),
        (replace(QUIET, known_for=None), Because.NOT_KNOWN),
        (replace(QUIET, known_for=KNOWN_FOR - 1), Because.NOT_KNOWN),
    ],
)
def test_each_thing_known_against_it_holds_and_is_named(met: Guards, because: Because) -> None:
    assert stand_in(withdrawal(usd=1), LIMITS, met, Spent()) == StandIn(Friction.HOLD, (because,))


@pytest.mark.parametrize(
    ("dollars", "so", "because"),
    [
        (201, Spent(), Because.OVER_WITHDRAWAL),
        (100, Spent(customer_day=MicroUsd(200 * DOLLAR + 1)), Because.OVER_CUSTOMER_DAY),
        (100, Spent(hour=MicroUsd(4_900 * DOLLAR + 1)), Because.OVER_HOUR),
        (None, Spent(), Because.AMOUNT_UNKNOWN),
    ],
)
def test_each_limit_holds_and_is_named(dollars: int | None, so: Spent, because: Because) -> None:
    assert stand_in(withdrawal(usd=dollars), LIMITS, QUIET, so) == StandIn(Friction.HOLD, (because,))


def test_without_limits_nothing_is_let_go() -> None:
    assert stand_in(withdrawal(usd=1), None, QUIET, Spent()) == StandIn(Friction.HOLD, (Because.NO_LIMITS,))


def test_everything_against_it_is_named_at_once() -> None:
    met = Guards(fresh=True, friction=Friction.HOLD, confirmed=True)
    found = stand_in(withdrawal(usd=201), LIMITS, met, Spent())
    assert found.because == (Because.HOLD_OPEN, Because.CONFIRMED, Because.NOT_KNOWN, Because.OVER_WITHDRAWAL)
