"""What the clock and the holds make of a pause: never shorter, never back from the end (guarantees A5 and A6)."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from breather.domain.amount import BaseUnits
from breather.domain.asset import Asset
from breather.domain.cooling_off import OPEN, Hold, Pause, Resolution, Resolved, State, may_join
from breather.domain.friction import Friction
from breather.domain.instant import DAY, HOUR, MINUTE, Millis

AT = Millis(1_800_000_000_000)
PAUSE = Pause("w", Asset.USDT, Friction.COOLING_OFF, BaseUnits(1200), HOUR, DAY, AT)
TIMES = st.integers(0, 10 * DAY // MINUTE).map(lambda minutes: minutes * MINUTE)


def hold(placed: int, lasts: int, lifted: int | None = None) -> Hold:
    lifted_at = None if lifted is None else Millis(AT + lifted)
    return Hold(f"h{placed}", "w", "checked", Millis(AT + placed), Millis(AT + placed + lasts), "desk", lifted_at)


HOLDS = st.lists(st.builds(hold, TIMES, st.integers(1, 72).map(lambda hours: hours * HOUR)), max_size=3)


@st.composite
def pauses(draw: st.DrawFn) -> Pause:
    """As the use cases make them: started while it was open, settled while it was open and not held."""
    duration = draw(st.sampled_from([0, MINUTE, HOUR, DAY]))
    pause = replace(PAUSE, duration=duration, lapses_after=draw(st.sampled_from([DAY, 3 * DAY])))
    if draw(st.booleans()):
        pause = pause.started(Millis(AT + draw(st.integers(0, DAY - 1))))
    return pause


def test_it_goes_from_offered_to_lapsed_by_the_clock_alone() -> None:
    assert PAUSE.state((), AT) is State.OFFERED
    assert PAUSE.state((), Millis(AT + DAY - 1)) is State.OFFERED
    assert PAUSE.state((), Millis(AT + DAY)) is State.LAPSED


def test_it_runs_from_the_answers_and_elapses_to_the_millisecond() -> None:
    started = PAUSE.started(Millis(AT + MINUTE))
    assert started.state((), Millis(AT + MINUTE)) is State.RUNNING
    assert started.state((), Millis(AT + MINUTE + HOUR - 1)) is State.RUNNING
    assert started.state((), Millis(AT + MINUTE + HOUR)) is State.ELAPSED
    assert started.state((), Millis(AT + MINUTE + HOUR + DAY - 1)) is State.ELAPSED
    assert started.state((), Millis(AT + MINUTE + HOUR + DAY)) is State.LAPSED


def test_a_hold_covers_it_and_the_clock_runs_on_underneath() -> None:
    started = PAUSE.started(AT)
    over = (hold(MINUTE, 3 * HOUR),)
    assert started.state(over, Millis(AT + 2 * HOUR)) is State.HELD
    assert started.state(over, Millis(AT + 3 * HOUR + MINUTE)) is State.ELAPSED, "its maximum ends it like a lifting"
    lifted = (hold(MINUTE, 3 * HOUR, lifted=10 * MINUTE),)
    assert started.state(lifted, Millis(AT + 10 * MINUTE)) is State.RUNNING


def test_a_hold_after_a_release_voids_it_and_leaves_her_a_day_to_decide_again() -> None:
    confirmed = Resolved(Resolution.CONFIRM, "e", Millis(AT + 2 * HOUR), "k")
    released = replace(PAUSE.started(AT), resolved=confirmed)
    assert released.state((), Millis(AT + 40 * DAY)) is State.RELEASED
    late = (hold(30 * HOUR, HOUR),)  # after it would have lapsed, had she not confirmed
    assert released.state(late, Millis(AT + 30 * HOUR + 1)) is State.HELD
    assert released.state(late, Millis(AT + 31 * HOUR)) is State.ELAPSED
    assert released.state(late, Millis(AT + 31 * HOUR + DAY - 1)) is State.ELAPSED
    assert released.state(late, Millis(AT + 31 * HOUR + DAY)) is State.LAPSED


def test_a_hold_does_not_undo_a_stop() -> None:
    stopped = replace(PAUSE, resolved=Resolved(Resolution.STOP, "e", Millis(AT + HOUR), "k"))
    assert stopped.state((hold(2 * HOUR, HOUR),), Millis(AT + 2 * HOUR)) is State.STOPPED


def test_what_has_lapsed_is_not_brought_back_by_a_later_hold() -> None:
    later = (hold(30 * HOUR, HOUR),)
    assert PAUSE.lapses_at(later) == AT + DAY
    assert PAUSE.state(later, Millis(AT + 30 * HOUR)) is State.LAPSED
    assert PAUSE.state(later, Millis(AT + 32 * HOUR)) is State.LAPSED


@given(pauses(), HOLDS)
def test_it_never_lapses_in_less_than_a_day_after_she_could_act(pause: Pause, holds: list[Hold]) -> None:
    lapses_at = pause.lapses_at(holds)
    assert lapses_at >= pause.offered_at + DAY
    if (elapses_at := pause.elapses_at()) is not None:
        assert lapses_at >= elapses_at + DAY
    since = pause.offered_at if elapses_at is None else elapses_at
    for one in holds:
        if one.placed_at < lapses_at and one.ended_at() > since:
            assert lapses_at >= one.ended_at() + DAY


@given(pauses(), HOLDS, TIMES, TIMES, st.integers(1, 72))
def test_once_lapsed_always_lapsed(pause: Pause, holds: list[Hold], first: int, after: int, hours: int) -> None:
    """Whatever holds come later, and the order in which they are read."""
    then = Millis(AT + first)
    known = [one for one in holds if one.placed_at <= then]
    if pause.state(known, then) is not State.LAPSED:
        return
    later = [*known, hold(first + after, hours * HOUR)]
    for moment in (then, Millis(AT + first + after), Millis(AT + first + after + 73 * HOUR)):
        assert pause.state(reversed(later), moment) is State.LAPSED


@given(pauses(), HOLDS, TIMES)
def test_an_open_hold_is_never_passed(pause: Pause, holds: list[Hold], after: int) -> None:
    now = Millis(AT + after)
    state = pause.state(holds, now)
    if any(one.is_open(now) for one in holds):
        assert state in (State.HELD, State.LAPSED)
    assert state is not State.RELEASED


@given(st.sampled_from(Friction), st.integers(0, DAY), st.sampled_from(Friction), st.integers(0, DAY))
def test_answers_only_raise(friction: Friction, duration: int, other: Friction, longer: int) -> None:
    pause = replace(PAUSE, friction=friction, duration=duration)
    raised = pause.raised(other, longer)
    assert raised.friction >= friction
    assert raised.duration >= duration
    assert raised == pause.raised(other, longer).raised(friction, duration)


def test_a_lifting_never_lengthens_a_hold() -> None:
    assert hold(0, HOUR, lifted=2 * HOUR).ended_at() == AT + HOUR
    assert not hold(0, HOUR).is_open(Millis(AT + HOUR))


@given(
    pauses(),
    HOLDS,
    st.integers(1, 2400),
    st.sampled_from(Friction),
    TIMES,
    st.booleans(),
)
def test_what_joins_stays_within_what_was_announced(
    pause: Pause, holds: list[Hold], joined: int, friction: Friction, after: int, confirmed: bool
) -> None:
    now = Millis(AT + after)
    if confirmed and pause.state((), Millis(AT + 2 * DAY - 1)) is State.ELAPSED:
        resolved = Resolved(Resolution.CONFIRM, "e", Millis(AT + 2 * DAY - 1), "k")
        pause = replace(pause, resolved=resolved)
    if not may_join(pause, holds, joined, friction, now, DAY):
        return
    assert joined <= pause.covers_up_to
    assert min(friction, Friction.COOLING_OFF) <= pause.friction
    state = pause.state(holds, now)
    assert state in (OPEN | {State.RELEASED}) - {State.OFFERED, State.HELD}
    if state is State.RELEASED:
        assert pause.resolved is not None
        assert now < pause.resolved.at + DAY


def test_what_was_only_offered_is_not_joined() -> None:
    assert not may_join(PAUSE, (), 1, Friction.QUESTIONS, AT, DAY)
    assert may_join(PAUSE.started(AT), (), 1200, Friction.COOLING_OFF, AT, DAY)
    assert not may_join(PAUSE.started(AT), (), 1201, Friction.QUESTIONS, AT, DAY)
