"""Draining writes what was said, once; it never decides again and never lowers anything."""

from dataclasses import replace

import msgspec
import pytest

from breather.domain.amount import MicroUsd
from breather.domain.cooling_off import State
from breather.domain.event import EventKind
from breather.domain.friction import Friction
from breather.domain.instant import DAY, HOUR, MINUTE, Millis
from breather.domain.refusal import NotClearable, Watched
from breather.domain.stand_in import KNOWN_FOR, Guards, Spent, StandInLimits
from breather.domain.withdrawal import Residence, Session, Withdrawal
from breather.exchange.assess import Assessed
from breather.exchange.drain import Drained, digest_of, drain, set_aside
from breather.exchange.erase import erase_withdrawal
from breather.exchange.examine import examine
from breather.exchange.record import decode_record
from breather.exchange.recorded import features_in
from breather.exchange.stood_in import StoodIn, decode_stood_in, encode_stood_in, make_stood_in
from breather.web.exchange.replies import decision_bytes, state
from tests.unit.exchange.world import ANSWERS, World, asked_for, confirmation, event

KNOWN = Guards(fresh=True, known_for=KNOWN_FOR)
NOTHING_KNOWN = Guards(fresh=False)


def limited(world: World) -> None:
    limits = StandInLimits(MicroUsd(100 * 10**6), MicroUsd(200 * 10**6), MicroUsd(1_000 * 10**6))
    world.use(replace(world.active.campaign, stand_in=limits))


def made(world: World, asked: Withdrawal, guards: Guards = NOTHING_KNOWN) -> StoodIn:
    return make_stood_in(world.snapshot, asked, guards, Spent(), world.now, "vasp:shop")


def drained(world: World, stood: StoodIn) -> Drained:
    return world.write(lambda tx: drain(tx, world.snapshot, stood))


def reply(world: World, stood: StoodIn) -> bytes:
    return decision_bytes(world.snapshot, Assessed(stood.asked, stood.record, stood.decided_at, created=False))


def entries(world: World, withdrawal: str) -> list[str]:
    rows = world.read(lambda reader: reader.all("console_timeline", withdrawal=withdrawal))
    return [row["kind"] for row in rows]


def problems(world: World) -> list[str]:
    return [row["problem"] for row in world.read(lambda reader: reader.all("stand_in_problems", most=10))]


def test_a_record_is_read_back_as_it_was_made(sqlite_world: World) -> None:
    stood = made(sqlite_world, asked_for("a", 700, session=Session(on_call=True)))
    assert decode_stood_in(encode_stood_in(stood)) == stood


@pytest.mark.parametrize("body", [b"", b"{}", b"\xff", b'{"submitted":{},"record":{},"decided_at":1,"actor":"x"}'])
def test_what_is_no_record_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match="not a stand-in"):
        decode_stood_in(body)


def test_what_was_said_is_written_and_answered_with_the_same_bytes(world: World) -> None:
    stood = made(world, asked_for("a", 700))
    told, seen = reply(world, stood), state(stood.view(world.snapshot, world.now))
    world.wait(MINUTE)
    assert drained(world, stood) is Drained.WRITTEN
    again = world.assess(stood.asked)
    assert not again.created
    assert decision_bytes(world.snapshot, again) == told
    assert {**state(world.view("a")), "changed": 0} == seen
    assert entries(world, "a") == ["stood-in"]
    assert msgspec.json.decode(told)["stand_in"] is True


def test_a_stand_in_of_which_nothing_is_known_is_held_and_can_be_brought_to_its_end(world: World) -> None:
    stood = made(world, asked_for("a", 700))
    assert (stood.friction, stood.record.degraded) == (Friction.HOLD, True)
    drained(world, stood)
    assert world.state("a") is State.HELD
    with pytest.raises(NotClearable):
        world.clear("a")
    world.respond("a", event(EventKind.LIFTED, "l", reason="desk-review"))
    assert world.state("a") is State.OFFERED, "lifting gives back a full pause, and never a release"
    world.respond("a", event(EventKind.ANSWER, "n", answers=ANSWERS))
    world.wait(HOUR + MINUTE)
    world.respond("a", confirmation("c", world.now))
    assert world.clear("a").withdrawal.id == "a"


