"""Load: bodies that the real decoder accepts, and acts that may follow them, in order of time."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from breather.domain.event import MAY, Actor, EventKind
from breather.domain.friction import Friction
from breather.domain.instant import HOUR, parse_instant
from breather.simulation.load import PAUSE, Act, Load, Submission, body_of
from breather.simulation.parameters import Parameters
from breather.simulation.population import UNKNOWN
from breather.simulation.simulate import simulate
from breather.web.exchange.bodies import WithdrawalBody
from breather.web.exchange.event_reading import event_of, read_event_body
from breather.web.exchange.submission import read_withdrawal
from breather.web.shape import read_shape
from tests.unit.simulation.made import CROWDED, FEW, SEED, crowded, few, near

LOAD = Load(FEW, few())


def everything() -> Iterator[tuple[Submission, Friction, tuple[Act, ...]]]:
    for submission in LOAD:
        for friction in Friction:
            yield submission, friction, LOAD.acts(submission, friction)


def test_every_body_is_accepted_as_it_is() -> None:
    for submission in LOAD:
        body = read_shape(json.dumps(submission.body).encode(), WithdrawalBody)
        withdrawal = read_withdrawal(body)
        assert withdrawal.destination.address == submission.body["destination"]["address"]
        assert withdrawal.amount_text == submission.body["amount"]
        if withdrawal.amount_usd is not None and withdrawal.account.balance_usd is not None:
            assert withdrawal.amount_usd <= withdrawal.account.balance_usd


def test_bodies_of_every_network_and_exchange_are_accepted() -> None:
    seen = set()
    for exchange in (1, 2, 3):
        for submission in list(Load(CROWDED, crowded(), exchange))[:400]:
            read_withdrawal(read_shape(json.dumps(submission.body).encode(), WithdrawalBody))
            seen.add(submission.body["network"])
    assert len(seen) == 9


def test_submissions_come_in_order_and_all() -> None:
    submissions = list(LOAD)
    assert len(submissions) == len(LOAD) == len(few().history)
    assert [each.at for each in submissions] == sorted(each.at for each in submissions)


def test_the_load_is_the_same_every_time() -> None:
    assert [each.body for each in Load(FEW, simulate(FEW, SEED))] == [each.body for each in LOAD]


def test_no_body_tells_the_truth() -> None:
    """The words of a body are the fields of the API; nothing else is in it."""
    names = set(WithdrawalBody.__struct_fields__)
    for submission in LOAD:
        assert set(submission.body) <= names


def test_events_by_the_exchange_are_accepted() -> None:
    kinds = set()
    for _, _, acts in everything():
        for act in acts:
            if act.by == "vasp":
                kinds.add(event_of(read_event_body(json.dumps(act.body).encode()), "simulated").kind)
    assert kinds == {EventKind.CONFIRM, EventKind.BROADCAST, EventKind.STOP}


def test_everybody_does_only_what_she_may() -> None:
    actors = {"vasp": Actor.VASP, "link": Actor.CUSTOMER}
    for _, _, acts in everything():
        for act in acts:
            assert actors[act.by] in MAY[EventKind(act.body["event"])]


def test_acts_follow_the_submission_in_order_under_ids_of_their_own() -> None:
    for submission, _, acts in everything():
        times = [submission.at, *(act.at for act in acts)]
        assert times == sorted(times)
        assert len({act.body["id"] for act in acts}) == len(acts)
        assert all(len(act.body["id"]) <= 64 and act.withdrawal == submission.withdrawal for act in acts)


def test_what_is_stopped_is_never_broadcast_and_what_is_held_waits() -> None:
    for _, friction, acts in everything():
        events = [act.body["event"] for act in acts]
        assert not {"stop", "broadcast"} <= set(events)
        assert friction is not Friction.HOLD or not {"broadcast", "confirm"} & set(events)
        assert events.count("broadcast") <= 1


@pytest.mark.parametrize(
    ("friction", "before"),
    [
        (Friction.NONE, []),
        (Friction.NOTICE, ["acknowledge"]),
        (Friction.QUESTIONS, ["answer", "confirm"]),
        (Friction.COOLING_OFF, ["answer", "confirm"]),
    ],
)
def test_what_is_broadcast_went_through_its_friction(friction: Friction, before: list[str]) -> None:
    found = 0
    for _, under, acts in everything():
        events = [act.body["event"] for act in acts if act.body["event"] != "help"]
        if under is friction and "broadcast" in events:
            assert events == [*before, "broadcast"]
            found += 1
    assert found > 100


def test_a_pause_is_waited_for_and_confirmed_in_a_fresh_session() -> None:
    for submission in LOAD:
        acts = {act.body["event"]: act for act in LOAD.acts(submission, Friction.COOLING_OFF, pause=5 * HOUR)}
        if "confirm" in acts:
            answered, confirm = acts["answer"].at, acts["confirm"]
            began = parse_instant(confirm.body["session_started_at"])
            assert answered + 5 * HOUR - 60_000 <= began < parse_instant(confirm.body["authenticated_at"]) < confirm.at


def test_whoever_says_that_somebody_listens_confirms_nothing() -> None:
    parameters = Parameters(customers=300, victims_per_100000=30_000, says_listening=1_000, coached=0)
    load = Load(parameters, simulate(parameters, SEED))
    listened = 0
    for submission in load:
        events = [act.body["event"] for act in load.acts(submission, Friction.COOLING_OFF)]
        if "listening" in events:
            listened += 1
            assert "confirm" not in events
    assert listened > 3


def test_without_an_alert_the_load_stops_what_the_history_stopped() -> None:
    for submission in LOAD:
        stops = any(act.body["event"] == "stop" for act in LOAD.acts(submission, Friction.NONE))
        assert stops == (few().history.stopped_at[submission.row] != UNKNOWN)


def test_steps_weave_submissions_and_acts_in_order() -> None:
    steps = list(LOAD.steps(lambda submission: Friction(submission.row % 5)))
    assert [step.at for step in steps] == sorted(step.at for step in steps)
    first = [step for step in steps if isinstance(step, Submission) and step.again is None]
    assert [step.body for step in first] == [each.body for each in LOAD]
    posted: set[str] = set()
    for step in steps:
        if isinstance(step, Submission):
            posted.add(step.withdrawal)
        else:
            assert step.withdrawal in posted


def test_there_is_no_exchange_zero_and_none_beyond_the_last() -> None:
    for number in (0, 2):
        with pytest.raises(ValueError, match="there are 1 to 1"):
            Load(FEW, few(), number)


def test_a_default_pause_is_an_hour() -> None:
    assert PAUSE == HOUR


def test_a_mule_stands_before_an_alert_as_no_victim() -> None:
    made = few()
    mules = [submission for submission in LOAD if LOAD.person(submission.row).typology is None]
    assert any(made.truth.case[submission.row] != UNKNOWN for submission in mules)
    assert body_of(made, mules[0].row) == mules[0].body


def second_tries(load: Load) -> list[tuple[Submission, Submission]]:
    """Each stopped first try with the one that followed it."""
    found = []
    for submission in load:
        again = load.second_try(submission, submission.at + 60_000)
        if again is not None:
            found.append((submission, again))
    return found


def test_a_second_try_is_for_less_or_goes_elsewhere_within_a_day_under_an_id_of_its_own() -> None:
    reduced = redirected = 0
    for first, again in second_tries(LOAD):
        was = read_withdrawal(read_shape(json.dumps(first.body).encode(), WithdrawalBody))
        now = read_withdrawal(read_shape(json.dumps(again.body).encode(), WithdrawalBody))
        assert (now.customer, now.asset, now.id) == (was.customer, was.asset, f"{was.id}-2")
        assert first.at + 60_000 < again.at < first.at + 60_000 + 24 * HOUR
        assert (now.amount_usd is None) == (was.amount_usd is None)
        reduced += now.destination == was.destination and now.amount < was.amount
        redirected += now.destination != was.destination and now.amount == was.amount
        assert now.destination.network == was.destination.network
    assert reduced + redirected == len(second_tries(LOAD))
    assert min(reduced, redirected) > 3


def test_nobody_is_sent_back_but_victims_and_they_once() -> None:
    for first, again in second_tries(LOAD):
        assert LOAD.person(first.row).typology is not None
        assert LOAD.person(again.row, again.again).coached
        assert LOAD.second_try(again, again.at) is None


def test_the_same_are_sent_back_every_time_and_as_many_as_assumed() -> None:
    assert second_tries(Load(FEW, simulate(FEW, SEED))) == second_tries(LOAD)
    victims = sum(LOAD.person(each.row).typology is not None for each in LOAD)
    assert near(len(second_tries(LOAD)) / victims, FEW.returns / 1_000, victims)
    nobody = replace(FEW, returns=0)
    assert second_tries(Load(nobody, few())) == []
    everybody = replace(FEW, returns=1_000)
    assert len(second_tries(Load(everybody, few()))) == victims


def test_only_after_a_stop_at_an_alert_does_a_second_try_come() -> None:
    for friction, comes in ((Friction.NONE, False), (Friction.COOLING_OFF, True)):
        steps = list(LOAD.steps(lambda submission, friction=friction: friction))  # type: ignore[misc]  # one parameter
        again = [step for step in steps if isinstance(step, Submission) and step.again is not None]
        assert bool(again) == comes
        stopped = {step.withdrawal for step in steps if isinstance(step, Act) and step.body["event"] == "stop"}
        assert {each.withdrawal.removesuffix("-2") for each in again} <= stopped
