"""A share of a count, with an interval that stays honest for small counts and near 0 and 1.

E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927) 209-212: the score
interval, without continuity correction. Compared with its alternatives by R. G. Newcombe, Two-sided confidence
intervals for the single proportion, Statistics in Medicine 17 (1998) 857-872, where it is method 3.
"""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Proportion:
    """`of` things, `count` of which are so. Without any, `share` is None and nothing is known: 0 to 1."""

    count: int
    of: int
    share: float | None
    low: float
    high: float


def proportion(count: int, of: int, confidence: float = CONFIDENCE) -> Proportion:
    """`count` out of `of`, with the score interval of that confidence. ValueError unless 0 <= count <= of."""
    if not 0 <= count <= of:
        raise ValueError(f"{count} of {of} is no share")
    if of == 0:
        return Proportion(count, of, None, 0.0, 1.0)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = count / of
    middle = share + z * z / (2 * of)
    reach = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    whole = 1 + z * z / of
    # At the ends the formula gives exactly 0 and 1; rounding may not.
    low = 0.0 if count == 0 else max(0.0, (middle - reach) / whole)
    high = 1.0 if count == of else min(1.0, (middle + reach) / whole)
    return Proportion(count, of, share, low, high)
