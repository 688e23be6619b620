"""One customer, several withdrawals to two destinations, and anything that can happen to them, in any order.

The use cases run on a real store. After every step the guarantees A1 to A8 are held against what is stored.
"""

from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from breather.domain.amount import BaseUnits
from breather.domain.asset import Network
from breather.domain.cooling_off import Pause, State
from breather.domain.event import Event, EventKind
from breather.domain.friction import Friction
from breather.domain.instant import DAY, HOUR, MINUTE, SECOND, Millis
from breather.domain.refusal import AlreadyBroadcast, ChangedRetry, Refusal, TimeSuspect, Watched
from breather.domain.standing import Standing
from breather.domain.withdrawal import Account, DepositKind, Destination, Residence, Session, Withdrawal
from breather.exchange.assess import Assessed
from tests.unit.exchange.recomputed import Act, Decision, Recomputed, acts_of
from tests.unit.exchange.world import ADDRESSES, ANSWERS, World, asked_for, confirmation, event

OPEN = (State.OFFERED, State.RUNNING, State.ELAPSED, State.HELD)
# 300 a notice, 700 from a bank questions, 1,000 and more a pause, 60,000 a hold.
AMOUNTS = st.sampled_from([100, 300, 700, 1000, 1100, 1500, 5000, 60_000])
WAITS = st.sampled_from([SECOND, MINUTE, 20 * MINUTE, HOUR, 61 * MINUTE, 7 * HOUR, DAY, 25 * HOUR, 4 * DAY])
WHICH = st.integers(0, 20)
RARELY = st.sampled_from([False, False, False, True])
SHORT = tuple(map(EventKind, ("acknowledge", "shown", "listening", "stop", "help", "lifted")))
MOST = 6


