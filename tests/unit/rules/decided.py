"""What one expression says about one row, by the function that serving compiles."""

from breather.domain.feature import Features
from breather.domain.rules import Expression, Truth, make_decider

# A decider answers (hits, misses, undetermined).
TRUTHS_BY_PLACE = (Truth.HIT, Truth.MISS, Truth.UNDETERMINED)


def decided(expression: Expression, values: Features) -> Truth:
    answers = make_decider([expression.text], [expression])(values)
    (truth,) = [truth for truth, found in zip(TRUTHS_BY_PLACE, answers, strict=True) if found]
    return truth
