"""A simulation as load: bodies for POST /v1/withdrawals in order of time, and what becomes of each.

What people do depends on what they are shown, so the acts are asked for when the friction is known; and a victim who
was stopped may be sent back, with a withdrawal that no history holds. `sending` brings all of it to a running service.

Acts by the VASP go through its API; acts by the customer (`acknowledge`, `answer`) happen on the alert's page, behind a
link of her own.
"""

import hashlib
import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, count
from typing import Any

from breather.client import Account, Residence, SessionEvidence, Withdrawal
from breather.domain.amount import format_units
from breather.domain.friction import Friction
from breather.domain.instant import HOUR, MINUTE, SECOND, Millis, format_instant
from breather.domain.typology import Typology
from breather.simulation.dice import PERMILLE
from breather.simulation.ledgers import AMOUNT_DECIMALS, ASSETS, NETWORKS
from breather.simulation.parameters import Parameters
from breather.simulation.population import UNKNOWN
from breather.simulation.returning import Return, other_address, return_of
from breather.simulation.rows import DEPOSIT_KINDS, KINDS, Simulation
from breather.simulation.scam import CASE_NAMES, MULE_NAME
from breather.simulation.victim import End, Person, Reaction, react

# How long a pause is taken to last where the service has not said so: that of the sample campaign.
PAUSE = 60 * MINUTE
_CENTS = 2


@dataclass(frozen=True, slots=True)
class Submission:
    """`body` is what is posted at `at` (ms UTC). `row` is that of the simulation. `again`: a second try, after the
    first one was stopped; what she does then is drawn anew.
    """

    at: int
    row: int
    body: dict[str, Any]
    again: Return | None = None

    @property
    def withdrawal(self) -> str:
        return str(self.body["id"])

    @property
    def customer(self) -> str:
        return str(self.body["customer"]["ref"])


@dataclass(frozen=True, slots=True)
class Act:
    """`by`: vasp (the body is one of POST .../events) or link (what she does on the alert's page)."""

    at: int
    withdrawal: str
    by: str
    body: dict[str, Any]


class Load:
    """The withdrawals of one exchange, counted from 1, and what its customers do."""

    def __init__(self, parameters: Parameters, simulation: Simulation, exchange: int = 1) -> None:
        if not 1 <= exchange <= parameters.exchanges:
            raise ValueError(f"there is no exchange {exchange}; there are 1 to {parameters.exchanges}")
        self._parameters = parameters
        self._simulation = simulation
        self._rows = simulation.of_exchange(exchange).tolist()

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Submission]:
        for row in self._rows:
            yield Submission(int(self._simulation.history.at[row]), row, body_of(self._simulation, row))

    def person(self, row: int, again: Return | None = None) -> Person:
        """Who stands before the alert: the truth, which nothing in the submission tells. Whoever was sent back knows
        what to answer.
        """
        truth, history = self._simulation.truth, self._simulation.history
        kind = int(truth.kind[row])
        name = None if kind == UNKNOWN or CASE_NAMES[kind] == MULE_NAME else Typology(CASE_NAMES[kind])
        shared = 1 in (int(history.remote_access[row]), int(history.screen_shared[row]), int(history.on_call[row]))
        if again is not None:
            return Person(name, True, shared, again.draw, again.way)
        return Person(name, bool(truth.coached[row]), shared, int(truth.draw[row]), int(truth.way[row]))

    def second_try(self, submission: Submission, stopped_at: int) -> Submission | None:
        """What she is sent back with after the stop of a first try, or None. Nothing more follows a second one."""
        if submission.again is not None:
            return None
        again = return_of(self._parameters, self.person(submission.row), submission.withdrawal)
        if again is None:
            return None
        body = _body_again(self._simulation, submission, again)
        return Submission(stopped_at + again.after, submission.row, body, again)

    def acts(
        self, submission: Submission, friction: Friction, exposure: int = 1, listed: bool = False, pause: int = PAUSE
    ) -> tuple[Act, ...]:
        """What happens after this friction, in order of time. `exposure` counts her alerts, this one included;
        `listed`: the alert says that the address is a confirmed one; `pause` is in ms.
        """
        reaction = self.reaction(submission, friction, exposure, listed)
        way = self.person(submission.row, submission.again).way
        return tuple(_acts(submission, reaction, friction, pause, way))

    def reaction(self, submission: Submission, friction: Friction, exposure: int = 1, listed: bool = False) -> Reaction:
        return react(self._parameters, self.person(submission.row, submission.again), friction, exposure, listed)

    def steps(self, friction_of: Callable[[Submission], Friction]) -> Iterator[Submission | Act]:
        """Submissions, second tries and acts together, in order of time; `friction_of` stands for the service."""
        waiting: list[tuple[int, int, Submission | Act]] = []
        exposures: dict[str, int] = {}
        turns = count()
        for submission in chain(self, (None,)):
            while waiting and (submission is None or waiting[0][0] <= submission.at):
                step = heapq.heappop(waiting)[2]
                yield step
                for following in self._following(step, friction_of, exposures) if isinstance(step, Submission) else ():
                    heapq.heappush(waiting, (following.at, next(turns), following))
            if submission is not None:
                heapq.heappush(waiting, (submission.at, next(turns), submission))

    def _following(
        self, submission: Submission, friction_of: Callable[[Submission], Friction], exposures: dict[str, int]
    ) -> Iterator[Submission | Act]:
        friction = friction_of(submission)
        seen = exposures.get(submission.customer, 0) + (friction is not Friction.NONE)
        exposures[submission.customer] = seen
        for act in self.acts(submission, friction, seen):
            yield act
            if act.body["event"] == "stop" and act.by == "link":
                again = self.second_try(submission, act.at)
                if again is not None:
                    yield again


