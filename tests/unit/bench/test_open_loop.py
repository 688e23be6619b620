"""The open loop counts from when a request was due, whoever kept it waiting."""

import time
from collections import deque
from itertools import repeat
from typing import cast

import pytest

from bench.open_loop import Line, Load, Schedule

SCHEDULE = Schedule(port=1, key="k", rate=100, seconds=1)


class Wire:
    """Stands for a connection: what was sent on it, and since when it was due."""

    def __init__(self) -> None:
        self.sent: list[float] = []

    def send(self, instant: float, request: bytes) -> None:
        assert request.startswith(b"POST /v1/withdrawals")
        self.sent.append(instant)


def load_of(*wires: Wire) -> Load:
    return Load(SCHEDULE, 0.0, repeat(b"{}"), deque(cast("list[Line]", wires)))


def as_line(wire: Wire) -> Line:
    return cast(Line, wire)


def test_whoever_waits_for_a_connection_is_timed_from_when_she_came() -> None:
    wire = Wire()
    load = load_of(wire)
    now = time.monotonic()
    load.come(now - 5)
    load.come(now - 4)
    assert wire.sent == [now - 5], "one at a time"
    load.answered(as_line(wire), now - 5, b"201")
    assert wire.sent == [now - 5, now - 4]
    load.answered(as_line(wire), now - 4, b"201")
    found = load.window(0.1)
    assert (found.count, found.waiting, found.refused) == (2, 0, 0)
    assert found.most_ms == pytest.approx(5_000, abs=500)


def test_connections_take_turns() -> None:
    one, other = Wire(), Wire()
    load = load_of(one, other)
    for _ in range(4):
        before = len(one.sent), len(other.sent)
        load.come(time.monotonic())
        used = one if len(one.sent) > before[0] else other
        load.answered(as_line(used), used.sent[-1], b"201")
    assert (len(one.sent), len(other.sent)) == (2, 2)


def test_any_other_answer_and_a_lost_connection_are_refusals() -> None:
    wires = [Wire(), Wire(), Wire()]
    load = load_of(*wires)
    for _ in wires:
        load.come(time.monotonic())
    load.answered(as_line(wires[0]), time.monotonic(), b"503")
    load.answered(as_line(wires[1]), time.monotonic(), b"201")
    load.lost(as_line(wires[2]), time.monotonic())
    assert load.window(0.1).refused == 2
    assert load.under_way == 0


def test_a_closed_connection_that_was_free_is_not_used_again() -> None:
    closed, open_one = Wire(), Wire()
    load = load_of(closed, open_one)
    load.lost(as_line(closed), None)
    load.come(time.monotonic())
    assert (closed.sent, len(open_one.sent)) == ([], 1)


def test_the_warm_up_is_not_counted_and_a_window_begins_empty() -> None:
    wire = Wire()
    load = Load(SCHEDULE, time.monotonic(), repeat(b"{}"), deque([as_line(wire)]))
    load.come(load.began - 1)
    load.answered(as_line(wire), load.began - 1, b"201")
    load.come(load.began + 0.001)
    load.answered(as_line(wire), load.began, b"201")
    assert load.window(0.1).count == 1
    with pytest.raises(SystemExit, match="not one request"):
        load.window(0.1)
