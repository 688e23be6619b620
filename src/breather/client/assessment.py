"""What Breather answered about a withdrawal, or that it did not answer: then the word is `wait`.

Only these words steer an exchange. `proceed` is not yet permission: payout code asks for a clearance and
verifies it (`breather.client.clearance`); an assessment never clears anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from breather.client.failure import Why
from breather.client.instant import parse_instant


class Word(StrEnum):
    """`wait` comes from the client alone: nothing was decided, the money stays; ask again, same id."""

    PROCEED = "proceed"
    INTERVENE = "intervene"
    HOLD = "hold"
    WAIT = "wait"


class Friction(StrEnum):
    NONE = "none"
    NOTICE = "notice"
    QUESTIONS = "questions"
    COOLING_OFF = "cooling_off"
    HOLD = "hold"


class State(StrEnum):
    """Where a withdrawal stands. `stopped` and `lapsed` end it; only `clearable` says whether it may be
    cleared.
    """

    CLEAR = "clear"
    OFFERED = "offered"
    RUNNING = "running"
    ELAPSED = "elapsed"
    RELEASED = "released"
    STOPPED = "stopped"
    LAPSED = "lapsed"
    HELD = "held"


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise ValueError(f"{name} is not a text")
    return value


def _text_or_none(body: Mapping[str, Any], name: str) -> str | None:
    return None if body.get(name) is None else _text(body, name)


def _object_or_none(body: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    value = body.get(name)
    if value is not None and not isinstance(value, dict):
        raise ValueError(f"{name} is not an object")
    return value


def _object(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = _object_or_none(body, name)
    if found is None:
        raise ValueError(f"{name} is missing")
    return found


def _instant_or_none(body: Mapping[str, Any], name: str) -> int | None:
    value = _text_or_none(body, name)
    return None if value is None else parse_instant(value)


def _flag(body: Mapping[str, Any], name: str) -> bool:
    value = body.get(name)
    if not isinstance(value, bool):
        raise ValueError(f"{name} is not true or false")
    return value


@dataclass(frozen=True, slots=True)
class Destination:
    """The payee in its one spelling (docs/addresses.md), which may differ from what the customer typed: EIP-55
    capitals, UQ... for EQ..., an X-address as its account with the tag as `memo`. Keep it beside the withdrawal: the
    clearance names it, and it is what is paid.
    """

    network: str
    address: str
    memo: str | None = None

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Self:
        """From a reply. Raises ValueError where a member is not what it should be."""
        return cls(_text(body, "network"), _text(body, "address"), _text_or_none(body, "memo"))


@dataclass(frozen=True, slots=True)
class Assessment:
    """The answer to `assess`.

    `why` is set only when the word is `wait`; then there is no `destination`, and `alert` is the last one that this
    client saw for the customer's jurisdiction, or None; else `alert` and `pause` are the service's objects as sent.
    `stand_in`: no decision could be made in time, and this stands in its place for good; steer by the word as always.
    `body` is the whole reply.
    """

    id: str
    decision: Word
    friction: Friction | None
    why: Why | None = None
    detail: str = ""
    degraded: bool = False
    stand_in: bool = False
    jurisdiction: str | None = None
    locale: str | None = None
    alert: Mapping[str, Any] | None = None
    pause: Mapping[str, Any] | None = None
    destination: Destination | None = None
    body: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, body: Mapping[str, Any], asked: str) -> Self:
        """The service's reply. Raises ValueError if it is not a decision about the withdrawal that was
        asked about.
        """
        if body.get("id") != asked:
            raise ValueError(f"this answers {body.get('id')!r}, not {asked!r}")
        word = Word(_text(body, "decision"))
        if word is Word.WAIT:
            raise ValueError("the service decides; only the client waits")
        place = _object_or_none(body, "jurisdiction") or {}
        return cls(
            id=asked,
            decision=word,
            friction=Friction(_text(body, "friction")),
            degraded=_flag(body, "degraded"),
            stand_in="stand_in" in body and _flag(body, "stand_in"),
            jurisdiction=_text_or_none(place, "code"),
            locale=_text_or_none(body, "locale"),
            alert=_object_or_none(body, "alert"),
            pause=_object_or_none(body, "pause"),
            destination=Destination.read(_object(body, "destination")),
            body=body,
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one withdrawal stands now (the state view). Instants are milliseconds UTC; `changed` orders
    changes. `consented_at`: since when officers may know who she is; ask `subject_wanted` then. What agencies were
    told is in `body["referrals"]`, for the exchange's own people: never show the customer a disposition.
    """

    id: str
    state: State
    friction: Friction
    clearable: bool
    watched: bool
    changed: int
    elapses_at: int | None = None
    lapses_at: int | None = None
    held_until: int | None = None
    consented_at: int | None = None
    outcome: str | None = None
    transaction_id: str | None = None
    clearance_outstanding_until: int | None = None
    body: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Self:
        """Raises ValueError where a member is missing or is not what it should be."""
        changed = body.get("changed")
        if not isinstance(changed, int) or isinstance(changed, bool):
            raise ValueError("changed is not a number")
        return cls(
            id=_text(body, "id"),
            state=State(_text(body, "state")),
            friction=Friction(_text(body, "friction")),
            clearable=_flag(body, "clearable"),
            watched=_flag(body, "watched"),
            changed=changed,
            elapses_at=_instant_or_none(body, "elapses_at"),
            lapses_at=_instant_or_none(body, "lapses_at"),
            held_until=_instant_or_none(body, "held_until"),
            consented_at=_instant_or_none(body, "consented_at"),
            outcome=_text_or_none(body, "outcome"),
            transaction_id=_text_or_none(body, "transaction_id"),
            clearance_outstanding_until=_instant_or_none(body, "clearance_outstanding_until"),
            body=body,
        )


@dataclass(frozen=True, slots=True)
class Changes:
    """One page of what changed. Ask again with `after=next`, at once if `more`."""

    standings: tuple[Standing, ...]
    next: int
    more: bool


@dataclass(frozen=True, slots=True)
class Link:
    """A customer's link: single use, 15 minutes; for `<breather-alert link=...>` and nothing else. Never
    log it.
    """

    url: str = field(repr=False)
    expires_at: int
