"""A small explicit-state explorer: every state that a protocol can come to, breadth first, each once.

A model is a start, a function that gives the named steps out of a state, and invariants. States are hashable and
never change. Breadth first, so that the trace to a violation is a shortest one. A bound that is reached is an error
and not a result: what was not looked at is not known to be right.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

S = TypeVar("S", bound=Hashable)

MOST_STATES = 400_000


class TooMany(Exception):
    """There are more states than the bound; make the model smaller or raise it."""


@dataclass(frozen=True)
class Model(Generic[S]):
    """`steps` gives (name, state afterwards); the name's first word is its kind.

    `always` holds in every state, `finally_` in those that no step leaves. Each gives "" or what is wrong.
    """

    start: S
    steps: Callable[[S], Iterable[tuple[str, S]]]
    always: Mapping[str, Callable[[S], str]]
    finally_: Mapping[str, Callable[[S], str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Violation(Generic[S]):
    invariant: str
    what: str
    trace: tuple[str, ...]
    state: S

    def __str__(self) -> str:
        told = [f"  {number}. {name}" for number, name in enumerate(self.trace, start=1)]
        return "\n".join([f"{self.invariant}: {self.what}, after {len(self.trace)} steps:", *told])


@dataclass(frozen=True)
class Explored(Generic[S]):
    """`kinds`: of every step that was taken at all. `ends`: states that no step leaves."""

    states: int
    transitions: int
    depth: int
    ends: int
    kinds: frozenset[str]
    violation: Violation[S] | None

    def __str__(self) -> str:
        return f"{self.states} states, {self.transitions} transitions, {self.depth} deep, {self.ends} ends"


def explore(model: Model[S], most: int = MOST_STATES) -> Explored[S]:
    """Everything, or up to the first violation. Raises TooMany beyond `most` states."""
    came: dict[S, tuple[S, str] | None] = {model.start: None}
    level, depth, transitions, ends = [model.start], 0, 0, 0
    kinds: set[str] = set()
    while level:
        following: list[S] = []
        for state in level:
            found = _broken(model.always, state)
            before = transitions
            for name, after in model.steps(state) if found is None else ():
                transitions += 1
                kinds.add(name.partition(" ")[0])
                if after not in came:
                    came[after] = (state, name)
                    following.append(after)
            if found is None and transitions == before:
                ends += 1
                found = _broken(model.finally_, state)
            if found is not None:
                violation = Violation(*found, _trace(came, state), state)
                return Explored(len(came), transitions, depth, ends, frozenset(kinds), violation)
            if len(came) > most:
                raise TooMany(f"over {most} states, and not at the end, {depth} steps from the start")
        level, depth = following, depth + 1
    return Explored(len(came), transitions, depth - 1, ends, frozenset(kinds), None)


def _broken(invariants: Mapping[str, Callable[[S], str]], state: S) -> tuple[str, str] | None:
    for name, wrong in invariants.items():
        if what := wrong(state):
            return name, what
    return None


def _trace(came: Mapping[S, tuple[S, str] | None], state: S) -> tuple[str, ...]:
    names: list[str] = []
    while (before := came[state]) is not None:
        state, name = before
        names.append(name)
    return tuple(reversed(names))
