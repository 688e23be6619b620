"""What is told to the outside agrees with what would be done: clearable, watched, and the one screen of the page."""

import pytest

from breather.domain.asset import Asset
from breather.domain.event import EventKind
from breather.domain.instant import HOUR
from breather.exchange.examine import examine
from breather.web.exchange.alert_page import Screen
from breather.web.exchange.alert_view import Page, Wish, screen_of
from breather.web.exchange.replies import state
from tests.unit.exchange.world import World, asked_for, confirmation, event, released


def screen(world: World, withdrawal: str) -> Screen:
    seen = world.view(withdrawal)
    return screen_of(Page(seen, world.active, "zh-Hant", "csrf"), Wish())


def test_what_another_pause_holds_back_is_not_called_clearable(sqlite_world: World) -> None:
    sqlite_world.assess(asked_for("w1", 1000))
    released(sqlite_world, "w1")
    assert sqlite_world.view("w1").clearable
    sqlite_world.assess(asked_for("w2", 5000, asset=Asset.TRX))
    assert not sqlite_world.view("w1").clearable
    sqlite_world.respond("w2", event(EventKind.STOP, "s"))
    assert sqlite_world.view("w1").clearable


def test_who_joined_a_watched_one_is_shown_as_watched_and_not_sent_to_confirm(sqlite_world: World) -> None:
    sqlite_world.assess(asked_for("w1", 1000))
    sqlite_world.respond("w1", event(EventKind.ANSWER, "a"))
    sqlite_world.assess(asked_for("w2", 100))
    sqlite_world.respond("w1", event(EventKind.LISTENING, "l"))
    sqlite_world.wait(2 * HOUR)
    assert state(sqlite_world.view("w2"))["watched"] is True
    assert screen(sqlite_world, "w2") is Screen.WATCHED


def test_listening_after_the_release_shows_only_how_to_stop(sqlite_world: World) -> None:
    sqlite_world.assess(asked_for("w1", 1000))
    released(sqlite_world, "w1")
    assert screen(sqlite_world, "w1") is Screen.RELEASED
    sqlite_world.respond("w1", event(EventKind.LISTENING, "l"))
    assert screen(sqlite_world, "w1") is Screen.WATCHED
    assert not sqlite_world.view("w1").clearable


def test_what_left_without_being_let_go_raises_an_alarm(sqlite_world: World) -> None:
    for name in ("stopped", "never-cleared", "cleared"):
        sqlite_world.assess(asked_for(name, 1000, customer=name))
    sqlite_world.respond("stopped", event(EventKind.STOP, "s"))
    released(sqlite_world, "cleared")
    sqlite_world.clear("cleared")
    for name in ("stopped", "never-cleared", "cleared"):
        assert state(sqlite_world.view(name))["alarm"] is None
        sqlite_world.respond(name, event(EventKind.BROADCAST, "b", transaction_id=f"tx-{name}"))
    told = {name: state(sqlite_world.view(name))["alarm"] for name in ("stopped", "never-cleared", "cleared")}
    assert told == {
        "stopped": "broadcast-after-stop",
        "never-cleared": "broadcast-without-clearance",
        "cleared": None,
    }
    signs = [
        sign.what
        for sign in sqlite_world.read(lambda reader: list(examine(reader, sqlite_world.snapshot, sqlite_world.now)))
    ]
    assert any(what.startswith("2 withdrawals") for what in signs)


def test_the_doctor_counts_and_says_of_how_many(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("breather.exchange.examine.BUDGET_NEEDS", 4)
    for number, units in enumerate((1000, 1, 1, 1)):
        sqlite_world.assess(asked_for(f"w{number}", units, customer=f"c{number}"))
    signs = sqlite_world.read(lambda reader: list(examine(reader, sqlite_world.snapshot, sqlite_world.now)))
    (budget,) = [sign for sign in signs if "interrupted" in sign.what]
    assert "interrupted 1 of the 4 withdrawals that it decided in 7 days, a rate of 250 in a thousand" in budget.what
    assert budget.wrong
    assert budget.remedy


def test_a_second_confirmation_of_what_joined_changes_nothing_for_the_first(sqlite_world: World) -> None:
    sqlite_world.assess(asked_for("w1", 1000))
    sqlite_world.respond("w1", event(EventKind.ANSWER, "a"))
    sqlite_world.assess(asked_for("w2", 100))
    sqlite_world.wait(2 * HOUR)
    sqlite_world.respond("w2", confirmation("c", sqlite_world.now))
    assert sqlite_world.view("w1").clearable
    assert sqlite_world.view("w2").clearable
