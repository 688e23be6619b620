"""The commands `breather` and `python` as the README's examples call them, on the clock that a test holds.

Every command is the real one. Only the clock that it is given is another; and `breather exchange` starts its two
processes by the test launcher, because a process started by the command itself would read the machine's clock.
"""

import os
import runpy
import subprocess
import sys
import time
from pathlib import Path
from unittest.mock import patch

from breather import cli
from tests.launcher import CLOCK, FileClock


def breather(arguments: list[str]) -> None:
    """`breather ...`"""
    if arguments == ["exchange"]:
        launcher = [sys.executable, "-m", "tests.launcher"]
        worker = subprocess.Popen([*launcher, "worker"])
        try:
            subprocess.run([*launcher, "serve"], check=False)
        finally:
            worker.terminate()
            worker.wait(20)
        return
    sys.argv[1:] = arguments
    with patch.object(cli, "SystemClock", _clock):
        cli.main()


def python(script: str) -> None:
    """`python ...`: an exchange's own code, whose clock agrees with the service's."""
    with patch.object(time, "time", lambda: _clock().now() / 1000):
        runpy.run_path(script, run_name="__main__")


def _clock() -> FileClock:
    return FileClock(Path(os.environ[CLOCK]))


if __name__ == "__main__":
    if sys.argv[1] == "python":
        python(sys.argv[2])
    else:
        breather(sys.argv[2:])
