"""A waiting command belongs to the writer or to its deadline: one of them, whatever the order."""

import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breather.storage.failure import DeadlineTaken, StorageFailure, Unavailable
from breather.storage.pending import MOST_FINISHED, Batch, Deadlines, Pending
from breather.storage.transaction import Transaction

PATIENCE = 20
MOVES = ("take", "withdraw", "refuse", "cancel")


def nothing(transaction: Transaction) -> None:
    raise AssertionError("nobody runs a command here")


def move(pending: Pending[None], what: str) -> bool:
    if what == "take":
        return pending.take()
    if what == "withdraw":
        return pending.withdraw()
    if what == "refuse":
        return pending.refuse(Unavailable("closed"))
    return pending.future.cancel()


@given(moves=st.lists(st.sampled_from(MOVES), min_size=1, max_size=6))
def test_only_the_first_move_succeeds(moves: list[str]) -> None:
    pending: Pending[None] = Pending(nothing, None)
    results = [move(pending, what) for what in moves]
    first = moves[0]
    assert results[0]
    # A cancelled future says True again to whoever cancels it again; nobody else may have it.
    others = [done for what, done in zip(moves[1:], results[1:], strict=True) if (first, what) != ("cancel", "cancel")]
    assert not any(others)
    if first == "take":
        assert pending.future.running()
    elif first == "cancel":
        assert pending.future.cancelled()
    else:
        assert isinstance(pending.future.exception(0), DeadlineTaken if first == "withdraw" else Unavailable)


@settings(max_examples=60)
@given(moves=st.lists(st.sampled_from(("take", "withdraw", "refuse")), min_size=2, max_size=4))
def test_of_many_threads_one_succeeds(moves: list[str]) -> None:
    start = threading.Barrier(len(moves))
    pending: Pending[None] = Pending(nothing, None)

    def race(what: str) -> bool:
        start.wait(PATIENCE)
        return move(pending, what)

    with ThreadPoolExecutor(len(moves)) as pool:
        assert sum(pool.map(race, moves)) == 1


def test_the_writer_does_not_take_what_is_already_late() -> None:
    """Even when the thread that keeps the deadlines has not come round yet."""
    pending: Pending[None] = Pending(nothing, time.monotonic() - 0.001)
    assert not pending.take()
    assert isinstance(pending.future.exception(0), DeadlineTaken)


def test_deadlines_come_in_order_and_skip_what_is_taken() -> None:
    deadlines = Deadlines()
    order: list[str] = []
    futures = []
    now = time.monotonic()
    for name, after in (("c", 0.09), ("a", 0.03), ("b", 0.06), ("taken", 0.05)):
        pending: Pending[None] = Pending(nothing, now + after)
        if name == "taken":
            assert pending.take()
        else:
            pending.future.add_done_callback(lambda _, name=name: order.append(name))  # type: ignore[misc]
            futures.append(pending.future)
        deadlines.watch(pending)
    for future in futures:
        assert isinstance(future.exception(PATIENCE), DeadlineTaken)
    deadlines.close()
    assert order == ["a", "b", "c"]


def finished(deadline: float, kept: "weakref.WeakSet[Pending[None]]") -> Pending[None]:
    pending: Pending[None] = Pending(nothing, deadline)
    assert pending.take()
    kept.add(pending)
    return pending


def test_finished_commands_are_not_kept_until_a_long_deadline() -> None:
    deadlines = Deadlines()
    far = time.monotonic() + 3600
    waiting: list[Pending[None]] = [Pending(nothing, far - number) for number in range(10)]
    kept: weakref.WeakSet[Pending[None]] = weakref.WeakSet()
    for pending in waiting:
        deadlines.watch(pending)
    for _ in range(3 * MOST_FINISHED):
        deadlines.watch(finished(far, kept))
    assert len(kept) <= MOST_FINISHED
    due: Pending[None] = Pending(nothing, time.monotonic())
    deadlines.watch(due)
    assert isinstance(due.future.exception(PATIENCE), DeadlineTaken)
    assert [one.owned for one in waiting] == [False] * len(waiting), "those that wait are still watched, and not due"
    deadlines.close()


@pytest.mark.parametrize("error", [None, ValueError("no")], ids=["done", "failed"])
def test_a_settled_command_lets_go_of_what_it_held_and_is_never_withdrawn(error: Exception | None) -> None:
    class Command:
        def __call__(self, transaction: Transaction) -> int:
            raise AssertionError("nobody runs it here")

    command = Command()
    held = weakref.ref(command)
    pending: Pending[int] = Pending(command, time.monotonic() + 3600)
    del command
    assert pending.take()
    answer = pending.future
    pending.settle(Batch(1, 0.0, 1.0, 2.0), 7, error)
    assert held() is None
    assert answer.batch is not None
    assert answer.exception(0) is error
    assert error is not None or answer.result(0) == 7
    assert not pending.withdraw()


def test_a_command_without_a_deadline_is_nobodys_business() -> None:
    deadlines = Deadlines()
    pending: Pending[None] = Pending(nothing, None)
    deadlines.watch(pending)
    deadlines.close()
    assert not pending.owned


def test_a_callback_may_watch_another_command() -> None:
    deadlines = Deadlines()
    second: Pending[None] = Pending(nothing, time.monotonic())
    first: Pending[None] = Pending(nothing, time.monotonic())
    first.future.add_done_callback(lambda _: deadlines.watch(second))
    deadlines.watch(first)
    assert isinstance(second.future.exception(PATIENCE), DeadlineTaken)
    deadlines.close()


@pytest.mark.parametrize("kind", StorageFailure.__subclasses__())
def test_a_failure_repeated_for_another_caller_says_the_same(kind: type[StorageFailure]) -> None:
    failure = kind("what happened", fatal=True)
    other = failure.repeated()
    assert other is not failure
    assert (type(other), str(other), other.fatal, other.__cause__) == (kind, "what happened", True, failure)


def test_the_drawn_tree_is_the_tree() -> None:
    from breather.storage import failure

    drawn = [line.split()[1] for line in (failure.__doc__ or "").splitlines() if line.strip()[:3] in ("|--", "`--")]
    assert drawn == [kind.__name__ for kind in StorageFailure.__subclasses__()]
