"""Steps 7 and 8 on a store: retries, answers that raise, stops that reach what joined, and what is remembered."""

from dataclasses import replace

import pytest

from breather.domain.cooling_off import State
from breather.domain.event import EventKind
from breather.domain.friction import Friction
from breather.domain.instant import DAY, HOUR, MINUTE, Millis
from breather.domain.refusal import (
    BroadcastDiffers,
    ChangedRetry,
    NotElapsed,
    Refusal,
    Resolved,
    SessionTooOld,
    TimeSuspect,
    UnknownWithdrawal,
    Watched,
)
from breather.domain.ruling import Rulebook
from breather.domain.withdrawal import Account, DepositKind, Session
from breather.exchange.record import decode_answered
from breather.exchange.recorded import features_in
from tests.unit.exchange.world import ANSWERS, World, asked_for, confirmation, event, released


def offered(world: World, units: int = 1000, name: str = "w1") -> None:
    assert world.assess(asked_for(name, units)).record.friction == "cooling_off"


def questions(world: World) -> None:
    bank = Account(last_deposit_at=world.now, last_deposit_kind=DepositKind.FIAT)
    assert world.assess(asked_for("w1", 700, account=bank)).record.friction == "questions"


def test_the_whole_way_on_both_engines(world: World) -> None:
    offered(world)
    world.respond("w1", event(EventKind.SHOWN, "e1", shown={"screen": "alert", "typology": "general"}))
    world.respond("w1", event(EventKind.ANSWER, "e2", answers=ANSWERS))
    world.wait(HOUR)
    world.respond("w1", confirmation("e3", world.now))
    assert world.state("w1") is State.RELEASED
    world.clear("w1")
    world.respond("w1", event(EventKind.BROADCAST, "e4", transaction_id="0xa"))
    ending = world.view("w1").ending
    assert ending is not None
    assert (ending.outcome, ending.at) == ("proceeded", world.now)
    assert len(world.journal()) == 6


def test_an_unknown_withdrawal_is_named(sqlite_world: World) -> None:
    with pytest.raises(UnknownWithdrawal, match="'w9'"):
        sqlite_world.respond("w9", event(EventKind.HELP, "e"))


def test_a_retry_is_answered_and_changes_nothing(sqlite_world: World) -> None:
    offered(sqlite_world)
    said = event(EventKind.ANSWER, "e", answers=ANSWERS)
    first = sqlite_world.respond("w1", said)
    sqlite_world.wait(DAY)
    again = sqlite_world.respond("w1", replace(said, by="another key", answers=dict(reversed(ANSWERS.items()))))
    assert (first.created, again.created) == (True, False)
    assert again.standing == first.standing
    assert len(sqlite_world.journal()) == 2


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"answers": {**ANSWERS, "answer_holds_key": False}}, "/answers"),
        ({"kind": EventKind.STOP, "answers": {}}, "/answers"),
        ({"kind": EventKind.HELP}, "/event"),
    ],
)
def test_another_event_under_a_known_id_is_refused_by_the_field(
    sqlite_world: World, changed: dict[str, object], pointer: str
) -> None:
    offered(sqlite_world)
    said = event(EventKind.ANSWER, "e", answers=ANSWERS)
    sqlite_world.respond("w1", said)
    with pytest.raises(ChangedRetry) as refusal:
        sqlite_world.respond("w1", replace(said, **changed))  # type: ignore[arg-type]  # fields of an event, by name
    assert pointer in refusal.value.pointers


def test_answers_may_raise_questions_to_a_pause_and_never_lower(sqlite_world: World) -> None:
    questions(sqlite_world)
    coached = {**ANSWERS, "answer_told_what_to_say": True}
    after = sqlite_world.respond("w1", event(EventKind.ANSWER, "e", answers=coached))
    assert after.standing.friction is Friction.COOLING_OFF
    assert after.standing.pause is not None
    assert after.standing.pause.duration == HOUR
    assert after.row.answered is not None
    record = decode_answered(after.row.answered)
    assert (record.friction, record.why[0]) == ("cooling_off", "answers-coached")
    assert "told-how-to-answer" in record.hits
    assert sqlite_world.row("w1").friction == Friction.QUESTIONS, "as decided, and never edited"


