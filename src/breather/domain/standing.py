"""Where one withdrawal stands, and the one place that decides whether an event may move it.

`move` is pure: the same standing, event and now give the same standing, so that recomputing from the events gives the
stored state (guarantee A8). `docs/flow.md` prints its table, and a test holds the two equal.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from breather.domain.cooling_off import OPEN, Hold, Pause, Resolution, Resolved, State
from breather.domain.event import MAY, Event, EventKind
from breather.domain.friction import Friction
from breather.domain.instant import SECOND, Millis
from breather.domain.refusal import (
    AlreadyBroadcast,
    BroadcastDiffers,
    HeldBack,
    NoConsent,
    NotAnswered,
    NotElapsed,
    NotOffered,
    SessionAhead,
    SessionTooOld,
    Watched,
)
from breather.domain.refusal import Resolved as AlreadyResolved

CLOCKS_DIFFER_BY = 5 * SECOND


@dataclass(frozen=True, slots=True)
class Standing:
    """One withdrawal with the pause it belongs to and every hold on its customer and destination.

    `watched_at` is sticky: she said that somebody is listening. `companion_watched` says it of one that joined the
    pause; `joined` is how many withdrawals the pause covers, this one included. `consented_at`: since when the police
    may know who she is; None again once she takes that back.
    """

    withdrawal: str
    decided_at: Millis
    friction: Friction
    pause: Pause | None
    holds: tuple[Hold, ...] = ()
    answered_at: Millis | None = None
    watched_at: Millis | None = None
    companion_watched: bool = False
    joined: int = 1
    help_asked_at: Millis | None = None
    consented_at: Millis | None = None
    stopped: Resolved | None = None
    transaction_id: str | None = None
    broadcast_at: Millis | None = None
    cleared_until: Millis | None = None

    @property
    def watched(self) -> bool:
        """She said so, or its session was; of this one or of one that shares its pause (guarantee G1)."""
        return self.watched_at is not None or self.companion_watched

    def state(self, now: Millis) -> State:
        if self.stopped is not None:
            return State.STOPPED
        if self.pause is not None:
            return self.pause.state(self.holds, now)
        return State.HELD if self.open_hold(now) else State.CLEAR

    def open_hold(self, now: Millis) -> Hold | None:
        """Of several, the one that ends last."""
        return max((hold for hold in self.holds if hold.is_open(now)), key=Hold.ended_at, default=None)

    def alarm(self) -> str | None:
        """What the desk has to look at: it left, and should not have been able to."""
        if self.transaction_id is None:
            return None
        if self.stopped is not None:
            return "broadcast-after-stop"
        return "broadcast-without-clearance" if self.cleared_until is None else None

    def resolution(self) -> Resolved | None:
        if self.stopped is not None:
            return self.stopped
        return None if self.pause is None else self.pause.resolution(self.holds)

    def lapses_at(self) -> Millis | None:
        if self.pause is None or self.resolution() is not None:
            return None
        return self.pause.lapses_at(self.holds)

    def covered(self, now: Millis, covers: int) -> bool:
        """Whether payout may be cleared as far as this withdrawal alone is concerned.

        `covers` is how long (ms) a release, or a decision that asked for nothing, stays good: what was right yesterday
        was decided on yesterday's facts.
        """
        if self.transaction_id is not None or self.watched:
            return False
        state = self.state(now)
        if state is State.CLEAR:
            return now < self.decided_at + covers
        resolved = self.resolution()
        return state is State.RELEASED and resolved is not None and now < resolved.at + covers

    def clearance_outstanding_until(self, now: Millis) -> Millis | None:
        """Payout code may hold a clearance that a later stop or hold cannot take back (guarantees C)."""
        blocked = self.state(now) in (State.STOPPED, State.HELD)
        return self.cleared_until if blocked and self.cleared_until is not None and self.cleared_until > now else None


def move(standing: Standing, event: Event, now: Millis) -> Standing:
    """The standing after `event`, or a Refusal that says what stands in the way. Retries are the caller's to notice."""
    if event.actor not in MAY[event.kind]:
        raise ValueError(f"{event.kind} is not for {event.actor}: whoever let it through is at fault, not the caller")
    return _MOVES[event.kind](standing, event, now)


