"""Where the processor time of one decision goes: the service as it is, with a clock around each of its steps.

python -m bench.steps     (settings from the environment, as for the service; SIGUSR1 writes what was used so far)

The clocks are of the threads' own processor time, so waiting costs nothing; each counts what its step used without the
steps inside it. They cost some microseconds a decision themselves, which is why `server_cpu_us` is measured without.
"""

import importlib
import json
import os
import signal
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.rig import Server, Void, round_of, serving
from breather.bootstrap import exchange_app, running_exchange
from breather.clock import SystemClock
from breather.logs import log_as_json
from breather.serve import serve
from breather.settings import Settings, read_settings

FILE = "steps.json"
PATIENCE_SECONDS = 10.0
REST = {"loop": "http", "writer": "batch"}
# Step: its thread, and the functions whose time it is. What is left of a thread's time is its rest.
STEPS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "authorise": ("loop", ("breather.web.exchange.api:authorise",)),
    "read": ("loop", ("breather.web.exchange.api:read_shape", "breather.web.exchange.api:read_withdrawal")),
    "submit": ("loop", ("breather.exchange.running:RunningExchange.submit",)),
    "render": ("loop", ("breather.web.exchange.api:decision_bytes",)),
    "log": ("loop", ("breather.web.exchange.figures:Figures.decided",)),
    "begin": ("writer", ("breather.storage.database:Database._begun_writing",)),
    "ask": ("writer", ("breather.storage.exchange.sheet:Sheet.__init__",)),
    "features": ("writer", ("breather.exchange.facts:fold", "breather.exchange.facts:likeness_of")),
    "rules": ("writer", ("breather.exchange.assess:rule_on", "breather.exchange.assess:intervene")),
    "settle": ("writer", ("breather.exchange.assess:settle",)),
    "decide": ("writer", ("breather.exchange.assess:_decide",)),
    "write": (
        "writer",
        ("breather.storage.exchange.sheet:Sheet.flush", "breather.storage.transaction:Transaction.write_entries"),
    ),
    "commit": (
        "writer",
        ("breather.storage.sqlite:SqliteSession.commit", "breather.storage.postgresql:PostgresqlSession.commit"),
    ),
}


class Meter:
    """Nanoseconds by step. A thread is in one step at a time; the step around it stands still meanwhile."""

    def __init__(self) -> None:
        self.used: dict[str, int] = defaultdict(int)
        self._here = threading.local()

    def clocked(self, step: str, function: Callable[..., Any]) -> Callable[..., Any]:
        here, used = self._here, self.used

        def clocked(*given: Any, **named: Any) -> Any:
            outer = getattr(here, "step", None)
            now = time.thread_time_ns()
            if outer is not None:
                used[outer] += now - here.since
            here.step, here.since = step, now
            try:
                return function(*given, **named)
            finally:
                now = time.thread_time_ns()
                used[step] += now - here.since
                here.step, here.since = outer, now

        return clocked

    def attach(self) -> None:
        """Raises AttributeError for a step that is named otherwise by now: the table above has to follow."""
        for step, (_, places) in STEPS.items():
            for place in places:
                owner, name = owner_of(place)
                setattr(owner, name, self.clocked(step, getattr(owner, name)))


def owner_of(place: str) -> tuple[Any, str]:
    """The module or class of `module:name` or `module:Class.name`, and the name."""
    module, _, path = place.partition(":")
    *around, name = path.split(".")
    owner: Any = importlib.import_module(module)
    for each in around:
        owner = getattr(owner, each)
    return owner, name


@dataclass(frozen=True, slots=True)
class Used:
    """Nanoseconds of the two threads that compute, of each step, and of the whole process."""

    threads: Mapping[str, int]
    steps: Mapping[str, int]
    process: int


def breakdown(settings: Settings, key: str, seconds: float, connections: int) -> dict[str, float]:
    """Microseconds of a decision by step, and of threads besides those two as `other`. Raises Void."""
    file = settings.keys.parent / FILE
    with serving("steps", ["-m", "bench.steps"], settings, key) as server:
        round_of(server, connections, min(seconds, 2.0), 5)
        before = _asked(server, file)
        found = round_of(server, connections, seconds, 6)
        after = _asked(server, file)
    each = 1000 * found.measured.count

    def between(part: Callable[[Used], int]) -> float:
        return (part(after) - part(before)) / each

    steps = {step: between(lambda used, step=step: used.steps.get(step, 0)) for step in STEPS}  # type: ignore[misc]
    for thread, rest in REST.items():
        whole = between(lambda used, thread=thread: used.threads[thread])  # type: ignore[misc]
        steps[rest] = whole - sum(steps[step] for step, (of, _) in STEPS.items() if of == thread)
    steps["other"] = between(lambda used: used.process - sum(used.threads.values()))
    return dict(sorted(steps.items(), key=lambda step: -step[1]))


def _asked(server: Server, file: Path) -> Used:
    file.unlink(missing_ok=True)
    server.process.send_signal(signal.SIGUSR1)
    until = time.monotonic() + PATIENCE_SECONDS
    while not file.exists():
        if time.monotonic() > until or server.process.poll() is not None:
            raise Void("the service with clocks did not say what it used")
        time.sleep(0.01)
    return Used(**json.loads(file.read_text("utf-8")))


def _tell(meter: Meter, writer: threading.Thread, file: Path) -> None:
    """Written beside and renamed: whoever waits for the file reads the whole of it."""
    assert writer.ident is not None
    threads = {"loop": time.thread_time_ns(), "writer": time.clock_gettime_ns(time.pthread_getcpuclockid(writer.ident))}
    told = {"threads": threads, "steps": dict(meter.used), "process": time.process_time_ns()}
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps(told), "utf-8")
    fresh.rename(file)


def main() -> None:
    settings = read_settings(os.environ)
    meter = Meter()
    meter.attach()
    log_as_json(settings.log_level, sys.stderr)
    app = exchange_app(settings, running_exchange(settings, SystemClock()))
    writer = next(each for each in threading.enumerate() if each.name == "breather-writer")
    signal.signal(signal.SIGUSR1, lambda *_: _tell(meter, writer, settings.keys.parent / FILE))
    serve(app, settings)


if __name__ == "__main__":
    main()
