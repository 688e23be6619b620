"""What was erased, kept outside of the database: a restore brings back what a backup still held (guarantee I).

One file a day, one JSON object a line: an id, why, and when. A line is durable before its erasure is committed, so it
may name one that was never finished; applying it then only finishes it. Files go when no backup of before them may be
restored any more: what is kept here is ids, and ids too are kept no longer than they are needed.
"""

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from fcntl import LOCK_EX, flock
from pathlib import Path

import msgspec

from breather.domain.instant import Millis
from breather.storage.failure import WrongDatabase
from breather.storage.folder import synced

FOLDER = "erased"
SUFFIX = ".jsonl"


class ErasedLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`at` in milliseconds UTC; `service` is the database's own name of itself."""

    service: str
    id: str
    basis: str
    at: int


class ErasureJournal:
    """Append-only. Several processes may append; none rewrites."""

    def __init__(self, folder: Path, service: str) -> None:
        self._folder = folder / FOLDER
        self._service = service

    def append(self, ids: Sequence[str], basis: str, at: Millis) -> None:
        """Durable when it returns. Raises OSError; nothing may be erased then."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self._folder / f"{_day(at)}{SUFFIX}"
        lines = [msgspec.json.encode(ErasedLine(self._service, each, basis, at)) + b"\n" for each in ids]
        with os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as opened:
            flock(opened, LOCK_EX)
            opened.seek(_whole(opened.read()))
            opened.truncate()
            opened.write(b"".join(lines))
            opened.flush()
            os.fsync(opened.fileno())
        synced(self._folder)

    def lines(self) -> Iterator[ErasedLine]:
        """Every line that was written whole, oldest first. Raises WrongDatabase for a damaged or foreign one."""
        for file in self._files():
            yield from self._lines_of(file)

    def newest(self, most: int) -> list[ErasedLine]:
        """Up to `most` lines of the newest day. Raises what `lines` raises."""
        return [line for file in self._files()[-1:] for line in self._lines_of(file)][-most:]

    def forget(self, before: Millis) -> int:
        """Remove the files of the days before; how many."""
        old = [file for file in self._files() if file.name.removesuffix(SUFFIX) < _day(before)]
        for file in old:
            file.unlink()
        return len(old)

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob(f"*{SUFFIX}"))

    def _lines_of(self, file: Path) -> Iterator[ErasedLine]:
        content = file.read_bytes()
        for place, line in enumerate(content[: _whole(content)].splitlines(), start=1):
            yield self._line(line, f"{file}:{place}")

    def _line(self, line: bytes, place: str) -> ErasedLine:
        try:
            found = msgspec.json.decode(line, type=ErasedLine)
        except msgspec.MsgspecError as error:
            raise WrongDatabase(f"{place} is no line of the erasure journal: {error}; bring it back whole") from error
        if found.service != self._service:
            raise WrongDatabase(f"{place} is of {found.service!r}, and this is {self._service!r}")
        return found


def oldest_restorable(now: Millis, backup_days: int) -> Millis:
    """Backups of before may not be restored: what was erased since their day may be forgotten."""
    return Millis(now - int(timedelta(days=backup_days) / timedelta(milliseconds=1)))


def _whole(content: bytes) -> int:
    """Where the last whole line ends. What follows was cut off by a crash, before its erasure was begun."""
    return content.rfind(b"\n") + 1


def _day(at: Millis) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d")
