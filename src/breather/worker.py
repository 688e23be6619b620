"""The working process of a service: what may take its time.

It puts away what has expired, erases what is no longer kept, and leaves its heartbeat; at an exchange, the relay runs
beside that, in its own threads.
"""

import signal
import threading
from collections.abc import Callable
from types import FrameType

import structlog

from breather.exchange.expire import expire as expire_at_exchange
from breather.exchange.lanes import Lanes
from breather.storage.database import Database
from breather.storage.failure import StorageFailure
from breather.storage.transaction import Transaction

_log = structlog.get_logger("breather.worker")


def work(
    database: Database,
    every_seconds: float,
    expire: Callable[[Transaction], int] = expire_at_exchange,
    relay: Lanes | None = None,
    retain: Callable[[threading.Event], int] | None = None,
) -> None:
    """Rounds until SIGTERM or SIGINT. A database out of reach is waited for. `expire` is that of the service.

    `retain` erases what is no longer kept, a little in each round.
    """
    stop = threading.Event()

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    _log.info("working", every_seconds=every_seconds)
    if relay is not None:
        relay.start()
    while True:
        try:
            with database.writing() as tx:
                gone = expire(tx)
            if gone:
                _log.info("expired", rows=gone)
            if retain is not None:
                retain(stop)
        except (StorageFailure, OSError) as failure:
            _log.warning("round skipped", reason=str(failure))
        if stop.wait(every_seconds):
            break
    if relay is not None:
        relay.stop()
    database.close()
