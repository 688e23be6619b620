"""What stands by: one stand-in for an id, on the disk first; bounded by customer; drained or set aside, never lost."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from breather.demo.invented import tron_address
from breather.domain.amount import MicroUsd
from breather.domain.asset import Network
from breather.domain.entry import Category, Claim
from breather.domain.event import EventKind
from breather.domain.instant import DAY, HOUR, Millis
from breather.domain.refusal import ChangedRetry
from breather.domain.stand_in import StandInLimits
from breather.domain.withdrawal import Destination, Withdrawal
from breather.exchange.guards import KeptGuards
from breather.exchange.snapshot import ApiKey
from breather.exchange.standby import SPOOLED_OF_ONE, Standby
from breather.exchange.stood_in import StoodIn
from breather.storage.failure import OutcomeUnknown, Overloaded, StorageFailure, Unavailable
from breather.storage.spool import Spool, SpoolFull
from breather.storage.transaction import Transaction
from tests.lists import known
from tests.unit.exchange.world import ADDRESSES, World, asked_for, event

SLOTS = 256


class StandingClock:
    def __init__(self, world: World) -> None:
        self.world = world

    def now(self) -> Millis:
        return self.world.now

    def suspect(self) -> bool:
        return False


class Process:
    """One serving process beside a world, on a spool that outlives it."""

    def __init__(self, world: World, path: Path, slots: int = SLOTS) -> None:
        self.world = world
        self.spool = Spool(path, slots, on_fatal=fatal)
        self.standby = Standby(self.spool, StandingClock(world), KeptGuards())
        world.read(lambda reader: self.standby.load(reader, world.now))
        self.away: StorageFailure | None = None
        self.drained: list[str] = []

    def stand_in(self, asked: Withdrawal) -> tuple[StoodIn, bool]:
        return self.standby.stand_in(self.world.snapshot, asked, "vasp:shop").result(30)

    def submit(self, command: Callable[[Transaction], Any]) -> "Future[Any]":
        done: Future[Any] = Future()
        try:
            if self.away is not None:
                raise self.away
            done.set_result(self.world.write(command))
        except Exception as error:  # noqa: BLE001 - as the writer does
            done.set_exception(error)
        return done

    def refresh(self) -> None:
        self.world.read(lambda reader: self.standby.refresh(reader, self.world.now))

    def drain(self) -> tuple[int, int, int, int]:
        found = self.standby.drain(self.submit, self.world.snapshot)
        return found.written, found.conflicts, found.aside, found.left

    def end(self) -> None:
        self.standby.close()


def fatal(failure: StorageFailure) -> None:
    raise AssertionError(failure)


@pytest.fixture
def process(sqlite_world: World, tmp_path: Path) -> Iterator[Process]:
    found = Process(sqlite_world, tmp_path / "spool")
    yield found
    found.end()


def stored(world: World) -> set[str]:
    return {row["id"] for row in world.read(lambda reader: reader.all("withdrawals_changed_after", after=0, most=1000))}


def test_a_repeat_gets_the_first_and_another_withdrawal_is_a_conflict(process: Process) -> None:
    first, created = process.stand_in(asked_for("a", 700))
    process.world.wait(HOUR)
    assert process.stand_in(asked_for("a", 700)) == (first, False)
    assert created
    assert process.standby.find("a") == first
    with pytest.raises(ChangedRetry):
        process.stand_in(asked_for("a", 701))
    assert len(process.standby) == 1


def test_many_at_once_are_one_stand_in(process: Process) -> None:
    found: list[tuple[StoodIn, bool]] = []
    threads = [threading.Thread(target=lambda: found.append(process.stand_in(asked_for("a", 700)))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(created for _, created in found) == [False] * 7 + [True]
    assert len({id(stood) for stood, _ in found}) == 1
    assert process.spool.free == SLOTS - 1


def test_it_outlives_the_process_and_is_drained_by_the_next(process: Process, tmp_path: Path) -> None:
    first, _ = process.stand_in(asked_for("a", 700))
    process.end()
    later = Process(process.world, tmp_path / "spool")
    assert later.stand_in(asked_for("a", 700)) == (first, False)
    assert later.drain() == (1, 0, 0, 0)
    assert stored(process.world) == {"a"}
    assert later.spool.free == SLOTS
    assert later.standby.find("a") is None
    later.end()
    process.spool = Spool(tmp_path / "spool", SLOTS, on_fatal=fatal)
    assert process.spool.loaded == []
    process.standby = Standby(process.spool, StandingClock(process.world), KeptGuards())


@pytest.mark.parametrize("away", [Unavailable("away"), OutcomeUnknown("cut"), Overloaded("full")])
def test_while_the_database_is_away_nothing_is_given_up(process: Process, away: StorageFailure) -> None:
    process.stand_in(asked_for("a", 700))
    process.away = away
    assert process.drain() == (0, 0, 0, 1)
    assert process.standby.find("a") is not None
    process.away = None
    assert process.drain() == (1, 0, 0, 0)
    assert process.drain() == (0, 0, 0, 0)


def test_a_crash_between_commit_and_slot_writes_nothing_twice(process: Process, tmp_path: Path) -> None:
    process.stand_in(asked_for("a", 700))
    process.spool.drop = lambda kept: None  # type: ignore[method-assign]  # the crash
    assert process.drain()[0] == 1
    before = process.world.journal()
    process.end()
    later = Process(process.world, tmp_path / "spool")
    assert len(later.standby) == 1
    assert later.drain() == (0, 0, 0, 0)
    assert process.world.journal() == before
    later.end()
    process.standby = later.standby
    process.standby.close = lambda: None  # type: ignore[method-assign]  # closed already


def test_bad_records_are_set_aside_once_and_hold_up_nothing(process: Process, tmp_path: Path) -> None:
    process.spool.keep(b"not a stand-in").result()
    process.stand_in(asked_for("a", 700))
    process.stand_in(asked_for("b", 700))
    slot = process.standby._held["b"].kept.result().slot
    process.end()
    content = bytearray((tmp_path / "spool").read_bytes())
    content[slot * 4096 + 100] ^= 1
    (tmp_path / "spool").write_bytes(content)
    later = Process(process.world, tmp_path / "spool")
    later.away = Unavailable("away")
    assert later.drain() == (0, 0, 0, 1)
    later.away = None
    assert later.drain() == (1, 0, 2, 0)
    assert later.drain() == (0, 0, 0, 0)
    assert not later.standby.waiting
    assert later.spool.free == SLOTS
    counts = process.world.read(lambda reader: reader.one("stand_in_counts", since=0))
    assert counts == {"lately": 1, "conflicts": 0, "aside": 2}
    process.standby, process.spool = later.standby, later.spool


def test_what_the_database_refuses_is_set_aside_and_not_tried_for_ever(process: Process) -> None:
    process.stand_in(asked_for("a", 700))
    process.stand_in(asked_for("b", 700, customer="\x00"))
    assert process.drain() == (1, 0, 1, 0)
    assert stored(process.world) == {"a"}


def test_one_customer_cannot_fill_the_spool(process: Process) -> None:
    for number in range(SPOOLED_OF_ONE):
        process.stand_in(asked_for(f"a-{number}", 700))
    with pytest.raises(Overloaded, match="stand-ins of this customer"):
        process.stand_in(asked_for("a-more", 700))
    assert process.stand_in(asked_for("b", 700, customer="bea"))[1]
    assert process.stand_in(asked_for("a-1", 700))[1] is False, "what was answered is answered again"
    while process.drain()[3]:
        pass
    assert process.stand_in(asked_for("a-more", 700))[1]


def test_one_key_cannot_fill_the_spool(sqlite_world: World, tmp_path: Path) -> None:
    process = Process(sqlite_world, tmp_path / "small", 16)
    keys = {name: ApiKey(name, frozenset({"assess"})) for name in ("flooding", "other")}
    sqlite_world.snapshot = replace(sqlite_world.snapshot, api_keys=keys)

    def stand_in(name: str, key: str) -> None:
        process.standby.stand_in(sqlite_world.snapshot, asked_for(name, 700, customer=name), key).result(30)

    for number in range(13):
        stand_in(f"a-{number}", "vasp:flooding")
    with pytest.raises(Overloaded, match="this key's"):
        stand_in("a-more", "vasp:flooding")
    for number in range(3):
        stand_in(f"b-{number}", "vasp:other")
    process.end()


def test_a_full_spool_is_no_decision_and_leaves_nothing_behind(sqlite_world: World, tmp_path: Path) -> None:
    process = Process(sqlite_world, tmp_path / "small", 2)
    for number in range(2):
        process.stand_in(asked_for(f"a-{number}", 700))
    with pytest.raises(SpoolFull):
        process.stand_in(asked_for("a-2", 700))
    assert process.standby.find("a-2") is None
    assert process.drain() == (2, 0, 0, 0)
    assert process.stand_in(asked_for("a-2", 700))[1]
    process.end()


def test_nothing_speaks_for_an_id_whose_commit_is_not_known(process: Process) -> None:
    standby = process.standby
    running: Future[int] = Future()
    standby.taken("a", running)
    assert standby.is_unsettled("a")
    assert not standby.is_unsettled("b")
    running.set_result(1)
    assert not standby.is_unsettled("a")
    lost: Future[int] = Future()
    standby.taken("a", lost)
    lost.set_exception(OutcomeUnknown("cut during COMMIT"))
    assert standby.is_unsettled("a"), "only the database can tell"
    standby.settled("a")
    assert not standby.is_unsettled("a")


def paid_long_ago(world: World) -> None:
    """Campaign limits of 100, 150 and 1,000 dollars, and something that left for the first two 31 days ago."""
    limits = StandInLimits(MicroUsd(100 * 10**6), MicroUsd(150 * 10**6), MicroUsd(10**9))
    world.use(replace(world.active.campaign, stand_in=limits))
    for name, address in (("y", ADDRESSES[0]), ("z", ADDRESSES[1])):
        world.assess(asked_for(name, 10, to=Destination(Network.TRON, address)))
        world.respond(name, event(EventKind.BROADCAST, f"sent-{name}", transaction_id=name))
    world.wait(31 * DAY)


def test_limits_count_what_was_let_go_before_and_after_a_start(process: Process, tmp_path: Path) -> None:
    paid_long_ago(process.world)
    process.refresh()
    assert process.stand_in(asked_for("a", 100))[0].record.decision == "proceed"
    elsewhere = Destination(Network.TRON, ADDRESSES[1])
    assert process.stand_in(asked_for("b", 100, to=elsewhere))[0].record.stand_in == ["over-per-customer-day"]
    process.drain()
    process.end()
    later = Process(process.world, tmp_path / "spool")
    assert later.stand_in(asked_for("c", 100))[0].record.stand_in == ["over-per-customer-day"]
    assert later.stand_in(asked_for("d", 50))[0].record.decision == "proceed"
    process.standby, process.spool = later.standby, later.spool


def test_only_where_she_has_been_sending_for_a_month_anything_is_let_go(process: Process) -> None:
    paid_long_ago(process.world)
    process.refresh()
    elsewhere = Destination(Network.TRON, tron_address("elsewhere"))
    for asked in (asked_for("a", 10, to=elsewhere), asked_for("b", 10, customer="bea")):
        assert process.stand_in(asked)[0].record.stand_in == ["destination-not-known-for-30-days"]
    assert process.stand_in(asked_for("c", 10))[0].record.stand_in == ["within-limits"]


def test_a_published_list_that_accuses_or_cannot_be_opened_lets_nothing_go(process: Process, tmp_path: Path) -> None:
    world = process.world
    paid_long_ago(world)
    process.refresh()
    claim = Claim("TRON", ADDRESSES[0], Category.SCAM)
    for intelligence in (known(tmp_path / "lists", {"police": [claim]}), None):
        world.snapshot = replace(world.snapshot, intelligence=intelligence)
        assert process.stand_in(asked_for(world.name(), 10))[0].record.stand_in == ["destination-listed"]
