"""Steps 1 to 6 on a store: one id one decision, and what a withdrawal meets that others left open."""

from dataclasses import replace
from typing import Any

import pytest

from breather.domain.amount import BaseUnits
from breather.domain.asset import Asset, Network
from breather.domain.assignment import Arm, Experiment
from breather.domain.cooling_off import State
from breather.domain.event import EventKind
from breather.domain.feature import Unknown
from breather.domain.friction import Friction
from breather.domain.instant import DAY, HOUR, MINUTE
from breather.domain.refusal import ChangedRetry, Watched
from breather.domain.withdrawal import Account, DepositKind, Destination, Kind, Residence, Session
from breather.exchange.record import decode_record
from breather.exchange.recorded import features_in
from tests.unit.exchange.world import ADDRESSES, World, asked_for, confirmation, event, released

THERE = Destination(Network.TRON, ADDRESSES[1])


def held(name: str, hours: int = 2) -> dict[str, Any]:
    return {"reason": f"checked {name}", "lasts": hours * HOUR}


def test_one_id_is_one_decision_on_both_engines(world: World) -> None:
    asked = asked_for("w1", 5000)
    first = world.assess(asked)
    world.wait(DAY)
    again = world.assess(replace(asked, session=Session(on_call=True), amount_usd=None))
    assert (first.created, again.created) == (True, False)
    assert (again.record, again.decided_at, again.asked) == (first.record, first.decided_at, asked)
    assert len(world.journal()) == 1


@pytest.mark.parametrize(
    ("pointer", "changed"),
    [
        ("/customer/ref", {"customer": "eva"}),
        ("/asset", {"asset": Asset.TRX}),
        ("/amount", {"amount": BaseUnits(5_000_000_001)}),
        ("/destination/address", {"to": THERE}),
        ("/destination/memo", {"to": Destination(Network.TRON, ADDRESSES[0], "7")}),
        ("/network", {"to": Destination(Network.ETHEREUM, ADDRESSES[0])}),
    ],
)
def test_another_withdrawal_under_a_known_id_is_refused_by_the_field(
    sqlite_world: World, pointer: str, changed: dict[str, Any]
) -> None:
    sqlite_world.assess(asked_for("w1", 5000))
    with pytest.raises(ChangedRetry) as refusal:
        sqlite_world.assess(asked_for("w1", 5000, **changed))
    assert refusal.value.pointers == (pointer,)
    assert len(sqlite_world.journal()) == 1


def test_the_first_in_seven_days_is_reminded_and_the_next_is_not(sqlite_world: World) -> None:
    assert sqlite_world.assess(asked_for("w1", 80)).record.friction == "notice"
    assert sqlite_world.assess(asked_for("w2", 80)).record.friction == "none"
    sqlite_world.wait(7 * DAY)
    assert sqlite_world.assess(asked_for("w3", 80)).record.friction == "notice"


def test_a_risky_one_is_offered_its_pause_with_alert_reason_and_terms(sqlite_world: World) -> None:
    record = sqlite_world.assess(asked_for("w1", 5000, locale="zh-Hant-MO")).record
    assert (record.decision, record.friction, record.locale) == ("intervene", "cooling_off", "zh-Hant")
    assert record.why[0] == "new-address-large-amount"
    assert record.pause is not None
    assert (record.pause.covers_up_to, record.pause.duration) == (str(6000 * 10**6), HOUR)
    assert record.pause.lapses_at == sqlite_world.now + DAY
    assert record.alert is not None


def test_where_no_campaign_is_active_everything_proceeds_and_says_so(sqlite_world: World) -> None:
    record = sqlite_world.assess(asked_for("w1", 5000, residence=Residence(kyc="PT"))).record
    assert (record.decision, record.campaign, record.alert, record.place.code) == ("proceed", None, None, "PT")
    assert sqlite_world.state("w1") is State.CLEAR


