"""Lists in decisions: as features, in the record, in the reply, and once more when she confirms."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from breather.domain.asset import Network
from breather.domain.assignment import Experiment
from breather.domain.campaign import Campaign
from breather.domain.cooling_off import State
from breather.domain.entry import Category, Claim
from breather.domain.event import EventKind
from breather.domain.feature import Unknown
from breather.domain.friction import Friction
from breather.domain.instant import HOUR, MINUTE
from breather.domain.refusal import HeldBack
from breather.domain.ruling import Rulebook
from breather.domain.withdrawal import Destination
from breather.exchange.reconsider import hold_listed
from breather.exchange.record import decode_record
from breather.exchange.recorded import features_in
from breather.web.exchange.replies import decision_bytes
from breather.web.exchange.reply_shapes import DecisionReply
from tests.lists import known
from tests.unit.exchange.world import ADDRESSES, ANSWERS, World, asked_for, confirmation, event, rule_of

HERE, THERE = (Destination(Network.TRON, address) for address in ADDRESSES)
BAD = "destination_listed IN ('scam', 'sanctioned')"
SCAM = Claim("TRON", HERE.address, Category.SCAM, "invented investment")
EXCHANGE = Claim("TRON", HERE.address, Category.EXCHANGE, "Northern")


@pytest.fixture
def holding(sqlite_world: World) -> World:
    """A campaign that holds what is listed."""
    campaign = sqlite_world.active.campaign
    sqlite_world.use(replace(campaign, rules=Rulebook((*campaign.rules, rule_of("listed", BAD, Friction.HOLD)))))
    return sqlite_world


def take(world: World, folder: Path, lists: Mapping[str, list[Claim]]) -> None:
    """From now on these are the lists in force."""
    world.snapshot = replace(world.snapshot, intelligence=known(folder, dict(lists)))


def without_list_rules(campaign: Campaign) -> Campaign:
    rules = [rule for rule in campaign.rules if rule.id not in ("listed", "on-a-published-list")]
    return replace(campaign, rules=Rulebook(rules))


def confirm(world: World, name: str, said: str) -> None:
    """As the API does it."""
    world.acts += world.write(lambda tx: hold_listed(tx, world.snapshot, name))
    world.respond(name, confirmation(said, world.now))


def test_what_a_list_says_is_a_feature_a_reason_and_in_the_reply(holding: World, tmp_path: Path) -> None:
    take(holding, tmp_path / "lists", {"police": [SCAM], "labels": [EXCHANGE]})
    found = holding.assess(asked_for("w1", 80))
    features = features_in(found.record.features)
    assert (features["destination_listed"], features["destination_label"]) == ("scam", "exchange")
    assert (found.record.friction, found.record.degraded) == ("hold", False)
    assert [(said.list, said.category, said.label) for said in found.record.lists] == [
        ("labels", "exchange", "Northern"), ("police", "scam", "invented investment"),
    ]  # fmt: skip
    assert decode_record(holding.row("w1").decision) == found.record
    reply = msgspec.json.decode(decision_bytes(holding.snapshot, found), type=DecisionReply)
    assert [(said.list, said.standing) for said in reply.lists] == [("labels", "stands"), ("police", "stands")]
    stranger = holding.assess(asked_for("w2", 80, to=THERE)).record
    assert (features_in(stranger.features)["destination_listed"], stranger.lists) == ("none", [])
    assert "listed" not in {*stranger.hits, *stranger.undetermined}


def test_lists_that_cannot_be_opened_degrade_what_needs_them_and_nothing_else(holding: World) -> None:
    without = without_list_rules(holding.active.campaign)
    holding.snapshot = replace(holding.snapshot, intelligence=None)
    found = holding.assess(asked_for("w1", 80)).record
    assert (found.degraded, found.undetermined["listed"]) == (True, {"destination_listed": "failed"})
    holding.use(without)
    assert holding.assess(asked_for("w2", 80)).record.degraded is False


def test_without_a_list_nobody_was_asked_which_degrades_nothing(holding: World) -> None:
    found = holding.assess(asked_for("w1", 80)).record
    assert (found.degraded, found.undetermined["listed"]) == (False, {"destination_listed": "not_provided"})
    assert features_in(found.features)["destination_label_place"] is Unknown.NOT_PROVIDED


def test_a_listed_destination_is_never_held_out(sqlite_world: World, tmp_path: Path) -> None:
    """Whatever the rules make of it (guarantee H8)."""
    campaign = without_list_rules(sqlite_world.active.campaign)
    sqlite_world.use(replace(campaign, experiment=Experiment("all", 1, 1.0)))
    take(sqlite_world, tmp_path / "lists", {"police": [SCAM]})
    arms = [
        sqlite_world.assess(asked_for(f"w{n}", 5000, to=to)).record.assignment for n, to in enumerate((HERE, THERE))
    ]
    assert [arm and (arm.arm, arm.excluded) for arm in arms] == [("alert", ["listed-destination"]), ("holdout", [])]


@pytest.fixture
def elapsed(holding: World, tmp_path: Path) -> World:
    """`w1` waits to be confirmed towards HERE, of which lists said nothing."""
    take(holding, tmp_path / "before", {"police": [Claim("TRON", THERE.address, Category.SCAM)]})
    holding.assess(asked_for("w1", 5000))
    holding.respond("w1", event(EventKind.ANSWER, "a", answers=ANSWERS))
    holding.wait(2 * HOUR)
    assert holding.state("w1") is State.ELAPSED
    return holding


def test_what_was_listed_during_the_pause_stops_the_confirmation(elapsed: World, tmp_path: Path) -> None:
    take(elapsed, tmp_path / "now", {"police": [SCAM]})
    with pytest.raises(HeldBack):
        confirm(elapsed, "w1", "c")
    (hold,) = elapsed.standing("w1").holds
    assert (hold.reason, hold.actor) == ("desk-review", "lists"), "she reads no list, not even as a reason"
    with pytest.raises(HeldBack):
        confirm(elapsed, "w1", "again")
    assert len(elapsed.standing("w1").holds) == 1
    frozen = features_in(decode_record(elapsed.row("w1").decision).features)
    assert frozen["destination_listed"] == "none", "what was known at submission stays"


def test_once_the_desk_has_looked_and_lifted_it_she_may_confirm(elapsed: World, tmp_path: Path) -> None:
    take(elapsed, tmp_path / "now", {"police": [SCAM]})
    with pytest.raises(HeldBack):
        confirm(elapsed, "w1", "c")
    elapsed.wait(MINUTE)
    elapsed.respond("w1", event(EventKind.LIFTED, "l", reason="their own shop"))
    confirm(elapsed, "w1", "d")
    assert elapsed.state("w1") is State.RELEASED


@pytest.mark.parametrize("said", [[EXCHANGE], [SCAM, replace(EXCHANGE, allows=True)], []])
def test_what_the_rules_do_not_hold_is_confirmed(elapsed: World, tmp_path: Path, said: list[Claim]) -> None:
    others = [Claim("TRON", THERE.address, Category.SCAM)]
    lists = {"police": others} | {f"list-{claim.category}": [claim] for claim in said}
    take(elapsed, tmp_path / "now", lists)
    confirm(elapsed, "w1", "c")
    assert elapsed.state("w1") is State.RELEASED


def test_lists_that_cannot_be_opened_when_she_confirms_hold_nobody(elapsed: World) -> None:
    """What was known at submission was decided upon; that lists are broken is no finding about her payee."""
    elapsed.snapshot = replace(elapsed.snapshot, intelligence=None)
    confirm(elapsed, "w1", "c")
    assert elapsed.state("w1") is State.RELEASED


def test_an_id_that_there_is_not_is_left_to_the_confirmation(holding: World) -> None:
    assert holding.write(lambda tx: hold_listed(tx, holding.snapshot, "nobody")) is False
