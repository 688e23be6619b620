"""Decisions a second and their 99th percentile, over real HTTP, against an echo on the same server.

For now: SQLite with FULL sync, 16 connections, the sample campaign, a database that begins empty.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from bench.figure import Figure, compared
from bench.load import Measured, Task
from bench.place import free_port, wait_for
from breather.clock import SystemClock
from breather.operate import activate_campaign, create_api_key, create_signing_keys
from breather.samples import sample_campaign
from breather.settings import Settings, as_environment
from breather.web.api_keys import Scope

CONNECTIONS = 16
ROUNDS = 5
SECONDS = 5.0
MOST_CLIENT_SHARE = 0.9


class Void(Exception):
    """The run says nothing: the client was the bottleneck, or something was refused."""


def run() -> list[Figure]:
    """Raises Void."""
    ours: list[Measured] = []
    theirs: list[Measured] = []
    with tempfile.TemporaryDirectory(prefix="breather-bench-") as name:
        settings = _settings(Path(name))
        key = _prepare(settings)
        with _serving([sys.executable, "-m", "breather", "exchange", "serve"], settings):
            first = _measure(settings, key)
            for _ in range(ROUNDS):
                ours.append(_measure(settings, key))
                theirs.append(_echo(settings, key, round(first.reply_bytes)))
    return [
        _figure("decisions_sqlite_c16", "1/s", [one.per_second for one in ours], [one.per_second for one in theirs]),
        _figure("decisions_sqlite_c16_p99_ms", "ms", [one.p99_ms for one in ours], [one.p99_ms for one in theirs]),
    ]


def _figure(name: str, unit: str, ours: Sequence[float], theirs: Sequence[float]) -> Figure:
    return compared(name, unit, ours, "echo", theirs)


def _settings(folder: Path) -> Settings:
    database = f"sqlite:///{folder / 'exchange.db'}"
    return Settings(database=database, keys=folder / "keys", port=free_port(), deadline_ms=10_000)


def _prepare(settings: Settings) -> str:
    create_signing_keys(settings)
    activate_campaign(settings, SystemClock(), sample_campaign("macau-pj-trial"), None)
    return create_api_key(settings, SystemClock(), "bench", [Scope.ASSESS])


def _echo(settings: Settings, key: str, size: int) -> Measured:
    other = Settings(port=free_port())
    with _serving([sys.executable, "-m", "bench.echo", str(size)], other):
        return _measure(other, key)


def _measure(settings: Settings, key: str) -> Measured:
    task = Task(settings.port, key, CONNECTIONS, SECONDS)
    command = [sys.executable, "-m", "bench.load", json.dumps(asdict(task))]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=SECONDS + 60)
    found = Measured(**json.loads(done.stdout))
    if found.refused:
        raise Void(f"{found.refused} requests were not answered with 201")
    if found.client_share > MOST_CLIENT_SHARE:
        raise Void(f"the client used {found.client_share:.0%} of a core: it was the client that was measured")
    return found


@contextmanager
def _serving(command: Sequence[str], settings: Settings) -> Iterator[None]:
    outside = {name: value for name, value in os.environ.items() if not name.startswith("BREATHER_")}
    process = subprocess.Popen(command, env={**outside, **as_environment(settings)})
    try:
        if not wait_for(process, settings.port):
            raise Void("the server did not start")
        yield
    finally:
        process.terminate()
        process.wait()
