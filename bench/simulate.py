"""`python -m bench simulate`: a million customers over a year, with the files written; against the minute allowed."""

import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

from bench.figure import Figure
from breather.simulation.parameters import Parameters
from breather.simulation.parquet import write_folder
from breather.simulation.simulate import simulate

CUSTOMERS = 1_000_000
ROUNDS = 3
ALLOWED_SECONDS = 60.0


def run() -> list[Figure]:
    """Files lie where the system keeps what is temporary: on a slow disk the figure is the disk's."""
    parameters = Parameters(customers=CUSTOMERS)
    seconds = []
    for number in range(ROUNDS):
        with tempfile.TemporaryDirectory(prefix="breather-bench-") as name:
            began = perf_counter()
            write_folder(parameters, simulate(parameters, number), Path(name) / "simulated")
            seconds.append(perf_counter() - began)
    value = median(seconds)
    spread = (max(seconds) - min(seconds)) / value
    ratio = value / ALLOWED_SECONDS
    return [
        Figure("simulate_1m_s", round(value, 1), "s", "a_minute", ALLOWED_SECONDS, round(ratio, 3), round(spread, 3))
    ]
