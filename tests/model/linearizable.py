"""Whether a recorded history can have happened one call after the other, each between its beginning and its end.

Wing and Gong's search ("Testing and verifying concurrent objects", 1993) with Lowe's memory of what was tried (2017):
take any call that nobody before it in time has to precede, do it on the sequential model, and go on; go back where its
answer was another. A call whose outcome nobody knows may have happened at any time after its beginning, or never.

Linearizability is local, so that a history is looked at in parts that share nothing: here, customer by customer.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

S = TypeVar("S", bound=Hashable)

MOST_TRIED = 1_000_000


class TooMany(Exception):
    """The history is too concurrent to be decided within the bound."""


@dataclass(frozen=True, slots=True)
class Called:
    """One call: by whom, on what part (a customer), with what, and what was answered. Times are monotonic.

    `answer` is None where none came, or one that says nothing (`pending`, a broken connection); `ended` is unused then.
    """

    process: int
    part: str
    asked: Hashable
    began: float
    ended: float
    answer: Hashable | None


@dataclass(frozen=True)
class Sequential(Generic[S]):
    """`answers` gives each way that a call may go: the state afterwards, and the answer. None of them: it cannot."""

    start: S
    answers: Callable[[S, Hashable], Iterable[tuple[S, Hashable]]]


def impossible(model: Sequential[S], history: Iterable[Called], most: int = MOST_TRIED) -> dict[str, list[Called]]:
    """The parts that cannot have happened in any order, each with its calls by time; empty if the history is right."""
    parts: dict[str, list[Called]] = defaultdict(list)
    for call in history:
        parts[call.part].append(call)
    ordered = {part: sorted(calls, key=lambda call: call.began) for part, calls in sorted(parts.items())}
    return {part: calls for part, calls in ordered.items() if not _possible(model, calls, most)}


def _possible(model: Sequential[S], calls: Sequence[Called], most: int) -> bool:
    """Depth first over (calls that have happened, state); no pair of them is tried twice."""
    known = frozenset(number for number, call in enumerate(calls) if call.answer is not None)
    tried = {(frozenset[int](), model.start)}
    waiting = list(tried)
    while waiting:
        happened, state = waiting.pop()
        if known <= happened:
            return True
        if len(tried) > most:
            raise TooMany(f"{len(calls)} calls, and over {most} ways of beginning were tried")
        for number in _first(calls, happened):
            call = calls[number]
            for after, answer in model.answers(state, call.asked):
                following = (happened | {number}, after)
                if call.answer in (None, answer) and following not in tried:
                    tried.add(following)
                    waiting.append(following)
    return False


def _first(calls: Sequence[Called], happened: frozenset[int]) -> list[int]:
    """Those that began before every other one that is left had its answer."""
    left = [number for number in range(len(calls)) if number not in happened]
    until = min((calls[number].ended for number in left if calls[number].answer is not None), default=float("inf"))
    return [number for number in left if calls[number].began <= until]
