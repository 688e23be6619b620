"""A shadow: its rules see what the active ones see, its word is kept, and nothing else is as it would not have been."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant

from breather.domain.event import EventKind
from breather.domain.feature import Phase
from breather.domain.friction import Friction
from breather.domain.instant import DAY, HOUR
from breather.domain.refusal import Refusal
from breather.domain.ruling import Rulebook
from breather.domain.shadow import Change, change_of
from breather.domain.withdrawal import Session
from breather.exchange.beside import decode_words
from breather.web.exchange import replies
from breather.web.exchange.replies import decision_bytes
from tests.unit.exchange.one_customer import OneCustomer
from tests.unit.exchange.shadowed import NUMBER, OTHER_RULES, Broken, begin, everything, words
from tests.unit.exchange.test_one_customer import explore
from tests.unit.exchange.world import ADDRESSES, ANSWERS, World, asked_for, confirmation, event

Step = tuple[str, int, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["submit", "submit", "again", "answer", "told", "stop", "help", "confirm", "clear", "wait"]),
        st.integers(0, 4),
        st.sampled_from([50, 300, 700, 1000, 60_000]),
    ),
    max_size=14,
)
WRONG: Sequence[Exception] = (KeyError("x"), ZeroDivisionError(), RecursionError(), MemoryError(), ValueError("a\0b"))
RULES = st.one_of(
    st.lists(st.sampled_from(OTHER_RULES), unique_by=lambda rule: rule.id).map(Rulebook),
    st.sampled_from(WRONG).map(lambda wrong: Broken(OTHER_RULES, wrong)),
)


def live(world: World, steps: Sequence[Step]) -> Iterator[Any]:
    """Every reply, refusals among them, as they are sent."""
    for number, (what, which, much) in enumerate(steps):
        name = f"w{which}"
        yield _reply(partial(_act, world, what, name, much, number))
        yield _reply(partial(_seen, world, name))
    yield _reply(lambda: replies.changes(world.changes(0, 100)))


def _act(world: World, what: str, name: str, much: int, number: int) -> Any:
    told = {**ANSWERS, "answer_told_what_to_say": what == "told"}
    match what:
        case "submit" | "again":
            session = Session(on_call=much == 50)
            found = world.assess(asked_for(name, much, customer=f"c{much % 3}", session=session))
            return decision_bytes(world.snapshot, found), found.created
        case "answer" | "told":
            return world.respond(name, event(EventKind.ANSWER, f"e{number}", answers=told)).standing
        case "confirm":
            return world.respond(name, confirmation(f"e{number}", world.now)).standing
        case "clear":
            return world.clear(name)
        case "wait":
            return world.wait(2 * HOUR)
        case _:
            return world.respond(name, event(EventKind(what), f"e{number}")).standing


def _reply(act: Callable[[], Any]) -> Any:
    try:
        return act()
    except Refusal as refused:
        return type(refused).__name__, str(refused)


def _seen(world: World, name: str) -> Any:
    return replies.withdrawal(world.snapshot, world.view(name), world.wanted(name))


@settings(max_examples=40, deadline=None)
@given(STEPS, RULES)
def test_without_effect_on_any_reply_row_or_entry(steps: Sequence[Step], rules: Rulebook) -> None:
    with TemporaryDirectory() as folder:
        files = [Path(folder) / "alone.db", Path(folder) / "beside.db"]
        replies = []
        for file in files:
            world = World(f"sqlite:///{file}")
            if file.name == "beside.db":
                begin(world, rules)
            replies.append(list(live(world, steps)))
            world.close()
        assert replies[0] == replies[1]
        assert everything(files[0]) == everything(files[1])


class BesideItself(OneCustomer):
    """The walk with a shadow of the very same rules: it says what the active version says, whatever happens."""

    @invariant()
    def it_agrees_with_itself_and_every_withdrawal_is_counted_once(self) -> None:
        rows = self.world.read(lambda reader: reader.all("shadow_words", shadow=NUMBER, most=10_000))
        for row in rows:
            said = decode_words(row["words"])
            assert said.active == said.shadow
        mine = [self.world.row(name) for name in self.asked]
        assert all((row.shadow == NUMBER) == (row.campaign is not None) for row in mine)
        assert all((row.answered is not None) == (row.shadow_answered is not None) for row in mine if row.campaign)
        assert {row.shadow_change for row in mine} <= {None, Change.BOTH}


def test_it_agrees_with_its_own_rules_whatever_happens(sqlite_world: World) -> None:
    begin(sqlite_world)
    explore(sqlite_world, 25, 25, BesideItself)


def test_its_word_is_kept_beside_the_decision_on_both_engines(world: World) -> None:
    begin(world, Rulebook(OTHER_RULES))
    world.assess(asked_for("w1", 300))
    row, said = world.row("w1"), words(world, "w1")
    assert said.shadow is not None
    assert (row.shadow, row.shadow_change) == (NUMBER, Change.NEWLY)
    assert (said.active.friction, said.active.hits) == (Friction.NOTICE, ("first-in-seven-days",))
    assert (said.shadow.friction, said.shadow.hits) == (Friction.QUESTIONS, ("small-ones-too", "reminder"))
    assert said.shadow.undetermined == ("half-of-it",)


def test_the_same_words_are_stored_once_and_counted_on_both_engines(world: World) -> None:
    begin(world, Rulebook(OTHER_RULES))
    for number in range(5):
        world.assess(asked_for(f"w{number}", 300, customer=f"c{number}"))
    world.assess(asked_for("w0", 300, customer="c0"))  # a retry is no other withdrawal
    rows = world.read(lambda reader: reader.all("shadow_words", shadow=NUMBER, most=10))
    assert sorted(row["withdrawals"] for row in rows) == [2, 3]  # from the third on, many people send there


def test_answers_are_its_features_too_on_both_engines(world: World) -> None:
    begin(world, Rulebook(OTHER_RULES))
    world.assess(asked_for("w1", 1000))
    world.respond("w1", event(EventKind.ANSWER, "e1", answers={**ANSWERS, "answer_told_what_to_say": True}))
    said = words(world, "w1", "answer")
    assert said.shadow is not None
    assert (said.active.friction, said.shadow.friction) == (Friction.COOLING_OFF, Friction.HOLD)
    assert "told" in said.shadow.hits
    assert world.standing("w1").holds == ()


def test_long_names_of_rules_fit_on_both_engines(world: World) -> None:
    """An index of PostgreSQL refuses keys of 2.7 KB, and a refusal would be the decision's."""
    from tests.unit.exchange.world import rule_of

    many = [rule_of(f"{number:03}-{'long' * 15}", "amount_usd >= 0", Friction.QUESTIONS) for number in range(120)]
    begin(world, Rulebook(many))
    world.assess(asked_for("w1", 100))
    said = words(world, "w1")
    assert said.shadow is not None
    assert len(said.shadow.hits) == 120


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: type(wrong).__name__)
def test_what_goes_wrong_in_its_rules_is_its_word(sqlite_world: World, wrong: Exception) -> None:
    begin(sqlite_world, Broken(OTHER_RULES, wrong))
    found = sqlite_world.assess(asked_for("w1", 1000))
    assert found.record.friction == "cooling_off"
    said = words(sqlite_world, "w1")
    assert (said.shadow, said.problem) == (None, type(wrong).__name__)
    assert sqlite_world.row("w1").shadow_change is None