def _refuse_settled(standing: Standing, now: Millis) -> State:
    """Terminal states absorb, and name what settled them first."""
    if standing.transaction_id is not None:
        raise AlreadyBroadcast(standing.transaction_id)
    state = standing.state(now)
    if state is State.LAPSED:
        lapsed_at = standing.lapses_at()
        assert lapsed_at is not None
        raise AlreadyResolved("lapsed", None, lapsed_at)
    resolved = standing.resolution()
    if resolved is not None and state in (State.STOPPED, State.RELEASED):
        raise AlreadyResolved(resolved.how.value, resolved.event, resolved.at)
    return state


def _refuse_ended(standing: Standing, now: Millis) -> None:
    """Less than settled: what was released, and has not left, may still be stopped, held, or found to be watched."""
    if standing.transaction_id is not None:
        raise AlreadyBroadcast(standing.transaction_id)
    if standing.state(now) in (State.STOPPED, State.LAPSED):
        _refuse_settled(standing, now)


def _shown(standing: Standing, event: Event, now: Millis) -> Standing:
    return standing


def _acknowledge(standing: Standing, event: Event, now: Millis) -> Standing:
    state = _refuse_settled(standing, now)
    if standing.pause is None or standing.pause.friction is not Friction.NOTICE:
        raise NotOffered("Acknowledging settles a notice; this withdrawal was asked for something else.")
    if standing.watched:
        raise Watched
    hold = standing.open_hold(now)
    if state is State.HELD and hold is not None:
        raise HeldBack(hold.ended_at())
    resolved = Resolved(Resolution.ACKNOWLEDGE, event.id, now, event.by)
    return replace(standing, pause=replace(standing.pause, resolved=resolved))


def _answer(standing: Standing, event: Event, now: Millis) -> Standing:
    """Starts the clock. Raising friction by the answers is the rules' part, done before (`exchange/respond.py`)."""
    _refuse_settled(standing, now)
    pause = standing.pause
    if pause is None or pause.friction < Friction.QUESTIONS:
        raise NotOffered("No questions were asked about this withdrawal.")
    if pause.started_at is not None:
        raise AlreadyResolved("answered", None, pause.started_at)
    watched_at = standing.watched_at
    if watched_at is None and event.answers.get("answer_someone_listening") is True:
        watched_at = now
    return replace(standing, pause=pause.started(now), answered_at=now, watched_at=watched_at)


def _listening(standing: Standing, event: Event, now: Millis) -> Standing:
    """After a release, too: what has not left yet is then not cleared any more."""
    _refuse_ended(standing, now)
    if standing.pause is None:
        raise NotOffered("Nothing was asked of this withdrawal.")
    return replace(standing, watched_at=standing.watched_at or now)


def _help(standing: Standing, event: Event, now: Millis) -> Standing:
    """Always possible, in every state: nobody who asks for help is told that it is too late to ask."""
    return replace(standing, help_asked_at=standing.help_asked_at or now)


def _stop(standing: Standing, event: Event, now: Millis) -> Standing:
    """From every state in which the money is still there, a released one included: stopping is never too much."""
    _refuse_ended(standing, now)
    resolved = Resolved(Resolution.STOP, event.id, now, event.by)
    pause = standing.pause
    if pause is not None and pause.resolution(standing.holds) is None:
        pause = replace(pause, resolved=resolved)
    return replace(standing, pause=pause, stopped=resolved)