def body_of(simulation: Simulation, row: int) -> dict[str, Any]:
    """The body of POST /v1/withdrawals for one row: only what the exchange knows."""
    history = simulation.history
    flags = {
        name: None if getattr(history, name)[row] == UNKNOWN else bool(getattr(history, name)[row])
        for name in ("new_device", "remote_access", "screen_shared", "on_call")
    }
    codes = {name: _word(simulation.codes, getattr(history, name)[row]) for name in ("kyc", "document", "phone", "ip")}
    return Withdrawal(
        id=simulation.withdrawal(row),
        customer=simulation.customer(row),
        asset=str(ASSETS[int(history.asset[row])]),
        network=str(NETWORKS[int(history.network[row])]),
        amount=format_units(int(history.amount[row]), AMOUNT_DECIMALS),
        address=simulation.addresses[int(history.address[row])].decode("ascii"),
        amount_usd=_dollars(int(history.usd[row])),
        kind=str(KINDS[int(history.kind[row])]),
        locale=_word(simulation.tags, history.locale[row]),
        residence=Residence(**codes),
        account=Account(
            opened_at=_known(int(history.opened_at[row])),
            balance_usd=_dollars(int(history.balance[row])),
            last_deposit_at=_known(int(history.deposit_at[row])),
            last_deposit_kind=_word(tuple(str(kind) for kind in DEPOSIT_KINDS), history.deposit_kind[row]),
        ),
        session=SessionEvidence(**flags, security_changed_at=_known(int(history.security_at[row]))),
    ).body()


def _body_again(simulation: Simulation, first: Submission, again: Return) -> dict[str, Any]:
    """The same wish for less, or to another address, under an id of its own."""
    history, row = simulation.history, first.row
    body = {**first.body, "id": f"{first.withdrawal}-2"}
    units = max(int(history.amount[row]) * again.share // PERMILLE, 1)
    body["amount"] = format_units(units, AMOUNT_DECIMALS)
    if "amount_usd" in body:
        body["amount_usd"] = _dollars(max(int(history.usd[row]) * again.share // PERMILLE, 1))
    if again.elsewhere:
        body["destination"] = {"address": other_address(first.withdrawal, int(history.network[row]))}
    return body


def _known(value: int) -> int | None:
    return None if value == UNKNOWN else value


def _dollars(cents: int) -> str | None:
    return None if cents == UNKNOWN else format_units(cents, _CENTS)


def _word(words: tuple[str, ...], number: int) -> str | None:
    return None if number == UNKNOWN else words[int(number)]


def _acts(submission: Submission, reaction: Reaction, friction: Friction, pause: int, way: int) -> Iterator[Act]:
    """Times follow from her `way`: half a minute to some minutes for each thing she does."""
    name, at = submission.withdrawal, submission.at
    slow = 30 * SECOND + way % (4 * MINUTE)

    def act(after: int, by: str, event: str, **more: object) -> Act:
        return Act(at + after, name, by, {"id": f"{name}-{event}", "event": event, **more})

    by_her = "vasp" if friction is Friction.NONE else "link"
    if reaction.says_listening:
        yield act(slow // 2, "link", "listening")
    if reaction.end is not End.STOPPED and reaction.answers is not None:
        yield act(slow, "link", "answer", answers=dict(reaction.answers))
    if reaction.end is not End.STOPPED and friction is Friction.NOTICE:
        yield act(slow, "link", "acknowledge")
    if reaction.asks_help:
        yield act(slow + SECOND, "link", "help")
    if reaction.end is End.STOPPED:
        yield act(slow + 2 * SECOND, by_her, "stop")
        return
    # A held withdrawal waits for the desk, and one during which somebody listens can never be confirmed.
    if reaction.end is End.LAPSED or friction is Friction.HOLD or reaction.says_listening:
        return
    wait = slow + 3 * SECOND
    if friction >= Friction.QUESTIONS:
        wait += (pause if friction is Friction.COOLING_OFF else 0) + way // 1_000 % (2 * HOUR) // 10
        fresh = {
            "session_started_at": format_instant(Millis(at + wait - 40 * SECOND)),
            "authenticated_at": format_instant(Millis(at + wait - 20 * SECOND)),
        }
        yield act(wait, "vasp", "confirm", **fresh, session=submission.body.get("session", {}))
    digest = hashlib.sha256(f"breather simulation, invented: {name}".encode()).hexdigest()
    yield act(wait + 10 * SECOND, "vasp", "broadcast", transaction_id=digest)
