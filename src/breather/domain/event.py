"""Steps 7 and 8: what may happen to a withdrawal after its decision, who may do it, and what each event carries."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from breather.domain.instant import Millis
from breather.domain.withdrawal import Session


class Actor(StrEnum):
    """Who acts. A customer by the link; a VASP's back end, and its desk, by API keys; an agency by what it found."""

    CUSTOMER = "customer"
    VASP = "vasp"
    DESK = "desk"
    AGENCY = "agency"


class EventKind(StrEnum):
    SHOWN = "shown"
    ACKNOWLEDGE = "acknowledge"
    ANSWER = "answer"
    LISTENING = "listening"
    HELP = "help"
    STOP = "stop"
    CONFIRM = "confirm"
    BROADCAST = "broadcast"
    HELD = "held"
    LIFTED = "lifted"
    CONSENT = "consent"
    REVOKE = "revoke-consent"


_C, _V, _D, _A = Actor.CUSTOMER, Actor.VASP, Actor.DESK, Actor.AGENCY
MAY: Mapping[EventKind, frozenset[Actor]] = MappingProxyType(
    {
        EventKind.SHOWN: frozenset({_C}),
        EventKind.ACKNOWLEDGE: frozenset({_C}),
        EventKind.ANSWER: frozenset({_C}),
        EventKind.LISTENING: frozenset({_C}),
        EventKind.HELP: frozenset({_C, _V}),
        EventKind.STOP: frozenset({_C, _V}),
        EventKind.CONFIRM: frozenset({_V}),
        EventKind.BROADCAST: frozenset({_V}),
        EventKind.HELD: frozenset({_D, _A}),
        EventKind.LIFTED: frozenset({_D}),
        EventKind.CONSENT: frozenset({_C}),
        EventKind.REVOKE: frozenset({_C, _V}),
    }
)


@dataclass(frozen=True, slots=True)
class Event:
    """One act under the caller's id. Only the fields of its kind are filled:

    answer: `answers` (feature name to value); confirm: `session_started_at`, `authenticated_at`, `session`;
    broadcast: `transaction_id`; held: `reason` and `lasts` (ms); lifted: `reason`; shown: `shown` (what was rendered);
    consent: `consent_text` (the id of the text that she read).
    """

    id: str
    kind: EventKind
    actor: Actor
    by: str = ""
    answers: Mapping[str, bool | str] = field(default_factory=dict)
    session_started_at: Millis | None = None
    authenticated_at: Millis | None = None
    session: Session = field(default_factory=Session)
    transaction_id: str | None = None
    reason: str = ""
    lasts: int = 0
    shown: Mapping[str, object] = field(default_factory=dict)
    consent_text: str = ""
