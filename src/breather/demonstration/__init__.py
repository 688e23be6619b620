"""`breather demo`: two exchanges with Breather, a police force, and an invented past, all on this machine.

Everything lives in a temporary folder and goes with it. Pauses last seconds, and pages say for how long they stand.
"""

import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from rich.console import Console

from breather.clock import SystemClock
from breather.demonstration.cast import cast_of, refuse_taken
from breather.demonstration.guide import guide
from breather.demonstration.introduction import introduce
from breather.demonstration.officer import confirm_one
from breather.demonstration.past import before_the_past, live_through
from breather.demonstration.processes import Processes

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(port: int, pause_seconds: int) -> int:
    """Until Ctrl-C, SIGTERM or SIGHUP. Returns the exit status; ValueError if a port is taken."""
    console = Console()
    refuse_taken(port)
    with tempfile.TemporaryDirectory(prefix="breather-demo-") as name, _stoppable():
        processes = Processes(Path(name) / "log")
        try:
            _begin(console, processes, (Path(name), port), pause_seconds)
            while processes.all_run():
                time.sleep(0.2)
            return 1
        except KeyboardInterrupt:
            console.print("\nStopping.")
            return 0
        finally:
            processes.stop()


def _begin(console: Console, processes: Processes, where: tuple[Path, int], pause_seconds: int) -> None:
    """Each service starts as soon as it can, while the next one's past is still being invented."""
    cast = cast_of(*where)
    keys = introduce(cast, before_the_past())
    processes.start_agency(cast.agency)
    for exchange in cast.exchanges:
        live_through(exchange, pause_seconds)
        processes.start_exchange(exchange, keys)
    processes.wait_ready(cast)
    confirm_one(cast.agency, SystemClock())
    console.print(guide(cast, keys, pause_seconds), highlight=False, soft_wrap=True)


@contextmanager
def _stoppable() -> Iterator[None]:
    """SIGTERM and a closed terminal end the demonstration as Ctrl-C does; once it is ending, nothing hurries it."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        for each in STOPPING:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {each: signal.signal(each, interrupt) for each in STOPPING}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
