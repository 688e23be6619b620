"""A process of its own for the crash tests: `python -m tests.integration.storage.child MODE URL NAME`.

`open`   opens accounts without end and writes `account number` to standard output once each is acknowledged.
`add`    adds 1 to the account `shared` sixty times, in transactions of its own, as a worker would.
`fill`   like `open`, on a disk that fills after a while; prints `fatal` when told that the process must exit.
`stall`  takes the write lock, says `locked`, and keeps it until killed.
"""

import os
import resource
import sys
import threading
from concurrent.futures import Future
from pathlib import Path

from breather.storage.database import Database
from breather.storage.failure import StorageFailure
from breather.storage.writer import Writer
from tests.integration.storage.ledger import Clock, adder, open_account, opened

FLIGHT = 32
ROOM = 200_000  # bytes that the write-ahead log may still grow by


def say(line: str) -> None:
    """One write, so that a kill leaves whole lines."""
    os.write(1, f"{line}\n".encode())


def open_accounts(database: Database, name: str) -> None:
    flight = threading.Semaphore(FLIGHT)
    ended = threading.Event()

    def fatal(failure: StorageFailure) -> None:
        say("fatal")
        ended.set()

    writer = Writer(database, on_fatal=fatal)

    def submit(account: str) -> None:
        def done(future: Future[int]) -> None:
            flight.release()
            if future.exception() is None:
                say(f"{account} {future.result()}")

        writer.submit(lambda transaction: open_account(transaction, account)).add_done_callback(done)

    for number in range(1_000_000):
        flight.acquire()
        if ended.is_set():
            return
        try:
            submit(f"{name}-{number}")
        except StorageFailure:
            ended.wait(20)
            return


def add(database: Database) -> None:
    for _ in range(60):
        with database.writing() as transaction:
            adder("shared", 1)(transaction)


def fill(database: Database, url: str, name: str) -> None:
    log = Path(url.removeprefix("sqlite:///") + "-wal")
    limit = log.stat().st_size + ROOM
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))  # Python ignores the signal; the write fails
    open_accounts(database, name)


def main(mode: str, url: str, name: str) -> None:
    database = opened(url, Clock(), checkpoints=False)
    if mode == "open":
        open_accounts(database, name)
    elif mode == "add":
        add(database)
    elif mode == "fill":
        fill(database, url, name)
    elif mode == "stall":
        with database.writing() as transaction:
            open_account(transaction, name)
            say("locked")
            sys.stdin.read()
    database.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
