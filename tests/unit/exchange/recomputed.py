"""Standings recomputed from nothing but decisions and stored events, through `domain.standing.move` (guarantee A8).

Knows of storage only how to read what happened. What an event reaches (its withdrawal, its pause, every hold on its
pair) is said here a second time, and differently from `storage/exchange/withdrawals.py`.
"""

from dataclasses import dataclass, field, replace

import msgspec

from breather.domain.campaign import Campaign
from breather.domain.cooling_off import Hold, Pause
from breather.domain.event import Event, EventKind
from breather.domain.friction import Friction
from breather.domain.instant import Millis
from breather.domain.standing import Standing, move
from breather.exchange.record import decode_answered
from breather.exchange.subject import KIND as SUBJECT
from breather.storage.exchange.withdrawals import find_withdrawal
from breather.storage.reader import Reader

RELAY_STEPS = (9, 10)


@dataclass(frozen=True, slots=True)
class Decision:
    """A withdrawal as its decision left it: `opened` and `hold` are what began with it."""

    withdrawal: str
    pair: str
    at: Millis
    friction: Friction
    pause: str | None
    opened: Pause | None
    hold: Hold | None
    watched_at: Millis | None


@dataclass(frozen=True, slots=True)
class Act:
    """One entry after the decision: an event, or the clearance that reached `cleared_until`.

    `relayed` is what was promised to an agency, or came of it: it moves nothing of where the withdrawal stands.
    """

    number: int
    at: Millis
    event: Event | None = None
    cleared_until: Millis | None = None
    hits: tuple[str, ...] = ()
    relayed: str = ""


@dataclass(slots=True)
class Recomputed:
    """The standings of one customer's withdrawals, act by act."""

    campaign: Campaign
    own: dict[str, Standing] = field(default_factory=dict)
    pairs: dict[str, str] = field(default_factory=dict)
    of_pause: dict[str, str | None] = field(default_factory=dict)
    pauses: dict[str, Pause] = field(default_factory=dict)
    holds: dict[str, tuple[Hold, ...]] = field(default_factory=dict)

    def decided(self, decision: Decision) -> None:
        name = decision.withdrawal
        self.own[name] = Standing(name, decision.at, decision.friction, None, watched_at=decision.watched_at)
        self.pairs[name], self.of_pause[name] = decision.pair, decision.pause
        if decision.opened is not None:
            self.pauses[name] = decision.opened
        if decision.hold is not None:
            self.holds[decision.pair] = (*self.holds.get(decision.pair, ()), decision.hold)

    def joined(self, name: str) -> list[str]:
        pause = self.of_pause[name]
        return [name] if pause is None else [other for other, its in self.of_pause.items() if its == pause]

    def standing(self, name: str) -> Standing:
        pause, joined = self.of_pause[name], self.joined(name)
        return replace(
            self.own[name],
            pause=None if pause is None else self.pauses[pause],
            holds=tuple(sorted(self.holds.get(self.pairs[name], ()), key=lambda hold: (hold.placed_at, hold.id))),
            joined=len(joined),
            companion_watched=self.of_pause[name] is not None
            and any(self.own[other].watched_at is not None for other in joined),
        )

    def acted(self, name: str, act: Act) -> None:
        if act.relayed:
            return
        if act.event is None:
            self.own[name] = replace(self.own[name], cleared_until=act.cleared_until)
            return
        after = move(self.standing(name), act.event, act.at)
        if act.hits:
            after = self._raised(after, max(self.campaign.rule(hit).friction for hit in act.hits), act.at)
        pause = self.of_pause[name]
        if after.pause is not None and pause is not None:
            self.pauses[pause] = after.pause
        self.holds[self.pairs[name]] = after.holds
        self.own[name] = replace(after, pause=None, holds=(), companion_watched=False, joined=1)
        if act.event.kind is EventKind.STOP:
            for other in self.joined(name):
                if self.own[other].stopped is None and self.own[other].transaction_id is None:
                    self.own[other] = replace(self.own[other], stopped=after.stopped)

    def _raised(self, standing: Standing, asked: Friction, at: Millis) -> Standing:
        """What the rules made of the answers: friction and pause may have risen, a hold may have begun."""
        assert standing.pause is not None
        terms, holds = self.campaign.pause, standing.holds
        name = standing.withdrawal
        if asked is Friction.HOLD and f"{name}/rule" not in {hold.id for hold in holds}:
            ends_at = Millis(at + terms.hold_maximum)
            holds = (*holds, Hold(f"{name}/answers", name, "desk-review", at, ends_at, "campaign"))
        duration = terms.duration if asked >= Friction.COOLING_OFF else 0
        pause = standing.pause.raised(min(asked, Friction.COOLING_OFF), duration)
        return replace(standing, friction=max(standing.friction, asked), pause=pause, holds=holds)


def acts_of(reader: Reader, withdrawal: str) -> list[Act]:
    """Everything that was acknowledged on a withdrawal after its decision, in the order of the journal."""
    row = find_withdrawal(reader, withdrawal)
    assert row is not None
    events = {one["number"]: one for one in reader.all("events_of", withdrawal=withdrawal)}
    acts = []
    for entry in reader.all("console_timeline", withdrawal=withdrawal):
        number, at = entry["number"], entry["at"]
        if entry["step"] in RELAY_STEPS:
            acts.append(Act(number, at, relayed=entry["kind"]))
            assert (events.pop(number, None) is not None) == (entry["kind"] == SUBJECT)
        elif entry["kind"] == "cleared":
            acts.append(Act(number, at, cleared_until=msgspec.json.decode(entry["body"])["expires_at"]))
        elif number in events:
            stored = events.pop(number)
            assert (stored["at"], stored["body"]) == (at, entry["body"]), "journal and event say the same"
            hits: tuple[str, ...] = ()
            if stored["kind"] == EventKind.ANSWER.value and row.answered is not None:
                hits = tuple(decode_answered(row.answered).hits)
            acts.append(Act(number, at, _event(stored), hits=hits))
    assert not events, "an event without its journal entry"
    return acts


def _event(stored: dict[str, object]) -> Event:
    body, actor = stored["body"], stored["actor"]
    assert isinstance(body, bytes)
    assert isinstance(actor, str)
    said = {**msgspec.json.decode(body), "id": stored["id"], "by": actor.partition(":")[2]}
    return msgspec.convert(said, Event)
