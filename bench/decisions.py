"""Decisions a second over real HTTP, what one costs, and how long one takes: design 9.

The sample campaign over a million stored withdrawals, on SQLite and on PostgreSQL, against an echo of the same size on
the same server, and against the same rules stored as most people would. All of it in one run, alternating.

BREATHER_BENCH_ROWS (1000000), BREATHER_BENCH_SECONDS (5) and BREATHER_BENCH_ROUNDS (5) make a smaller run, to try it
out; `decisions_stored` says how many there were.
"""

import os
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.figure import Figure, allowed, compared
from bench.load import Task, drive
from bench.open_loop import Schedule, Window, windows
from bench.population import TOWNS
from bench.postgres import postgresql
from bench.rig import EXCHANGE, Round, Server, Void, round_of, serving, settings_in
from bench.steps import breakdown
from bench.store import fill
from breather.bootstrap import exchange_database
from breather.clock import SystemClock
from breather.settings import Settings

CONNECTIONS = (64, 16, 1)
MOST = CONNECTIONS[0]
ONLY_AT_MOST = ("postgres", "as_usual")
RATE = 1_000
ASKED = {"p50_ms": 3.0, "p99_ms": 15.0}
MOST_BYTES = 3_000

Rounds = Mapping[tuple[str, int], list[Round]]  # by server and connections


@dataclass(frozen=True, slots=True)
class Size:
    """Withdrawals stored before the run, seconds of one round, rounds."""

    stored: int
    seconds: float
    rounds: int


@dataclass(frozen=True, slots=True)
class Found:
    """What one run measured. `grown` is bytes by decision and engine, `steps` microseconds of processor time."""

    size: Size
    reply: float
    rounds: Rounds
    opened: Sequence[Window]
    grown: Mapping[str, float]
    steps: Mapping[str, float]


def asked_size() -> Size:
    asked = os.environ.get
    return Size(
        max(int(asked("BREATHER_BENCH_ROWS", "1000000")), TOWNS),
        float(asked("BREATHER_BENCH_SECONDS", "5")),
        int(asked("BREATHER_BENCH_ROUNDS", "5")),
    )


def run() -> list[Figure]:
    """Raises Void."""
    size = asked_size()
    rounds: dict[tuple[str, int], list[Round]] = defaultdict(list)
    opened: list[Window] = []
    with tempfile.TemporaryDirectory(prefix="breather-bench-") as name:
        with _rig(Path(name), size) as (servers, reply):
            stored = {engine: _bytes(servers[engine].settings) for engine in ("sqlite", "postgres")}
            for number in range(size.rounds):
                _one_round(servers, rounds, size.seconds, number)
                print(f"decisions: round {number + 1} of {size.rounds}", file=sys.stderr, flush=True)
            grown = {
                engine: (_bytes(servers[engine].settings) - before) / _answered(engine, rounds)
                for engine, before in stored.items()
            }
            ours = servers["sqlite"]
            for number in range(size.rounds):
                opened += windows(Schedule(ours.settings.port, ours.key, RATE, size.seconds, seed=100 + number))
        steps = breakdown(ours.settings, ours.key, size.seconds, MOST)
    _hold(opened)
    return figures(Found(size, reply, rounds, opened, grown, steps))


@contextmanager
def _rig(folder: Path, size: Size) -> Iterator[tuple[Mapping[str, Server], float]]:
    """Every server with its store, and the bytes of one reply. `as_usual` has a copy of the same file."""
    with ExitStack() as running:
        places = {name: folder / name for name in ("sqlite", "postgres", "as_usual", "echo")}
        for place in places.values():
            place.mkdir()
        urls = {name: f"sqlite:///{places[name] / 'exchange.db'}" for name in ("sqlite", "as_usual")}
        urls["postgres"] = running.enter_context(postgresql())
        settings = {name: settings_in(places[name], url) for name, url in urls.items()}
        each = size.stored // TOWNS
        key = fill(settings["sqlite"], each)
        shutil.copytree(places["sqlite"], places["as_usual"], dirs_exist_ok=True)
        keys = {"sqlite": key, "as_usual": key, "postgres": fill(settings["postgres"], each)}
        commands = {"sqlite": EXCHANGE, "postgres": EXCHANGE, "as_usual": ("-m", "bench.as_usual")}
        servers = {
            name: running.enter_context(serving(name, command, settings[name], keys[name]))
            for name, command in commands.items()
        }
        reply = _warm(servers)
        echo = settings_in(places["echo"], "sqlite:///none.db")
        command = ("-m", "bench.echo", str(round(reply)))
        servers["echo"] = running.enter_context(serving("echo", command, echo, key))
        yield servers, reply


