"""The working process: what may take its time. It puts away expired links and sessions and leaves its heartbeat."""

import signal
import threading
from types import FrameType

import structlog

from breather.exchange.expire import expire
from breather.storage.database import Database
from breather.storage.failure import StorageFailure

_log = structlog.get_logger("breather.worker")


def work(database: Database, every_seconds: float) -> None:
    """Rounds until SIGTERM or SIGINT. A database out of reach is waited for."""
    stop = threading.Event()

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    _log.info("working", every_seconds=every_seconds)
    while True:
        try:
            with database.writing() as tx:
                gone = expire(tx)
            if gone:
                _log.info("expired", rows=gone)
        except StorageFailure as failure:
            _log.warning("round skipped", reason=str(failure))
        if stop.wait(every_seconds):
            break
    database.close()
