"""The service's real processes on a clock that a test holds: `python -m tests.launcher serve|worker`.

Everything but the clock is what `breather exchange` starts, put together by the same `bootstrap`.
"""

import os
import sys
from pathlib import Path

from breather.bootstrap import exchange_app, running_exchange, work_for_exchange
from breather.domain.instant import Millis
from breather.exchange.lane import Pace
from breather.logs import log_as_json
from breather.serve import serve
from breather.settings import read_settings

CLOCK = "BREATHER_TEST_CLOCK"
SUSPECT = "suspect"
# A tenth of what the service waits by itself: nothing in the tests is to wait for a clock.
PACE = Pace(poll=0.02, pull=0.2, look=0.1)


class FileClock:
    """Reads milliseconds, and perhaps the word `suspect`, from a file; a time that goes back is not believed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._latest = Millis(0)
        self._seen: tuple[tuple[int, int], list[str]] = (0, 0), []

    def now(self) -> Millis:
        self._latest = max(self._latest, Millis(int(self._read()[0])))
        return self._latest

    def suspect(self) -> bool:
        return SUSPECT in self._read()

    def _read(self) -> list[str]:
        """Opened again only when it was replaced: a stand-in asks twice, and reading costs more than all the rest."""
        found = self._path.stat()
        mark = found.st_ino, found.st_mtime_ns
        if mark != self._seen[0]:
            self._seen = mark, self._path.read_text("ascii").split()
        return self._seen[1]


def write_clock(path: Path, now: Millis, suspect: bool = False) -> None:
    """Replaced as a whole: a reader sees the time before or after, never half of one."""
    fresh = path.with_suffix(".new")
    fresh.write_text(f"{now} {SUSPECT if suspect else ''}", "ascii")
    fresh.replace(path)


def main(process: str) -> None:
    settings = read_settings(os.environ)
    if settings.host != "127.0.0.1":
        raise SystemExit(f"tests listen on 127.0.0.1 only, not on {settings.host}")
    clock = FileClock(Path(os.environ[CLOCK]))
    log_as_json(settings.log_level, sys.stderr)
    if process == "serve":
        serve(exchange_app(settings, running_exchange(settings, clock)), settings)
    elif process == "worker":
        work_for_exchange(settings, clock, PACE)
    else:
        raise SystemExit(f"serve or worker, not {process}")


if __name__ == "__main__":
    main(sys.argv[1])