def test_harmless_answers_leave_what_was_asked(sqlite_world: World) -> None:
    offered(sqlite_world)
    after = sqlite_world.respond("w1", event(EventKind.ANSWER, "e", answers=ANSWERS))
    assert after.standing.friction is Friction.COOLING_OFF
    assert sqlite_world.state("w1") is State.RUNNING


def test_answers_do_not_lower_what_another_pause_asked_for(sqlite_world: World) -> None:
    """By its own facts the second is unremarkable; it waits because of the first, whatever she answers."""
    offered(sqlite_world)
    assert sqlite_world.assess(asked_for("w2", 1)).record.friction == "cooling_off"
    after = sqlite_world.respond("w2", event(EventKind.ANSWER, "e", answers=ANSWERS))
    assert after.standing.friction is Friction.COOLING_OFF
    assert sqlite_world.state("w2") is State.RUNNING


def test_an_answer_may_bring_a_hold(sqlite_world: World) -> None:
    questions(sqlite_world)
    said = {**ANSWERS, "answer_withdrew_profit_before": True}
    after = sqlite_world.respond("w1", event(EventKind.ANSWER, "e", answers=said))
    assert after.standing.friction is Friction.HOLD
    assert [hold.ends_at - hold.placed_at for hold in after.standing.holds] == [3 * DAY]
    assert sqlite_world.state("w1") is State.HELD


def test_a_hold_over_the_questions_neither_lengthens_them_nor_swallows_one_of_a_rule(sqlite_world: World) -> None:
    """Decided while the desk held the pair, so as a hold; what is asked of it is still only questions."""
    sqlite_world.assess(asked_for("w0", 80))
    sqlite_world.respond("w0", event(EventKind.HELD, "h", reason="checked", lasts=HOUR))
    bank = Account(last_deposit_at=sqlite_world.now, last_deposit_kind=DepositKind.FIAT)
    for name, back in (("w1", False), ("w2", True)):
        assert sqlite_world.assess(asked_for(name, 700, account=bank)).record.friction == "hold"
        said = {**ANSWERS, "answer_withdrew_profit_before": back}
        after = sqlite_world.respond(name, event(EventKind.ANSWER, "e", answers=said))
        assert after.standing.pause is not None
        assert (after.standing.pause.duration == HOUR) == back
        assert [hold.id for hold in after.standing.holds] == ["w0/event/h", *(["w2/answers"] if back else [])]


def test_the_rules_that_answer_are_those_of_the_day_it_was_asked(sqlite_world: World) -> None:
    questions(sqlite_world)
    later = replace(sqlite_world.active.campaign, version=2, rules=Rulebook([sqlite_world.active.campaign.rules[0]]))
    both = {**sqlite_world.snapshot.campaigns, (later.id, 2): replace(sqlite_world.active, campaign=later)}
    sqlite_world.snapshot = replace(sqlite_world.snapshot, campaigns=both)
    coached = {**ANSWERS, "answer_told_what_to_say": True}
    after = sqlite_world.respond("w1", event(EventKind.ANSWER, "e", answers=coached))
    assert after.standing.friction is Friction.COOLING_OFF


@pytest.mark.parametrize("word", ["rule", "answers", "event"])
def test_a_hold_of_the_desk_is_never_taken_for_one_of_a_rule(sqlite_world: World, word: str) -> None:
    """Whatever the desk calls its event: every hold is placed."""
    sqlite_world.assess(asked_for("w1", 60_000))
    said = event(EventKind.HELD, word, reason="checked", lasts=HOUR)
    after = sqlite_world.respond("w1", said)
    assert len(after.standing.holds) == 2
    assert {hold.reason for hold in after.standing.holds} == {"desk-review", "checked"}


