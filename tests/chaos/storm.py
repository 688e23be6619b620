"""Clients that ask a real service, or two, and write down what they were told, while something happens to it.

    storm = Storm([exchange, replica])
    storm.blow(60, killed)          # 60 calls; `killed(storm)` happens when some have been answered
    storm.check()                   # all that was told can have happened, and whoever polled was told of everything

A nemesis is a function of the storm (`tests/chaos/nemesis.py`), and composes with any other by being called in it.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from tests.chaos.history import MODEL, PAUSED, commands, said, sent, told
from tests.exchange_process import ExchangeProcess
from tests.integration.exchange.withdrawals import query
from tests.model.ledger import Command
from tests.model.linearizable import Called, impossible

CLIENTS = 6
CUSTOMERS = 5  # in each blow; a customer's calls are looked at together, and not too many of them
REACHED_WITHIN_SECONDS = 60.0
PAGE = 200


@dataclass
class Storm:
    """`stood_in`: customers that got a stand-in, which the sequential domain knows nothing of; they are left out."""

    exchanges: list[ExchangeProcess]
    seed: int = 1
    history: list[Called] = field(default_factory=list)
    stood_in: set[str] = field(default_factory=set)
    seen: dict[str, int] = field(default_factory=dict)  # by whoever polls: the last change of each withdrawal
    blows: int = 0
    answered: "threading.Condition" = field(default_factory=threading.Condition)
    _over: threading.Event = field(default_factory=threading.Event)
    _seen_until: int = 0
    _all: int = 0

    def blow(self, calls: int, nemesis: "Callable[[Storm], None] | None" = None) -> None:
        """`calls` by all clients together. The nemesis comes when a quarter of them were answered."""
        self.blows += 1
        before = len(self.history)
        self._all = before + calls // CLIENTS * CLIENTS
        with ThreadPoolExecutor(CLIENTS + 1) as threads, self._polling(threads):
            running = [threads.submit(self._client, client, calls // CLIENTS) for client in range(CLIENTS)]
            if nemesis is not None:
                self.until(lambda: len(self.history) >= before + calls // 4)
                nemesis(self)
            for ended in running:
                ended.result()

    def until(self, holds: Callable[[], bool], seconds: float = REACHED_WITHIN_SECONDS) -> None:
        """Until it holds, looked at after each answer."""
        with self.answered:
            assert self.answered.wait_for(holds, seconds), "it never held"

    @property
    def over(self) -> bool:
        """Nobody asks any more."""
        return len(self.history) >= self._all

    def said(self, *codes: str | None) -> int:
        """How often one of those was the answer; None: it is not known."""
        return sum(call.answer in codes for call in self.history)

    def check(self) -> None:
        """All that was told can have happened, and whoever polled was told of everything."""
        assert not (wrong := self.impossible()), wrong
        assert not (missed := self.missed()), f"whoever polls was never told of {sorted(missed)}"

    def impossible(self) -> str:
        """What was told and cannot have happened, customer by customer; "" if all of it can."""
        return told(impossible(MODEL, [call for call in self.history if call.part not in self.stood_in]))

    def missed(self) -> set[str]:
        """Withdrawals of whose last change whoever polls was not told, by the cursor alone."""
        self._poll()
        stored = query(self.exchanges[-1].settings.database, "SELECT id, changed FROM withdrawal")
        return {name for name, changed in stored if self.seen.get(name) != changed}

    def _client(self, client: int, calls: int) -> None:
        chance = random.Random(f"{self.seed} {self.blows} {client}")
        for _ in range(calls):
            number = chance.randrange(CUSTOMERS)
            customer = f"storm-{self.blows}-{PAUSED if number % 2 else 'free'}-{number}"
            self._call(client, customer, chance.choice(commands(customer)), chance)

    def _call(self, client: int, customer: str, command: Command, chance: random.Random) -> None:
        until = time.monotonic() + REACHED_WITHIN_SECONDS
        while True:
            exchange = chance.choice(self.exchanges)
            began = time.monotonic()
            answer: str | None = None
            try:
                reply = sent(exchange, customer, command)
                answer = said(command, reply)
                if reply.is_success and reply.json().get("stand_in"):
                    self.stood_in.add(customer)
            except httpx.ConnectError:  # nobody heard it: it is nothing that was asked
                assert began < until, "no service could be reached"
                self._over.wait(0.1)
                continue
            except httpx.TransportError:
                pass  # the outcome is not known
            with self.answered:
                self.history.append(Called(client, customer, command, began, time.monotonic(), answer))
                self.answered.notify_all()
            return

    @contextmanager
    def _polling(self, threads: ThreadPoolExecutor) -> Iterator[None]:
        self._over.clear()
        polling: Future[None] = threads.submit(self._poll_on)
        try:
            yield
        finally:
            self._over.set()
            polling.result()

    def _poll_on(self) -> None:
        while not self._over.is_set():
            try:
                self._poll()
            except httpx.TransportError:
                self._over.wait(0.1)

    def _poll(self) -> None:
        """Everything since the last time, from any replica, as clients do."""
        more = True
        while more:
            exchange = self.exchanges[self._seen_until % len(self.exchanges)]
            reply = exchange.get(f"/v1/withdrawals?changed_after={self._seen_until}&limit={PAGE}")
            if reply.status_code != 200:
                break
            found = reply.json()
            self.seen.update({change["id"]: change["changed"] for change in found["changes"]})
            self._seen_until, more = found["next"], found["more"]