def test_one_begun_meanwhile_does_not_speak_about_what_it_did_not_see(sqlite_world: World) -> None:
    begin(sqlite_world, Rulebook(OTHER_RULES))
    sqlite_world.assess(asked_for("w1", 1000))
    begin(sqlite_world, Rulebook(OTHER_RULES), number=NUMBER + 1)
    sqlite_world.respond("w1", event(EventKind.ANSWER, "e1", answers=ANSWERS))
    assert sqlite_world.row("w1").shadow_answered is None


def test_where_no_campaign_applies_there_is_no_shadow(sqlite_world: World) -> None:
    from breather.domain.withdrawal import Residence

    begin(sqlite_world, Rulebook(OTHER_RULES))
    sqlite_world.assess(asked_for("w1", 1000, residence=Residence(kyc="PT")))
    assert sqlite_world.row("w1").shadow is None


def test_none_running_asks_nothing_and_writes_nothing(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from breather.exchange import beside

    def never(*_: object) -> None:
        raise AssertionError("asked")

    monkeypatch.setattr(beside, "word_of", never)
    sqlite_world.assess(asked_for("w1", 1000))
    assert sqlite_world.read(lambda reader: reader.all("shadow_words", shadow=NUMBER, most=10)) == []


@pytest.mark.parametrize(
    ("active", "shadow", "change"),
    [
        (Friction.NONE, Friction.NOTICE, None),
        (Friction.NOTICE, Friction.QUESTIONS, Change.NEWLY),
        (Friction.HOLD, Friction.NOTICE, Change.NO_LONGER),
        (Friction.QUESTIONS, Friction.HOLD, Change.BOTH),
    ],
)
def test_a_notice_is_no_interruption(active: Friction, shadow: Friction, change: Change | None) -> None:
    assert change_of(active, shadow) is change


def test_it_stays_with_the_phases_of_the_rules(sqlite_world: World) -> None:
    """A rule about answers says nothing at submission: neither a miss nor undetermined."""
    begin(sqlite_world, Rulebook([rule for rule in OTHER_RULES if rule.when.phase is Phase.ANSWER]))
    sqlite_world.assess(asked_for("w1", 1000, to=None, customer=ADDRESSES[0]))
    sqlite_world.wait(DAY)
    said = words(sqlite_world, "w1")
    assert said.shadow is not None
    assert (said.shadow.hits, said.shadow.undetermined) == ((), ())
