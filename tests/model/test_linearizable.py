"""The checker accepts what may have happened one after the other, and refuses what may not."""

from collections.abc import Hashable, Iterator, Sequence

import pytest

from breather.domain.cooling_off import Resolution
from breather.domain.event import EventKind
from breather.domain.instant import HOUR, Millis
from tests.model.ledger import START, Act, Clear, Rows, Submit, apply
from tests.model.linearizable import Called, Sequential, TooMany, impossible

FIRST, OTHER = Submit("w1", 100), Submit("w2", 40)
STOPS = Act("w1", "s", EventKind.STOP)
SENDS = Act("w1", "b", EventKind.BROADCAST, "t1")
NOW = Millis(START + HOUR)


def one_after_the_other(state: Rows, asked: Hashable) -> Iterator[tuple[Rows, Hashable]]:
    """The sequential domain, at one instant: what is compared is the answer's code, and of a decision its pause."""
    assert isinstance(asked, Submit | Act | Clear)
    after, answer, _ = apply(state, asked, NOW)
    yield after, (answer.code, *answer.says[1:3]) if answer.code == "decided" else answer.code


MODEL = Sequential(Rows(), one_after_the_other)
OWN1, OWN2 = ("decided", "w1", True), ("decided", "w2", True)


def history(*calls: tuple[Hashable, float, float, Hashable | None], part: str = "c") -> list[Called]:
    return [Called(number, part, *call) for number, call in enumerate(calls)]


RIGHT = {
    "one after the other": history((FIRST, 0, 1, OWN1), (STOPS, 2, 3, "moved"), (SENDS, 4, 5, "moved")),
    "a retry at the same time": history((FIRST, 0, 9, OWN1), (FIRST, 1, 2, OWN1)),
    "in the other order than they began": history((STOPS, 0, 9, "moved"), (FIRST, 1, 2, OWN1)),
    "unknown, and it happened": history((FIRST, 0, 1, None), (STOPS, 2, 3, "moved")),
    "unknown, and it did not": history((FIRST, 0, 1, None), (STOPS, 2, 3, "unknown-withdrawal")),
    "unknown, and it happened late": history(
        (FIRST, 0, 1, None), (STOPS, 2, 3, "unknown-withdrawal"), (STOPS, 4, 5, "moved")
    ),
    "a second transaction is refused": history(
        (FIRST, 0, 1, OWN1),
        (SENDS, 2, 9, "moved"),
        (Act("w1", "b2", EventKind.BROADCAST, "t2"), 3, 4, "broadcast-differs"),
    ),
}
WRONG = {
    "acknowledged, and then not there": history((FIRST, 0, 1, OWN1), (STOPS, 2, 3, "unknown-withdrawal")),
    "there, and then not": history((FIRST, 0, 9, None), (STOPS, 1, 2, "moved"), (STOPS, 3, 4, "unknown-withdrawal")),
    "seen before it was asked for": history((STOPS, 0, 1, "moved"), (FIRST, 2, 3, OWN1)),
    "two decisions of one id": history((FIRST, 0, 1, OWN1), (Submit("w1", 90), 0, 1, OWN1)),
    "broadcast in two transactions": history(
        (FIRST, 0, 1, OWN1), (SENDS, 2, 5, "moved"), (Act("w1", "b2", EventKind.BROADCAST, "t2"), 2, 5, "moved")
    ),
    "cleared during the pause": history((FIRST, 0, 1, OWN1), (Clear("w1"), 2, 3, "cleared")),
    "stopped after it was broadcast": history((FIRST, 0, 1, OWN1), (SENDS, 2, 3, "moved"), (STOPS, 4, 5, "moved")),
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_may_have_happened_is_accepted(name: str) -> None:
    assert impossible(MODEL, RIGHT[name]) == {}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_have_happened_is_refused(name: str) -> None:
    assert impossible(MODEL, WRONG[name]) == {"c": sorted(WRONG[name], key=lambda call: call.began)}


def test_one_customer_is_not_held_against_another() -> None:
    """A wrong part is named, and only that one."""
    of_both = [*RIGHT["one after the other"], *(other("d", call) for call in WRONG["cleared during the pause"])]
    assert list(impossible(MODEL, of_both)) == ["d"]


def other(part: str, call: Called) -> Called:
    return Called(call.process, part, call.asked, call.began, call.ended, call.answer)


def crowd(clients: int, last: Hashable) -> Sequence[Called]:
    """Everybody submits, overlapping, and `last` is what a retry of the first is told afterwards."""
    submits = [
        (Submit(f"w{number}", 100), number / 10, 10.0, ("decided", f"w{number}", True)) for number in range(clients)
    ]
    return history(*submits, (Submit("w0", 100), 11.0, 12.0, last))


def test_many_at_once_are_decided() -> None:
    assert impossible(MODEL, crowd(7, ("decided", "w0", True))) == {}
    assert impossible(MODEL, crowd(5, ("decided", "w1", True))).keys() == {"c"}


def test_what_is_not_decided_is_not_called_right() -> None:
    with pytest.raises(TooMany, match="over 10 ways"):
        impossible(MODEL, crowd(7, ("decided", "w1", True)), most=10)


def test_a_stop_is_named_as_such() -> None:
    """The sequential model is the service's own: what it stores of a stop is the domain's."""
    rows, _, _ = apply(apply(Rows(), FIRST, NOW)[0], STOPS, NOW)
    row = rows.find("w1")
    assert row is not None
    assert row.standing.stopped is not None
    assert row.standing.stopped.how is Resolution.STOP
