"""The load sent to a running service over HTTP: the exchange's half by its API, the customer's half on her own page.

Steps are taken in order of their simulated time, in rounds: those of one round go out together, over several
connections, and never two of one customer, so that each person's story stays in order. A service stamps everything with
its own clock. Where the sender may set that clock (a test's), a round is taken at the time of its last step; where it
may not, everything happens now, and a pause that is longer than the sending is not waited for.
"""

import heapq
import math
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count, dropwhile, islice, takewhile
from threading import Lock
from typing import Any, Protocol

from breather.client import Breather, Problem, Standing, State, Unavailable, Word
from breather.domain.friction import Friction
from breather.domain.instant import MINUTE, SECOND, Millis, format_instant
from breather.simulation.load import Act, Load, Submission
from breather.simulation.page import AlertPage, BrokenPage, Browser

STEPS_A_HAND = 4
# Of a round where the clock can be set: what happens in it happens at its end, and an alert must not lapse meanwhile.
LONGEST_ROUND = 5 * MINUTE
_ENDED = frozenset({State.STOPPED, State.LAPSED, State.HELD})
_DONE_BEFORE = frozenset({"listening", "answer", "help"})


class ServiceTime(Protocol):
    """What the service's clock says. `moves`: whether it can be set, forward only."""

    moves: bool

    def now(self) -> int: ...

    def reach(self, at: int) -> None: ...


class OwnTime:
    """The service keeps its own time, and we look at our watch."""

    moves = False

    def now(self) -> int:
        return time.time_ns() // 1_000_000

    def reach(self, at: int) -> None:
        """Nobody makes it later."""


@dataclass(slots=True)
class Sent:
    """What a service did with the load, by its word: the friction decided, the acts taken, the code of a refusal.

    `returned` of the submitted were second tries; `raised`: her answers raised the friction; `lied`: coached answers;
    `unanswered`: no decision in time; `not_offered`: her page had no such form; `waiting`: the pause outlasts us.
    """

    submitted: int = 0
    returned: int = 0
    unanswered: int = 0
    raised: int = 0
    lied: int = 0
    not_offered: int = 0
    waiting: int = 0
    pages: int = 0
    frictions: Counter[str] = field(default_factory=Counter)
    acts: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _Course:
    """One withdrawal after its decision, and what its people still mean to do."""

    submission: Submission
    friction: Friction
    exposure: int
    acts: tuple[Act, ...]
    page: AlertPage | None = None
    elapses_at: int | None = None

    @property
    def customer(self) -> str:
        return self.submission.customer


_Step = Submission | _Course
_Next = tuple[int, _Step]


def service(url: str, api_key: str) -> Breather:
    """The service to send to. Raises ValueError for a live one: the invented must never stand among the real."""
    if api_key.startswith("brk_live_"):
        raise ValueError("this key is for a live service; a simulation goes only to one in mode test")
    return Breather(url, api_key, vasp="simulated", timeout=30.0)


