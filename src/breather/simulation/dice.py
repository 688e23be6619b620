"""Chance in whole numbers: the same on every machine and with every version of numpy.

Only the raw output of PCG64 is used, which numpy promises to keep; its distributions may change between versions, and
floating-point logarithms differ between processors in the last digit. Shares are per mille.
"""

import hashlib
from collections.abc import Sequence
from decimal import Decimal, localcontext
from functools import cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Bytes = NDArray[np.uint8]

PERMILLE = 1_000
_STEPS = 256
# The first and last of the 256 steps: beyond them lies one draw in 512, and a tail without an end would need a bound.
_TAIL = Decimal(1) / 512


class Dice:
    """A tree of independent streams: `dice.of("habits")` gives the same stream whatever was drawn elsewhere."""

    def __init__(self, seed: int, path: tuple[int, ...] = ()) -> None:
        """`seed`: 0 or more."""
        self._seed = seed
        self._path = path
        self._bits = np.random.PCG64(np.random.SeedSequence(seed, spawn_key=path))

    def of(self, name: str) -> "Dice":
        number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")
        return Dice(self._seed, (*self._path, number))

    def raw(self, count: int) -> NDArray[np.uint64]:
        drawn: NDArray[np.uint64] = self._bits.random_raw(count)
        return drawn

    def below(self, limit: int | Ints, count: int) -> Ints:
        """Whole numbers from 0 to limit - 1; each limit is from 1 to 2**31."""
        high = (self.raw(count) >> np.uint64(32)).astype(np.int64)
        drawn: Ints = (high * limit) >> 32
        return drawn

    def between(self, low: int | Ints, high: int | Ints, count: int) -> Ints:
        """Both ends included."""
        drawn: Ints = low + self.below(np.maximum(np.asarray(high, np.int64) - low, 0) + 1, count)
        return drawn

    def chance(self, permille: int | Ints, count: int) -> Flags:
        happens: Flags = self.below(PERMILLE, count) < permille
        return happens

    def weighted(self, weights: Sequence[int] | Ints, count: int) -> Ints:
        """Indices, each as often as its weight says."""
        ends = np.cumsum(np.asarray(weights, np.int64))
        return np.searchsorted(ends, self.below(int(ends[-1]), count), side="right").astype(np.int64)

    def spread(self, permille: int, count: int) -> Ints:
        """Factors per mille, log-normal about 1000: half of them are smaller. `permille` is sigma."""
        table = quantiles(permille)
        drawn = self.raw(count)
        step = (drawn >> np.uint64(56)).astype(np.int64)
        within = ((drawn >> np.uint64(40)) & np.uint64(0xFFFF)).astype(np.int64)
        values: Ints = table[step] + ((table[step + 1] - table[step]) * within >> 16)
        return values

    def order(self, count: int) -> Ints:
        """The numbers from 0 to count - 1, shuffled."""
        return np.argsort(self.raw(count), kind="stable").astype(np.int64)

    def bytes(self, count: int, width: int) -> Bytes:
        """`count` rows of `width` bytes, the same on little- and big-endian machines."""
        words = -(-count * width // 8)
        return self.raw(words).astype("<u8").view(np.uint8)[: count * width].reshape(count, width)


@cache
def quantiles(sigma_permille: int) -> Ints:
    """257 quantiles of exp(sigma z), per mille. `decimal` rounds correctly everywhere; `math.exp` does not."""
    with localcontext() as context:
        context.prec = 30
        values = []
        for step in range(_STEPS + 1):
            share = min(max(Decimal(step) / _STEPS, _TAIL), 1 - _TAIL)
            z = Decimal(round(NormalDist().inv_cdf(float(share)) * 1_000_000)) / 1_000_000
            values.append(int((z * sigma_permille / PERMILLE).exp() * PERMILLE))
    return np.array(values, np.int64)


def mean_spread(sigma_permille: int) -> int:
    """The mean of the factors that `Dice.spread` draws, per mille."""
    table = quantiles(sigma_permille)
    return int((table[:-1] + table[1:]).sum()) // (2 * _STEPS)
