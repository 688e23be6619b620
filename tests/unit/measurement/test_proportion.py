"""The interval of a share, against the examples that its literature publishes."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breather.measurement.proportion import proportion

# R. G. Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17 (1998) 857-872,
# table I, method 3 (score, without continuity correction), 95 %.
PUBLISHED = [
    (81, 263, 0.2553, 0.3662),
    (15, 148, 0.0624, 0.1605),
    (0, 20, 0.0000, 0.1611),
    (1, 29, 0.0061, 0.1718),
]


@pytest.mark.parametrize(("count", "of", "low", "high"), PUBLISHED)
def test_the_published_examples(count: int, of: int, low: float, high: float) -> None:
    found = proportion(count, of)
    assert (round(found.low, 4), round(found.high, 4), found.share) == (low, high, count / of)


@given(st.integers(1, 10_000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_the_ends_are_the_shares_that_lie_just_so_far_away(counts: tuple[int, int]) -> None:
    """What defines the score interval: at its ends the count is 1.96 standard errors off, by the ends' own error."""
    count, of = counts
    found = proportion(count, of)
    assert 0 <= found.low <= count / of <= found.high <= 1
    for end in (found.low, found.high):
        if 0 < end < 1:
            assert math.isclose(abs(count / of - end) / math.sqrt(end * (1 - end) / of), 1.95996, rel_tol=1e-4)


def test_of_nothing_nothing_is_known() -> None:
    found = proportion(0, 0)
    assert (found.share, found.low, found.high) == (None, 0.0, 1.0)


@pytest.mark.parametrize(("count", "of"), [(-1, 3), (4, 3), (0, -1)])
def test_what_is_no_share_is_refused(count: int, of: int) -> None:
    with pytest.raises(ValueError, match="is no share"):
        proportion(count, of)