def test_one_stop_stops_all_that_joined_and_one_confirmation_releases_them(sqlite_world: World) -> None:
    offered(sqlite_world)
    sqlite_world.respond("w1", event(EventKind.ANSWER, "e", answers=ANSWERS))
    sqlite_world.assess(asked_for("w2", 100))
    sqlite_world.wait(HOUR)
    sqlite_world.respond("w2", confirmation("c", sqlite_world.now))
    assert sqlite_world.state("w1") is sqlite_world.state("w2") is State.RELEASED
    sqlite_world.respond("w1", event(EventKind.BROADCAST, "b", transaction_id="0xa"))
    sqlite_world.respond("w2", event(EventKind.STOP, "s"))
    assert sqlite_world.state("w2") is State.STOPPED
    assert sqlite_world.standing("w1").stopped is None, "what has left cannot be stopped"


def test_saying_who_joined_is_listened_to_stops_the_confirmation_of_all(sqlite_world: World) -> None:
    offered(sqlite_world)
    sqlite_world.respond("w1", event(EventKind.ANSWER, "e", answers=ANSWERS))
    sqlite_world.assess(asked_for("w2", 100))
    sqlite_world.respond("w2", event(EventKind.LISTENING, "l"))
    sqlite_world.wait(HOUR)
    for name in ("w1", "w2"):
        with pytest.raises(Watched):
            sqlite_world.respond(name, confirmation(f"c-{name}", sqlite_world.now))


def test_the_first_broadcast_is_recorded_whatever_was_said_and_a_second_is_not(sqlite_world: World) -> None:
    offered(sqlite_world)
    sqlite_world.respond("w1", event(EventKind.STOP, "s"))
    sqlite_world.respond("w1", event(EventKind.BROADCAST, "b1", transaction_id="0xa"))
    at, acts = sqlite_world.now, len(sqlite_world.journal())
    sqlite_world.wait(HOUR)
    same = sqlite_world.respond("w1", event(EventKind.BROADCAST, "b2", transaction_id="0xa"))
    assert (same.created, same.standing.broadcast_at) == (False, at)
    with pytest.raises(BroadcastDiffers) as refusal:
        sqlite_world.respond("w1", event(EventKind.BROADCAST, "b3", transaction_id="0xb"))
    assert refusal.value.members == {"transaction_id": "0xa"}
    assert len(sqlite_world.journal()) == acts
    record = sqlite_world.assess(asked_for("w2", 50)).record
    assert features_in(record.features)["payee_withdrawals"] == 1, "one broadcast counts once"


@pytest.mark.parametrize(
    ("session", "authenticated", "field"),
    [(-1, 0, "session_started_at"), (0, -1, "authenticated_at"), (None, 0, "session_started_at"), (0, None, "auth")],
)
def test_confirming_takes_a_session_from_after_the_pause(
    sqlite_world: World, session: int | None, authenticated: int | None, field: str
) -> None:
    offered(sqlite_world)
    sqlite_world.respond("w1", event(EventKind.ANSWER, "e", answers=ANSWERS))
    elapses_at = sqlite_world.now + HOUR
    with pytest.raises(NotElapsed):
        sqlite_world.respond("w1", confirmation("early", sqlite_world.now))
    sqlite_world.wait(2 * HOUR)
    said = replace(
        confirmation("c", sqlite_world.now),
        session_started_at=None if session is None else Millis(elapses_at + session),
        authenticated_at=None if authenticated is None else Millis(elapses_at + authenticated),
    )
    with pytest.raises(SessionTooOld) as refusal:
        sqlite_world.respond("w1", said)
    assert refusal.value.field.startswith(field)
    assert refusal.value.since == elapses_at
    sqlite_world.respond("w1", confirmation("c2", refusal.value.since))