def test_the_hold_has_the_campaigns_maximum_from_when_it_was_said(world: World) -> None:
    stood = made(world, asked_for("a", 700))
    began = world.now
    world.wait(9 * HOUR)
    drained(world, stood)
    (hold,) = world.standing("a").holds
    assert (hold.placed_at, hold.ends_at) == (began, began + 3 * DAY)
    world.wait(3 * DAY - 9 * HOUR)
    assert world.state("a") is State.OFFERED


def test_within_the_limits_it_is_cleared_once_the_database_has_it(world: World) -> None:
    limited(world)
    stood = made(world, asked_for("a", 100), KNOWN)
    assert (stood.record.decision, stood.record.stand_in) == ("proceed", ["within-limits"])
    assert not stood.view(world.snapshot, world.now).clearable
    drained(world, stood)
    assert world.clear("a").withdrawal.id == "a"


def test_what_was_let_go_is_not_cleared_past_a_pause_that_opened_meanwhile(world: World) -> None:
    limited(world)
    stood = made(world, asked_for("a", 100), KNOWN)
    world.assess(asked_for("b", 5_000))
    drained(world, stood)
    assert not world.view("a").clearable


def test_without_a_campaign_it_is_held_without_a_pause_and_ends_by_itself(world: World) -> None:
    stood = made(world, asked_for("a", 700, residence=Residence(kyc="PT")), Guards(fresh=True))
    drained(world, stood)
    assert world.state("a") is State.HELD
    world.wait(3 * DAY)
    assert world.state("a") is State.CLEAR
    with pytest.raises(NotClearable):
        world.clear("a")


def test_a_watched_session_can_never_be_confirmed(world: World) -> None:
    drained(world, made(world, asked_for("a", 700, session=Session(screen_shared=True))))
    world.respond("a", event(EventKind.LIFTED, "l", reason="desk-review"))
    world.respond("a", event(EventKind.ANSWER, "n", answers=ANSWERS))
    world.wait(HOUR + MINUTE)
    with pytest.raises(Watched):
        world.respond("a", confirmation("c", world.now))


def test_drained_twice_it_is_written_once(world: World) -> None:
    stood = made(world, asked_for("a", 700))
    assert drained(world, stood) is Drained.WRITTEN
    before = world.journal()
    assert drained(world, decode_stood_in(encode_stood_in(stood))) is Drained.AGAIN
    assert world.journal() == before
    assert not problems(world)


def test_history_knows_that_it_was_asked_and_her_answers_meet_the_rules(world: World) -> None:
    drained(world, made(world, asked_for("a", 700)))
    features = features_in(decode_record(world.row("a").decision).features)
    assert (features["withdrawals_before"], features["amount_usd"]) == (0.0, 700.0)
    world.respond("a", event(EventKind.LIFTED, "l", reason="desk-review"))
    answers = {**ANSWERS, "answer_withdrew_profit_before": True}
    world.respond("a", event(EventKind.ANSWER, "n", answers=answers))
    assert world.state("a") is State.HELD, "the rules ran on her answers"
    later = world.assess(asked_for("b", 700))
    assert features_in(later.record.features)["withdrawals_before"] == 1.0


def test_a_decision_that_came_meanwhile_is_raised_to_what_was_said_and_somebody_is_told(world: World) -> None:
    stood = made(world, asked_for("a", 20))
    decided = world.assess(asked_for("a", 20))
    assert decided.record.friction == "notice"
    assert drained(world, stood) is Drained.CONFLICT
    assert world.state("a") is State.HELD
    assert entries(world, "a") == ["decided", "held", "stand-in-conflict"]
    assert problems(world) == ["a stand-in said hold, the decision notice; it is held now"]
    assert decision_bytes(world.snapshot, world.assess(asked_for("a", 20))) == decision_bytes(world.snapshot, decided)
    assert drained(world, stood) is Drained.AGAIN


