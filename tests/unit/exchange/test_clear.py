"""When payout may be cleared, and when nothing is (guarantees A4, C and E)."""

import pytest

from breather.domain.cooling_off import State
from breather.domain.event import EventKind
from breather.domain.instant import DAY, HOUR, MINUTE, SECOND
from breather.domain.refusal import (
    AlreadyBroadcast,
    NotClearable,
    PauseOpen,
    TimeSuspect,
    UnknownWithdrawal,
    Watched,
)
from tests.unit.exchange.world import ANSWERS, World, asked_for, confirmation, event, released


def test_what_was_asked_nothing_is_cleared_at_once_on_both_engines(world: World) -> None:
    world.assess(asked_for("w1", 80))
    world.respond("w1", event(EventKind.ACKNOWLEDGE, "a"))
    asked = asked_for("w2", 90)
    world.assess(asked)
    for name in ("w1", "w2"):
        clearance = world.clear(name)
        assert clearance.expires_at - clearance.not_before == 120 * SECOND
        assert (clearance.vasp, clearance.mode, clearance.withdrawal.id) == ("vasp-1", "test", name)
        assert world.standing(name).cleared_until == clearance.expires_at
    assert world.clear("w2").withdrawal == asked


def test_an_unknown_withdrawal_and_a_suspect_time_clear_nothing(sqlite_world: World) -> None:
    with pytest.raises(UnknownWithdrawal):
        sqlite_world.clear("w1")
    sqlite_world.assess(asked_for("w1", 80))
    with pytest.raises(TimeSuspect):
        sqlite_world.clear("w1", suspect=True)


def test_a_notice_waits_for_its_acknowledgement(sqlite_world: World) -> None:
    sqlite_world.assess(asked_for("w1", 80))
    with pytest.raises(NotClearable) as refusal:
        sqlite_world.clear("w1")
    assert refusal.value.members == {"state": "offered"}


def test_each_state_of_a_pause_but_the_last_refuses(sqlite_world: World) -> None:
    sqlite_world.assess(asked_for("w1", 1000))
    states = []

    def refused() -> None:
        with pytest.raises(NotClearable) as refusal:
            sqlite_world.clear("w1")
        states.append(refusal.value.state)

    refused()
    sqlite_world.respond("w1", event(EventKind.ANSWER, "a", answers=ANSWERS))
    refused()
    sqlite_world.wait(HOUR)
    refused()
    sqlite_world.respond("w1", event(EventKind.HELD, "h", reason="checked", lasts=HOUR))
    refused()
    sqlite_world.respond("w1", event(EventKind.LIFTED, "l"))
    sqlite_world.wait(1)
    sqlite_world.respond("w1", confirmation("c", sqlite_world.now))
    sqlite_world.clear("w1")
    sqlite_world.respond("w1", event(EventKind.STOP, "s"))
    refused()
    assert states == ["offered", "running", "elapsed", "held", "stopped"]


def test_what_lapsed_or_left_is_not_cleared(sqlite_world: World) -> None:
    sqlite_world.assess(asked_for("w1", 1000))
    sqlite_world.wait(DAY)
    with pytest.raises(NotClearable, match="lapsed"):
        sqlite_world.clear("w1")
    sqlite_world.respond("w1", event(EventKind.BROADCAST, "b", transaction_id="0xa"))
    with pytest.raises(AlreadyBroadcast):
        sqlite_world.clear("w1")


def test_what_was_right_yesterday_is_not_cleared_today(sqlite_world: World) -> None:
    sqlite_world.assess(asked_for("w0", 80))
    sqlite_world.assess(asked_for("w1", 80))
    sqlite_world.assess(asked_for("w2", 1000))
    released(sqlite_world, "w2")
    sqlite_world.wait(DAY - HOUR - MINUTE - 1)
    sqlite_world.clear("w1")
    sqlite_world.wait(1)
    with pytest.raises(NotClearable):
        sqlite_world.clear("w1")
    sqlite_world.wait(HOUR + MINUTE - 1)
    sqlite_world.clear("w2")
    sqlite_world.wait(1)
    with pytest.raises(NotClearable):
        sqlite_world.clear("w2")


def test_one_that_is_watched_is_never_cleared(sqlite_world: World) -> None:
    sqlite_world.assess(asked_for("w1", 80))
    sqlite_world.respond("w1", event(EventKind.ACKNOWLEDGE, "a"))
    sqlite_world.respond("w1", event(EventKind.LISTENING, "l"))
    with pytest.raises(Watched):
        sqlite_world.clear("w1")


def test_an_open_pause_on_the_same_pair_comes_first(sqlite_world: World) -> None:
    sqlite_world.assess(asked_for("w0", 80))
    sqlite_world.assess(asked_for("w1", 90))
    sqlite_world.assess(asked_for("w2", 1000))
    with pytest.raises(PauseOpen) as refusal:
        sqlite_world.clear("w1")
    assert refusal.value.members == {"withdrawal": "w2"}
    released(sqlite_world, "w2")
    sqlite_world.clear("w1")


