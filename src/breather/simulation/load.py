"""A simulation as load: bodies for POST /v1/withdrawals in order of time, and what becomes of each.

What people do depends on what they are shown, so the acts are asked for when the friction is known. A running service
stamps everything with its own clock: `at` orders the load and tells the gaps, it does not reach the service.

Acts by the VASP go through its API (`breather.client`); acts by the customer (`acknowledge`, `answer`) happen on the
alert's page, behind a link of her own. `send` does what an exchange can do: it posts, and reports stops, calls for help
and broadcasts. It is the way into a database too: through a running service, because only its decisions fill one.
"""

import hashlib
import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from breather.client import Account, Breather, Problem, Residence, SessionEvidence, Unavailable, Withdrawal, Word
from breather.domain.amount import format_units
from breather.domain.friction import Friction
from breather.domain.instant import HOUR, MINUTE, SECOND, Millis, format_instant
from breather.domain.typology import Typology
from breather.simulation.ledgers import AMOUNT_DECIMALS, ASSETS, NETWORKS
from breather.simulation.parameters import Parameters
from breather.simulation.population import UNKNOWN
from breather.simulation.rows import DEPOSIT_KINDS, KINDS, Simulation
from breather.simulation.scam import CASE_NAMES, MULE_NAME
from breather.simulation.victim import End, Person, Reaction, react

# How long a pause is taken to last where the service has not said so: that of the sample campaign.
PAUSE = 60 * MINUTE
_CENTS = 2


@dataclass(frozen=True, slots=True)
class Submission:
    """`body` is what is posted at `at` (ms UTC). `row` is that of the simulation."""

    at: int
    row: int
    body: dict[str, Any]

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

    def person(self, row: int) -> Person:
        """Who stands before the alert: the truth, which nothing in the submission tells."""
        truth, history = self._simulation.truth, self._simulation.history
        kind = int(truth.kind[row])
        name = None if kind == UNKNOWN or CASE_NAMES[kind] == MULE_NAME else Typology(CASE_NAMES[kind])
        shared = 1 in (int(history.remote_access[row]), int(history.screen_shared[row]), int(history.on_call[row]))
        return Person(name, bool(truth.coached[row]), shared, int(truth.draw[row]), int(truth.way[row]))

    def acts(
        self, submission: Submission, friction: Friction, exposure: int = 1, listed: bool = False, pause: int = PAUSE
    ) -> tuple[Act, ...]:
        """What happens after this friction, in order of time. `exposure` counts her alerts, this one included;
        `listed`: the alert says that the address is a confirmed one; `pause` is in ms.
        """
        person = self.person(submission.row)
        reaction = react(self._parameters, person, friction, exposure, listed)
        return tuple(_acts(submission, reaction, friction, pause, person.way))

    def steps(self, friction_of: Callable[[Submission], Friction]) -> Iterator[Submission | Act]:
        """Submissions and acts together, in order of time; `friction_of` stands for the service."""
        waiting: list[tuple[int, int, Act]] = []
        exposures: dict[str, int] = {}
        number = 0
        for submission in self:
            while waiting and waiting[0][0] <= submission.at:
                yield heapq.heappop(waiting)[2]
            yield submission
            friction = friction_of(submission)
            seen = exposures.get(submission.customer, 0) + (friction is not Friction.NONE)
            exposures[submission.customer] = seen
            for act in self.acts(submission, friction, seen):
                number += 1
                heapq.heappush(waiting, (act.at, number, act))
        while waiting:
            yield heapq.heappop(waiting)[2]


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


@dataclass(slots=True)
class Sent:
    """What a service did with the load. `unanswered`: asked, and no decision in time; `refused`: an act came too
    early, or the service knew better; `left`: the customer would have to do something on the alert's page first.
    """

    submitted: int = 0
    unanswered: int = 0
    refused: int = 0
    stopped: int = 0
    broadcast: int = 0
    left: int = 0
    frictions: dict[str, int] = field(default_factory=dict)


def service(url: str, api_key: str) -> Breather:
    """The service to send to. Raises ValueError for a live one: the invented must never stand among the real."""
    if api_key.startswith("brk_live_"):
        raise ValueError("this key is for a live service; a simulation goes only to one in mode test")
    return Breather(url, api_key, vasp="simulated")


def send(breather: Breather, load: Load, deadline: float = 5.0, advanced: Callable[[], None] = lambda: None) -> Sent:
    """Post everything to a running service, one after the other. Raises Problem where it refuses a submission."""
    sent = Sent()
    exposures: dict[str, int] = {}
    for submission in load:
        assessment = breather.assess(submission.body, deadline)
        sent.submitted += 1
        advanced()
        if assessment.decision is Word.WAIT or assessment.friction is None:
            sent.unanswered += 1
            continue
        friction = Friction.from_word(str(assessment.friction))
        sent.frictions[friction.word] = sent.frictions.get(friction.word, 0) + 1
        seen = exposures.get(submission.customer, 0) + (friction is not Friction.NONE)
        exposures[submission.customer] = seen
        _report(breather, sent, load.acts(submission, friction, seen))
    return sent


def _report(breather: Breather, sent: Sent, acts: tuple[Act, ...]) -> None:
    """Stops and calls for help the exchange may report for her; what she must do on the page ends it here."""
    for act in acts:
        event = act.body["event"]
        if act.by == "link" and event not in {"stop", "help"}:
            sent.left += 1
            return
        try:
            breather.event(act.withdrawal, act.body)
        except (Problem, Unavailable):
            sent.refused += 1
            return
        sent.stopped += event == "stop"
        sent.broadcast += event == "broadcast"
