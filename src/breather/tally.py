"""Counts in fixed buckets: how long things took, how many came together.

`prometheus_client` has histograms, too; one observation of theirs takes a lock and ten times as long, and the serving
process makes five for each decision. Here one thread counts, without a lock, and whoever reads may see the last
observation in the count and not yet in the sum.
"""

from bisect import bisect_left
from collections.abc import Sequence

# From a cached read to a deadline of a minute: a bound for each factor of two or so, finest around a decision's time.
SECONDS = (0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 60.0)
SIZES = (1, 2, 4, 8, 16, 32, 64)


class Tally:
    """`bounds` are the inclusive upper ends of the buckets, in order; beyond the last there is one more."""

    __slots__ = ("_bounds", "_counts", "total")

    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds = tuple(bounds)
        self._counts = [0] * (len(self._bounds) + 1)
        self.total = 0.0

    def observe(self, value: float) -> None:
        """For the one thread that counts."""
        self._counts[bisect_left(self._bounds, value)] += 1
        self.total += value

    def buckets(self) -> list[tuple[str, float]]:
        """Upper end and how many were at most that: cumulated, and ending with `+Inf`, as Prometheus wants them."""
        found, so_far = [], 0
        ends = [*(f"{bound:g}" for bound in self._bounds), "+Inf"]
        for end, count in zip(ends, list(self._counts), strict=True):
            so_far += count
            found.append((end, float(so_far)))
        return found