def test_a_pause_that_was_simply_passed_by_is_open_all_the_same(sqlite_world: World) -> None:
    sqlite_world.assess(asked_for("w0", 80))
    sqlite_world.assess(asked_for("w1", 90))
    sqlite_world.assess(asked_for("w2", 1000))
    sqlite_world.respond("w2", event(EventKind.BROADCAST, "b", transaction_id="0xa"))
    with pytest.raises(PauseOpen):
        sqlite_world.clear("w1")


def test_a_pause_that_was_stopped_keeps_nobody_waiting(sqlite_world: World) -> None:
    for name, units in (("w0", 80), ("w1", 90), ("w2", 1000)):
        sqlite_world.assess(asked_for(name, units))
    sqlite_world.respond("w2", event(EventKind.STOP, "s"))
    sqlite_world.clear("w1")


def test_many_that_lapsed_do_not_hide_one_that_is_open(sqlite_world: World) -> None:
    """Whoever coaches her might make her ask a hundred times; a hold long ago changes nothing about it."""
    sqlite_world.assess(asked_for("w0", 1))
    sqlite_world.respond("w0", event(EventKind.HELD, "h", reason="checked", lasts=HOUR))
    sqlite_world.wait(HOUR)
    sqlite_world.assess(asked_for("w1", 1000))
    for number in range(40):
        sqlite_world.wait(SECOND)
        assert sqlite_world.assess(asked_for(f"x{number}", 1)).record.friction == "cooling_off"
    sqlite_world.wait(22 * HOUR)
    sqlite_world.respond("w1", event(EventKind.ANSWER, "a", answers=ANSWERS))
    sqlite_world.wait(3 * HOUR)
    assert (sqlite_world.state("x0"), sqlite_world.state("w1")) == (State.LAPSED, State.ELAPSED)
    assert sqlite_world.assess(asked_for("w2", 1)).record.friction == "cooling_off"
    with pytest.raises(NotClearable):
        sqlite_world.clear("w2")


def test_a_hold_on_the_pair_holds_what_was_free(sqlite_world: World) -> None:
    sqlite_world.assess(asked_for("w0", 80))
    sqlite_world.assess(asked_for("w1", 90))
    sqlite_world.respond("w0", event(EventKind.HELD, "h", reason="checked", lasts=HOUR))
    with pytest.raises(NotClearable, match="held"):
        sqlite_world.clear("w1")
    sqlite_world.wait(HOUR)
    sqlite_world.clear("w1")


def test_a_pause_whose_release_a_hold_voided_is_open_again(sqlite_world: World) -> None:
    """Both were released; after the hold, confirming one clears that one only when the other is settled, too."""
    for name in ("w1", "w2"):
        sqlite_world.assess(asked_for(name, 1000))
        released(sqlite_world, name)
    sqlite_world.wait(MINUTE)
    sqlite_world.respond("w1", event(EventKind.HELD, "h", reason="checked", lasts=HOUR))
    sqlite_world.wait(HOUR)
    assert sqlite_world.state("w1") is sqlite_world.state("w2") is State.ELAPSED
    sqlite_world.respond("w2", confirmation("c2", sqlite_world.now))
    with pytest.raises(PauseOpen):
        sqlite_world.clear("w2")
    sqlite_world.respond("w1", event(EventKind.STOP, "s"))
    sqlite_world.clear("w2")


def test_what_has_left_keeps_nobody_waiting_after_a_hold(sqlite_world: World) -> None:
    sqlite_world.assess(asked_for("w1", 1000))
    released(sqlite_world, "w1")
    sqlite_world.clear("w1")
    sqlite_world.respond("w1", event(EventKind.BROADCAST, "b", transaction_id="0xa"))
    sqlite_world.wait(8 * DAY)
    sqlite_world.assess(asked_for("w2", 80))
    sqlite_world.respond("w2", event(EventKind.HELD, "h", reason="checked", lasts=HOUR))
    sqlite_world.wait(HOUR)
    sqlite_world.respond("w2", event(EventKind.ACKNOWLEDGE, "a"))
    sqlite_world.clear("w2")


def test_a_stop_after_a_clearance_says_until_when_it_may_still_be_used(sqlite_world: World) -> None:
    sqlite_world.assess(asked_for("w1", 80))
    sqlite_world.respond("w1", event(EventKind.ACKNOWLEDGE, "a"))
    until = sqlite_world.clear("w1").expires_at
    assert sqlite_world.standing("w1").clearance_outstanding_until(sqlite_world.now) is None, (
        "nothing stands against it"
    )
    sqlite_world.respond("w1", event(EventKind.STOP, "s"))
    standing = sqlite_world.standing("w1")
    assert standing.clearance_outstanding_until(sqlite_world.now) == until
    assert standing.clearance_outstanding_until(until) is None
