"""One standing for each situation of the table, and one event of each kind, at one instant."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from breather.domain.amount import BaseUnits
from breather.domain.asset import Asset
from breather.domain.cooling_off import Hold, Pause, Resolution, Resolved
from breather.domain.event import MAY, Actor, Event, EventKind
from breather.domain.friction import Friction
from breather.domain.instant import DAY, HOUR, MINUTE, Millis
from breather.domain.standing import Standing
from breather.domain.withdrawal import Session

NOW = Millis(1_800_000_000_000)


def at(before: int) -> Millis:
    """So many milliseconds ago."""
    return Millis(NOW - before)


PAUSE = Pause("w", Asset.USDT, Friction.COOLING_OFF, BaseUnits(1200), HOUR, DAY, at(3 * HOUR))
CONFIRMED = Resolved(Resolution.CONFIRM, "confirmed", at(30 * MINUTE), "shop")
STOPPED = Resolved(Resolution.STOP, "stopped", at(10 * MINUTE), "")
HOLD = Hold("w/h", "w", "checked", at(5 * MINUTE), Millis(NOW + HOUR), "desk")
NOTICE = replace(PAUSE, friction=Friction.NOTICE, duration=0)
ELAPSED = PAUSE.started(at(2 * HOUR))


def standing(pause: Pause | None) -> Standing:
    return Standing("w", at(3 * HOUR), Friction.NONE if pause is None else pause.friction, pause)


STANDINGS: Mapping[str, Standing] = {
    "clear": standing(None),
    "notice": standing(NOTICE),
    "offered": standing(PAUSE),
    "running": standing(PAUSE.started(at(MINUTE))),
    "elapsed": standing(ELAPSED),
    "released": standing(replace(ELAPSED, resolved=CONFIRMED)),
    "stopped": replace(standing(replace(PAUSE, resolved=STOPPED)), stopped=STOPPED),
    "lapsed": standing(replace(PAUSE, offered_at=at(25 * HOUR))),
    "held-offered": replace(standing(PAUSE), holds=(HOLD,)),
    "held": replace(standing(ELAPSED), holds=(HOLD,)),
    "broadcast": replace(standing(replace(ELAPSED, resolved=CONFIRMED)), transaction_id="0xa", broadcast_at=at(MINUTE)),
}

_SAID: Mapping[EventKind, dict[str, Any]] = {
    EventKind.ANSWER: {"answers": {"answer_someone_listening": False}},
    EventKind.CONFIRM: {"session_started_at": at(1), "authenticated_at": at(1), "session": Session(on_call=False)},
    EventKind.BROADCAST: {"transaction_id": "0xb"},
    EventKind.HELD: {"reason": "checked", "lasts": HOUR},
    EventKind.CONSENT: {"consent_text": "consent.en.1"},
}


# A consent follows asking for help, and taking it back follows the consent; without, each is refused everywhere.
_BEFORE: Mapping[EventKind, dict[str, Any]] = {
    EventKind.CONSENT: {"help_asked_at": at(2 * MINUTE)},
    EventKind.REVOKE: {"help_asked_at": at(2 * MINUTE), "consented_at": at(MINUTE)},
}


def before(kind: EventKind, situation: str) -> Standing:
    """The situation, with what this event follows."""
    return replace(STANDINGS[situation], **_BEFORE.get(kind, {}))


def situation_of(found: Standing) -> str:
    """In the table's words: what has been broadcast is that, whatever its pause says."""
    return "broadcast" if found.transaction_id is not None else found.state(NOW).value


def event(kind: EventKind, actor: Actor | None = None) -> Event:
    first = next(one for one in Actor if one in MAY[kind])
    return replace(Event("e", kind, actor or first), **_SAID.get(kind, {}))
