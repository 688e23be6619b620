"""A process that keeps records in a spool, says which are safe, and dies where it is told to."""

import os
import signal
import sys
from pathlib import Path

from breather.storage.spool import Spool

SLOTS = 64
BEFORE_WRITE, AFTER_WRITE, AFTER_SYNC, AFTER_ANSWER = "before-write", "after-write", "after-sync", "after-answer"
STEPS = (BEFORE_WRITE, AFTER_WRITE, AFTER_SYNC, AFTER_ANSWER)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fatal(failure: Exception) -> None:
    os._exit(70)


def main(path: str, step: str, at: int) -> None:
    """Dies at record number `at`, at `step`. Everything on the standard output was acknowledged."""
    spool = Spool(Path(path), SLOTS, on_fatal=fatal)
    write, sync = os.pwrite, os.fdatasync
    number = 0

    def written(file: int, data: bytes, offset: int) -> int:
        if number == at and step == BEFORE_WRITE:
            die()
        done = write(file, data, offset)
        if number == at and step == AFTER_WRITE:
            die()
        return done

    def synced(file: int) -> None:
        if number == at and step == "sync-fails":
            raise OSError(5, "Input/output error")
        sync(file)
        if number == at and step == AFTER_SYNC:
            die()

    os.pwrite, os.fdatasync = written, synced  # type: ignore[assignment]
    while True:
        body = f"record {number}".encode()
        spool.keep(body).result()
        os.write(1, body + b"\n")
        if number == at and step == AFTER_ANSWER:
            die()
        number += 1


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
