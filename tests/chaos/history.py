"""What clients ask of a real service and are told, as the sequential domain would put it (guarantee J2).

Two kinds of customer: those from a place without a campaign, whose two withdrawals proceed, and are stopped, held,
cleared or broadcast by whoever comes first; and those in Macau, whose one withdrawal meets a pause.
"""

from collections.abc import Hashable, Iterator, Sequence
from typing import assert_never

import httpx

from breather.domain.event import EventKind
from breather.domain.friction import Friction
from breather.domain.instant import HOUR, Millis, format_instant
from tests.exchange_process import BEGAN, ExchangeProcess
from tests.integration.exchange.withdrawals import elsewhere, withdrawal
from tests.model.ledger import START, Act, Clear, Command, Rows, Submit, apply
from tests.model.linearizable import Called, Sequential

# The service's clock moves by minutes at most, which changes none of these answers.
NOW = Millis(START + HOUR)
# Whoever is told one of these knows that nothing happened.
NOTHING_HAPPENED = ("no-decision", "time-suspect")
PAUSED = "paused"


def commands(customer: str) -> list[Command]:
    """Everything that may be asked about this customer, the beginnings more often."""
    first, second = f"{customer}-1", f"{customer}-2"
    if PAUSED in customer:
        asks = Submit(first, 5000, Friction.COOLING_OFF)
        return [
            *[asks] * 3,
            Submit(first, 5001, Friction.COOLING_OFF),
            *acts(first, EventKind.HELD, EventKind.LIFTED, EventKind.LIFTED, EventKind.CONFIRM, EventKind.STOP),
            Act(first, "b1", EventKind.BROADCAST, "t1"),
            *[Clear(first)] * 3,
        ]
    return [
        *[Submit(first, 5000, Friction.NONE)] * 2,
        Submit(first, 5001, Friction.NONE),
        Submit(second, 70, Friction.NONE),
        *acts(first, EventKind.STOP, EventKind.HELD, EventKind.LIFTED),
        *acts(second, EventKind.STOP),
        Act(first, "b1", EventKind.BROADCAST, "t1"),
        Act(first, "b2", EventKind.BROADCAST, "t2"),
        Act(second, "b1", EventKind.BROADCAST, "t3"),
        Act(second, "b2", EventKind.BROADCAST, "t4"),
        Clear(first),
        Clear(second),
    ]


def acts(withdrawal_id: str, *kinds: EventKind) -> Sequence[Act]:
    return [Act(withdrawal_id, kind.value, kind) for kind in kinds]


def sent(exchange: ExchangeProcess, customer: str, command: Command) -> httpx.Response:
    match command:
        case Submit():
            amounts = {"amount": str(command.amount), "amount_usd": str(command.amount)}
            make = withdrawal if PAUSED in customer else elsewhere
            body = make(command.withdrawal, payee=customer, customer={"ref": customer}, **amounts)
            return exchange.post("/v1/withdrawals", body)
        case Act():
            return exchange.event(command.withdrawal, _event(command))
        case Clear():
            return exchange.post(f"/v1/withdrawals/{command.withdrawal}/clearance", {})
        case _:
            assert_never(command)


def _event(act: Act) -> dict[str, object]:
    """The same bytes each time, whatever the clock says meanwhile: under this id another body is another event."""
    event: dict[str, object] = {"id": act.id, "event": act.kind.value}
    if act.kind is EventKind.BROADCAST:
        event["transaction_id"] = act.transaction
    elif act.kind is EventKind.HELD:
        event |= {"reason": "The desk looks at it", "max_hours": 72}
    elif act.kind is EventKind.LIFTED:
        event["reason"] = "The desk has looked at it"
    elif act.kind is EventKind.CONFIRM:
        session = {"remote_access": False, "screen_shared": False, "on_call": False, "new_device": False}
        began = format_instant(BEGAN)
        event |= {"session_started_at": began, "authenticated_at": began, "session": session}
    return event


def said(command: Command, reply: httpx.Response) -> str | None:
    """The code of the model's answer; None for *pending*, which leaves the outcome open."""
    if not reply.is_success:
        code = str(reply.json()["type"]).removeprefix("urn:breather:problem:")
        return None if code == "pending" else code
    return "decided" if isinstance(command, Submit) else "moved" if isinstance(command, Act) else "cleared"


def one_after_the_other(state: Rows, asked: Hashable) -> Iterator[tuple[Rows, Hashable]]:
    """The sequential domain, compared by code; or an answer that nothing happened, and then nothing has."""
    assert isinstance(asked, Submit | Act | Clear)
    after, answer, _ = apply(state, asked, NOW)
    yield after, answer.code
    for code in NOTHING_HAPPENED:
        yield state, code


MODEL = Sequential(Rows(), one_after_the_other)


def told(parts: dict[str, list[Called]]) -> str:
    """What cannot have happened, for a person to read."""
    lines = []
    for part, calls in parts.items():
        lines.append(f"{part}: cannot have happened one call after the other")
        began = calls[0].began
        for call in calls:
            ended = "?" if call.answer is None else f"{1000 * (call.ended - began):7.1f}"
            lines.append(f"  {1000 * (call.began - began):7.1f} .. {ended:>7} ms  {call.asked} -> {call.answer}")
    return "\n".join(lines)
