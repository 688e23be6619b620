"""The spool: what was answered without the database, durable before it is sent, until the database has it.

One file, written full of zeros when it is made, so that a full disk later takes nothing from it: appends then fail, and
a file whose blocks exist still syncs (guarantee B4). It has slots of one size; a record is a header with a checksum and
its bytes. Many records share one fdatasync. The file dies with its machine: what is in it, and nowhere else, is then
known only to those who were answered.

After a failed fdatasync nobody knows what is on the disk, and a second one that succeeds proves nothing: the process
must exit (guarantee A2).
"""

import fcntl
import os
import struct
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from breather.storage.failure import Overloaded, StorageFailure, Unavailable, WrongDatabase

SLOT = 4096
MAGIC = b"brspool1"
_HEADER = struct.Struct(">8sQI16s")  # magic, serial, length, checksum
LONGEST = SLOT - _HEADER.size
_ZEROS = bytes(SLOT)
_CHUNK = bytes(256 * SLOT)


class SpoolFull(Overloaded):
    """Every slot holds something that the database has not got yet."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One record in its slot. `serial` gives the order in which records were kept."""

    slot: int
    serial: int
    body: bytes


@dataclass(frozen=True, slots=True)
class BadSlot:
    """A slot whose checksum does not hold: never acknowledged, or damaged since. Nobody can tell, so a person looks."""

    slot: int
    why: str
    block: bytes


@dataclass(frozen=True, slots=True)
class _Keeping:
    body: bytes
    future: "Future[Kept]"