def test_what_is_within_the_announced_sum_joins_a_running_pause(sqlite_world: World) -> None:
    sqlite_world.assess(asked_for("w1", 1000))
    sqlite_world.respond("w1", event(EventKind.ANSWER, "a"))
    joined = sqlite_world.assess(asked_for("w2", 200)).record
    assert joined.pause is not None
    assert (joined.friction, joined.pause.id, joined.pause.joined) == ("cooling_off", "w1", True)
    assert sqlite_world.state("w2") is State.RUNNING
    own = sqlite_world.assess(asked_for("w3", 1)).record
    assert own.pause is not None
    assert (own.friction, own.pause.id) == ("cooling_off", "w3"), "one unit more than was announced"


def test_what_is_only_offered_is_not_joined(sqlite_world: World) -> None:
    sqlite_world.assess(asked_for("w1", 1000))
    assert sqlite_world.assess(asked_for("w2", 1)).record.friction == "cooling_off"
    assert sqlite_world.row("w2").pause == "w2"


def test_another_asset_or_destination_has_a_pause_of_its_own(sqlite_world: World) -> None:
    sqlite_world.assess(asked_for("w1", 1000))
    sqlite_world.respond("w1", event(EventKind.ANSWER, "a"))
    assert sqlite_world.assess(asked_for("w2", 100, asset=Asset.TRX)).record.friction == "cooling_off"
    assert sqlite_world.row("w2").pause == "w2"
    assert sqlite_world.assess(asked_for("w3", 100, to=THERE)).record.friction == "none"


def test_a_release_covers_the_rest_of_its_sum_for_a_day_and_no_more(sqlite_world: World) -> None:
    sqlite_world.assess(asked_for("w1", 2000))
    released(sqlite_world, "w1")
    risky: dict[str, Any] = {"session": Session(security_changed_at=sqlite_world.now), "usd": 400}
    covered = sqlite_world.assess(asked_for("w2", 400, **risky)).record
    assert (covered.decision, covered.covered_by, covered.asked) == ("proceed", "w1", "cooling_off")
    assert sqlite_world.assess(asked_for("w3", 1, **risky)).record.friction == "cooling_off", "beyond the sum"
    sqlite_world.wait(DAY)
    assert sqlite_world.assess(asked_for("w4", 1, **risky)).record.covered_by is None


def test_a_watched_session_joins_nothing_and_can_never_be_confirmed(sqlite_world: World) -> None:
    """Neither by joining what was asked for in peace, nor by answering behind the page that offers only to stop."""
    sqlite_world.assess(asked_for("w1", 2000))
    released(sqlite_world, "w1")
    seen = sqlite_world.assess(asked_for("w2", 100, session=Session(on_call=True))).record
    assert (seen.friction, seen.covered_by) == ("cooling_off", None)
    sqlite_world.respond("w2", event(EventKind.ANSWER, "a"))
    sqlite_world.wait(2 * HOUR)
    with pytest.raises(Watched):
        sqlite_world.respond("w2", confirmation("c", sqlite_world.now))
    with pytest.raises(Watched):
        sqlite_world.clear("w2")


def test_trying_again_makes_no_amount_usual(sqlite_world: World) -> None:
    """Stopped, and asked for again to another new address: habit is what was sent, not what was tried."""
    sqlite_world.assess(asked_for("w1", 5000))
    sqlite_world.respond("w1", event(EventKind.STOP, "s"))
    assert sqlite_world.assess(asked_for("w2", 5000, to=THERE)).record.friction == "cooling_off"


def test_a_stop_after_the_release_ends_what_it_covers(sqlite_world: World) -> None:
    """She thought better of it; whoever makes her ask again waits again."""
    sqlite_world.assess(asked_for("w1", 1000))
    released(sqlite_world, "w1")
    sqlite_world.respond("w1", event(EventKind.STOP, "s"))
    again = sqlite_world.assess(asked_for("w2", 100)).record
    assert (again.friction, again.covered_by) == ("cooling_off", None)
    assert sqlite_world.state("w2") is State.OFFERED


def test_a_pause_under_a_hold_is_still_met_after_the_day_it_would_have_lapsed(sqlite_world: World) -> None:
    sqlite_world.assess(asked_for("w1", 1000))
    sqlite_world.respond("w1", event(EventKind.HELD, "h", **held("w1", 48)))
    sqlite_world.wait(30 * HOUR)
    record = sqlite_world.assess(asked_for("w2", 1)).record
    assert (record.decision, sqlite_world.row("w2").pause) == ("hold", "w2")
    sqlite_world.respond("w2", event(EventKind.LIFTED, "l"))
    assert (sqlite_world.state("w1"), sqlite_world.state("w2")) == (State.OFFERED, State.OFFERED)


