"""The writer's protocol, explored to the end: 2 replicas on one database, 2 withdrawals of one customer to one
destination, and a kill, a broken connection or a power cut anywhere. Each fault that is planted is found.
"""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from breather.domain.cooling_off import State
from breather.domain.event import EventKind
from breather.domain.instant import HOUR, MINUTE, Millis
from tests.model.explore import Explored, Model, explore
from tests.model.ledger import START, Act, Clear, Rows, Submit, after_all, state_of
from tests.model.writer import Fault, Protocol
from tests.model.writer import State as At

FIRST, SECOND = Submit("w1", 100), Submit("w2", 40)
ANSWERS = Act("w1", "a", EventKind.ANSWER)
CONFIRMS = Act("w1", "c", EventKind.CONFIRM)
HOLDS = Act("w1", "h", EventKind.HELD)
LIFTS = Act("w1", "l", EventKind.LIFTED)
STOPS = Act("w1", "s", EventKind.STOP)


def before(*commands: Submit | Act, since: int = 2 * HOUR) -> Rows:
    """What they left, the first of them `since` (ms) before the start, each an hour after the one before."""
    at = [Millis(START - since + place * HOUR) for place in range(len(commands))]
    return after_all(list(zip(at, commands, strict=True)))


RUNNING = before(FIRST, ANSWERS, since=HOUR + MINUTE)
ELAPSED = before(FIRST, ANSWERS)
RELEASED = before(FIRST, ANSWERS, CONFIRMS, since=3 * HOUR)
HELD = before(FIRST, ANSWERS, HOLDS, since=2 * HOUR)
HELD_AFTER_RELEASE = before(FIRST, ANSWERS, CONFIRMS, HOLDS, since=4 * HOUR)

# What is sent, and what there is before. Each is explored to the end.
RETRIES = Protocol((FIRST, FIRST, SECOND), mishaps=2, polls=True)
DEADLINES = Protocol((FIRST, FIRST, SECOND), deadlines=frozenset({0, 1, 2}))
CHANGED_RETRY = Protocol((FIRST, replace(FIRST, amount=101), FIRST), mishaps=2)
JOINING = Protocol((SECOND, Submit("w3", 30), SECOND), RUNNING, mishaps=2, polls=True)
CLEARING = Protocol((CONFIRMS, Clear("w1"), HOLDS, Submit("w2", 200)), ELAPSED)
STOPPING = Protocol((STOPS, Clear("w1"), SECOND, Clear("w2")), RELEASED)
LIFTING = Protocol((LIFTS, CONFIRMS, Clear("w1")), HELD, ticks=(0, HOUR))
LIFTING_A_RELEASE = Protocol((LIFTS, Clear("w1"), HOLDS, Submit("w2", 10)), HELD_AFTER_RELEASE)
BROADCASTS = Protocol(
    (
        Act("w1", "b1", EventKind.BROADCAST, "t1"),
        Act("w1", "b2", EventKind.BROADCAST, "t2"),
        Act("w1", "b3", EventKind.BROADCAST, "t1"),
        STOPS,
    ),
    RELEASED,
)
CLOCK = Protocol((ANSWERS, CONFIRMS, Clear("w1")), before(FIRST, since=MINUTE), ticks=(0, HOUR, 26 * HOUR))
ALL = {
    "retries": RETRIES,
    "deadlines": DEADLINES,
    "changed-retry": CHANGED_RETRY,
    "joining": JOINING,
    "clearing": CLEARING,
    "stopping": STOPPING,
    "lifting": LIFTING,
    "lifting-a-release": LIFTING_A_RELEASE,
    "broadcasts": BROADCASTS,
    "clock": CLOCK,
}


MEANWHILE = frozenset({"send", "take", "lock", "commit", "answer", "kill", "start", "cut", "power"})

UNKNOWN, DIFFERS = "unknown-withdrawal", "broadcast-differs"