class Spool:
    """Safe to share between threads; one process at a time has the file. `loaded` and `bad` are what it held at the
    start; slots in `bad` are left alone until they are dropped.
    """

    def __init__(self, path: Path, slots: int, *, on_fatal: Callable[[StorageFailure], None]) -> None:
        """`on_fatal` is called once, in the spool's thread, after a failed fdatasync: the process must exit.

        Raises WrongDatabase where the file is another process's or no spool, Unavailable where it cannot be made.
        """
        self._on_fatal = on_fatal
        self._file = _opened(path, slots)
        found, self.bad, self.slots = _read(self._file)
        self.loaded: Sequence[Kept] = sorted(found, key=lambda kept: kept.serial)
        taken = {kept.slot for kept in found} | {bad.slot for bad in self.bad}
        self._free = deque(slot for slot in range(self.slots) if slot not in taken)
        self._serial = max((kept.serial for kept in found), default=0)
        self._waiting: deque[_Keeping] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._serve, name="breather-spool", daemon=True)
        self._thread.start()

    @property
    def free(self) -> int:
        return len(self._free)

    def keep(self, body: bytes) -> "Future[Kept]":
        """Settled once `body` is on the disk. Raises Unavailable for one that is too long or after `close`; the future
        fails with SpoolFull or Unavailable, and then nothing was kept.
        """
        if len(body) > LONGEST:
            raise Unavailable(f"the record has {len(body)} bytes, and a slot of the spool takes {LONGEST}")
        keeping = _Keeping(body, Future())
        with self._changed:
            if self._closing:
                raise Unavailable("the spool is closed")
            self._waiting.append(keeping)
            self._changed.notify()
        return keeping.future

    def drop(self, kept: Kept | BadSlot) -> None:
        """The database has it. Not synced: should it come back after a crash, draining finds it there and drops it
        again. The slot is emptied whole, because it names a customer.
        """
        os.pwrite(self._file, _ZEROS, kept.slot * SLOT)
        self._free.append(kept.slot)

    def close(self) -> None:
        """Keep what was accepted, then let go of the file."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        if threading.current_thread() is not self._thread:
            self._thread.join()
            os.close(self._file)

    def _serve(self) -> None:
        while (batch := self._next_batch()) is not None:
            written = self._written(batch)
            try:
                if written:
                    os.fdatasync(self._file)
            except OSError as error:
                self._give_up(batch, Unavailable(f"the spool could not be synced: {error}", fatal=True))
                return
            for keeping, kept in written:
                keeping.future.set_result(kept)

    def _next_batch(self) -> list[_Keeping] | None:
        with self._changed:
            while not self._waiting and not self._closing:
                self._changed.wait()
            batch = list(self._waiting)
            self._waiting.clear()
        return batch or None

    def _written(self, batch: Sequence[_Keeping]) -> list[tuple[_Keeping, Kept]]:
        """Those that have a slot now, not yet synced; the others are refused."""
        written = []
        for keeping in batch:
            if not self._free:
                keeping.future.set_exception(SpoolFull(f"all {self.slots} slots of the spool are in use"))
                continue
            slot = self._free.popleft()
            self._serial += 1
            try:
                _write(self._file, slot, self._serial, keeping.body)
            except OSError as error:
                # Half of it may be there: the slot is not used again before the next start looks at it.
                keeping.future.set_exception(Unavailable(f"the spool could not be written: {error}"))
                continue
            written.append((keeping, Kept(slot, self._serial, keeping.body)))
        return written

    def _give_up(self, batch: Sequence[_Keeping], failure: StorageFailure) -> None:
        with self._changed:
            self._closing = True
            abandoned = [*batch, *self._waiting]
            self._waiting.clear()
        for keeping in abandoned:
            if not keeping.future.done():
                keeping.future.set_exception(failure.repeated())
        self._on_fatal(failure)


def _checksum(serial: int, body: bytes) -> bytes:
    return blake2b(serial.to_bytes(8, "big") + body, digest_size=16).digest()


def _write(file: int, slot: int, serial: int, body: bytes) -> None:
    head = _HEADER.pack(MAGIC, serial, len(body), _checksum(serial, body))
    record = head + body
    if os.pwrite(file, record, slot * SLOT) != len(record):
        raise OSError("only a part of the record was written")


def _opened(path: Path, slots: int) -> int:
    """The file, ours alone, with every block written. One that was made smaller or larger before keeps its size."""
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise Unavailable(f"the spool {path} cannot be opened: {error}") from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(file).st_size == 0:
            _fill(file, path, slots)
        elif os.fstat(file).st_size % SLOT:
            raise WrongDatabase(f"{path} is not a spool: its size is not a multiple of {SLOT}")
    except BlockingIOError as error:
        os.close(file)
        raise WrongDatabase(f"the spool {path} is another process's; give each its own BREATHER_SPOOL") from error
    except OSError as error:
        os.close(file)
        raise Unavailable(f"the spool {path} cannot be prepared: {error}") from error
    except BaseException:
        os.close(file)
        raise
    return file


def _fill(file: int, path: Path, slots: int) -> None:
    """Zeros and not only a reservation: turning reserved blocks into written ones is a change that may fail, or stall.

    A crash in here leaves a file of the right length, whose last blocks are reserved and not yet written; it is used as
    it is.
    """
    os.posix_fallocate(file, 0, slots * SLOT)
    for first in range(0, slots, 256):
        os.pwrite(file, _CHUNK[: min(256, slots - first) * SLOT], first * SLOT)
    os.fsync(file)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _read(file: int) -> tuple[list[Kept], list[BadSlot], int]:
    slots = os.fstat(file).st_size // SLOT
    found: list[Kept] = []
    bad: list[BadSlot] = []
    for slot in range(slots):
        block = os.pread(file, SLOT, slot * SLOT)
        if block[: len(MAGIC)] == _ZEROS[: len(MAGIC)]:
            continue
        kept = _record(slot, block)
        if isinstance(kept, Kept):
            found.append(kept)
        else:
            bad.append(kept)
    return found, bad, slots


def _record(slot: int, block: bytes) -> Kept | BadSlot:
    magic, serial, length, checksum = _HEADER.unpack_from(block)
    if magic != MAGIC:
        return BadSlot(slot, "it does not begin like a record", block)
    body = block[_HEADER.size : _HEADER.size + length]
    if length > LONGEST or checksum != _checksum(serial, body):
        return BadSlot(slot, "its checksum does not hold", block)
    return Kept(slot, serial, body)
