"""`python -m bench backtest`: hits by rule and day, 20 rules over 10 million withdrawals, against SQL by hand; and rows
a second of `breather replay`, against reading the same file without computing anything.

`BREATHER_BENCH_ROWS` takes a smaller past, to try it out.
"""

import os
import resource
import tempfile
from pathlib import Path
from time import perf_counter

import duckdb
from rich.console import Console

from bench import past
from bench.figure import Figure, compared
from breather.exchange.backtest import Question, backtest, rule_days
from breather.exchange.campaign_file import CAMPAIGN, read_campaign
from breather.exchange.local_day import leads
from breather.history.reading import History as Recorded
from breather.replaying import replay_history
from breather.samples import sample_campaign
from breather.simulation.parameters import Parameters
from breather.simulation.parquet import write_folder
from breather.simulation.simulate import simulate
from breather.storage.backtest.history import MEMORY, History
from breather.storage.backtest.version import Version

ROWS = 10_000_000
ROUNDS = 5
ALLOWED_GB = 4.0
REPLAYED_CUSTOMERS = 2_000


class Mismatch(Exception):
    """Two ways to the counts that do not count the same: their times would say nothing."""


def run() -> list[Figure]:
    """Ours from the file's name on: every column checked, every row, the versions laid out, the counts."""
    rows = int(os.environ.get("BREATHER_BENCH_ROWS", ROWS))
    with tempfile.TemporaryDirectory(prefix="breather-bench-") as folder:
        file = Path(folder) / "past.parquet"
        past.write(file, rows)
        version, sql = Version(past.campaign(), "c"), past.by_hand(file)
        ours: list[float] = []
        theirs: list[float] = []
        for _ in range(ROUNDS):
            began = perf_counter()
            counted = _ours(file, version)
            ours.append(perf_counter() - began)
            began = perf_counter()
            expected = _theirs(sql)
            theirs.append(perf_counter() - began)
            if counted != expected:
                raise Mismatch("the backtest and the SQL by hand count different hits")
        began = perf_counter()
        backtest(Question(version.campaign, file))
        whole = perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return [
        compared("backtest_s", "s", ours, "handwritten_sql", theirs),
        Figure("backtest_report_s", round(whole, 1), "s", "rows", rows, 0, 0),
        Figure("backtest_peak_gb", round(peak, 2), "GB", "allowed", ALLOWED_GB, round(peak / ALLOWED_GB, 3), 0),
        _replay(),
    ]


def _replay() -> Figure:
    """Of a simulated history with the sample campaign's decisions: from the file to the last value compared."""
    parameters = Parameters(customers=REPLAYED_CUSTOMERS, yearly_withdrawals=12)
    ours: list[float] = []
    theirs: list[float] = []
    with tempfile.TemporaryDirectory(prefix="breather-bench-") as name:
        folder = Path(name)
        write_folder(parameters, simulate(parameters, 1), folder / "simulated")
        text = sample_campaign("macau-pj-trial").joinpath(CAMPAIGN).read_bytes()
        file, quiet = folder / "history.parquet", Console(quiet=True)
        replay_history(folder / "simulated" / "history-1.parquet", file, read_campaign({CAMPAIGN: text}), quiet)
        for _ in range(ROUNDS):
            began = perf_counter()
            found = replay_history(file, None, None, quiet)
            assert found is not None, "the file has features"
            ours.append(found.withdrawals / (perf_counter() - began))
            if found.differing:
                raise Mismatch("replay does not find what it computed itself")
            began = perf_counter()
            rows = sum(len(rows) for _, rows in Recorded(file).batches())
            theirs.append(rows / (perf_counter() - began))
    return compared("replay_per_s", "1/s", ours, "reading_rows", theirs)


def _ours(file: Path, version: Version) -> list[list[int]]:
    with History(file, [version]) as history:
        history.judge([version], leads(history.first, history.last, version.campaign.time_zone))
        return [[count, *hits] for count, hits in rule_days(history, version).values()]


def _theirs(sql: str) -> list[list[int]]:
    with duckdb.connect() as connection:
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        connection.execute("SET enable_progress_bar = false")
        return [list(row) for _, *row in connection.execute(sql).fetchall()]