# What each call is answered, in one order of things or another. A clearance that is never given is as much a finding
# as one that is: a lifted hold gives no release back, whatever comes first.
TOLD: Mapping[str, list[set[str]]] = {
    "retries": [{"decided"}, {"decided"}, {"decided"}],
    "deadlines": [{"decided"}, {"decided"}, {"decided"}],
    "changed-retry": [{"decided", "changed-retry"}, {"decided", "changed-retry"}, {"decided", "changed-retry"}],
    "joining": [{"decided"}, {"decided"}, {"decided"}],
    "clearing": [{"moved", "held"}, {"cleared", "not-clearable", "pause-open"}, {"moved"}, {"decided"}],
    "stopping": [{"moved"}, {"cleared", "not-clearable"}, {"decided"}, {"cleared", "not-clearable", UNKNOWN}],
    "lifting": [{"moved"}, {"moved", "held"}, {"cleared", "not-clearable"}],
    "lifting-a-release": [{"moved"}, {"not-clearable"}, {"moved"}, {"decided"}],
    "broadcasts": [{"moved", DIFFERS}, {"moved", DIFFERS}, {"moved", DIFFERS}, {"moved", "already-broadcast"}],
    "clock": [
        {"moved", "resolved"},
        {"moved", "not-answered", "not-elapsed", "resolved"},
        {"cleared", "not-clearable"},
    ],
}

# The fault, where it is planted, what finds it, and by how many steps.
PLANTED = {
    Fault.ANSWERED_BEFORE_COMMIT: (RETRIES, "A2", 4),
    Fault.NOT_SYNCED: (RETRIES, "A2", 5),
    Fault.NO_LOCK: (JOINING, "A5", 8),
    Fault.OLD_SNAPSHOT: (JOINING, "A5", 10),
    Fault.NUMBERED_OUTSIDE: (RETRIES, "D3", 9),
    Fault.BOTH_OWN: (DEADLINES, "B3", 5),
    Fault.LIFTING_RELEASES: (LIFTING, "A4", 5),
}


def explored(protocol: Protocol, fault: Fault = Fault.NONE) -> Explored[At]:
    return explore(replace(protocol, fault=fault).model())


def listening(model: Model[At], told: set[tuple[int, str]]) -> Model[At]:
    """The same, and every answer that some call gets in some order of things is in `told`."""

    def listen(state: At) -> str:
        told.update((number, call.answer.code) for number, call in enumerate(state.calls) if call.answer is not None)
        return ""

    return replace(model, always={**model.always, "listen": listen})


@pytest.mark.parametrize("name", ALL)
def test_nothing_that_may_happen_breaks_a_guarantee(name: str) -> None:
    """Every state there is; everything that may happen did; each call gets every answer that it can."""
    protocol, told = ALL[name], set[tuple[int, str]]()
    found = explore(listening(protocol.model(), told))
    assert found.violation is None, str(found.violation)
    expected = {"poll"} if protocol.polls else set()
    expected |= {"deadline", "pending"} if protocol.deadlines else set()
    expected |= {"tick"} if len(protocol.ticks) > 1 else set()
    assert found.kinds == MEANWHILE | expected
    answers = [{code for call, code in told if call == number} for number in range(len(protocol.commands))]
    assert answers == TOLD[name]


@pytest.mark.parametrize("fault", PLANTED, ids=lambda fault: fault.name.lower())
def test_a_planted_fault_is_found(fault: Fault) -> None:
    protocol, invariant, steps = PLANTED[fault]
    found = explored(protocol, fault).violation
    assert found is not None
    assert (found.invariant, len(found.trace)) == (invariant, steps), str(found)


def test_without_a_lock_the_journals_own_numbers_still_refuse_the_second() -> None:
    """A second wall: whoever decided on what has changed meanwhile has its number taken, and commits nothing."""
    found = explored(JOINING, Fault.NO_LOCK_NUMBERED_BY_HEAD)
    assert found.violation is None, str(found.violation)
    assert "conflict" in found.kinds


def test_where_each_story_begins() -> None:
    """Else a story of a hold might be told of something that has lapsed."""
    began = [state_of(rows, "w1", START) for rows in (RUNNING, ELAPSED, RELEASED, HELD, HELD_AFTER_RELEASE)]
    assert began == [State.RUNNING, State.ELAPSED, State.RELEASED, State.HELD, State.HELD]
