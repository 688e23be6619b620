"""Where a benchmark's servers listen: a free port of this machine, and waiting until one answers on it."""

import socket
import subprocess
import time
from contextlib import suppress

READY_WITHIN_SECONDS = 30.0


def wait_for(process: "subprocess.Popen[bytes]", port: int) -> bool:
    """Whether it listens; False once it has ended, or has had its time."""
    until = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
        time.sleep(0.05)
    return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