class OneCustomer(RuleBasedStateMachine):
    """Every example has a customer and destinations of its own, so that all share one database."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.customer = self.world.name("customer")
        self.destinations = [Destination(Network.TRON, address, self.world.name("memo")) for address in ADDRESSES]
        self.asked: dict[str, Withdrawal] = {}
        self.decided: dict[str, Assessed] = {}
        self.decisions: list[tuple[int, Decision]] = []
        self.first_number = len(self.world.journal()) + 1
        self.seen: dict[str, Standing] = {}
        self.ended: dict[str, State] = {}
        self.begun: dict[str, Pause] = {}
        self.spoken: list[tuple[str, Event]] = []

    def one(self, which: int) -> str:
        names = sorted(self.asked)
        return names[which % len(names)]

    def standing(self, name: str) -> Standing:
        return self.world.standing(name)

    @precondition(lambda self: len(self.asked) < MOST)
    @rule(units=AMOUNTS, to=st.integers(0, 1), bank=st.booleans(), watched=RARELY, abroad=RARELY)
    def submit(self, units: int, to: int, bank: bool, watched: bool, abroad: bool) -> None:
        account = Account(last_deposit_at=self.world.now, last_deposit_kind=DepositKind.FIAT) if bank else Account()
        name = self.world.name("wd")
        asked = asked_for(
            name,
            units,
            customer=self.customer,
            to=self.destinations[to],
            account=account,
            session=Session(on_call=watched),
            residence=Residence(kyc="PT" if abroad else "MO"),  # no campaign there
        )
        before = {opener: self.standing(opener) for opener in self.asked}
        self.decided[name] = found = self.world.assess(asked)
        self.asked[name] = asked
        self._learn(name)
        if found.record.pause is not None and found.record.pause.joined:
            joined = before[found.record.pause.id].state(self.world.now)
            assert joined is not State.OFFERED, "what is only offered was announced for less"
        if found.record.covered_by is not None:
            assert before[found.record.covered_by].stopped is None, "a stop ends what a release covers"

    def _learn(self, name: str) -> None:
        """The decision as the replay begins with it."""
        found, row = self.standing(name), self.world.row(name)
        opened = found.pause if found.pause is not None and found.pause.id == name else None
        hold = next((one for one in found.holds if one.id == f"{name}/rule"), None)
        assert found.friction is Friction.from_word(self.decided[name].record.friction)
        at, watched_at = self.decided[name].decided_at, found.watched_at
        made = Decision(name, row.destination, at, found.friction, row.pause, opened, hold, watched_at)
        self.decisions.append((row.number, made))

    @precondition(lambda self: self.asked)
    @rule(which=WHICH, change=st.sampled_from(["nothing", "session", "amount", "destination"]))
    def submit_again(self, which: int, change: str) -> None:
        name = self.one(which)
        asked = self.asked[name]
        said: dict[str, Any] = {}
        if change == "session":
            said = {"session": Session(remote_access=True), "amount_usd": None}
        if change == "amount":
            said = {"amount": BaseUnits(asked.amount + 1)}
        if change == "destination":
            said = {"destination": Destination(Network.TRON, ADDRESSES[0], "another")}
        repeat = asked_for(name, 1, customer=self.customer, **{**_said(asked), **said})
        if change in ("nothing", "session"):
            found = self.world.assess(repeat)
            assert not found.created
            assert (found.record, found.decided_at) == (self.decided[name].record, self.decided[name].decided_at)
            return
        with pytest.raises(ChangedRetry) as refusal:
            self.world.assess(repeat)
        assert [pointer.split("/")[1] for pointer in refusal.value.pointers][:1] == [change]

    @rule(milliseconds=WAITS)
    def wait(self, milliseconds: int) -> None:
        self.world.wait(milliseconds)

    @precondition(lambda self: self.asked)
    @rule(which=WHICH, kind=st.sampled_from(SHORT))
    def one_word(self, which: int, kind: EventKind) -> None:
        self.happen(self.one(which), event(kind, self.world.name("e")))

    @precondition(lambda self: self.asked)
    @rule(which=WHICH, listening=RARELY, coached=st.booleans(), back=RARELY)
    def answer(self, which: int, listening: bool, coached: bool, back: bool) -> None:
        said = {
            **ANSWERS,
            "answer_someone_listening": listening,
            "answer_told_what_to_say": coached,
            "answer_withdrew_profit_before": back,
        }
        self.happen(self.one(which), event(EventKind.ANSWER, self.world.name("e"), answers=said))

    @precondition(lambda self: self.asked)
    @rule(which=WHICH, age=st.sampled_from([0, 0, 0, MINUTE, 2 * HOUR]), called=st.booleans(), suspect=st.booleans())
    def confirm(self, which: int, age: int, called: bool, suspect: bool) -> None:
        name, before = self.one(which), self.standing(self.one(which))
        at = Millis(self.world.now - age)
        said = confirmation(self.world.name("e"), at, Session(on_call=called and suspect))
        if suspect and not called:
            with pytest.raises(TimeSuspect):
                self.world.respond(name, said, suspect=True)
            return
        if self.happen(name, said):
            assert before.pause is not None
            elapses_at = before.pause.elapses_at()
            assert elapses_at is not None
            assert elapses_at <= at <= self.world.now, "a session that began after the pause elapsed"
            assert not called or not suspect

    @precondition(lambda self: self.asked)
    @rule(which=WHICH)
    def go_through(self, which: int) -> None:
        """The straight way, which chance alone would seldom find."""
        name = self.one(which)
        self.happen(name, event(EventKind.ANSWER, self.world.name("e"), answers=ANSWERS))
        self.world.wait(HOUR)
        self.happen(name, confirmation(self.world.name("e"), self.world.now))
        self.clear(suspect=False)

    @precondition(lambda self: self.asked)
    @rule(which=WHICH, transaction=st.sampled_from(["0xa", "0xb"]))
    def broadcast(self, which: int, transaction: str) -> None:
        name = self.one(which)
        before = self.standing(name)
        acts = self.world.acts
        done = self.happen(name, event(EventKind.BROADCAST, self.world.name("e"), transaction_id=transaction))
        assert done == (before.transaction_id in (None, transaction)), "the first is always recorded"
        assert self.world.acts == acts + (before.transaction_id is None)
        found = self.standing(name)
        assert found.transaction_id == (before.transaction_id or transaction)

    @precondition(lambda self: self.asked)
    @rule(which=WHICH, hours=st.integers(1, 72), name=st.sampled_from(["", "rule", "answers"]))
    def held(self, which: int, hours: int, name: str) -> None:
        withdrawal = self.one(which)
        if any(one == withdrawal and said.id == name for one, said in self.spoken):
            name = ""
        said = event(EventKind.HELD, name or self.world.name("e"), reason="checked", lasts=hours * HOUR)
        before = self.standing(withdrawal)
        if self.happen(withdrawal, said):
            after = self.standing(withdrawal)
            assert len(after.holds) == len(before.holds) + 1, "every hold is a hold of its own"

    @precondition(lambda self: self.spoken)
    @rule(which=WHICH, changed=st.booleans())
    def say_again(self, which: int, changed: bool) -> None:
        """Saying it twice is a normal answer that changes nothing; saying something else under its id is not."""
        name, said = self.spoken[which % len(self.spoken)]
        before = self.standing(name)
        if changed:
            other = event(EventKind.HELD, said.id, reason="another reason", lasts=HOUR + 1)
            with pytest.raises(ChangedRetry):
                self.world.respond(name, other)
        else:
            assert not self.world.respond(name, said).created
        assert self.standing(name) == before

    def happen(self, name: str, said: Event) -> bool:
        """Whether it was accepted; a refusal leaves everything as it was."""
        before = {one: self.standing(one) for one in self.asked}
        try:
            created = self.world.respond(name, said).created
        except Refusal:
            assert {one: self.standing(one) for one in self.asked} == before
            return False
        if said.kind is EventKind.CONFIRM and created:
            assert before[name].watched_at is None
            assert not before[name].companion_watched
        if created:
            self.spoken.append((name, said))
        return True

    @precondition(lambda self: self.asked)
    @rule(which=WHICH, hours=st.sampled_from([1, 72]))
    def held_for_a_moment(self, which: int, hours: int) -> None:
        name = self.one(which)
        self.happen(name, event(EventKind.HELD, self.world.name("e"), reason="checked", lasts=hours * HOUR))
        self.world.wait(MINUTE)
        self.happen(name, event(EventKind.LIFTED, self.world.name("e")))
        self.clear(suspect=False)

    @rule(suspect=RARELY)
    def clear(self, suspect: bool) -> None:
        """Payout asks for all of them: whatever may not be cleared would be."""
        for name in self.asked:
            self._clear(name, suspect)

    def _clear(self, name: str, suspect: bool) -> None:
        before = self.standing(name)
        try:
            clearance = self.world.clear(name, suspect=suspect)
        except Refusal as refusal:
            assert isinstance(refusal, TimeSuspect) or not suspect
            assert isinstance(refusal, Watched | AlreadyBroadcast) or before.watched_at is None or suspect
            return
        assert not suspect
        assert clearance.withdrawal == self.asked[name]
        self._may_be_cleared(name, before)

    def _may_be_cleared(self, name: str, standing: Standing) -> None:
        now = self.world.now
        assert standing.watched_at is None, "watched is sticky"
        assert standing.transaction_id is None
        assert standing.stopped is None
        for other in self._of_the_same_pair(name):  # A4
            found = self.standing(other)
            assert not any(hold.is_open(now) for hold in found.holds), "a hold is open"
            waits = found.stopped is None and found.transaction_id is None
            if waits and found.pause is not None and found.pause.friction >= Friction.QUESTIONS:
                assert found.state(now) not in OPEN, f"a pause is open: {found}"
        if standing.friction > Friction.NOTICE or standing.pause is not None:
            self._was_released(standing)

    def _was_released(self, standing: Standing) -> None:
        pause = standing.pause
        if pause is None:  # held for what others did, with nothing asked of itself
            assert standing.friction is Friction.HOLD
            return
        assert pause.resolved is not None
        assert pause.resolved.at <= self.world.now < pause.resolved.at + DAY
        assert all(hold.placed_at < pause.resolved.at for hold in standing.holds), "released before a hold"
        if pause.friction >= Friction.QUESTIONS:
            assert pause.started_at is not None
            assert pause.resolved.at >= pause.started_at + pause.duration
        if pause.friction >= Friction.COOLING_OFF:
            assert pause.duration == self.world.active.campaign.pause.duration

    def _of_the_same_pair(self, name: str) -> list[str]:
        key = self.asked[name].destination.key
        return [other for other, asked in self.asked.items() if asked.destination.key == key]

    @invariant()
    def everything_holds(self) -> None:
        standings = {name: self.standing(name) for name in self.asked}
        self._nothing_falls_or_is_forgotten(standings)
        self._joins_stay_within_what_was_announced(standings)
        self._what_has_ended_stays_so(standings)
        for standing in standings.values():
            if standing.pause is not None:
                self._pauses_keep_their_length(standing, standing.pause)
        self.seen = standings

    def _nothing_falls_or_is_forgotten(self, standings: dict[str, Standing]) -> None:  # A3 and A7
        for name, before in self.seen.items():
            now = standings[name]
            assert now.friction >= before.friction
            for fact in ("watched_at", "transaction_id", "broadcast_at", "stopped", "answered_at", "help_asked_at"):
                assert getattr(before, fact) in (None, getattr(now, fact))
            if before.pause is not None:
                assert now.pause is not None
                assert now.pause.friction >= before.pause.friction
                assert now.pause.duration >= before.pause.duration
            ends = {hold.id: (hold.placed_at, hold.ends_at, hold.reason) for hold in now.holds}
            for hold in before.holds:
                assert ends[hold.id] == (hold.placed_at, hold.ends_at, hold.reason), "its maximum is fixed"

    def _joins_stay_within_what_was_announced(self, standings: dict[str, Standing]) -> None:  # A5
        sums: dict[str, int] = {}
        for name, standing in standings.items():
            if standing.pause is not None:
                opener, asked = self.asked[standing.pause.id], self.asked[name]
                sums[opener.id] = sums.get(opener.id, 0) + asked.amount
                assert sums[opener.id] <= standing.pause.covers_up_to
                assert (opener.destination, opener.asset) == (asked.destination, asked.asset)

    def _pauses_keep_their_length(self, standing: Standing, pause: Pause) -> None:  # A6
        if pause.started_at is not None:
            begun = self.begun.setdefault(pause.id, pause)
            assert (begun.duration, begun.started_at) == (pause.duration, pause.started_at)
        if standing.state(self.world.now) is State.LAPSED:
            assert self.world.now >= max(pause.offered_at, pause.elapses_at() or 0) + DAY
            for hold in standing.holds:
                late = hold.placed_at >= pause.lapses_at(standing.holds)
                assert late or self.world.now >= min(hold.ended_at(), pause.lapses_at(standing.holds))

    def _what_has_ended_stays_so(self, standings: dict[str, Standing]) -> None:
        for name, standing in standings.items():
            state = standing.state(self.world.now)
            assert self.ended.get(name, state) is state, f"{self.ended[name]} became {state}"
            if state in (State.LAPSED, State.STOPPED):
                self.ended[name] = state

    def teardown(self) -> None:
        """One journal entry for each acknowledged act, and from them the stored states once more (A8)."""
        recomputed = Recomputed(self.world.active.campaign)
        acts = self.world.read(lambda reader: {name: acts_of(reader, name) for name in self.asked})
        numbered: list[tuple[int, str, Decision | Act]] = [
            (number, decision.withdrawal, decision) for number, decision in self.decisions
        ]
        numbered += [(act.number, name, act) for name, its in acts.items() for act in its]
        numbered.sort(key=lambda found: found[0])
        numbers = self.world.journal()
        assert [number for number, _, _ in numbered] == list(numbers[self.first_number - 1 :]), "no gap, none twice"
        assert len(numbers) == self.world.acts
        for _, name, what in numbered:
            if isinstance(what, Decision):
                recomputed.decided(what)
            else:
                recomputed.acted(name, what)
        for name in self.asked:
            again, stored = recomputed.standing(name), self.standing(name)
            assert again == stored, f"recomputed {again}, stored {stored}"


def _said(asked: Withdrawal) -> dict[str, Any]:
    return {"to": asked.destination, "amount": asked.amount, "residence": asked.residence, "account": asked.account}
