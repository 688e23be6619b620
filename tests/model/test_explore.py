"""The explorer finds what is there, by a shortest way, and never calls a part the whole."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

import pytest

from tests.model.explore import Model, TooMany, explore

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Counter:
    """Two processes that each add one to `value`: by reading it, and writing one more than they read."""

    value: int = 0
    read: tuple[int | None, int | None] = (None, None)
    done: tuple[bool, bool] = (False, False)
    turn: int | None = None


def put(pair: tuple[T, T], who: int, value: T) -> tuple[T, T]:
    return (value, pair[1]) if who == 0 else (pair[0], value)


def adding(locks: bool) -> Model[Counter]:
    def steps(state: Counter) -> Iterator[tuple[str, Counter]]:
        for who in (0, 1):
            if state.done[who]:
                continue
            seen = state.read[who]
            if seen is None:
                if not locks or state.turn is None:
                    after = replace(state, read=put(state.read, who, state.value), turn=who if locks else None)
                    yield f"read {who}", after
            else:
                written = replace(state, value=seen + 1, read=put(state.read, who, None), turn=None)
                yield f"write {who}", replace(written, done=put(state.done, who, True))

    def counted(state: Counter) -> str:
        return "" if state.value == sum(state.done) else f"{sum(state.done)} have added, and it is {state.value}"

    return Model(Counter(), steps, {"each counts": counted}, {"both add": lambda s: "" if all(s.done) else "stuck"})


def test_every_state_is_visited_once() -> None:
    """By hand: start, two that have read, two that one has written, two more reads, the end."""
    found = explore(adding(locks=True))
    assert found.violation is None
    assert (found.states, found.transitions, found.depth, found.ends) == (8, 8, 4, 1)
    assert found.kinds == {"read", "write"}


def test_a_lost_update_is_found_by_a_shortest_way() -> None:
    found = explore(adding(locks=False))
    assert found.violation is not None
    assert found.violation.trace == ("read 0", "read 1", "write 0", "write 1")
    assert str(found.violation).startswith("each counts: 2 have added, and it is 1, after 4 steps:\n  1. read 0")


def test_a_state_that_nothing_leaves_is_looked_at_as_an_end() -> None:
    stuck = Model(0, lambda state: [("up", state + 1)] if state < 3 else [], {}, {"never ends": lambda _: "ended"})
    found = explore(stuck)
    assert found.violation is not None
    assert found.violation.trace == ("up", "up", "up")


def test_a_start_that_is_wrong_is_a_trace_of_nothing() -> None:
    found = explore(Model(0, lambda _: [("on", 1)], {"positive": lambda state: "" if state else "zero"}))
    assert found.violation is not None
    assert found.violation.trace == ()


def test_what_is_larger_than_the_bound_is_no_result() -> None:
    with pytest.raises(TooMany, match="over 100 states"):
        explore(Model(0, lambda state: [("up", state + 1)], {}), most=100)
