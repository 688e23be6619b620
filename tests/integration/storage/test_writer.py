"""The writer: one commit for many, nothing acknowledged before it, and every command answered exactly
once."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import pytest

from breather.storage.database import Database
from breather.storage.failure import (
    DeadlineTaken,
    Overloaded,
    RowRefused,
    StorageFailure,
    Unavailable,
)
from breather.storage.pending import Shared
from breather.storage.transaction import Transaction
from breather.storage.writer import Writer
from tests.integration.storage.ledger import Clock, adder, identifiers, journal, open_account, opened, total

PATIENCE = 20


def opener(account: str) -> Callable[[Transaction], int]:
    return lambda transaction: open_account(transaction, account)


@dataclass
class Gate:
    """A command that holds the writer until it is opened."""

    reached: threading.Event = field(default_factory=threading.Event)
    opened: threading.Event = field(default_factory=threading.Event)

    def __call__(self, transaction: Transaction) -> None:
        self.reached.set()
        assert self.opened.wait(PATIENCE)


@contextmanager
def held(writer: Writer) -> Iterator[Future[None]]:
    """While the block runs, the writer is busy and everything submitted waits."""
    gate = Gate()
    future = writer.submit(gate)
    assert gate.reached.wait(PATIENCE)
    try:
        yield future
    finally:
        gate.opened.set()


@pytest.fixture
def fatal() -> list[StorageFailure]:
    return []


@pytest.fixture
def writer(database: Database, fatal: list[StorageFailure]) -> Iterator[Writer]:
    found = Writer(database, on_fatal=fatal.append, limit=200, batch=16)
    yield found
    found.close()


def test_commands_run_in_order_and_answer_what_they_return(database: Database, writer: Writer) -> None:
    with held(writer):
        futures = [writer.submit(opener(f"a{number:02}")) for number in range(40)]
    assert [future.result(PATIENCE) for future in futures] == list(range(1, 41))
    assert journal(database) == list(range(1, 41))


def test_a_batch_shares_one_commit_and_its_instant(database: Database, writer: Writer, clock: Clock) -> None:
    commits: list[Transaction] = []
    with held(writer):
        futures = [writer.submit(commits.append) for _ in range(40)]
    wait(futures, PATIENCE)
    assert len(commits) == 40
    assert len({id(each) for each in commits}) == 3  # 16, 16 and 8


def test_a_poisonous_command_fails_alone(database: Database, writer: Writer) -> None:
    def poison(transaction: Transaction) -> None:
        open_account(transaction, "poison")
        raise ZeroDivisionError

    def repeats(transaction: Transaction) -> None:
        open_account(transaction, "unseen")
        open_account(transaction, "a")

    def swallows(transaction: Transaction) -> str:
        with pytest.raises(RowRefused):
            transaction.run("insert_account", id="a", total=1, note=None, seal=None)
        return "all is well"

    def exits(transaction: Transaction) -> None:
        raise SystemExit(3)

    with held(writer):
        first, bad, refused = writer.submit(opener("a")), writer.submit(poison), writer.submit(repeats)
        quiet, leaving, last = writer.submit(swallows), writer.submit(exits), writer.submit(opener("z"))
    assert (first.result(PATIENCE), last.result(PATIENCE)) == (1, 2)
    with pytest.raises(ZeroDivisionError):
        bad.result(PATIENCE)
    with pytest.raises(RowRefused):
        refused.result(PATIENCE)
    with pytest.raises(SystemExit):
        leaving.result(PATIENCE)
    # SQLite undoes the one statement; PostgreSQL the command, which must then not be told that all is well.
    if database.place.startswith("PostgreSQL"):
        with pytest.raises(StorageFailure):
            quiet.result(PATIENCE)
    else:
        assert quiet.result(PATIENCE) == "all is well"
    assert identifiers(database) == ["a", "z"]
    assert journal(database) == [1, 2]


@dataclass
class Together:
    """Opens accounts together and remembers which; `spoiled` ones fail them all, `refused` ones only themselves."""

    calls: list[list[str]] = field(default_factory=list)

    def __call__(self, transaction: Transaction, accounts: Sequence[str]) -> list[int | Exception]:
        self.calls.append(list(accounts))
        found: list[int | Exception] = []
        for account in accounts:
            if account == "refused":
                found.append(KeyError(account))
                continue
            found.append(open_account(transaction, account))
            if account == "spoiled":
                raise ZeroDivisionError
        return found


def test_commands_that_share_are_run_together_and_answered_one_by_one(database: Database, writer: Writer) -> None:
    together = Together()
    with held(writer):
        futures = [writer.submit(Shared(together, name)) for name in ("a", "refused", "b")]
        other = writer.submit(opener("c"))
        last = writer.submit(Shared(together, "d"))
    assert (futures[0].result(PATIENCE), futures[2].result(PATIENCE)) == (1, 2)
    with pytest.raises(KeyError, match="refused"):
        futures[1].result(PATIENCE)
    assert (other.result(PATIENCE), last.result(PATIENCE)) == (3, 4)
    assert together.calls == [["a", "refused", "b"], ["d"]]
    assert (identifiers(database), journal(database)) == (["a", "b", "c", "d"], [1, 2, 3, 4])


def test_one_that_fails_them_all_is_then_alone_in_failing(database: Database, writer: Writer) -> None:
    together = Together()
    with held(writer):
        futures = [writer.submit(Shared(together, name)) for name in ("a", "spoiled", "b")]
    assert (futures[0].result(PATIENCE), futures[2].result(PATIENCE)) == (1, 2)
    with pytest.raises(ZeroDivisionError):
        futures[1].result(PATIENCE)
    assert together.calls == [["a", "spoiled", "b"], ["a"], ["spoiled"], ["b"]]
    assert (identifiers(database), journal(database)) == (["a", "b"], [1, 2])


def test_nothing_is_acknowledged_before_it_is_visible_to_others(
    database: Database, writer: Writer, database_url: str, clock: Clock
) -> None:
    other = opened(database_url, clock, checkpoints=False)
    seen: list[bool] = []

    def look(number: int) -> Callable[[Future[int]], None]:
        return lambda future: seen.append(number in journal(other))

    with held(writer):
        for number in range(1, 21):
            writer.submit(opener(f"a{number:02}")).add_done_callback(look(number))
    writer.close()
    assert seen == [True] * 20
    other.close()


def test_a_full_queue_refuses_and_recovers(database: Database, fatal: list[StorageFailure]) -> None:
    writer = Writer(database, on_fatal=fatal.append, limit=3)
    with held(writer):
        futures = [writer.submit(opener(name)) for name in "abc"]
        assert writer.waiting == 3
        with pytest.raises(Overloaded, match="3 commands are waiting"):
            writer.submit(opener("d"))
    assert [future.result(PATIENCE) for future in futures] == [1, 2, 3]
    assert writer.submit(opener("e")).result(PATIENCE) == 4
    writer.close()
    assert identifiers(database) == ["a", "b", "c", "e"]


def test_the_deadline_answers_while_the_writer_is_stuck_and_the_command_never_runs(
    database: Database, writer: Writer
) -> None:
    with held(writer):
        late = [writer.submit(opener(f"late{number}"), time.monotonic() + 0.01) for number in range(5)]
        patient = writer.submit(opener("patient"), time.monotonic() + 60)
        for future in late:
            with pytest.raises(DeadlineTaken):
                future.result(PATIENCE)
    assert patient.result(PATIENCE) == 1
    writer.close()
    assert identifiers(database) == ["patient"]


def test_what_waits_for_the_write_lock_still_belongs_to_its_deadline(
    database: Database, writer: Writer, database_url: str, clock: Clock
) -> None:
    """Else it could only be *pending* while another process has the lock, and no stand-in could speak for it."""
    other = opened(database_url, clock, checkpoints=False)
    with other.writing() as transaction:
        late = [writer.submit(opener(f"late{number}"), time.monotonic() + 0.02) for number in range(5)]
        patient = writer.submit(opener("patient"), time.monotonic() + 60)
        for future in late:
            with pytest.raises(DeadlineTaken):
                future.result(PATIENCE)
        assert open_account(transaction, "others") == 1
    assert patient.result(PATIENCE) == 2
    assert identifiers(database) == ["others", "patient"]
    other.close()


def test_what_its_deadline_took_fills_no_queue(
    database: Database, database_url: str, clock: Clock, fatal: list[StorageFailure]
) -> None:
    other = opened(database_url, clock, checkpoints=False)
    writer = Writer(database, on_fatal=fatal.append, limit=2)
    with other.writing():
        for number in range(6):
            with pytest.raises(DeadlineTaken):
                writer.submit(opener(f"late{number}"), time.monotonic() + 0.01).result(PATIENCE)
    writer.close()
    assert identifiers(database) == []
    other.close()


def test_deadlines_are_kept_in_their_own_order(database: Database, writer: Writer) -> None:
    order: list[str] = []
    with held(writer):
        now = time.monotonic()
        futures = []
        for name, after in (("last", 0.06), ("first", 0.0), ("middle", 0.03)):
            future = writer.submit(opener(name), now + after)
            future.add_done_callback(lambda _, name=name: order.append(name))  # type: ignore[misc]
            futures.append(future)
        wait(futures, PATIENCE)
    assert order == ["first", "middle", "last"]


def test_a_taken_command_outlives_its_deadline(database: Database, writer: Writer) -> None:
    gate = Gate()
    deadline = time.monotonic() + 0.3

    def slow(transaction: Transaction) -> int:
        gate(transaction)
        return open_account(transaction, "slow")

    future = writer.submit(slow, deadline)
    assert gate.reached.wait(PATIENCE)
    threading.Event().wait(max(0.0, deadline - time.monotonic()) + 0.02)  # the deadline itself, not a guess
    assert not future.done()
    gate.opened.set()
    assert future.result(PATIENCE) == 1


def test_a_caller_may_cancel_until_the_command_is_taken(database: Database, writer: Writer) -> None:
    with held(writer) as running:
        waiting = writer.submit(opener("cancelled"))
        assert waiting.cancel()
        assert not running.cancel()
    with pytest.raises(CancelledError):
        waiting.result(PATIENCE)
    writer.close()
    assert identifiers(database) == []


def test_writer_and_deadline_race_and_every_command_has_one_fate(database: Database, writer: Writer) -> None:
    """Deadlines fall all around the moment at which the writer takes the commands."""
    ran: list[int] = []
    futures: dict[int, Future[int]] = {}

    def command(number: int) -> Callable[[Transaction], int]:
        def run(transaction: Transaction) -> int:
            ran.append(number)
            return open_account(transaction, f"a{number:04}")

        return run

    def submit(number: int) -> None:
        with suppress(Overloaded):
            futures[number] = writer.submit(command(number), time.monotonic() + (number % 7) * 0.0005)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(submit, range(400)))
    wait(futures.values(), PATIENCE)
    done = {number for number, future in futures.items() if future.exception() is None}
    taken_back = {number for number, future in futures.items() if isinstance(future.exception(), DeadlineTaken)}
    assert done | taken_back == futures.keys()
    assert sorted(ran) == sorted(done), "a command ran after its deadline had answered, or twice"
    assert identifiers(database) == [f"a{number:04}" for number in sorted(done)]
    assert journal(database) == list(range(1, len(done) + 1))


def test_closing_finishes_what_was_accepted(database: Database, fatal: list[StorageFailure]) -> None:
    writer = Writer(database, on_fatal=fatal.append, batch=4)
    with held(writer):
        futures = [writer.submit(opener(f"a{number}")) for number in range(9)]
    writer.close()
    assert [future.result(0) for future in futures] == list(range(1, 10))
    with pytest.raises(Unavailable, match="the writer is closed"):
        writer.submit(opener("late"))
    writer.close()


def test_closing_without_draining_answers_what_it_drops(database: Database, fatal: list[StorageFailure]) -> None:
    writer = Writer(database, on_fatal=fatal.append)
    gate = Gate()
    running = writer.submit(gate)
    assert gate.reached.wait(PATIENCE)
    dropped = writer.submit(opener("dropped"))
    closing = threading.Thread(target=writer.close, kwargs={"drain": False})
    closing.start()
    with pytest.raises(Unavailable, match="was closed before"):
        dropped.result(PATIENCE)
    gate.opened.set()
    closing.join(PATIENCE)
    assert running.result(0) is None
    assert identifiers(database) == []


def test_two_writers_never_share_a_number_or_lose_an_update(
    database: Database, writer: Writer, database_url: str, clock: Clock, fatal: list[StorageFailure]
) -> None:
    other = opened(database_url, clock, checkpoints=False)
    second = Writer(other, on_fatal=fatal.append, batch=3)
    writer.submit(opener("shared")).result(PATIENCE)
    futures = [each.submit(adder("shared", 1)) for _ in range(60) for each in (writer, second)]
    numbers = sorted(future.result(PATIENCE) for future in futures)
    assert numbers == list(range(2, 122))
    assert total(database, "shared") == 120
    assert fatal == []
    second.close()
    other.close()