def test_what_is_asked_during_a_hold_is_held_with_it(sqlite_world: World) -> None:
    sqlite_world.assess(asked_for("w0", 1))
    sqlite_world.respond("w0", event(EventKind.HELD, "h", **held("w0")))
    record = sqlite_world.assess(asked_for("w1", 2)).record
    assert (record.decision, record.friction, record.why) == ("hold", "hold", ["desk-review"])
    assert sqlite_world.state("w1") is State.HELD
    sqlite_world.wait(2 * HOUR)
    assert sqlite_world.state("w1") is State.CLEAR


def test_a_rule_may_hold_and_the_hold_gives_back_the_questions(sqlite_world: World) -> None:
    record = sqlite_world.assess(asked_for("w1", 60_000)).record
    assert record.decision == "hold"
    standing = sqlite_world.standing("w1")
    assert [(hold.ends_at - hold.placed_at, hold.reason) for hold in standing.holds] == [(3 * DAY, "desk-review")]
    assert record.pause is not None
    assert record.pause.lapses_at == standing.lapses_at() == sqlite_world.now + 4 * DAY
    sqlite_world.wait(3 * DAY)
    assert sqlite_world.state("w1") is State.OFFERED


def test_without_a_campaign_it_takes_the_longest_terms_of_what_it_meets(sqlite_world: World) -> None:
    bank = Account(last_deposit_at=sqlite_world.now, last_deposit_kind=DepositKind.FIAT)
    sqlite_world.assess(asked_for("w1", 1000))
    sqlite_world.wait(MINUTE)
    sqlite_world.assess(asked_for("w2", 700, account=bank))
    sqlite_world.assess(asked_for("w3", 1, residence=Residence(kyc="PT")))
    standing = sqlite_world.standing("w3")
    assert standing.pause is not None
    assert (standing.pause.friction, standing.pause.duration) == (Friction.COOLING_OFF, HOUR)
    sqlite_world.respond("w3", event(EventKind.ANSWER, "a"))
    assert sqlite_world.state("w3") is State.RUNNING, "and it can be answered"


def test_nobody_stands_before_a_recurring_withdrawal(sqlite_world: World) -> None:
    assert sqlite_world.assess(asked_for("w1", 5000, kind=Kind.RECURRING)).record.decision == "proceed"


def with_holdout(world: World, share: float) -> None:
    campaign = replace(world.active.campaign, experiment=Experiment("trial", 1, share))
    key = (campaign.id, campaign.version)
    world.snapshot = replace(world.snapshot, campaigns={key: replace(world.active, campaign=campaign)})


def test_a_holdout_sees_a_notice_and_the_record_keeps_what_it_would_have_seen(sqlite_world: World) -> None:
    with_holdout(sqlite_world, 1.0)
    record = sqlite_world.assess(asked_for("w1", 5000)).record
    assert record.assignment is not None
    assert (record.assignment.arm, record.friction, record.asked) == ("holdout", "notice", "cooling_off")


def test_nobody_with_somebody_else_in_the_session_is_held_out(sqlite_world: World) -> None:
    with_holdout(sqlite_world, 1.0)
    record = sqlite_world.assess(asked_for("w1", 5000, session=Session(on_call=True))).record
    assert record.assignment is not None
    assert record.assignment.arm == Arm.ALERT.value
    assert record.assignment.excluded == ["fake-police", "watched-session"]
    assert record.friction == "cooling_off"


def test_typologies_in_conflict_exclude_as_each_of_them_would(sqlite_world: World) -> None:
    """A new account that empties itself (fake police) and a large first send (investment): shown as general."""
    with_holdout(sqlite_world, 1.0)
    opened = Account(opened_at=sqlite_world.now, balance_usd=asked_for("x", 5100).amount_usd)
    record = sqlite_world.assess(asked_for("w1", 5000, account=opened)).record
    assert {"first-large-to-new-address", "new-account-empties-itself"} <= set(record.hits)
    assert record.typology == "general"
    assert record.assignment is not None
    assert record.assignment.excluded == ["fake-police"]


