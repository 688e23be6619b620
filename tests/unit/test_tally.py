"""Counts in fixed buckets, as Prometheus reads them."""

from hypothesis import given
from hypothesis import strategies as st

from breather.tally import SECONDS, SIZES, Tally


def test_a_bound_belongs_to_its_bucket_and_what_is_beyond_the_last_is_kept() -> None:
    tally = Tally((1, 2))
    for value in (1, 1.5, 2, 3):
        tally.observe(value)
    assert tally.buckets() == [("1", 1.0), ("2", 3.0), ("+Inf", 4.0)]
    assert tally.total == 7.5


@given(st.lists(st.floats(0, 100), max_size=50))
def test_each_bucket_has_what_is_at_most_its_end(values: list[float]) -> None:
    tally = Tally(SECONDS)
    for value in values:
        tally.observe(value)
    assert [count for _, count in tally.buckets()] == [
        sum(value <= end for value in values) for end in (*SECONDS, float("inf"))
    ]


def test_bounds_rise() -> None:
    assert list(SECONDS) == sorted(set(SECONDS))
    assert list(SIZES) == sorted(set(SIZES))
