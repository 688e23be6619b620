"""`python -m bench backtest`: hits by rule and day, 20 rules over 10 million withdrawals, against SQL by hand.

`BREATHER_BENCH_ROWS` takes a smaller past, to try it out.
"""

import os
import resource
import tempfile
from pathlib import Path
from time import perf_counter

import duckdb

from bench import past
from bench.figure import Figure, compared
from breather.exchange.backtest import Question, backtest, rule_days
from breather.exchange.local_day import leads
from breather.storage.backtest.history import MEMORY, History
from breather.storage.backtest.version import Version

ROWS = 10_000_000
ROUNDS = 5
ALLOWED_GB = 4.0


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
    ]


def _ours(file: Path, version: Version) -> list[list[int]]:
    with History(file, [version]) as history:
        history.judge([version], leads(history.first, history.last, version.campaign.time_zone))
        return [[count, *hits] for count, hits in rule_days(history, version).values()]


def _theirs(sql: str) -> list[list[int]]:
    with duckdb.connect() as connection:
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        connection.execute("SET enable_progress_bar = false")
        return [list(row) for _, *row in connection.execute(sql).fetchall()]
