"""One list as one file: its claims, sorted by key, never changed once it is there.

    8 bytes  magic and version
    16       the salt of the keys
    8        how many records follow
    records  8 bytes key, 4 bytes length, then the claim (`claim_record`); numbers big-endian

Read through a map, so that only the pages that somebody asks for are in memory. A file is written under another name,
brought to the disk, and then renamed: under its own name it is whole or not there.
"""

import mmap
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

MAGIC = b"BRLIST1\n"
_HEADER = struct.Struct(">8s16sQ")
_RECORD = struct.Struct(">QI")
HEADER_LENGTH = _HEADER.size
SUFFIX = ".list"
# Of one claim; a list of millions is bounded by this times its rows.
LONGEST_RECORD = 4096


class DamagedFile(Exception):
    """A file of the store is not what was written. The remedy is to import the list again."""


def put_aside(folder: Path, name: str) -> Path:
    """Where a file is written before it has its own name; the process makes it its own."""
    return folder / f"{name}.{os.getpid()}.aside"


def give_name(aside: Path, target: Path) -> None:
    """Atomic, and durable when this returns: what refers to the file may be committed."""
    aside.replace(target)
    handle = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_header(file: BinaryIO, salt: bytes, count: int) -> None:
    file.write(_HEADER.pack(MAGIC, salt, count))


def write_record(file: BinaryIO, key: int, claim: bytes) -> None:
    file.write(_RECORD.pack(key, len(claim)))
    file.write(claim)


class SnapshotFile:
    """An opened list. Closed by the collector when nobody uses it any more: old readers keep the old file."""

    def __init__(self, path: Path) -> None:
        """Raises DamagedFile, and FileNotFoundError."""
        self.path = path
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size < HEADER_LENGTH:
                raise DamagedFile(f"{path.name} has {size} bytes, which is no snapshot of a list")
            self._bytes = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        magic, self.salt, self.count = _HEADER.unpack_from(self._bytes)
        if magic != MAGIC:
            raise DamagedFile(f"{path.name} begins with {magic!r}; {MAGIC!r} is right")

    def claim_at(self, offset: int) -> memoryview:
        """The claim of the record that begins at `offset`. Raises DamagedFile for a place outside the file."""
        try:
            _, length = _RECORD.unpack_from(self._bytes, offset)
        except struct.error:
            raise DamagedFile(f"{self.path.name} ends before byte {offset}") from None
        start = offset + _RECORD.size
        claim = self._bytes[start : start + length]
        if len(claim) != length:
            raise DamagedFile(f"{self.path.name} ends within a record")
        return claim

    def places(self) -> Iterator[tuple[int, int]]:
        """(key, offset) of every record, ascending by key. Raises DamagedFile for a file that was cut off."""
        offset, last = HEADER_LENGTH, -1
        unpack, header, end = _RECORD.unpack_from, _RECORD.size, len(self._bytes)
        for _ in range(self.count):
            if offset + header > end:
                raise DamagedFile(f"{self.path.name} has fewer records than the {self.count} it should have")
            key, length = unpack(self._bytes, offset)
            if key < last:
                raise DamagedFile(f"{self.path.name} is not in order at byte {offset}")
            yield key, offset
            last = key
            offset += header + length
        if offset != end:
            raise DamagedFile(f"{self.path.name} has {end} bytes; {offset} would be right")

    def records(self) -> Iterator[tuple[int, bytes]]:
        """(key, claim) of every record, in order."""
        for key, offset in self.places():
            yield key, bytes(self.claim_at(offset))
