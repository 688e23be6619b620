"""The disk under the power-cut tests: what it says is left after a cut is what a sync had covered, and only that."""

import errno
import os
import random
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.chaos.disk import Power, power_cut
from tests.chaos.notes import Kept, Kind, Note, read_notes

CHANCE = 7


@pytest.fixture
def power(tmp_path: Path) -> Iterator[Power]:
    (tmp_path / "watched").mkdir()
    (tmp_path / "watched" / "old").write_bytes(b"as it was")
    with power_cut(tmp_path / "watched") as found:
        yield found


def run(power: Power, script: str) -> str:
    """A process of its own, in the watched folder; what it printed."""
    outside = {**os.environ, **power.environment}
    command = [sys.executable, "-I", "-c", f"import os\n{script}"]
    return subprocess.run(
        command, cwd=power.folder, env=outside, stdout=subprocess.PIPE, text=True, timeout=60, check=True
    ).stdout


def left(power: Power, kept: Kept, chance: int = CHANCE) -> dict[str, bytes | None]:
    """By name, after a cut at the end."""
    (found,) = power.cuts(random.Random(chance), lambda notes: [(len(notes), kept)])
    return {str(Path(path).relative_to(power.folder)): content for path, content in found.files.items()}


def test_what_was_synced_is_left_and_nothing_else_for_sure(power: Power) -> None:
    run(
        power,
        "f = os.open('old', os.O_RDWR); os.pwrite(f, b'AS', 0); os.fdatasync(f); os.pwrite(f, b'IT', 3)\n"
        "os.ftruncate(f, 5)",
    )
    assert left(power, Kept.NOTHING) == {"old": b"AS it was"}
    assert left(power, Kept.ALL) == {"old": b"AS IT"}
    some = {left(power, Kept.SOME, chance)["old"] for chance in range(40)}
    assert some == {b"AS it was", b"AS IT was", b"AS it", b"AS IT"}


def test_a_new_name_lasts_with_its_file_or_its_folder(power: Power) -> None:
    run(
        power,
        "a = os.open('a', os.O_WRONLY | os.O_CREAT); os.write(a, b'unsynced')\n"
        "b = os.open('b', os.O_WRONLY | os.O_CREAT); os.write(b, b'synced'); os.fsync(b)",
    )
    assert left(power, Kept.NOTHING) == {"old": b"as it was", "b": b"synced"}
    run(power, "os.fsync(os.open('.', os.O_RDONLY))")
    assert left(power, Kept.NOTHING) == {"old": b"as it was", "a": b"", "b": b"synced"}


def test_replacing_a_file_takes_both_syncs(power: Power) -> None:
    script = "f = os.open('new', os.O_WRONLY | os.O_CREAT); os.write(f, b'fresh'); {sync}; os.rename('new', 'old')"
    run(power, script.format(sync="os.fsync(f)"))
    assert left(power, Kept.NOTHING) == {"old": b"as it was", "new": b"fresh"}
    run(power, "os.fsync(os.open('.', os.O_RDONLY))")
    assert left(power, Kept.NOTHING) == {"old": b"fresh"}
    run(power, script.format(sync="0") + "\nos.fsync(os.open('.', os.O_RDONLY))")
    assert left(power, Kept.NOTHING) == {"old": b""}, "the name lasts, and its bytes were never synced"


def test_what_was_taken_away_may_be_there_again(power: Power) -> None:
    run(power, "os.mkdir('deep'); os.close(os.open('deep/er', os.O_CREAT | os.O_WRONLY)); os.unlink('old')")
    assert left(power, Kept.NOTHING) == {"old": b"as it was"}
    assert left(power, Kept.ALL) == {"deep": None, "deep/er": b""}
    run(power, "os.fsync(os.open('.', os.O_RDONLY))")
    assert left(power, Kept.NOTHING) == {"deep": None}


def test_a_cut_may_be_at_any_moment(power: Power) -> None:
    """Also between what was noted by different processes, and by this one."""
    run(power, "f = os.open('old', os.O_WRONLY); os.write(f, b'first'); os.fsync(f)")
    power.mark("told")
    run(power, "f = os.open('old', os.O_WRONLY); os.write(f, b'again'); os.fsync(f)")

    def everywhere(notes: Sequence[Note]) -> list[tuple[int, Kept]]:
        return [(at, Kept.NOTHING) for at in range(len(notes) + 1)]

    old = str(power.folder / "old")
    seen = [(cut.files[old], len(cut.marks)) for cut in power.cuts(random.Random(CHANCE), everywhere)]
    assert seen == [(b"as it was", 0)] * 3 + [(b"first was", 0)] + [(b"first was", 1)] * 3 + [(b"again was", 1)]


def test_a_sync_that_fails_has_covered_nothing(power: Power) -> None:
    power.sync_fails(True)
    told = run(
        power,
        "f = os.open('old', os.O_WRONLY); os.write(f, b'AS')\n"
        "try: os.fsync(f)\n"
        "except OSError as error: print(error.errno)",
    )
    assert told.split() == [str(errno.EIO)]
    assert left(power, Kept.NOTHING) == {"old": b"as it was"}


def test_a_full_disk_takes_what_needs_no_room(power: Power) -> None:
    power.full(True)
    script = (
        "f = os.open('old', os.O_WRONLY)\n"
        "for at in (0, 8):\n"
        "  try: print(os.pwrite(f, b'AS', at))\n"
        "  except OSError as error: print(error.errno)"
    )
    assert run(power, script).split() == ["2", str(errno.ENOSPC)]
    power.full(False)
    assert run(power, script).split() == ["2", "2"]


def test_a_stalled_sync_returns_when_it_may(power: Power) -> None:
    script = "import os; f = os.open('old', os.O_WRONLY); os.write(f, b'AS'); print(flush=True); os.fsync(f)"
    command, outside = [sys.executable, "-I", "-c", script], {**os.environ, **power.environment}
    with (
        subprocess.Popen(command, cwd=power.folder, env=outside, stdout=subprocess.PIPE) as child,
        power.stalled(),
    ):
        assert child.stdout is not None
        child.stdout.readline()
        with pytest.raises(subprocess.TimeoutExpired):
            child.wait(0.2)
    assert child.returncode == 0
    assert left(power, Kept.NOTHING) == {"old": b"AS it was"}


def test_a_note_left_in_half_is_passed_over(power: Power) -> None:
    """As a process leaves it that is killed while it writes."""
    run(power, "f = os.open('old', os.O_WRONLY); os.write(f, b'x' * 5000); os.fsync(f)")
    whole = power._log.read_bytes()
    notes = read_notes(whole)
    assert [note.kind for note in notes] == [Kind.WRITE, Kind.SYNC, Kind.SYNCED]
    for cut in (10, 60, 3000):
        assert read_notes(whole[:cut]) == []
        assert read_notes(whole[:cut] + whole) == notes
