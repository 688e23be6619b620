"""A folder under processes whose power may be cut at any moment, and whose disk may fail: `with power_cut(folder)`.

    with power_cut(folder) as power:
        start(..., env={**os.environ, **power.environment})     # any program: Breather, PostgreSQL
        power.mark("acknowledged: 17")                          # as soon as the test was told so
        ...
        power.full(True)                                        # no file grows any more
        with power.stalled(): ...                               # no sync returns meanwhile
        power.sync_fails(True)                                  # EIO
    for left in power.cuts(chance, count):                      # what a cut at various moments would have left
        left.write(another_folder); recover; compare with left.marks

What was there at the beginning is on the disk. Afterwards the disk has what a sync that returned had covered, and any
part of the rest, as an adversary chooses. `disk.c` is what is preloaded; docs/adr/0011-a-preloaded-disk.md says why,
and what it does not see.
"""

import atexit
import errno
import mmap
import os
import random
import shlex
import shutil
import struct
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from tests.chaos.notes import Left, Moments, Note, left_at, read_notes

SOURCE = Path(__file__).with_name("disk.c")
_ORDERS = struct.Struct("3i")  # as `struct orders`
_MARK = struct.Struct("8sIIIIqq")  # as `struct head`


class Power:
    """Made by `power_cut`. `environment` is what a process needs for its files in `folder` to be watched."""

    def __init__(self, folder: Path, beside: Path) -> None:
        self.folder = folder.resolve()
        self._log = beside / "notes"
        self._orders = beside / "orders"
        self._log.write_bytes(b"")
        self._orders.write_bytes(bytes(_ORDERS.size))
        for path in (beside, self._log, self._orders):
            path.chmod(0o777)  # PostgreSQL runs as another user
        self._before = contents(self.folder)
        self.environment: Mapping[str, str] = {
            "LD_PRELOAD": str(compiled()),
            "DISK_FOLDER": str(self.folder),
            "DISK_LOG": str(self._log),
            "DISK_ORDERS": str(self._orders),
        }

    def mark(self, word: str) -> None:
        """`word` stands among the notes: whatever was told to the test before now had to be on the disk by now."""
        data = word.encode()
        with self._log.open("ab", buffering=0) as log:
            log.write(_MARK.pack(b"DISKNOTE", 0, 0, 0, len(data), 0, 0) + data)

    def sync_fails(self, fails: bool) -> None:
        self._order(0, errno.EIO if fails else 0)

    @contextmanager
    def stalled(self) -> Iterator[None]:
        self._order(1, 1)
        try:
            yield
        finally:
            self._order(1, 0)

    def full(self, full: bool) -> None:
        """A write into what a file has already still succeeds."""
        self._order(2, errno.ENOSPC if full else 0)

    def notes(self) -> list[Note]:
        """What happened until now, in order."""
        return read_notes(self._log.read_bytes())

    def cuts(self, chance: random.Random, moments: Moments) -> Iterator[Left]:
        """What the folder holds after a cut at each of `moments`, and how much of what was not synced is there."""
        yield from left_at(self.folder, self._before, self.notes(), moments, chance)

    def _order(self, which: int, number: int) -> None:
        with self._orders.open("r+b") as file, mmap.mmap(file.fileno(), _ORDERS.size) as orders:
            struct.pack_into("i", orders, 4 * which, number)


@contextmanager
def power_cut(folder: Path) -> Iterator[Power]:
    """`folder` is not used by anybody yet. The notes are there until the block ends."""
    beside = Path(mkdtemp(prefix="breather-disk-"))
    try:
        yield Power(folder, beside)
    finally:
        shutil.rmtree(beside)


def contents(folder: Path) -> dict[str, bytes | None]:
    """Every file below `folder` by its path, and None for a folder."""
    found: dict[str, bytes | None] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_dir():
            found[str(path)] = None
        elif path.is_file():
            found[str(path)] = path.read_bytes()
    return found


@cache
def compiled() -> Path:
    """`disk.c` as a library, made once a run. Where it cannot be made, the test fails: a skipped one proves nothing."""
    command = shlex.split(os.environ.get("CC", "cc"))
    if shutil.which(command[0]) is None:
        raise AssertionError(
            f"power cuts are tested with a small C library, and there is no {command[0]}; on Debian: apt-get install "
            "gcc libc6-dev; or name a compiler in CC"
        )
    folder = Path(mkdtemp(prefix="breather-disk-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o755)  # PostgreSQL, run as another user, has to find it
    made = folder / "disk.so"
    subprocess.run([*command, "-shared", "-fPIC", "-O2", "-o", str(made), str(SOURCE), "-ldl"], check=True, timeout=120)
    return made