def test_who_stopped_before_is_not_held_out(sqlite_world: World) -> None:
    sqlite_world.assess(asked_for("w1", 80))
    sqlite_world.respond("w1", event(EventKind.STOP, "s"))
    with_holdout(sqlite_world, 1.0)
    record = sqlite_world.assess(asked_for("w2", 5000, to=THERE)).record
    assert record.assignment is not None
    assert (record.assignment.excluded, record.friction) == (["stopped-before"], "cooling_off")


def test_whoever_polls_is_told_of_everything_once_and_in_order(sqlite_world: World) -> None:
    for number in range(7):
        sqlite_world.assess(asked_for(f"w{number}", 10 + number))
    sqlite_world.respond("w2", event(EventKind.STOP, "s"))
    seen: list[str] = []
    after, more = 0, True
    while more:
        changes = sqlite_world.changes(after, 2)
        assert 1 <= len(changes.views) <= 2
        seen += [view.row.id for view in changes.views]
        after, more = changes.after, changes.more
    assert seen == ["w0", "w1", "w3", "w4", "w5", "w6", "w2"]
    assert after == len(sqlite_world.journal())


def test_changes_made_by_one_act_are_never_cut_in_two(sqlite_world: World) -> None:
    sqlite_world.assess(asked_for("w0", 1000))
    sqlite_world.respond("w0", event(EventKind.ANSWER, "a"))
    for number in range(1, 5):
        sqlite_world.assess(asked_for(f"w{number}", 10))
    start = len(sqlite_world.journal())
    sqlite_world.respond("w1", event(EventKind.STOP, "s"))
    changes = sqlite_world.changes(start, 2)
    assert [view.row.id for view in changes.views] == ["w0", "w1", "w2", "w3", "w4"]
    assert {view.state for view in changes.views} == {State.STOPPED}


def test_a_smaller_one_after_a_stop_is_told_to_whoever_polls(sqlite_world: World) -> None:
    sqlite_world.assess(asked_for("w1", 80))
    sqlite_world.respond("w1", event(EventKind.STOP, "s"))
    ending = sqlite_world.view("w1").ending
    assert ending is not None
    assert ending.outcome == "stopped"
    start = len(sqlite_world.journal())
    sqlite_world.wait(HOUR)
    sqlite_world.assess(asked_for("w2", 40))
    changes = sqlite_world.changes(start, 9)
    endings = {view.row.id: view.ending for view in changes.views}
    assert endings["w1"] is not None
    assert endings["w1"].outcome == "reduced"


def test_the_record_keeps_which_address_it_resembles_and_where_it_differs(world: World) -> None:
    """As analysts read it; what she reads is the pack's sentence, and the reply names no address but her own."""
    paid = Destination(Network.BSC, "0x1234567890AbcdEF1234567890aBcdef12345678")
    alike = Destination(Network.ETHEREUM, "0x123efcdaBefcDAbEFcdABEFCdabEFcdabefCD678")
    first = world.assess(asked_for("w1", 10, to=paid)).record
    assert (first.resembles, features_in(first.features)["destination_resembles"]) == (None, Unknown.NO_HISTORY)
    world.respond("w1", event(EventKind.BROADCAST, "b", transaction_id="0x1"))
    found = world.assess(asked_for("w2", 10, to=alike)).record
    assert features_in(found.features)["destination_resembles"] == "strong"
    assert "looks-like-one-she-paid" in found.hits
    assert (found.friction, found.why[:1]) == ("questions", ["resembles-one-you-paid"])
    assert found.resembles is not None
    assert (found.resembles.network, found.resembles.known) == ("BSC", paid.address)
    assert found.resembles.marked == "0x123[efcdaBefcDAbEFcdABEFCdabEFcdabefCD]678"
    assert decode_record(world.row("w2").decision).resembles == found.resembles
    known = world.assess(asked_for("w3", 10, to=paid)).record
    assert features_in(known.features)["destination_resembles"] == "none"
