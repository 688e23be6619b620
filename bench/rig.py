"""The servers that are compared: each a process of its own, left idle while another is measured."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.load import Measured, Task, drive
from bench.place import free_port, wait_for
from breather.settings import Settings, as_environment

EXCHANGE = ("-m", "breather", "exchange", "serve")
MOST_CLIENT_SHARE = 0.9


class Void(Exception):
    """The run says nothing: the client was the bottleneck, or something was refused."""


@dataclass(frozen=True, slots=True)
class Server:
    """`key` may submit; `process` is the one that answers."""

    name: str
    settings: Settings
    key: str
    process: "subprocess.Popen[bytes]"

    @property
    def cpu_seconds(self) -> float:
        """Of processor time that it has used, in user and system mode."""
        return cpu_seconds(self.process.pid)

    @property
    def resident_bytes(self) -> int:
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text("ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(name: str, command: Sequence[str], settings: Settings, key: str) -> Iterator[Server]:
    """`command` is what Python is given; its log goes to a file beside the keys. Raises Void if it does not start."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith("BREATHER_")}
    log = settings.keys.parent / f"{name}.log"
    with log.open("wb") as lines:
        environment = {**outside, **as_environment(settings)}
        process = subprocess.Popen([sys.executable, *command], env=environment, stdout=lines, stderr=lines)
    try:
        if not wait_for(process, settings.port):
            raise Void(f"{name} did not start:\n{log.read_text('utf-8', errors='replace')[-2000:]}")
        yield Server(name, settings, key, process)
    finally:
        process.terminate()
        process.wait()


def settings_in(folder: Path, database: str) -> Settings:
    """Of a service whose keys lie in `folder`, on a port of its own."""
    return Settings(database=database, keys=folder / "keys", port=free_port(), deadline_ms=10_000)


@dataclass(frozen=True, slots=True)
class Round:
    """One server under load once. `cpu_us` is what its process used for each answer, on all its threads."""

    measured: Measured
    cpu_us: float


def round_of(server: Server, connections: int, seconds: float, seed: int) -> Round:
    """Raises Void."""
    before = server.cpu_seconds
    found = drive(Task(server.settings.port, server.key, connections, seconds, seed))
    if found.refused:
        raise Void(f"{server.name}: {found.refused} requests were not answered with a decision")
    if found.client_share > MOST_CLIENT_SHARE:
        share = f"{found.client_share:.0%}"
        raise Void(f"the client used {share} of a core: it was the client that was measured, not {server.name}")
    return Round(found, (server.cpu_seconds - before) / found.count * 1e6)
