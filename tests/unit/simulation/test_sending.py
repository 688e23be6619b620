"""Sending: whose turn it is, what the page offers, and what the service's word makes of what people meant to do."""

import threading
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from breather.client import Assessment, Breather, Link, Problem, Standing, State, Unavailable, Why, Word
from breather.client import Friction as ClientFriction
from breather.client.instant import parse_instant
from breather.domain.friction import Friction
from breather.domain.instant import HOUR
from breather.simulation.load import Load
from breather.simulation.page import BrokenPage, Browser
from breather.simulation.parameters import Parameters
from breather.simulation.sending import Sender, service
from breather.simulation.simulate import simulate
from tests.unit.simulation.made import FEW, few

LOAD = Load(FEW, few())
SMALL = Parameters(customers=60, days=90, victims_per_100000=50_000, returns=1_000, coached_lies=1_000)


@dataclass
class Time:
    """A clock that the sender sets."""

    moves: bool = True
    at: int = 0
    seen: list[int] = field(default_factory=list)

    def now(self) -> int:
        return self.at

    def reach(self, at: int) -> None:
        self.at = max(self.at, at) if self.moves else self.at
        self.seen.append(self.at)


@dataclass
class FakeService:
    """Gives every withdrawal the friction of its turn, and every page all forms; `refuses` are events it refuses.

    `raises`: the friction after answers. `elapses_after` ms from the answer, by `time`. `joined`:
    something else was confirmed first.
    """

    frictions: list[str]
    time: Time = field(default_factory=Time)
    refuses: dict[str, Exception] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    raises: str = ""
    joined: bool = False
    elapses_after: int = 0
    posted: list[str] = field(default_factory=list)
    events: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    answered: dict[str, Mapping[str, bool | str]] = field(default_factory=dict)
    elapses: dict[str, int] = field(default_factory=dict)
    state: dict[str, State] = field(default_factory=dict)
    friction: dict[str, str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def assess(self, body: Mapping[str, Any], deadline: float) -> Assessment:
        with self.lock:
            word = self.frictions[len(self.posted) % len(self.frictions)]
            self.posted.append(str(body["id"]))
        if word == "wait":
            return Assessment(str(body["id"]), Word.WAIT, None, why=Why.TIMED_OUT)
        self.friction[str(body["id"])] = word
        return Assessment(str(body["id"]), Word.PROCEED, ClientFriction(word))

    def event(self, withdrawal: str, body: Mapping[str, Any]) -> None:
        assert withdrawal in self.posted
        word = str(body["event"])
        if word == "confirm" and self.joined:
            self.state[withdrawal] = State.RELEASED
            raise Problem(409, "resolved", "another withdrawal's confirmation was first")
        if word in self.refuses:
            raise self.refuses[word]
        self.events.append((withdrawal, body))
        if word == "confirm":
            self.state[withdrawal] = State.RELEASED

    def link(self, withdrawal: str) -> Link:
        return Link(f"https://page.example/a/{withdrawal}", 0)

    def withdrawal(self, withdrawal: str) -> Standing:
        state = self.state.get(withdrawal, State.RUNNING)
        return Standing(
            withdrawal,
            state,
            ClientFriction(self.friction[withdrawal]),
            clearable=state is State.RELEASED,
            watched=False,
            changed=1,
            elapses_at=self.elapses.get(withdrawal),
        )

    def open(self, link: str) -> "FakePage":
        return FakePage(self, link.rpartition("/")[2])

    def close(self) -> None:
        """As a browser is closed."""

    def sender(self, load: Load) -> Sender:
        return Sender(cast(Breather, self), load, self.time, cast(Browser, self))

    def said(self, event: str) -> list[str]:
        return [withdrawal for withdrawal, body in self.events if body["event"] == event]


@dataclass
class FakePage:
    service: FakeService
    withdrawal: str

    def press(self, act: str) -> bool:
        if act in self.service.hidden:
            return False
        self.service.events.append((self.withdrawal, {"event": act}))
        if act == "acknowledge":
            self.service.state[self.withdrawal] = State.RELEASED
        return True

    def answer(self, answers: Mapping[str, bool | str]) -> bool:
        service = self.service
        if not self.press("answer"):
            return False
        service.answered[self.withdrawal] = answers
        service.elapses[self.withdrawal] = service.time.now() + service.elapses_after
        service.friction[self.withdrawal] = service.raises or service.friction[self.withdrawal]
        return True


def test_every_withdrawal_comes_to_something_and_is_counted() -> None:
    fake = FakeService(["none", "notice", "questions", "cooling_off", "wait"], elapses_after=HOUR)
    told: list[None] = []
    sent = fake.sender(LOAD).send(advanced=lambda: told.append(None))
    assert sent.submitted == len(fake.posted) == len(told) + sent.returned
    assert len(told) == len(LOAD)
    assert sum(sent.frictions.values()) + sent.unanswered == sent.submitted
    assert sent.acts == Counter(body["event"] for _, body in fake.events)
    assert set(sent.acts) == {"broadcast", "stop", "acknowledge", "answer", "confirm", "help", "listening"}
    assert (sent.not_offered, sent.waiting, sent.refused) == (0, 0, {})
    assert sent.lied > 0
    assert sent.returned > 0


def test_what_is_broadcast_was_acknowledged_or_confirmed_after_its_pause() -> None:
    fake = FakeService(["cooling_off"], elapses_after=HOUR)
    fake.sender(LOAD).send()
    confirmed = {withdrawal: body for withdrawal, body in fake.events if body["event"] == "confirm"}
    assert set(fake.said("broadcast")) == set(confirmed)
    for withdrawal, body in confirmed.items():
        started, authenticated = (parse_instant(body[f"{each}_at"]) for each in ("session_started", "authenticated"))
        assert fake.elapses[withdrawal] <= started <= authenticated
    assert not set(confirmed) & set(fake.said("stop"))


def test_a_pause_is_waited_for_only_where_the_clock_can_be_set() -> None:
    fake = FakeService(["cooling_off"], Time(moves=False), elapses_after=HOUR)
    sent = fake.sender(LOAD).send(most=100)
    assert sent.waiting > 0
    assert fake.said("confirm") == []


def test_what_the_page_does_not_offer_is_not_done() -> None:
    fake = FakeService(["notice", "questions"], hidden={"acknowledge", "answer"})
    sent = fake.sender(LOAD).send()
    assert fake.said("broadcast") == fake.said("confirm") == []
    assert sent.not_offered > 0
    assert set(sent.acts) == {"stop", "help", "listening"}


def test_answers_that_raise_the_friction_are_read_about_before_she_goes_on() -> None:
    """Some who went on at questions stop at the pause: one draw, more friction."""
    calm, raised = FakeService(["questions"]), FakeService(["questions"], raises="cooling_off")
    quiet, loud = calm.sender(LOAD).send(), raised.sender(LOAD).send()
    assert quiet.raised == 0
    assert loud.raised == loud.acts["answer"]
    assert loud.acts["stop"] > quiet.acts["stop"]
    assert set(raised.said("stop")) & set(raised.said("answer"))


def test_lies_of_the_coached_are_what_the_page_is_told() -> None:
    load = Load(SMALL, simulate(SMALL, 2))
    fake = FakeService(["questions"])
    sent = fake.sender(load).send()
    rows = {each.withdrawal: each for each in load}
    coached = [name for name in fake.answered if name in rows and load.reaction(rows[name], Friction.QUESTIONS).lies]
    assert coached
    assert sent.lied >= len(coached)
    assert all(fake.answered[name]["answer_told_what_to_say"] is False for name in coached)


def test_whoever_is_sent_back_comes_after_her_stop() -> None:
    load = Load(SMALL, simulate(SMALL, 2))
    fake = FakeService(["cooling_off"])
    sent = fake.sender(load).send()
    again = [name for name in fake.posted if name.endswith("-2")]
    assert len(again) == sent.returned > 0
    assert {name.removesuffix("-2") for name in again} <= set(fake.said("stop"))


@pytest.mark.parametrize("hands", [1, 4])
def test_one_customers_story_stays_in_order_however_many_connections(hands: int) -> None:
    fake = FakeService(["none", "notice", "questions"])
    fake.sender(LOAD).send(hands)
    customers: defaultdict[str, list[str]] = defaultdict(list)
    wanted: defaultdict[str, list[str]] = defaultdict(list)
    owner = {each.withdrawal: each.customer for each in LOAD}
    for name in fake.posted:
        if name in owner:
            customers[owner[name]].append(name)
    for each in LOAD:
        wanted[each.customer].append(each.withdrawal)
    assert customers == wanted
    # What she did about one, she did before she asked for the next.
    assert len(fake.events) > 100


def test_an_alert_does_not_lapse_while_a_round_is_gathered() -> None:
    """Submissions here lie hours apart; what she does minutes after one does not wait for the next."""
    fake = FakeService(["notice"])
    acted: list[int] = []
    submitted = {each.withdrawal: each.at for each in LOAD}
    opening = fake.open

    def open_at(link: str) -> FakePage:
        page = opening(link)
        acted.append(fake.time.now() - submitted.get(page.withdrawal, fake.time.now()))
        return page

    fake.open = open_at  # type: ignore[method-assign]  # to look at the clock
    fake.sender(LOAD).send(4)
    assert max(acted) < HOUR


def test_the_clock_never_goes_back_and_reaches_the_last() -> None:
    fake = FakeService(["none"])
    fake.sender(LOAD).send(4, most=200)
    assert fake.time.seen == sorted(fake.time.seen)
    assert fake.time.at >= list(LOAD)[199].at
    assert len(fake.posted) == 200


@pytest.mark.parametrize(
    ("refusal", "code"),
    [
        (Problem(409, "broadcast-differs", ""), "broadcast-differs"),
        (Unavailable(Why.UNREACHABLE, "away"), "Unavailable"),
    ],
)
def test_a_refused_act_is_counted_and_the_load_goes_on(refusal: Exception, code: str) -> None:
    fake = FakeService(["none"], refuses={"broadcast": refusal})
    sent = fake.sender(LOAD).send()
    assert sent.submitted == len(LOAD)
    assert sent.refused[code] + sent.acts["stop"] == len(LOAD)


def test_a_page_that_cannot_be_opened_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(link: str) -> FakePage:
        raise BrokenPage("answered 410")

    fake = FakeService(["notice"])
    monkeypatch.setattr(fake, "open", broken)
    sent = fake.sender(LOAD).send(most=20)
    assert sent.refused == {"BrokenPage": 20}
    assert sent.pages == 0


def test_a_confirmation_that_another_one_made_superfluous_is_no_end() -> None:
    """One confirmation releases all that joined the pause."""
    fake = FakeService(["questions"], joined=True)
    sent = fake.sender(LOAD).send(most=50)
    assert sent.acts["broadcast"] > 0
    assert (sent.acts["confirm"], sent.refused) == (0, {})
    other = FakeService(["questions"], refuses={"confirm": Problem(409, "watched", "")})
    assert other.sender(LOAD).send(most=50).refused["watched"] == sent.acts["broadcast"]


def test_a_live_service_is_refused() -> None:
    with pytest.raises(ValueError, match="only to one in mode test"):
        service("http://127.0.0.1:1", "brk_live_" + "x" * 43)
