"""What may happen to a service while it is asked (guarantee J3): each a function of the storm in which it happens.

Those of a disk or a connection are made with what does it: `syncs_stall(power)`. What a kill leaves is started again.
"""

import signal
import threading
from collections.abc import Callable

from breather.bootstrap import EXIT_STORAGE_FATAL
from breather.domain.instant import MINUTE, Millis
from tests.chaos.commit_cut import CommitCut, Cut
from tests.chaos.disk import Power
from tests.chaos.own_server import OwnServer
from tests.chaos.storm import Storm

Nemesis = Callable[[Storm], None]
MOMENT_SECONDS = 0.2


def a_moment() -> None:
    """How long something lasts that nobody can be asked about meanwhile."""
    threading.Event().wait(MOMENT_SECONDS)


def killed(storm: Storm) -> None:
    """kill -9, and started again."""
    victim = storm.exchanges[0]
    victim.kill()
    victim.start()


def failover(storm: Storm) -> None:
    """The first replica is killed in the middle, and the other answers what is asked meanwhile."""
    victim = storm.exchanges[0]
    victim.kill()
    before = len(storm.history)
    storm.until(lambda: len(storm.history) >= before + 10)
    victim.start()


def stands_still(storm: Storm) -> None:
    """SIGSTOP, wherever it is: perhaps with the lock of the database."""
    process = storm.exchanges[0].process
    assert process is not None
    process.send_signal(signal.SIGSTOP)
    a_moment()
    process.send_signal(signal.SIGCONT)


def clock_steps(storm: Storm) -> None:
    """Back, forward, and suspect for a while."""
    exchange = storm.exchanges[0]
    began = exchange.now
    for minutes in (-10, 5, -1):
        exchange.set_time(Millis(began + minutes * MINUTE))
        a_moment()
    suspected = storm.said("time-suspect")
    exchange.set_time(exchange.now, suspect=True)
    a_moment()
    exchange.set_time(began)
    assert storm.said("time-suspect") >= suspected


def syncs_stall(power: Power) -> Nemesis:
    def happens(storm: Storm) -> None:
        with power.stalled():
            a_moment()

    return happens


def sync_fails(power: Power) -> Nemesis:
    """An fsync error: nobody knows what is on the disk, and the process must end by itself."""

    def happens(storm: Storm) -> None:
        victim = storm.exchanges[0]
        assert victim.process is not None
        power.sync_fails(True)
        assert victim.process.wait(60) == EXIT_STORAGE_FATAL
        power.sync_fails(False)
        victim.start()

    return happens


def disk_full(power: Power) -> Nemesis:
    """Whoever asks meanwhile is told that there is no decision, or that it is not known; afterwards it goes on.

    A log that has been longer before needs no room; then nobody notices.
    """

    def happens(storm: Storm) -> None:
        before = storm.said("no-decision", None)
        power.full(True)
        storm.until(lambda: storm.said("no-decision", None) > before or storm.over)
        power.full(False)

    return happens


def server_sync_fails(power: Power) -> Nemesis:
    """PostgreSQL panics, and perhaps gives up; the service outlives that, and nobody is told what is not so."""

    def happens(storm: Storm) -> None:
        before = storm.said("no-decision", None)
        power.sync_fails(True)
        storm.until(lambda: storm.said("no-decision", None) > before)
        power.sync_fails(False)

    return happens


def revived(nemesis: Nemesis, server: OwnServer) -> Nemesis:
    """Whatever it does to PostgreSQL, that is started again if it has given up."""

    def happens(storm: Storm) -> None:
        nemesis(storm)
        server.revive()

    return happens


def commit_cut(connection: CommitCut, when: Cut) -> Nemesis:
    """The connection breaks during COMMIT: nobody at this end knows whether it happened."""

    def happens(storm: Storm) -> None:
        before = storm.said(None)
        connection.cut(when)
        storm.until(lambda: storm.said(None) > before)
        connection.passes()

    return happens
