"""The service's clock: anchored once, carried by the monotonic clock, suspect when the wall clock is moved."""

import time
from pathlib import Path

import pytest

from breather.clock import SystemClock, WatchedClock, watched
from breather.domain.instant import HOUR, SECOND, Millis
from tests.launcher import FileClock, write_clock

SECOND_NS = 1_000_000_000


class Machine:
    """Both clocks of a machine, in nanoseconds."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.wall = 1_800_000_000 * SECOND_NS
        self.monotonic = 5 * SECOND_NS
        monkeypatch.setattr(time, "time_ns", lambda: self.wall)
        monkeypatch.setattr(time, "monotonic_ns", lambda: self.monotonic)

    def passes(self, nanoseconds: int) -> None:
        self.wall += nanoseconds
        self.monotonic += nanoseconds


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(monkeypatch)


def test_it_gives_whole_milliseconds_and_goes_with_the_time(machine: Machine) -> None:
    clock = SystemClock()
    assert clock.now() == 1_800_000_000_000
    machine.passes(1_999_999)
    assert clock.now() == 1_800_000_000_001
    machine.passes(3600 * SECOND_NS)
    assert clock.now() == 1_800_000_000_002 - 1 + HOUR
    assert not clock.suspect()


@pytest.mark.parametrize("step", [-3600, -3, 3, 86400])
def test_a_step_of_the_wall_clock_moves_nothing_and_is_noticed(machine: Machine, step: int) -> None:
    clock = SystemClock()
    machine.passes(10 * SECOND_NS)
    before = clock.now()
    machine.wall += step * SECOND_NS
    assert clock.now() == before
    assert clock.suspect()
    machine.wall -= step * SECOND_NS
    assert not clock.suspect()


@pytest.mark.parametrize("step", [-2, -1, 0, 1, 2])
def test_two_seconds_are_not_suspected_yet(machine: Machine, step: int) -> None:
    clock = SystemClock()
    machine.wall += step * SECOND_NS
    assert not clock.suspect()


def test_the_clock_of_tests_reads_its_file_and_never_goes_back(tmp_path: Path) -> None:
    path = tmp_path / "clock"
    write_clock(path, Millis(5 * SECOND))
    clock = FileClock(path)
    assert (clock.now(), clock.suspect()) == (5 * SECOND, False)
    write_clock(path, Millis(4 * SECOND), suspect=True)
    assert (clock.now(), clock.suspect()) == (5 * SECOND, True)
    write_clock(path, Millis(6 * SECOND))
    assert (clock.now(), clock.suspect()) == (6 * SECOND, False)


def test_suspect_it_stands_and_stays_so_until_somebody_has_confirmed(machine: Machine) -> None:
    clock = WatchedClock(SystemClock())
    clock.follow(0)
    machine.passes(10 * SECOND_NS)
    before = clock.now()
    machine.wall += 3600 * SECOND_NS
    machine.passes(SECOND_NS)
    assert (clock.now(), clock.suspect()) == (before, True)
    machine.wall -= 3600 * SECOND_NS
    assert (clock.now(), clock.suspect()) == (before, True), "that it looks right again proves nothing"
    assert not clock.follow(0)
    assert clock.follow(7)
    assert (clock.now(), clock.suspect()) == (before + SECOND, False)


def test_a_confirmation_is_believed_for_what_came_before_it_only(machine: Machine) -> None:
    clock = WatchedClock(SystemClock())
    clock.follow(7)
    machine.wall -= 60 * SECOND_NS
    assert not clock.follow(7), "said before the clock was set"
    assert clock.suspect()
    assert clock.follow(9)
    machine.wall += 60 * SECOND_NS
    assert clock.suspect()
    assert not clock.follow(9)


def test_watched_twice_is_watched_once() -> None:
    clock = watched(SystemClock())
    assert watched(clock) is clock
