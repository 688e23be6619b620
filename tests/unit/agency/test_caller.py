"""Whose request it is, and how many each caller may send."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.requests import Request

from breather.domain.instant import MINUTE, Millis
from breather.web.agency.caller import MOST_ADDRESSES, Allowance, caller_of

START = Millis(1_800_000_000_000)


def request(peer: str, *forwarded: str) -> Request:
    headers = [(b"x-forwarded-for", each.encode()) for each in forwarded]
    return Request({"type": "http", "client": (peer, 1) if peer else None, "headers": headers})


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "caller"),
    [
        ("192.0.2.1", (), 0, "192.0.2.1"),
        ("192.0.2.1", ("203.0.113.9",), 0, "192.0.2.1"),
        ("192.0.2.1", ("203.0.113.9",), 1, "203.0.113.9"),
        ("192.0.2.1", ("198.51.100.7, 203.0.113.9",), 1, "203.0.113.9"),
        ("192.0.2.1", ("198.51.100.7, 203.0.113.9",), 2, "198.51.100.7"),
        ("192.0.2.1", ("198.51.100.7", "203.0.113.9"), 1, "203.0.113.9"),
        ("192.0.2.1", (), 1, "192.0.2.1"),
        ("192.0.2.1", ("203.0.113.9",), 2, "192.0.2.1"),
        ("192.0.2.1", ("me",), 1, "unknown"),
        ("", (), 0, "unknown"),
        ("2001:db8:1:2:3:4:5:6", (), 0, "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", (), 0, "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", (), 0, "2001:db8:1:3::/64"),
        ("::ffff:192.0.2.1", (), 0, "192.0.2.1"),
        ("192.0.2.1", ("::ffff:203.0.113.9",), 1, "203.0.113.9"),
    ],
)
def test_the_caller_is_who_the_outermost_own_proxy_saw(
    peer: str, forwarded: tuple[str, ...], proxies: int, caller: str
) -> None:
    assert caller_of(request(peer, *forwarded), proxies) == caller


def test_so_many_and_then_wait() -> None:
    allowance = Allowance(3, 3 * MINUTE)
    assert [allowance.take("a", START) for _ in range(4)] == [0, 0, 0, MINUTE]
    assert allowance.take("b", START) == 0
    assert allowance.take("a", Millis(START + MINUTE - 1)) == 1
    assert allowance.take("a", Millis(START + MINUTE)) == 0


@settings(max_examples=200)
@given(st.lists(st.integers(0, 2 * MINUTE), max_size=60), st.integers(1, 12))
def test_no_window_ever_holds_more_than_twice_what_is_allowed(steps: list[int], most: int) -> None:
    """A full allowance may be spent at once, and what refills meanwhile: never more in any window."""
    window = 10 * MINUTE
    allowance, now, taken = Allowance(most, window), int(START), list[int]()
    for step in steps:
        now += step
        if allowance.take("a", Millis(now)) == 0:
            taken.append(now)
    for began in taken:
        assert sum(began <= at < began + window for at in taken) <= 2 * most


@settings(max_examples=100)
@given(st.lists(st.integers(0, MINUTE), min_size=1, max_size=40))
def test_waiting_as_long_as_told_is_enough(steps: list[int]) -> None:
    allowance, now = Allowance(2, 4 * MINUTE), int(START)
    for step in steps:
        now += step
        if wait := allowance.take("a", Millis(now)):
            now += wait
            assert allowance.take("a", Millis(now)) == 0


def test_a_flood_of_addresses_does_not_fill_the_memory() -> None:
    allowance = Allowance(1)
    for number in range(MOST_ADDRESSES + 500):
        allowance.take(str(number), START)
    assert len(allowance._full_at) == MOST_ADDRESSES
