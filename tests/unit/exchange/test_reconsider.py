"""An address that is confirmed while something waits towards it: what is then held, and what is not (design §4)."""

from dataclasses import replace

import pytest

from breather.domain.asset import Network
from breather.domain.cooling_off import State
from breather.domain.event import EventKind
from breather.domain.friction import Friction
from breather.domain.instant import DAY, HOUR, MINUTE
from breather.domain.refusal import HeldBack
from breather.domain.ruling import Rulebook
from breather.domain.withdrawal import Destination
from tests.unit.exchange.world import ADDRESSES, ANSWERS, World, asked_for, confirmation, event

HERE = Destination(Network.TRON, ADDRESSES[0]).key


@pytest.fixture
def waiting(world: World) -> World:
    """`w1` is in its pause towards HERE."""
    world.assess(asked_for("w1", 5000))
    world.respond("w1", event(EventKind.ANSWER, "a", answers=ANSWERS))
    assert world.state("w1") is State.RUNNING
    return world


def test_what_is_in_its_pause_is_held_and_cannot_be_confirmed_any_more(waiting: World) -> None:
    waiting.wait(2 * HOUR)
    assert waiting.state("w1") is State.ELAPSED
    waiting.confirm(HERE)
    assert waiting.state("w1") is State.HELD
    with pytest.raises(HeldBack):
        waiting.respond("w1", confirmation("c", waiting.now))
    (hold,) = waiting.standing("w1").holds
    assert hold.reason == "desk-review", "the customer reads no finding, not even as a reason (guarantee H2)"
    assert hold.ends_at == waiting.now + waiting.active.campaign.pause.hold_maximum


def test_it_is_held_once_however_often_that_is_said(waiting: World) -> None:
    waiting.confirm(HERE)
    waiting.confirm(HERE)
    assert len(waiting.standing("w1").holds) == 1


def test_what_was_released_and_has_not_left_is_held_too(waiting: World) -> None:
    waiting.wait(2 * HOUR)
    waiting.respond("w1", confirmation("c", waiting.now))
    assert waiting.state("w1") is State.RELEASED
    waiting.confirm(HERE)
    assert waiting.state("w1") is State.HELD


def test_what_goes_elsewhere_has_left_was_stopped_or_has_lapsed_is_let_be(world: World) -> None:
    world.assess(asked_for("lapsed", 5000))
    world.wait(3 * DAY)
    assert world.state("lapsed") is State.LAPSED
    world.assess(asked_for("elsewhere", 5000, to=Destination(Network.TRON, ADDRESSES[1])))
    world.assess(asked_for("left", 5000))
    world.respond("left", event(EventKind.BROADCAST, "b", transaction_id="t"))
    world.assess(asked_for("stopped", 5000))
    world.respond("stopped", event(EventKind.STOP, "s"))
    before = len(world.journal())
    world.confirm(HERE)
    assert len(world.journal()) == before, "nothing was done to any of them"
    assert world.state("elsewhere") is State.OFFERED


def test_a_campaign_without_a_rule_about_it_holds_nothing(waiting: World) -> None:
    campaign = waiting.active.campaign
    rules = Rulebook(rule for rule in campaign.rules if rule.id != "confirmed-destination")
    waiting.use(replace(campaign, rules=rules))
    waiting.confirm(HERE)
    assert waiting.state("w1") is State.RUNNING


def test_a_hold_lifted_by_the_desk_returns_to_what_the_clock_says(waiting: World) -> None:
    waiting.confirm(HERE)
    waiting.wait(MINUTE)
    waiting.respond("w1", event(EventKind.LIFTED, "l"))
    assert waiting.state("w1") is State.RUNNING
    assert waiting.standing("w1").friction >= Friction.COOLING_OFF
