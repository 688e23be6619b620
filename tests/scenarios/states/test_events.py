"""Who may move a withdrawal from where to where: one row, one test; and docs/flow.md shows the same table."""

from dataclasses import replace

import pytest

from breather.domain.cooling_off import State
from breather.domain.event import MAY, Actor, EventKind
from breather.domain.instant import DAY, MINUTE
from breather.domain.refusal import NoConsent, NotOffered, Refusal, Watched
from breather.domain.standing import move
from breather.domain.withdrawal import Session
from breather.web.exchange.bodies import EVENT_BODIES
from tests.scenarios.states.situations import NOW, STANDINGS, at, event, situation_of
from tests.scenarios.states.situations import before as prepared
from tests.scenarios.states.table import FLOW, SITUATIONS, Row, between_markers, markdown, rows, with_table

ROWS = rows()


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.event}-{row.situation}" for row in ROWS])
def test_an_event_does_what_its_row_says(row: Row) -> None:
    before = prepared(row.event, row.situation)
    if not row.result.startswith("!"):
        assert situation_of(move(before, event(row.event), NOW)) == row.result
        return
    with pytest.raises(Refusal) as refusal:
        move(before, event(row.event), NOW)
    assert refusal.value.code == row.result[1:]


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.event}-{row.situation}" for row in ROWS])
def test_whoever_may_do_it_does_the_same(row: Row) -> None:
    """The state decides, not the actor; who may at all is MAY."""
    results = set()
    for actor in MAY[row.event]:
        try:
            results.add(situation_of(move(prepared(row.event, row.situation), event(row.event, actor), NOW)))
        except Refusal as refusal:
            results.add(f"!{refusal.code}")
    assert results == {row.result}


def test_the_table_is_complete_and_says_nothing_twice() -> None:
    pairs = [(row.event, row.situation) for row in ROWS]
    assert len(set(pairs)) == len(pairs)
    assert set(pairs) == {(kind, situation) for kind in EventKind for situation in SITUATIONS}
    assert STANDINGS.keys() == SITUATIONS.keys()


@pytest.mark.parametrize("situation", SITUATIONS)
def test_each_situation_is_what_its_name_says(situation: str) -> None:
    words = {"notice": "offered", "held-offered": "held"}
    assert situation_of(STANDINGS[situation]) == words.get(situation, situation)


def test_every_state_has_its_situation() -> None:
    assert {standing.state(NOW) for standing in STANDINGS.values()} == set(State)


def test_a_refusal_names_the_first_resolution() -> None:
    for situation, how in (("released", "confirm"), ("stopped", "stop"), ("lapsed", "lapsed")):
        with pytest.raises(Refusal) as refusal:
            move(STANDINGS[situation], event(EventKind.CONFIRM), NOW)
        assert refusal.value.members["resolution"] == how
        assert refusal.value.members["resolved_at"] is not None


def test_somebody_listening_is_remembered_from_the_first_time() -> None:
    heard = replace(STANDINGS["offered"], watched_at=at(MINUTE))
    answered = replace(event(EventKind.ANSWER), answers={"answer_someone_listening": True})
    for said in (event(EventKind.LISTENING), event(EventKind.ANSWER), answered):
        assert move(heard, said, NOW).watched_at == at(MINUTE)
    assert move(STANDINGS["offered"], answered, NOW).watched_at == NOW


def test_what_was_released_and_is_watched_is_cleared_no_more() -> None:
    heard = move(STANDINGS["released"], event(EventKind.LISTENING), NOW)
    assert STANDINGS["released"].covered(NOW, DAY)
    assert not heard.covered(NOW, DAY)


def test_a_watched_notice_is_not_acknowledged() -> None:
    with pytest.raises(Watched):
        move(replace(STANDINGS["notice"], watched_at=at(0)), event(EventKind.ACKNOWLEDGE), NOW)


@pytest.mark.parametrize("situation", SITUATIONS)
def test_consent_is_never_there_before_help_was_asked(situation: str) -> None:
    with pytest.raises(NotOffered):
        move(STANDINGS[situation], event(EventKind.CONSENT), NOW)
    with pytest.raises(NoConsent):
        move(STANDINGS[situation], event(EventKind.REVOKE), NOW)


@pytest.mark.parametrize("situation", SITUATIONS)
def test_consent_is_not_accepted_while_somebody_may_be_listening(situation: str) -> None:
    asked = prepared(EventKind.CONSENT, situation)
    on_call = replace(event(EventKind.CONSENT), session=Session(on_call=True))
    for heard in (replace(asked, watched_at=at(MINUTE)), replace(asked, companion_watched=True)):
        with pytest.raises(Watched):
            move(heard, event(EventKind.CONSENT), NOW)
    with pytest.raises(Watched):
        move(asked, on_call, NOW)


@pytest.mark.parametrize("situation", SITUATIONS)
def test_consent_and_taking_it_back_move_nothing_else(situation: str) -> None:
    asked = prepared(EventKind.CONSENT, situation)
    agreed = move(asked, event(EventKind.CONSENT), NOW)
    assert agreed == replace(asked, consented_at=NOW)
    assert move(replace(agreed, consented_at=at(MINUTE)), event(EventKind.CONSENT), NOW).consented_at == at(MINUTE)
    assert move(replace(agreed, watched_at=at(0)), event(EventKind.REVOKE), NOW).consented_at is None


def test_a_consent_names_the_text_that_she_read() -> None:
    with pytest.raises(ValueError, match="the text that she read"):
        move(prepared(EventKind.CONSENT, "clear"), replace(event(EventKind.CONSENT), consent_text=""), NOW)


@pytest.mark.parametrize("kind", EventKind)
def test_nobody_does_what_is_not_theirs(kind: EventKind) -> None:
    for actor in set(Actor) - MAY[kind]:
        with pytest.raises(ValueError, match="is not for"):
            move(STANDINGS["elapsed"], replace(event(kind), actor=actor), NOW)


def test_what_only_the_vasp_and_its_desk_may_do() -> None:
    """The link in the page shows, answers, stops and asks for help; it never confirms (guarantee G1)."""
    customer = {kind for kind in EventKind if Actor.CUSTOMER in MAY[kind]}
    assert customer == {
        EventKind.SHOWN,
        EventKind.ACKNOWLEDGE,
        EventKind.ANSWER,
        EventKind.LISTENING,
        EventKind.HELP,
        EventKind.STOP,
        EventKind.CONSENT,
        EventKind.REVOKE,
    }
    assert MAY[EventKind.CONSENT] == {Actor.CUSTOMER}, "nobody agrees in her place"
    assert {kind for kind in EventKind if Actor.DESK in MAY[kind]} == {EventKind.HELD, EventKind.LIFTED}


def test_the_api_takes_what_the_vasp_and_its_desk_may_do_and_no_more() -> None:
    taken = {EventKind(str(body.__struct_config__.tag)) for body in EVENT_BODIES}
    assert taken == {kind for kind in EventKind if MAY[kind] & {Actor.VASP, Actor.DESK}}


def test_the_flow_shows_this_table() -> None:
    shown = between_markers(FLOW.read_text(encoding="utf-8"))
    assert shown == markdown(), "run: python -m tests.scenarios.states.table"


def test_the_table_is_put_between_its_markers_and_nowhere_else() -> None:
    text = "before\n<!-- table: events -->\nold\n<!-- /table -->\nafter\n"
    assert with_table(text) == f"before\n<!-- table: events -->\n{markdown()}<!-- /table -->\nafter\n"
    assert with_table(with_table(text)) == with_table(text)
    assert between_markers(with_table(text)) == markdown()