def _confirm(standing: Standing, event: Event, now: Millis) -> Standing:
    state = _refuse_settled(standing, now)
    pause = standing.pause
    if pause is None or pause.friction is Friction.NOTICE:
        raise NotOffered("Confirming follows questions or a pause; this withdrawal was asked for neither.")
    if standing.watched or event.session.watched:
        raise Watched
    hold = standing.open_hold(now)
    if state is State.HELD and hold is not None:
        raise HeldBack(hold.ended_at())
    elapses_at = pause.elapses_at()
    if elapses_at is None:
        raise NotAnswered
    if now < elapses_at:
        raise NotElapsed(elapses_at)
    _refuse_old_session(pause, event, elapses_at)
    _refuse_future(event, now)
    return replace(standing, pause=replace(pause, resolved=Resolved(Resolution.CONFIRM, event.id, now, event.by)))


def _refuse_old_session(pause: Pause, event: Event, elapses_at: Millis) -> None:
    """The scammer watched the old session. Questions alone have no pause to outlast: authenticating anew is enough."""
    if pause.duration > 0 and (event.session_started_at is None or event.session_started_at < elapses_at):
        raise SessionTooOld("session_started_at", elapses_at)
    if event.authenticated_at is None or event.authenticated_at < elapses_at:
        raise SessionTooOld("authenticated_at", elapses_at)


def _refuse_future(event: Event, now: Millis) -> None:
    for field, at in (("session_started_at", event.session_started_at), ("authenticated_at", event.authenticated_at)):
        if at is not None and at > now + CLOCKS_DIFFER_BY:
            raise SessionAhead(field, now)


def _broadcast(standing: Standing, event: Event, now: Millis) -> Standing:
    """The first is always recorded, even of something stopped or never cleared: it has happened."""
    if standing.transaction_id is not None:
        raise BroadcastDiffers(standing.transaction_id)
    return replace(standing, transaction_id=event.transaction_id, broadcast_at=now)


def _held(standing: Standing, event: Event, now: Millis) -> Standing:
    _refuse_ended(standing, now)
    name = f"{standing.withdrawal}/event/{event.id}"  # never the name of a rule's hold, whatever the caller's id is
    hold = Hold(name, standing.withdrawal, event.reason, now, Millis(now + event.lasts), event.by)
    return replace(standing, holds=(*standing.holds, hold))


def _lifted(standing: Standing, event: Event, now: Millis) -> Standing:
    if standing.open_hold(now) is None:
        raise NotOffered("No hold is open on this customer and destination.")
    holds = tuple(replace(hold, lifted_at=now) if hold.is_open(now) else hold for hold in standing.holds)
    return replace(standing, holds=holds)


def _consent(standing: Standing, event: Event, now: Millis) -> Standing:
    """In every state, after a stop or a broadcast too: she may have sent money before. Never while somebody listens."""
    if not event.consent_text:
        raise ValueError("a consent names the text that she read")
    if standing.help_asked_at is None:
        raise NotOffered("Consent follows asking for help, and is not asked for before.")
    if standing.watched or event.session.watched:
        raise Watched
    return replace(standing, consented_at=standing.consented_at or now)


def _revoke(standing: Standing, event: Event, now: Millis) -> Standing:
    """At any time. What has reached the agency by then cannot be unsent (`exchange/consent.py`)."""
    if standing.consented_at is None:
        raise NoConsent
    return replace(standing, consented_at=None)


_MOVES: Mapping[EventKind, Callable[[Standing, Event, Millis], Standing]] = {
    EventKind.SHOWN: _shown,
    EventKind.ACKNOWLEDGE: _acknowledge,
    EventKind.ANSWER: _answer,
    EventKind.LISTENING: _listening,
    EventKind.HELP: _help,
    EventKind.STOP: _stop,
    EventKind.CONFIRM: _confirm,
    EventKind.BROADCAST: _broadcast,
    EventKind.HELD: _held,
    EventKind.LIFTED: _lifted,
    EventKind.CONSENT: _consent,
    EventKind.REVOKE: _revoke,
}


def is_open(standing: Standing, now: Millis) -> bool:
    """A pause of at least questions, or a hold, that has not come to its end: what guarantee A4 asks about."""
    if standing.state(now) not in OPEN:
        return False
    return standing.open_hold(now) is not None or (
        standing.pause is not None and standing.pause.friction >= Friction.QUESTIONS
    )
