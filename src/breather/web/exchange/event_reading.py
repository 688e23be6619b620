"""An event's body into the domain's event, with the scope that its kind needs."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import inspect

from breather.domain.event import Actor, Event, EventKind
from breather.domain.finding import Finding, nearest
from breather.domain.instant import HOUR
from breather.web.api_keys import Scope
from breather.web.exchange.bodies import (
    EVENT_BODIES,
    BroadcastBody,
    ConfirmBody,
    EventBody,
    HeldBody,
    HelpBody,
    LiftedBody,
    RevokeBody,
    StopBody,
)
from breather.web.exchange.submission import check_plain, read_instant, read_session
from breather.web.problems import invalid
from breather.web.shape import explain
from breather.web.strict_json import read_json

_BY_WORD: Mapping[str, type[EventBody]] = {str(body.__struct_config__.tag): body for body in EVENT_BODIES}


def read_event_body(body: bytes) -> EventBody:
    """Raises Problem with every finding; an unknown event is answered with the ones there are."""
    value: Any = read_json(body or b"{}")
    word = value.get("event") if isinstance(value, dict) else None
    if not isinstance(word, str) or word not in _BY_WORD:
        hint = nearest(word, _BY_WORD) if isinstance(word, str) else ""
        raise invalid([Finding("/event", "unknown-word", f"must be one of {', '.join(_BY_WORD)}", hint)])
    try:
        found: EventBody = msgspec.convert(value, _BY_WORD[word])
    except msgspec.ValidationError as error:
        said = {key: inner for key, inner in value.items() if key != "event"}
        findings = list(explain(said, inspect.type_info(_BY_WORD[word]), ""))
        raise invalid(findings or [Finding("", "invalid", str(error))]) from None
    return found


def scope_of(body: EventBody) -> Scope:
    return Scope.DESK if isinstance(body, HeldBody | LiftedBody) else Scope.RESPOND


def event_of(body: EventBody, by: str) -> Event:
    """Raises Problem 422 where an instant is none."""
    findings: list[Finding] = []
    match body:
        case ConfirmBody():
            started = read_instant(findings, "/session_started_at", body.session_started_at)
            authenticated = read_instant(findings, "/authenticated_at", body.authenticated_at)
            session = read_session(findings, body.session)
            if findings:
                raise invalid(findings)
            return Event(
                body.id,
                EventKind.CONFIRM,
                Actor.VASP,
                by,
                session_started_at=started,
                authenticated_at=authenticated,
                session=session,
            )
        case BroadcastBody():
            return Event(body.id, EventKind.BROADCAST, Actor.VASP, by, transaction_id=body.transaction_id)
        case HeldBody():
            check_plain(findings, "/reason", body.reason)
            if findings:
                raise invalid(findings)
            return Event(body.id, EventKind.HELD, Actor.DESK, by, reason=body.reason, lasts=body.max_hours * HOUR)
        case LiftedBody():
            check_plain(findings, "/reason", body.reason)
            if findings:
                raise invalid(findings)
            return Event(body.id, EventKind.LIFTED, Actor.DESK, by, reason=body.reason)
        case StopBody():
            return Event(body.id, EventKind.STOP, Actor.VASP, by)
        case HelpBody():
            return Event(body.id, EventKind.HELP, Actor.VASP, by)
        case RevokeBody():
            return Event(body.id, EventKind.REVOKE, Actor.VASP, by)
