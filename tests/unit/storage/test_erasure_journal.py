"""What was erased, outside of the database: appended durably, read whole, refused where damaged or another's."""

from pathlib import Path

import pytest

from breather.domain.instant import DAY, Millis
from breather.storage.erasure_journal import ErasureJournal, oldest_restorable
from breather.storage.failure import WrongDatabase

NOW = Millis(1_800_000_000_000)


def ids(journal: ErasureJournal) -> list[str]:
    return [line.id for line in journal.lines()]


def test_lines_come_back_in_the_order_of_their_days(tmp_path: Path) -> None:
    journal = ErasureJournal(tmp_path / "new", "exchange")
    assert ids(journal) == []
    journal.append(["b"], "retention", Millis(NOW + DAY))
    journal.append(["a", "a2"], "retention", NOW)
    assert ids(ErasureJournal(tmp_path / "new", "exchange")) == ["a", "a2", "b"]
    assert [line.id for line in journal.newest(10)] == ["b"], "of the newest day, however many went before"
    assert {file.stat().st_mode & 0o077 for file in tmp_path.rglob("*.jsonl")} == {0}


def test_a_line_that_a_crash_cut_off_is_written_over(tmp_path: Path) -> None:
    """Its erasure was never begun: the line is durable first."""
    journal = ErasureJournal(tmp_path, "exchange")
    journal.append(["a"], "retention", NOW)
    (file,) = tmp_path.rglob("*.jsonl")
    file.write_bytes(file.read_bytes() + b'{"service":"exch')
    assert ids(journal) == ["a"]
    journal.append(["b"], "retention", NOW)
    assert ids(journal) == ["a", "b"]


@pytest.mark.parametrize("line", [b"{}", b"\xff", b'{"service":"agency","id":"a","basis":"b","at":1}'])
def test_a_damaged_line_and_one_of_another_service_stop_everything(tmp_path: Path, line: bytes) -> None:
    journal = ErasureJournal(tmp_path, "exchange")
    journal.append(["a"], "retention", NOW)
    (file,) = tmp_path.rglob("*.jsonl")
    file.write_bytes(line + b"\n" + file.read_bytes())
    with pytest.raises(WrongDatabase, match=r"\.jsonl:1 is"):
        ids(journal)


def test_days_before_the_oldest_backup_are_forgotten(tmp_path: Path) -> None:
    journal = ErasureJournal(tmp_path, "exchange")
    for days in (31, 30, 0):
        journal.append([f"{days} days ago"], "retention", Millis(NOW - days * DAY))
    assert journal.forget(oldest_restorable(NOW, 30)) == 1
    assert ids(journal) == ["30 days ago", "0 days ago"]
