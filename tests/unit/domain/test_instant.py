"""Instants: RFC 3339 at the door, milliseconds behind it."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breather.domain.instant import LATEST, Millis, format_instant, parse_instant

MILLIS = st.integers(0, LATEST).map(Millis)


@given(MILLIS)
def test_an_instant_survives_the_way_out_and_back(millis: Millis) -> None:
    assert parse_instant(format_instant(millis)) == millis


@given(MILLIS)
def test_the_text_is_what_the_library_reads(millis: Millis) -> None:
    moment = datetime.fromisoformat(format_instant(millis))
    assert (moment - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1) == millis


@given(st.integers(10**9, 4 * 10**9), st.integers(-14 * 60, 14 * 60))
def test_every_offset_names_the_same_instant(seconds: int, minutes: int) -> None:
    there = datetime.fromtimestamp(seconds, timezone(timedelta(minutes=minutes)))
    assert parse_instant(there.isoformat()) == seconds * 1000


@pytest.mark.parametrize(
    "text",
    ["2026-01-31T09:30:00Z", "2026-01-31t09:30:00z", "2026-01-31T17:30:00+08:00", "2026-01-31T09:30:00.000000000Z"],
)
def test_rfc_3339_is_read(text: str) -> None:
    assert parse_instant(text) == 1_769_851_800_000


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2026-01-31T09:30:00", "no time zone"),
        ("2026-01-31", "not an instant"),
        ("2026-01-31 09:30:00Z", "not an instant"),
        ("2026-02-30T09:30:00Z", "not an instant"),
        ("2026-01-31T24:00:00Z", "not an instant"),
        ("2026-01-31T09:30Z", "not an instant"),
        ("2026-W05-6T09:30:00Z", "not an instant"),
        ("20260131T093000Z", "not an instant"),
        ("2026-01-31T09:30:00,5Z", "not an instant"),
        ("2026-01-31T09:30:00+00:00:30", "not an instant"),
        ("1769851800", "not an instant"),
        ("", "not an instant"),
        ("now", "not an instant"),
        ("٢٠٢٦-01-31T09:30:00Z", "not an instant"),
        ("1969-12-31T23:59:59Z", "outside the years"),
        ("0001-01-01T00:00:00+14:00", "outside the years"),
        ("9999-12-31T23:59:59-14:00", "outside the years"),
    ],
)
def test_anything_else_is_refused_with_what_would_be_right(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        parse_instant(text)


@given(st.text(max_size=30))
def test_no_text_makes_it_fail_otherwise(text: str) -> None:
    try:
        assert 0 <= parse_instant(text) <= LATEST
    except ValueError as refusal:
        assert "write it like" in str(refusal) or "outside" in str(refusal)