def test_questions_alone_take_a_new_authentication_and_no_new_session(sqlite_world: World) -> None:
    questions(sqlite_world)
    before = sqlite_world.now
    sqlite_world.wait(MINUTE)
    sqlite_world.respond("w1", event(EventKind.ANSWER, "e", answers=ANSWERS))
    old = replace(confirmation("c", sqlite_world.now), session_started_at=before)
    with pytest.raises(SessionTooOld):
        sqlite_world.respond("w1", replace(old, authenticated_at=before))
    sqlite_world.respond("w1", old)
    assert sqlite_world.state("w1") is State.RELEASED


@pytest.mark.parametrize("seen", [Session(on_call=True), Session(remote_access=True), Session(screen_shared=True)])
def test_a_watched_session_confirms_nothing_and_a_later_one_may(sqlite_world: World, seen: Session) -> None:
    offered(sqlite_world)
    sqlite_world.respond("w1", event(EventKind.ANSWER, "e", answers=ANSWERS))
    sqlite_world.wait(HOUR)
    with pytest.raises(Watched):
        sqlite_world.respond("w1", confirmation("c1", sqlite_world.now, seen))
    sqlite_world.respond("w1", confirmation("c2", sqlite_world.now))
    assert sqlite_world.state("w1") is State.RELEASED


def test_while_the_time_is_suspect_nothing_is_confirmed_and_stopping_works(sqlite_world: World) -> None:
    offered(sqlite_world)
    sqlite_world.respond("w1", event(EventKind.ANSWER, "e", answers=ANSWERS), suspect=True)
    sqlite_world.wait(HOUR)
    with pytest.raises(TimeSuspect):
        sqlite_world.respond("w1", confirmation("c", sqlite_world.now), suspect=True)
    sqlite_world.respond("w1", event(EventKind.STOP, "s"), suspect=True)
    assert sqlite_world.state("w1") is State.STOPPED


def test_resolving_twice_names_the_first(sqlite_world: World) -> None:
    offered(sqlite_world)
    sqlite_world.respond("w1", event(EventKind.STOP, "first"))
    at = sqlite_world.now
    sqlite_world.wait(HOUR)
    with pytest.raises(Resolved) as refusal:
        sqlite_world.respond("w1", event(EventKind.STOP, "second"))
    assert refusal.value.members == {"resolution": "stop", "resolution_event": "first", "resolved_at": at}


def test_a_refusal_writes_nothing(sqlite_world: World) -> None:
    offered(sqlite_world)
    before = sqlite_world.standing("w1")
    for kind in (EventKind.ACKNOWLEDGE, EventKind.CONFIRM, EventKind.LIFTED):
        with pytest.raises(Refusal):
            sqlite_world.respond("w1", event(kind, "e"))
    assert sqlite_world.standing("w1") == before
    assert len(sqlite_world.journal()) == 1
    assert sqlite_world.respond("w1", event(EventKind.HELP, "e")).created, "and its id is still free"


def test_a_stop_is_remembered_for_the_next_decision(sqlite_world: World) -> None:
    offered(sqlite_world)
    sqlite_world.respond("w1", event(EventKind.STOP, "s"))
    record = sqlite_world.assess(asked_for("w2", 5)).record
    assert (features_in(record.features)["payee_stops"], features_in(record.features)["days_since_stop"]) == (1, 0)
    assert "stopped-before-to-here" in record.hits


def test_a_hold_voids_the_release_and_she_decides_again(sqlite_world: World) -> None:
    offered(sqlite_world)
    released(sqlite_world, "w1")
    sqlite_world.wait(MINUTE)
    sqlite_world.respond("w1", event(EventKind.HELD, "h", reason="checked", lasts=HOUR))
    sqlite_world.wait(HOUR)
    assert sqlite_world.state("w1") is State.ELAPSED
    sqlite_world.respond("w1", confirmation("again", sqlite_world.now))
    assert sqlite_world.state("w1") is State.RELEASED