class Sender:
    """`browser` is every customer's; `deadline` in seconds, for each decision."""

    def __init__(
        self,
        breather: Breather,
        load: Load,
        clock: ServiceTime | None = None,
        browser: Browser | None = None,
        deadline: float = 5.0,
    ) -> None:
        self.sent = Sent()
        self._breather, self._load, self._deadline = breather, load, deadline
        self._clock: ServiceTime = clock or OwnTime()
        self._browser = browser or Browser()
        self._exposures: dict[str, int] = {}
        self._waiting: list[tuple[int, int, _Step]] = []
        self._turns = count()
        self._coming: Iterator[Submission] = iter(())
        self._next: Submission | None = None
        self._counting = Lock()

    def send(self, hands: int = 1, most: int | None = None, advanced: Callable[[], None] = lambda: None) -> Sent:
        """The first `most` submissions with all that follows from them, `hands` steps at a time; `advanced` is told of
        each submission of the load. Raises Problem where the service refuses one.
        """
        self._coming = islice(iter(self._load), most)
        self._next = next(self._coming, None)
        size = 1 if hands == 1 else hands * STEPS_A_HAND
        with ThreadPoolExecutor(hands) as pool:
            while steps := self._round(size, advanced):
                for following in pool.map(self._take, steps):
                    for at, step in following:
                        self._wait(at, step)
        self._browser.close()
        return self.sent

    def _round(self, size: int, advanced: Callable[[], None]) -> list[_Step]:
        """The next steps in order of time, of as many customers; what is a second one's waits for the next round."""
        steps: list[_Step] = []
        customers: set[str] = set()
        aside: list[tuple[int, int, _Step]] = []
        latest: float = math.inf
        while len(steps) < size and len(aside) < size:
            # What people do at the instant of a submission they did before it.
            if self._next is not None and not (self._waiting and self._waiting[0][0] <= self._next.at):
                self._wait(self._next.at, self._next)
                self._next = next(self._coming, None)
                advanced()
            if not self._waiting:
                break
            if steps and self._waiting[0][0] > latest:
                break
            entry = heapq.heappop(self._waiting)
            if entry[2].customer in customers:
                aside.append(entry)
                continue
            if not steps:
                latest = max(entry[0], self._clock.now()) + LONGEST_ROUND if self._clock.moves else latest
            customers.add(entry[2].customer)
            steps.append(entry[2])
            self._clock.reach(entry[0])
        for entry in aside:
            heapq.heappush(self._waiting, entry)
        return steps

    def _wait(self, at: int, step: _Step) -> None:
        heapq.heappush(self._waiting, (at, next(self._turns), step))

    def _take(self, step: _Step) -> list[_Next]:
        """What follows from one step. In a thread of its own: everything shared is counted, or one customer's."""
        if isinstance(step, Submission):
            return self._submit(step)
        if step.acts[0].by == "link":
            return self._visit(step)
        return self._report(step)

    def _submit(self, submission: Submission) -> list[_Next]:
        assessment = self._breather.assess(submission.body, self._deadline)
        self._count("submitted")
        if submission.again is not None:
            self._count("returned")
        if assessment.decision is Word.WAIT or assessment.friction is None:
            self._count("unanswered")
            return []
        friction = Friction.from_word(str(assessment.friction))
        self._count("frictions", friction.word)
        seen = self._exposures.get(submission.customer, 0) + (friction is not Friction.NONE)
        self._exposures[submission.customer] = seen
        course = _Course(submission, friction, seen, self._load.acts(submission, friction, seen))
        return self._then(course, course.acts)

    def _visit(self, course: _Course) -> list[_Next]:
        """Everything that she does on her page one after the other, as far as the page offers it."""
        name = course.submission.withdrawal
        theirs = list(takewhile(lambda act: act.by == "link", course.acts))
        rest = course.acts[len(theirs) :]
        answered = stopped = False
        try:
            if course.page is None:
                course.page = self._browser.open(self._breather.link(name).url)
                self._count("pages")
            for act in theirs:
                event = act.body["event"]
                answers = act.body.get("answers")
                done = course.page.press(event) if answers is None else course.page.answer(answers)
                self._count(*(("acts", event) if done else ("not_offered",)))
                answered |= done and answers is not None
                stopped |= done and event == "stop"
            if stopped:
                return self._sent_back(course, theirs[-1])
            if not rest and not answered:
                return []
            standing = self._breather.withdrawal(name)
        except (Problem, Unavailable, BrokenPage, OSError) as error:
            return self._refused(error)
        if answered:
            self._answered(course)
            raised = Friction.from_word(str(standing.friction))
            if raised > course.friction:
                rest = self._read_again(course, raised)
        return self._go_on(course, standing, rest)

    def _answered(self, course: _Course) -> None:
        self._count("lied", when=self._load.reaction(course.submission, course.friction, course.exposure).lies)

    def _read_again(self, course: _Course, raised: Friction) -> tuple[Act, ...]:
        """What she answered has made it graver, and she reads about that: she may stop now."""
        self._count("raised")
        course.friction = raised
        acts = self._load.acts(course.submission, raised, course.exposure)
        return tuple(dropwhile(lambda act: act.body["event"] in _DONE_BEFORE, acts))

    def _go_on(self, course: _Course, standing: Standing, rest: tuple[Act, ...]) -> list[_Next]:
        """As far as the service's word about it lets the exchange go on."""
        course.elapses_at = standing.elapses_at
        if standing.state in _ENDED:
            return []
        if standing.state is State.RELEASED:
            rest = tuple(dropwhile(lambda act: act.body["event"] == "confirm", rest))
        if rest and rest[0].body["event"] == "broadcast" and not standing.clearable:
            self._count("not_offered")
            return []
        return self._then(course, rest)

    def _then(self, course: _Course, acts: tuple[Act, ...]) -> list[_Next]:
        course.acts = acts
        return [(acts[0].at, course)] if acts else []

    def _report(self, course: _Course) -> list[_Next]:
        """By the exchange. What is refused is counted and ends it, unless another's confirmation was first."""
        act, *rest = course.acts
        body = act.body
        if body["event"] == "confirm":
            now, elapses_at = self._clock.now(), course.elapses_at
            if elapses_at is None:
                self._count("not_offered")
                return []
            if now < elapses_at:
                if self._clock.moves:
                    return [(elapses_at, course)]
                self._count("waiting")
                return []
            body = body | _fresh(max(elapses_at, now - 40 * SECOND), max(elapses_at, now - 20 * SECOND))
        try:
            try:
                self._breather.event(act.withdrawal, body)
                self._count("acts", body["event"])
            except Problem as problem:
                if (problem.code, body["event"]) != ("resolved", "confirm"):
                    raise
                return self._go_on(course, self._breather.withdrawal(act.withdrawal), tuple(rest))
        except (Problem, Unavailable) as error:
            return self._refused(error)
        return self._then(course, tuple(rest))

    def _sent_back(self, course: _Course, stop: Act) -> list[_Next]:
        stopped_at = max(stop.at, self._clock.now()) if self._clock.moves else stop.at
        again = self._load.second_try(course.submission, stopped_at)
        return [] if again is None else [(again.at, again)]

    def _refused(self, error: Exception) -> list[_Next]:
        why = error.code if isinstance(error, Problem) else type(error).__name__
        self._count("refused", why)
        return []

    def _count(self, what: str, word: str = "", *, when: bool = True) -> None:
        with self._counting:
            if word:
                getattr(self.sent, what)[word] += 1
            else:
                setattr(self.sent, what, getattr(self.sent, what) + when)


def _fresh(started: int, authenticated: int) -> dict[str, Any]:
    """She signed in anew, and confirms; both after the pause."""
    return {
        "session_started_at": format_instant(Millis(started)),
        "authenticated_at": format_instant(Millis(authenticated)),
    }