def _warm(servers: Mapping[str, Server]) -> float:
    """A second for each, which is not counted. The bytes of a reply of ours."""
    reply = 0.0
    for name, server in servers.items():
        found = drive(Task(server.settings.port, server.key, MOST, 1.0, seed=1), looks=True)
        if found.refused:
            raise Void(f"{name} refused {found.refused} requests before the run")
        reply = found.reply_bytes if name == "sqlite" else reply
    return reply


def _one_round(
    servers: Mapping[str, Server], rounds: Mapping[tuple[str, int], list[Round]], seconds: float, n: int
) -> None:
    """All of them one after the other; each gets the same wishes."""
    for connections in CONNECTIONS:
        for name, server in servers.items():
            if connections == MOST or name not in ONLY_AT_MOST:
                rounds[name, connections].append(round_of(server, connections, seconds, seed=n))


def _answered(name: str, rounds: Rounds) -> int:
    return sum(one.measured.count for (of, _), several in rounds.items() if of == name for one in several)


def _bytes(settings: Settings) -> int:
    database = exchange_database(settings, SystemClock(), creates=False)
    with closing(database), database.reading() as reader:
        row = reader.one("database_bytes")
        assert row is not None, "a database has a size"
        return int(row["bytes"])


def _hold(opened: Sequence[Window]) -> None:
    if refused := sum(one.refused for one in opened):
        raise Void(f"{refused} requests of the open loop were not answered with a decision")


def figures(found: Found) -> list[Figure]:
    """In the words of design 9."""
    rounds, size = found.rounds, found.size
    ours = rounds["sqlite", MOST]
    given = [
        allowed("decisions_stored", "rows", [size.stored // TOWNS * TOWNS], 1_000_000),
        *(
            _rate(f"decisions_sqlite_c{each}", rounds["sqlite", each], "echo", rounds["echo", each])
            for each in (1, 16, 64)
        ),
        _rate("decisions_sqlite_c64_as_usual", ours, "as_usual", rounds["as_usual", MOST]),
        _rate("decisions_postgres_c64", rounds["postgres", MOST], "sqlite", ours),
        _p99("decisions_sqlite_c16_p99_ms", rounds["sqlite", 16], rounds["echo", 16]),
        _p99("decisions_sqlite_c64_p99_ms", ours, rounds["echo", MOST]),
        allowed("open_1000_p50_ms", "ms", [one.p50_ms for one in found.opened], ASKED["p50_ms"]),
        allowed("open_1000_p99_ms", "ms", [one.p99_ms for one in found.opened], ASKED["p99_ms"]),
        _cost("server_cpu_us", ours, "echo", rounds["echo", MOST]),
        _cost("server_cpu_us_postgres", rounds["postgres", MOST], "sqlite", ours),
        _cost("server_cpu_us_as_usual", rounds["as_usual", MOST], "sqlite", ours),
        allowed("bytes_per_decision", "B", [found.grown["sqlite"]], MOST_BYTES),
        allowed("bytes_per_decision_postgres", "B", [found.grown["postgres"]], MOST_BYTES),
        allowed("reply_bytes", "B", [found.reply], 2_000, "least"),
    ]
    whole = sum(found.steps.values())
    return [
        *given,
        *(allowed(f"cpu_us_{step}", "us", [used], round(whole, 2), "whole") for step, used in found.steps.items()),
    ]


def _rate(name: str, ours: Sequence[Round], against: str, theirs: Sequence[Round]) -> Figure:
    return compared(
        name, "1/s", [one.measured.per_second for one in ours], against, [one.measured.per_second for one in theirs]
    )


def _p99(name: str, ours: Sequence[Round], theirs: Sequence[Round]) -> Figure:
    return compared(name, "ms", [one.measured.p99_ms for one in ours], "echo", [one.measured.p99_ms for one in theirs])


def _cost(name: str, ours: Sequence[Round], against: str, theirs: Sequence[Round]) -> Figure:
    return compared(name, "us", [one.cpu_us for one in ours], against, [one.cpu_us for one in theirs])
