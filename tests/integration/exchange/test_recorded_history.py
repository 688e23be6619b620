"""What eight clients at once were told by a real service can have happened one call after the other (guarantee J2)."""

import random
import time
from collections.abc import Hashable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import httpx

from breather.domain.event import EventKind
from breather.domain.friction import Friction
from breather.domain.instant import HOUR, Millis
from tests.exchange_process import ExchangeProcess
from tests.integration.exchange.withdrawals import elsewhere
from tests.model.ledger import START, Act, Clear, Command, Rows, Submit, apply
from tests.model.linearizable import Called, Sequential, impossible

CLIENTS, CUSTOMERS, CALLS = 8, 6, 15
NOW = Millis(START + HOUR)


def one_after_the_other(state: Rows, asked: Hashable) -> Iterator[tuple[Rows, Hashable]]:
    """The sequential domain at one instant, for the service's clock stands; compared by code."""
    assert isinstance(asked, Submit | Act | Clear)
    after, answer, _ = apply(state, asked, NOW)
    yield after, answer.code


def commands(customer: str) -> list[Command]:
    """From a place without a campaign: it proceeds, and is stopped, cleared or broadcast by whoever comes first."""
    first, second = f"{customer}-1", f"{customer}-2"
    return [
        Submit(first, 5000, Friction.NONE),
        Submit(first, 5001, Friction.NONE),
        Submit(second, 70, Friction.NONE),
        Act(first, "s", EventKind.STOP),
        Act(first, "b1", EventKind.BROADCAST, "t1"),
        Act(first, "b2", EventKind.BROADCAST, "t2"),
        Act(second, "s", EventKind.STOP),
        Act(second, "b1", EventKind.BROADCAST, "t3"),
        Clear(first),
        Clear(second),
    ]


def sent(exchange: ExchangeProcess, customer: str, command: Command) -> httpx.Response:
    match command:
        case Submit():
            amounts = {"amount": str(command.amount), "amount_usd": str(command.amount)}
            body = elsewhere(command.withdrawal, payee=customer, customer={"ref": customer}, **amounts)
            return exchange.post("/v1/withdrawals", body)
        case Act():
            event = {"id": command.id, "event": command.kind.value}
            told = event if command.transaction is None else {**event, "transaction_id": command.transaction}
            return exchange.event(command.withdrawal, told)
        case Clear():
            return exchange.post(f"/v1/withdrawals/{command.withdrawal}/clearance", {})


def said(command: Command, reply: httpx.Response) -> str | None:
    """The code of the model's answer; None for one that leaves the outcome open."""
    if reply.status_code in (202, 503):
        return None
    if reply.is_success:
        return "decided" if isinstance(command, Submit) else "moved" if isinstance(command, Act) else "cleared"
    return str(reply.json()["type"]).removeprefix("urn:breather:problem:")


def client(exchange: ExchangeProcess, number: int, prefix: str) -> list[Called]:
    chance, calls = random.Random(number), list[Called]()
    for _ in range(CALLS):
        customer = f"{prefix}-{chance.randrange(CUSTOMERS)}"
        command = chance.choice(commands(customer))
        began = time.monotonic()
        reply = sent(exchange, customer, command)
        calls.append(Called(number, customer, command, began, time.monotonic(), said(command, reply)))
    return calls


def test_eight_clients_are_told_what_can_have_happened(exchange: ExchangeProcess) -> None:
    prefix = f"history-{time.monotonic_ns()}"
    with ThreadPoolExecutor(CLIENTS) as threads:
        each = list(threads.map(lambda number: client(exchange, number, prefix), range(CLIENTS)))
    history = [call for calls in each for call in calls]
    assert len(history) == CLIENTS * CALLS
    model = Sequential(Rows(), one_after_the_other)
    assert impossible(model, history) == {}
    answers = {call.answer for call in history}
    assert {"decided", "moved", "changed-retry", "broadcast-differs"} <= answers

    # One answer that another customer's call could have had, but not this one: it is found.
    moved = next(call for call in history if call.answer == "broadcast-differs")
    planted = [replace(call, answer="moved") if call is moved else call for call in history]
    assert list(impossible(model, planted)) == [moved.part]
