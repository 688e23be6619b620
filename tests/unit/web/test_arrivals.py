"""What another thread settles arrives on the event loop, once, and together with its like."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import Any

import pytest

from breather.web.arrivals import Arrivals

LONG = 60.0


def elsewhere(work: Callable[[], None]) -> None:
    """In another thread, and finished when this returns: the event loop has seen nothing of it yet."""
    thread = Thread(target=work)
    thread.start()
    thread.join()


def settle(futures: list[Future[int]]) -> None:
    for done in futures:
        done.set_result(7)


async def waiting(arrivals: Arrivals, futures: list[Future[int]], seconds: float = LONG) -> "list[asyncio.Task[bool]]":
    tasks = [asyncio.create_task(arrivals.settled(done, seconds)) for done in futures]
    await asyncio.sleep(0)  # each has come as far as its wait
    return tasks


def count_wakes(monkeypatch: pytest.MonkeyPatch) -> list[Callable[..., Any]]:
    """What other threads ask the running loop to do."""
    loop = asyncio.get_running_loop()
    asked: list[Callable[..., Any]] = []
    before = loop.call_soon_threadsafe

    def call(callback: Callable[..., Any], *given: Any, **more: Any) -> asyncio.Handle:
        asked.append(callback)
        return before(callback, *given, **more)

    monkeypatch.setattr(loop, "call_soon_threadsafe", call)
    return asked


def test_all_that_is_settled_together_wakes_the_loop_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        asked, arrivals = count_wakes(monkeypatch), Arrivals()
        futures: list[Future[int]] = [Future() for _ in range(64)]
        for turn in range(2):
            half = futures[turn::2]
            tasks = await waiting(arrivals, half)
            elsewhere(lambda: settle(futures[turn::2]))  # noqa: B023 - run before this turn is over
            assert await asyncio.gather(*tasks) == [True] * len(half)
            assert len(asked) == turn + 1

    asyncio.run(run())


def test_a_failure_is_an_arrival_too() -> None:
    async def run() -> None:
        done: Future[int] = Future()
        (task,) = await waiting(Arrivals(), [done])
        elsewhere(lambda: done.set_exception(ValueError("no")))
        assert await task
        with pytest.raises(ValueError, match="no"):
            done.result()

    asyncio.run(run())


def test_what_was_settled_before_the_wait_is_not_missed() -> None:
    async def run() -> None:
        done: Future[int] = Future()
        done.set_result(7)
        assert await Arrivals().settled(done, LONG)

    asyncio.run(run())


def test_what_comes_too_late_goes_on_and_disturbs_nobody() -> None:
    async def run() -> None:
        arrivals, late, other = Arrivals(), Future[int](), Future[int]()
        assert not await arrivals.settled(late, 0.0)
        (task,) = await waiting(arrivals, [other])
        elsewhere(lambda: late.set_result(1))
        elsewhere(lambda: other.set_result(2))
        assert await task
        assert (late.result(), other.result()) == (1, 2)

    asyncio.run(run())


def test_a_request_that_was_given_up_disturbs_nobody() -> None:
    async def run() -> None:
        arrivals, futures = Arrivals(), [Future[int](), Future[int]()]
        given_up, kept = await waiting(arrivals, futures)
        given_up.cancel()
        elsewhere(lambda: settle(futures))
        assert await kept
        with pytest.raises(asyncio.CancelledError):
            await given_up

    asyncio.run(run())


def test_each_event_loop_is_told_of_its_own() -> None:
    arrivals = Arrivals()
    first: Future[int] = Future()

    async def leave_waiting() -> None:
        await waiting(arrivals, [first])

    async def run() -> None:
        second: Future[int] = Future()
        (task,) = await waiting(arrivals, [second])
        elsewhere(lambda: first.set_result(1))  # its loop is closed, and nobody waits
        elsewhere(lambda: second.set_result(2))
        assert await task

    asyncio.run(leave_waiting())
    asyncio.run(run())
