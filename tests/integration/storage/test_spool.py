"""The spool keeps what it acknowledged, whatever ends the process, and never gives out what it cannot vouch for."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from breather.storage.failure import StorageFailure, Unavailable, WrongDatabase
from breather.storage.spool import LONGEST, SLOT, Kept, Spool, SpoolFull
from tests.integration.storage import spool_child
from tests.tidy.source import ROOT

SLOTS = 8


def never(failure: StorageFailure) -> None:
    raise AssertionError(f"nothing fatal happened here: {failure}")


@contextmanager
def opened(path: Path, slots: int = SLOTS, on_fatal: Callable[[StorageFailure], None] = never) -> Iterator[Spool]:
    spool = Spool(path, slots, on_fatal=on_fatal)
    try:
        yield spool
    finally:
        spool.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "spool"


def bodies(spool: Spool) -> list[bytes]:
    return [kept.body for kept in spool.loaded]


def test_what_was_kept_is_loaded_in_its_order_with_its_bytes(path: Path) -> None:
    records = [b"", b"one", bytes(range(256)), b"x" * LONGEST]
    with opened(path) as spool:
        assert spool.loaded == []
        for record in records:
            assert spool.keep(record).result().body == record
    with opened(path) as spool:
        assert bodies(spool) == records
        assert spool.free == SLOTS - len(records)
        assert not spool.bad


def test_its_size_never_changes(path: Path) -> None:
    with opened(path) as spool:
        size = path.stat().st_size
        assert size == SLOTS * SLOT
        assert path.stat().st_blocks * 512 >= size, "every block exists before it is needed"
        for number in range(SLOTS):
            spool.keep(b"%d" % number).result()
        assert path.stat().st_size == size


def test_a_full_spool_says_so_and_keeps_what_it_has(path: Path) -> None:
    with opened(path) as spool:
        kept = [spool.keep(b"%d" % number).result() for number in range(SLOTS)]
        with pytest.raises(SpoolFull, match="all 8 slots"):
            spool.keep(b"one more").result()
        spool.drop(kept[3])
        assert spool.keep(b"one more").result().slot == kept[3].slot
    with opened(path) as spool:
        assert bodies(spool) == [b"0", b"1", b"2", b"4", b"5", b"6", b"7", b"one more"]


def test_what_was_dropped_is_gone_from_the_file(path: Path) -> None:
    with opened(path) as spool:
        spool.drop(spool.keep(b"customer c-81723").result())
    assert path.read_bytes() == bytes(SLOTS * SLOT)


def test_many_at_once_share_a_sync_and_each_is_kept_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    syncs = []
    first, go_on = threading.Event(), threading.Event()
    sync = os.fdatasync

    def counted(file: int) -> None:
        syncs.append(file)
        first.set()
        assert go_on.wait(30)
        sync(file)

    monkeypatch.setattr(os, "fdatasync", counted)
    with opened(path, 100) as spool:
        futures = [spool.keep(b"0")]
        assert first.wait(30)
        with ThreadPoolExecutor(8) as threads:
            futures += threads.map(lambda number: spool.keep(b"%d" % number), range(1, 100))
        go_on.set()
        kept = [future.result() for future in futures]
    assert len(syncs) == 2, "ninety-nine gathered while one was synced"
    assert len({each.slot for each in kept}) == 100
    with opened(path) as spool:
        assert sorted(bodies(spool)) == sorted(b"%d" % number for number in range(100))


def test_a_record_too_long_for_a_slot_is_refused(path: Path) -> None:
    with opened(path) as spool, pytest.raises(Unavailable, match="takes 4060"):
        spool.keep(b"x" * (LONGEST + 1))


@pytest.mark.parametrize("at", [0, 9, 17, 25, 40, SLOT - 1])
def test_a_damaged_slot_is_set_aside_and_hides_no_other(path: Path, at: int) -> None:
    with opened(path) as spool:
        for number in range(3):
            spool.keep(b"%d" * LONGEST % ((number,) * LONGEST)).result()
    content = bytearray(path.read_bytes())
    content[SLOT + at] ^= 0x40
    path.write_bytes(content)
    with opened(path) as spool:
        assert [kept.body[:1] for kept in spool.loaded] == [b"0", b"2"]
        assert [bad.slot for bad in spool.bad] == [1]
        assert spool.free == SLOTS - 3, "its slot is left alone"
        for number in range(SLOTS - 3):
            spool.keep(b"%d" % number).result()
    assert path.read_bytes()[SLOT : 2 * SLOT] == bytes(content[SLOT : 2 * SLOT])


def test_a_spool_belongs_to_one_process_at_a_time(path: Path) -> None:
    with opened(path), pytest.raises(WrongDatabase, match="another process's"):
        Spool(path, SLOTS, on_fatal=never)


def test_another_file_is_not_taken_for_a_spool(path: Path) -> None:
    path.write_bytes(b"[settings]\n")
    with pytest.raises(WrongDatabase, match="is not a spool"):
        Spool(path, SLOTS, on_fatal=never)
    assert path.read_bytes() == b"[settings]\n"


def test_after_a_failed_sync_nothing_is_acknowledged_and_the_process_is_told_to_exit(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[StorageFailure] = []
    fatal = threading.Event()

    def on_fatal(failure: StorageFailure) -> None:
        told.append(failure)
        fatal.set()

    def failing(file: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fdatasync", failing)
    with opened(path, on_fatal=on_fatal) as spool:
        with pytest.raises(Unavailable):
            spool.keep(b"x").result()
        assert fatal.wait(30)
        with pytest.raises(Unavailable, match="closed"):
            spool.keep(b"y")
    assert [failure.fatal for failure in told] == [True]


@pytest.mark.parametrize("step", spool_child.STEPS)
def test_killed_at_any_step_it_has_all_that_was_acknowledged(path: Path, step: str) -> None:
    told = child(path, step, 5)
    with opened(path) as spool:
        assert not spool.bad
        kept = bodies(spool)
    assert kept[: len(told)] == told
    # What was written and not acknowledged may be there: it is drained like the others, and nobody was told otherwise.
    assert len(told) == (6 if step == spool_child.AFTER_ANSWER else 5)
    assert len(kept) == (5 if step == spool_child.BEFORE_WRITE else 6)


def test_a_failed_sync_ends_the_process_unanswered(path: Path) -> None:
    assert len(child(path, "sync-fails", 3, ends=70)) == 3


def child(path: Path, step: str, at: int, ends: int = -9) -> list[bytes]:
    command = [sys.executable, "-m", "tests.integration.storage.spool_child", str(path), step, str(at)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60, check=False)
    assert done.returncode == ends, done.stderr
    return done.stdout.splitlines()


def test_records_of_two_lives_keep_their_order(path: Path) -> None:
    with opened(path) as spool:
        dropped: list[Kept] = [spool.keep(b"%d" % number).result() for number in range(4)][:2]
        for kept in dropped:
            spool.drop(kept)
    with opened(path) as spool:
        for number in range(4, 10):
            spool.keep(b"%d" % number).result()
    with opened(path) as spool:
        assert bodies(spool) == [b"%d" % number for number in range(2, 10)]
