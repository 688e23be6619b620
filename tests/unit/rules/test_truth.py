"""SQL's three-valued tables, written out."""

import pytest

from breather.domain.rules.truth import Truth, both, either, opposite

MISS, HIT, OPEN = Truth.MISS, Truth.HIT, Truth.UNDETERMINED


@pytest.mark.parametrize(
    ("one", "other", "conjunction", "disjunction"),
    [
        (MISS, MISS, MISS, MISS),
        (MISS, HIT, MISS, HIT),
        (MISS, OPEN, MISS, OPEN),
        (HIT, HIT, HIT, HIT),
        (HIT, OPEN, OPEN, HIT),
        (OPEN, OPEN, OPEN, OPEN),
    ],
)
def test_a_false_part_decides_and_and_a_true_part_or(
    one: Truth, other: Truth, conjunction: Truth, disjunction: Truth
) -> None:
    assert both(one, other) is both(other, one) is conjunction
    assert either(one, other) is either(other, one) is disjunction


def test_the_opposite_of_unknown_is_unknown() -> None:
    assert [opposite(truth) for truth in (MISS, HIT, OPEN)] == [HIT, MISS, OPEN]