def test_a_stronger_decision_is_never_lowered(world: World) -> None:
    limited(world)
    stood = made(world, asked_for("a", 100), KNOWN)
    world.assess(asked_for("a", 100, session=Session(on_call=True)))
    before = world.standing("a")
    assert before.friction > stood.friction
    assert drained(world, stood) is Drained.CONFLICT
    assert world.standing("a") == before
    assert len(problems(world)) == 1


def test_what_has_left_cannot_be_raised_and_that_is_said(world: World) -> None:
    stood = made(world, asked_for("a", 20))
    world.assess(asked_for("a", 20))
    world.respond("a", event(EventKind.BROADCAST, "b", transaction_id="t1"))
    drained(world, stood)
    assert problems(world)[0].endswith("could not be held any more: already-broadcast")


def test_an_id_that_was_used_for_another_withdrawal_is_named(world: World) -> None:
    stood = made(world, asked_for("a", 700))
    world.assess(asked_for("a", 701))
    drained(world, stood)
    assert "about another withdrawal (/amount)" in problems(world)[0]


def test_what_cannot_be_drained_is_set_aside_once(world: World) -> None:
    for _ in range(2):
        world.write(lambda tx: set_aside(tx, b"\x00rubbish", "not a stand-in"))
    counts = world.read(lambda reader: reader.one("stand_in_counts", since=0))
    assert counts == {"lately": 0, "conflicts": 0, "aside": 1}
    assert len(world.journal()) == 1
    assert world.read(lambda reader: reader.one("find_stand_in_aside", digest=digest_of(b"\x00rubbish")))


def test_its_time_is_when_it_was_said(world: World) -> None:
    stood = made(world, asked_for("a", 700))
    world.wait(HOUR)
    drained(world, stood)
    assert world.row("a").decided_at == Millis(world.now - HOUR)


def test_the_doctor_names_what_a_person_has_to_look_at(sqlite_world: World) -> None:
    world = sqlite_world

    def said() -> str:
        signs = world.read(lambda reader: list(examine(reader, world.snapshot, world.now)))
        return "\n".join(sign.what for sign in signs if sign.wrong)

    assert "stand-in" not in said()
    stood = made(world, asked_for("a", 20))
    world.assess(asked_for("a", 20))
    drained(world, stood)
    world.write(lambda tx: set_aside(tx, b"\x00rubbish", "not a stand-in"))
    found = said()
    assert "1 withdrawals of 24 hours were answered by a stand-in" in found
    assert "1 stand-ins met another decision; the newest, a: a stand-in said hold" in found
    assert "1 records of the spool" in found


def test_under_the_id_of_an_erased_withdrawal_nothing_comes_back(world: World) -> None:
    """Memory does not know which ids were erased, so that it may have answered under one."""
    stood = made(world, asked_for("a", 700))
    world.write(lambda tx: erase_withdrawal(tx, "a", "retention", "worker", world.now))
    assert [drained(world, stood), drained(world, stood)] == [Drained.CONFLICT, Drained.CONFLICT]
    (aside,) = world.read(lambda reader: reader.all("stand_ins_aside", most=10))
    assert (aside["digest"], "erased" in aside["problem"]) == (digest_of(encode_stood_in(stood)), True)
    assert world.read(lambda reader: reader.one("find_withdrawal", id="a")) is None


def test_erasing_leaves_of_a_stand_in_only_that_it_was_drained(world: World) -> None:
    stood = made(world, asked_for("a", 700))
    drained(world, stood)
    world.write(lambda tx: erase_withdrawal(tx, "a", "retention", "worker", world.now))
    assert drained(world, stood) is Drained.AGAIN
    day = world.read(lambda reader: reader.all("stand_ins_let_go", since=0))
    assert all(row["customer"] == "" and row["amount_usd"] is None for row in day)
