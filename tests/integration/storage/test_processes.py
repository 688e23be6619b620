"""Other processes: killed in the middle of their work, or writing at the same time."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from breather.storage.database import Database
from tests.integration.storage.ledger import Clock, journal, open_account, opened, total

ROOT = Path(__file__).resolve().parents[3]
ENOUGH = 300  # acknowledged accounts before the kill
PATIENCE = 60


@contextmanager
def child(mode: str, url: str, name: str = "child") -> Iterator["subprocess.Popen[str]"]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.integration.storage.child", mode, url, name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def line_of(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def rest_of(process: "subprocess.Popen[str]") -> list[str]:
    assert process.stdout is not None
    return process.stdout.read().splitlines()


def numbered(database: Database) -> dict[str, int]:
    """Account to journal number; a repeated account would be a repeated acknowledgement."""
    with database.reading() as reader:
        rows = reader.all("journal")
        accounts = [row["id"] for row in reader.all("accounts")]
    found = {row["withdrawal"]: row["number"] for row in rows}
    assert len(found) == len(rows)
    assert sorted(found) == sorted(accounts)
    return found


def test_kill_9_loses_no_acknowledged_act(database_url: str, clock: Clock) -> None:
    opened(database_url, clock).close()
    with child("open", database_url) as process:
        acknowledged = [line_of(process) for _ in range(ENOUGH)]
        process.send_signal(signal.SIGKILL)
        acknowledged += rest_of(process)
    database = opened(database_url, clock)
    stored = numbered(database)
    for line in acknowledged:
        account, number = line.split()
        assert stored[account] == int(number)
    assert journal(database) == list(range(1, len(stored) + 1))
    with database.writing() as transaction:
        assert open_account(transaction, "after the restart") == len(stored) + 1
    database.close()


def test_a_killed_process_gives_its_lock_back_and_leaves_nothing(database: Database, database_url: str) -> None:
    with child("stall", database_url) as process:
        assert line_of(process) == "locked"
        process.send_signal(signal.SIGKILL)
        process.wait(PATIENCE)
        with database.writing() as transaction:
            assert open_account(transaction, "mine") == 1
    assert list(numbered(database)) == ["mine"]


def test_two_processes_lose_no_update_and_share_no_number(database: Database, database_url: str) -> None:
    with database.writing() as transaction:
        open_account(transaction, "shared")
    with child("add", database_url) as first, child("add", database_url) as second:
        assert first.wait(PATIENCE) == second.wait(PATIENCE) == 0
    assert total(database, "shared") == 120
    assert journal(database) == list(range(1, 122))


def test_a_failing_disk_stops_the_process_and_keeps_what_was_acknowledged(tmp_path: Path, clock: Clock) -> None:
    url = f"sqlite:///{tmp_path / 'full.db'}"
    keeper = opened(url, clock)  # keeps the write-ahead log from being tidied away when the child ends
    with child("fill", url) as process:
        lines = rest_of(process)
        assert process.wait(PATIENCE) == 0
    assert "fatal" in lines
    acknowledged = [line.split() for line in lines if line != "fatal"]
    assert acknowledged
    stored = numbered(keeper)
    assert all(stored[account] == int(number) for account, number in acknowledged)
    assert journal(keeper) == list(range(1, len(stored) + 1))
    keeper.close()
