"""The commands `breather` and `python` as the README's examples call them, on the clock that a test holds.

Every command is the real one. Only the clock that it is given is another; and `breather exchange` and `breather agency`
start their two processes by the test launchers, because a process started by the command itself would read the
machine's clock.
"""

import os
import runpy
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

from breather import campaign_commands, cli, trust_commands
from tests.launcher import CLOCK, FileClock

LAUNCHERS = {"exchange": "tests.launcher", "agency": "tests.agency_launcher"}


def breather(arguments: list[str]) -> None:
    """`breather ...`"""
    if len(arguments) == 1 and arguments[0] in LAUNCHERS:
        launcher = [sys.executable, "-m", LAUNCHERS[arguments[0]]]
        worker = subprocess.Popen([*launcher, "worker"])
        try:
            subprocess.run([*launcher, "serve"], check=False)
        finally:
            worker.terminate()
            worker.wait(20)
        return
    sys.argv[1:] = arguments
    with ExitStack() as patched:
        for module in (campaign_commands, cli, trust_commands):
            patched.enter_context(patch.object(module, "SystemClock", _clock))
        cli.main()


def python(arguments: list[str]) -> None:
    """`python ...`: an exchange's own code, whose clock agrees with the service's."""
    with patch.object(time, "time", lambda: _clock().now() / 1000):
        runpy.run_path(arguments[0], run_name="__main__")


def _clock() -> FileClock:
    return FileClock(Path(os.environ[CLOCK]))


if __name__ == "__main__":
    if sys.argv[1] == "python":
        python(sys.argv[2:])
    else:
        breather(sys.argv[2:])
