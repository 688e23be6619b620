"""A confirmation over HTTP of what was listed meanwhile: refused, and the hold stays (design §4)."""

from dataclasses import replace
from pathlib import Path

import pytest

from breather.domain.entry import Category, Claim
from breather.domain.event import EventKind
from breather.domain.friction import Friction
from breather.domain.instant import HOUR, format_instant
from breather.domain.ruling import Rulebook
from tests.lists import known
from tests.served_world import served_world
from tests.unit.exchange.world import ADDRESSES, ANSWERS, asked_for, event, rule_of


@pytest.mark.parametrize(("listed", "status", "state"), [(True, 409, "held"), (False, 201, "released")])
def test_what_was_listed_during_the_pause_is_held_and_stays_so(
    tmp_path: Path, listed: bool, status: int, state: str
) -> None:
    with served_world(tmp_path) as served:
        world = served.world
        rules = (*world.active.campaign.rules, rule_of("listed", "destination_listed = 'scam'", Friction.HOLD))
        keys = world.snapshot.api_keys
        world.use(replace(world.active.campaign, rules=Rulebook(rules)))
        world.assess(asked_for("w1", 5000))
        world.respond("w1", event(EventKind.ANSWER, "a", answers=ANSWERS))
        world.wait(2 * HOUR)
        claim = Claim("TRON", ADDRESSES[0 if listed else 1], Category.SCAM)
        lists = known(tmp_path / "lists", {"police": [claim]})
        world.snapshot = replace(world.snapshot, intelligence=lists, api_keys=keys)
        now = format_instant(world.now)
        session = {"remote_access": False, "screen_shared": False, "on_call": False}
        moments = {"session_started_at": now, "authenticated_at": now}
        body = {"id": "c", "event": "confirm", **moments, "session": session}
        reply = served.api("POST", "/v1/withdrawals/w1/events", body)
        again = served.api("POST", "/v1/withdrawals/w1/events", body)
        assert (reply.status_code, again.status_code) == (status, status if listed else 200), reply.text
        assert served.api("GET", "/v1/withdrawals/w1").json()["state"] == state
        assert "police" not in reply.text
