"""When a failed delivery is tried again, and that docs/relay.md says the same."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breather.domain.instant import DAY, HOUR, MINUTE, SECOND
from breather.domain.retry import SPREAD_PERCENT, WAITS, wait_after
from tests.tidy.source import ROOT

UNITS = {"s": SECOND, "min": MINUTE, "h": HOUR}


def test_the_document_says_what_the_code_does() -> None:
    text = (ROOT / "docs" / "relay.md").read_text("utf-8")
    rows = re.findall(r"^\| (\d+) \| (\d+) (s|min|h) \|", text, re.MULTILINE)
    assert [(int(failure), int(count) * UNITS[unit]) for failure, count, unit in rows] == list(enumerate(WAITS, 1))
    assert f"{SPREAD_PERCENT} %" in text


def test_the_middle_share_waits_as_the_table_says_and_the_last_failure_is_the_end() -> None:
    assert [wait_after(failures, 0.5) for failures in range(1, len(WAITS) + 1)] == list(WAITS)
    assert wait_after(len(WAITS) + 1, 0.5) is None
    assert wait_after(1000, 0.5) is None


def test_it_goes_on_for_about_three_days_and_never_hurries() -> None:
    assert 2 * DAY < sum(WAITS) < 4 * DAY
    assert list(WAITS) == sorted(WAITS)


@given(st.integers(1, len(WAITS)), st.floats(0, 1, exclude_max=True))
def test_each_wait_is_off_by_at_most_a_fifth(failures: int, share: float) -> None:
    wait, meant = wait_after(failures, share), WAITS[failures - 1]
    assert wait is not None
    assert abs(wait - meant) <= meant * SPREAD_PERCENT / 100 + 1


def test_what_failed_together_does_not_come_back_together() -> None:
    assert len({wait_after(3, share / 100) for share in range(100)}) > 90


@pytest.mark.parametrize(("failures", "share"), [(0, 0.5), (-1, 0.5), (1, 1.0), (1, -0.1)])
def test_what_makes_no_sense_is_refused(failures: int, share: float) -> None:
    with pytest.raises(ValueError, match="are right"):
        wait_after(failures, share)
