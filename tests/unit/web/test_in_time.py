"""In time: a decision, the stand-in for it, or *pending*; for each id one answer, whoever asks at the same moment."""

import asyncio
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar, cast

import pytest

from breather.domain.refusal import ChangedRetry
from breather.domain.withdrawal import Withdrawal
from breather.exchange.assess import Asking, Assessed
from breather.exchange.running import RunningExchange
from breather.storage.failure import DeadlineTaken, OutcomeUnknown, Overloaded, StorageFailure, Unavailable
from breather.storage.fair_queue import OURSELVES, Sender
from breather.storage.pending import Answer
from breather.storage.spool import Kept
from breather.storage.transaction import Transaction
from breather.web.exchange.figures import Figures
from breather.web.exchange.in_time import InTime
from breather.web.problems import Problem
from tests.unit.exchange.test_standby import Process
from tests.unit.exchange.world import World, asked_for

T = TypeVar("T")
LONG = 30.0


class Service:
    """A serving process whose writer does what it is told: each command waits until `decide` or `fail`."""

    def __init__(self, world: World, path: Path) -> None:
        self.process = Process(world, path)
        self.standby = self.process.standby
        self.waiting = 0
        self.commands: list[tuple[Callable[[Transaction], object], Answer[object]]] = []
        self.figures = Figures()
        self._in_time = InTime(cast(RunningExchange, self), self.figures)

    def submit(
        self, command: Callable[[Transaction], T], seconds: float | None = None, sender: Sender = OURSELVES
    ) -> Answer[T]:
        done: Answer[T] = Answer()
        self.commands.append((command, cast("Answer[object]", done)))
        return done

    def decide(self) -> None:
        command, done = self.commands.pop(0)
        done.set_result(self.process.world.write(command))

    def fail(self, failure: StorageFailure) -> None:
        self.commands.pop(0)[1].set_exception(failure)

    async def asked(self, asked: Withdrawal, seconds: float = LONG) -> str:
        """What the caller is told."""
        asking = Asking(self.process.world.snapshot, asked, "vasp:shop")
        try:
            found: Assessed = await self._in_time.answer(asking, seconds, time.monotonic())
        except (Problem, StorageFailure, ChangedRetry) as failure:
            return failure.code if isinstance(failure, Problem) else type(failure).__name__
        return f"{'stand-in' if found.record.stand_in else 'decision'} {'new' if found.created else 'again'}"

    async def begun(self, asked: Withdrawal, seconds: float = LONG) -> "asyncio.Task[str]":
        """Asked, and waiting for the writer or the disk."""
        task = asyncio.create_task(self.asked(asked, seconds))
        for _ in range(3):
            await asyncio.sleep(0)
        return task


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    world = World(f"sqlite:///{tmp_path / 'world.db'}")
    found = Service(world, tmp_path / "spool")
    yield found
    found.process.end()
    world.close()


ONE = asked_for("a", 700)


def test_what_is_decided_in_time_is_the_decision(service: Service) -> None:
    async def told() -> list[str]:
        task = await service.begun(ONE)
        service.decide()
        first = await task
        again = await service.begun(ONE)
        service.decide()
        return [first, await again]

    assert asyncio.run(told()) == ["decision new", "decision again"]
    assert len(service.standby) == 0


@pytest.mark.parametrize(
    "failure", [DeadlineTaken("late"), Overloaded("full"), Unavailable("away")], ids=["late", "full", "away"]
)
def test_what_will_never_be_decided_gets_one_stand_in(service: Service, failure: StorageFailure) -> None:
    async def told() -> list[str]:
        task = await service.begun(ONE)
        service.fail(failure)
        return [await task, await service.asked(ONE), await service.asked(asked_for("a", 701))]

    assert asyncio.run(told()) == ["stand-in new", "stand-in again", "ChangedRetry"]
    assert service.commands == [], "the writer was not asked again"
    assert (sum(service.figures.stand_ins.values()), service.figures.repeats) == (1, 1)


def test_what_was_taken_and_is_late_is_pending_until_it_is_known(service: Service) -> None:
    async def told() -> list[str]:
        first = await service.asked(ONE, seconds=0)
        second = await service.begun(ONE)
        taken, again = service.commands
        again[1].set_exception(DeadlineTaken("late"))
        second_said = await second
        service.commands = [taken]
        service.decide()
        third = await service.begun(ONE)
        service.decide()
        return [first, second_said, await third]

    assert asyncio.run(told()) == ["pending", "pending", "decision again"]
    assert len(service.standby) == 0


def test_after_a_commit_whose_answer_was_lost_no_stand_in_speaks(service: Service) -> None:
    async def told() -> list[str]:
        first = await service.begun(ONE)
        service.fail(OutcomeUnknown("cut"))
        said = [await first]
        second = await service.begun(ONE)
        service.fail(DeadlineTaken("late"))
        return [*said, await second]

    assert asyncio.run(told()) == ["OutcomeUnknown", "pending"]
    assert len(service.standby) == 0


def test_two_who_ask_for_one_id_never_get_a_decision_and_a_stand_in(service: Service) -> None:
    """The first is taken back by its deadline while the second may still be decided, and is."""

    async def told() -> list[str]:
        first, second = await service.begun(ONE), await service.begun(ONE)
        service.fail(DeadlineTaken("late"))
        said = await first
        service.decide()
        return [said, await second]

    assert asyncio.run(told()) == ["pending", "decision new"]
    assert len(service.standby) == 0


def test_one_who_asks_while_the_stand_in_is_on_its_way_waits_for_it(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeping: list[Future[Kept]] = []
    spool = service.process.spool
    keep = spool.keep

    def slow(body: bytes) -> "Future[Kept]":
        keeping.append(Future())
        return keeping[-1]

    monkeypatch.setattr(spool, "keep", slow)

    async def told() -> list[str]:
        first = await service.begun(ONE)
        service.fail(Unavailable("away"))
        for _ in range(3):
            await asyncio.sleep(0)
        second = await service.begun(ONE)
        late = await service.asked(ONE, seconds=0)
        assert service.commands == [], "no second way to an answer"
        keeping[0].set_result(keep(b"kept").result(LONG))
        return [late, await first, await second]

    assert asyncio.run(told()) == ["pending", "stand-in new", "stand-in again"]


def test_a_disk_that_fails_for_good_is_no_answer(service: Service) -> None:
    async def told() -> str:
        task = await service.begun(ONE)
        service.fail(Unavailable("corrupt", fatal=True))
        return await task

    assert asyncio.run(told()) == "Unavailable"
    assert (len(service.standby), service.figures.undecided["unavailable"]) == (0, 1)
