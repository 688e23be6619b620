"""The life of a pause as text: one row, one story, looked at several times (guarantees A5 and A6)."""

from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import pytest

from breather.domain.amount import BaseUnits
from breather.domain.asset import Asset
from breather.domain.cooling_off import Hold, Pause, Resolution, Resolved, State, may_join
from breather.domain.friction import Friction
from breather.domain.instant import DAY, HOUR, MINUTE, Millis

HERE = Path(__file__).parent
START = Millis(1_800_000_000_000)
OFFERED = Pause("w", Asset.USDT, Friction.COOLING_OFF, BaseUnits(1200), HOUR, DAY, START)
SETTLES = {"confirmed": Resolution.CONFIRM, "stopped": Resolution.STOP}


@dataclass(frozen=True)
class Story:
    pause: Pause
    holds: tuple[Hold, ...]

    def state(self, now: Millis) -> State:
        """As whoever looks at `now` finds it, who knows nothing of what is still to come."""
        pause, resolved = self.pause, self.pause.resolved
        if resolved is not None and resolved.at > now:
            pause = replace(pause, resolved=None)
        if pause.started_at is not None and pause.started_at > now:
            pause = replace(pause, started_at=None)
        known = [replace(one, lifted_at=None) if (one.lifted_at or 0) > now else one for one in self.holds]
        return pause.state([one for one in known if one.placed_at <= now], now)


def at(text: str) -> Millis:
    """`25h59m`, `30m` or `4h` after the pause was offered."""
    hours, _, minutes = text.rpartition("h")
    return Millis(START + int(hours or 0) * HOUR + int(minutes.removesuffix("m") or 0) * MINUTE)


def hold(words: list[str]) -> Hold:
    placed, ends = words[1].split("-")
    lifted = at(words[3]) if len(words) > 2 else None
    return Hold(f"h-{words[1]}", "w", "checked", at(placed), at(ends), "desk", lifted)


def story(text: str, friction: Friction = Friction.COOLING_OFF) -> Story:
    pause, holds = replace(OFFERED, friction=friction), []
    for each in () if text == "-" else text.split(", "):
        words = each.split()
        if words[0] == "answered":
            pause = pause.started(at(words[1]))
        elif words[0] == "hold":
            holds.append(hold(words))
        else:
            pause = replace(pause, resolved=Resolved(SETTLES[words[0]], "e", at(words[1]), "customer"))
    return Story(pause, tuple(holds))


def cells(name: str) -> list[list[str]]:
    lines = HERE.joinpath(name).read_text("utf-8").splitlines()
    return [[cell.strip() for cell in line.split("|")] for line in lines if line and not line.startswith("#")]


TIMELINES, JOINING = cells("timelines.txt"), cells("joining.txt")


@pytest.mark.parametrize(("happens", "found"), TIMELINES, ids=[row[0] for row in TIMELINES])
def test_a_pause_is_found_as_its_story_says(happens: str, found: str) -> None:
    told = story(happens)
    seen = [f"{moment} {told.state(at(moment))}" for moment in (each.split()[0] for each in found.split(", "))]
    assert seen == found.split(", ")


@pytest.mark.parametrize(("happens", "found"), TIMELINES, ids=[row[0] for row in TIMELINES])
def test_it_changes_at_the_instant_and_not_a_millisecond_before(happens: str, found: str) -> None:
    """Of two neighbouring looks a minute apart, the change lies on the second: that minute is still the first's."""
    told = story(happens)
    looks = [each.split() for each in found.split(", ")]
    for (early, was), (late, _) in pairwise(looks):
        if at(late) - at(early) == MINUTE:
            assert told.state(Millis(at(late) - 1)) == was, late


@pytest.mark.parametrize(("happens", "found"), TIMELINES, ids=[row[0] for row in TIMELINES])
def test_the_order_in_which_holds_are_read_says_nothing(happens: str, found: str) -> None:
    told = story(happens)
    turned = Story(told.pause, told.holds[::-1])
    moments = [at(each.split()[0]) for each in found.split(", ")]
    assert [turned.state(moment) for moment in moments] == [told.state(moment) for moment in moments]
    assert turned.pause.lapses_at(turned.holds) == told.pause.lapses_at(told.holds)


def test_the_stories_meet_every_state_that_a_pause_can_be_in() -> None:
    found = {each.split()[1] for _, looks in TIMELINES for each in looks.split(", ")}
    assert found == set(State) - {State.CLEAR}


@pytest.mark.parametrize("row", JOINING, ids=[" ".join(row) for row in JOINING])
def test_what_may_join_a_pause(row: list[str]) -> None:
    friction, happens, joined, asks, moment, joins = row
    told = story(happens, Friction.from_word(friction))
    found = may_join(told.pause, told.holds, int(joined), Friction.from_word(asks), at(moment), DAY)
    assert found == (joins == "yes")


def test_a_release_covers_exactly_as_long_as_the_campaign_says() -> None:
    told = story("answered 0h, confirmed 2h")
    for covers in (0, MINUTE, 3 * DAY):
        last = Millis(at("2h") + covers)
        assert not may_join(told.pause, (), 1, Friction.NOTICE, last, covers)
        assert covers == 0 or may_join(told.pause, (), 1, Friction.NOTICE, Millis(last - 1), covers)


@pytest.mark.parametrize("asked", Friction)
@pytest.mark.parametrize("friction", Friction)
def test_answers_raise_to_exactly_what_they_ask_for(friction: Friction, asked: Friction) -> None:
    pause = replace(OFFERED, friction=friction)
    for longer in (0, HOUR - 1, HOUR, HOUR + 1):
        raised = pause.raised(asked, longer)
        assert (raised.friction, raised.duration) == (max(friction, asked), max(HOUR, longer))
        assert replace(raised, friction=friction, duration=HOUR) == pause, "nothing else of it changes"
