"""What one expression says about one row, by the function that serving compiles."""

from breather.domain.feature import Features
from breather.domain.rules import Expression, Truth, make_decider


def decided(expression: Expression, values: Features) -> Truth:
    hits, misses, undetermined = make_decider([expression.text], [expression])(values)
    (truth,) = [Truth.HIT] * len(hits) + [Truth.MISS] * len(misses) + [Truth.UNDETERMINED] * len(undetermined)
    return truth
