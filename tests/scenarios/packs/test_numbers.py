"""A pack goes live in no language without a number that is good, now and for as long as somebody may read it."""

from collections import Counter
from pathlib import Path

import pytest

from breather.domain.finding import Refused
from breather.domain.instant import Millis, parse_instant
from breather.exchange.activate import Candidate, check
from breather.protocol.pack import sign_pack
from breather.samples import SAMPLE_KEY, SAMPLE_PUBLIC_KEY
from tests.content.campaign_files import PACK, edited

LINES = Path(__file__).with_name("numbers.txt").read_text(encoding="utf-8").splitlines()
ROWS = [[cell.strip() for cell in line.split("|")] for line in LINES if line and not line.startswith("#")]


@pytest.mark.parametrize("row", ROWS, ids=" | ".join)
def test_a_campaign_goes_live_with_numbers_that_last(row: list[str]) -> None:
    at, days, enquiry, report, ends, said, shown = row
    now = parse_instant(at)
    if said:
        with pytest.raises(Refused) as refusal:
            activated(now, days, (enquiry, report), ends)
        counted = Counter(finding.code for finding in refusal.value.findings)
        assert ", ".join(f"{code} x {n}" if n > 1 else code for code, n in sorted(counted.items())) == said
        return
    candidate = activated(now, days, (enquiry, report), ends)
    last = Millis(now + candidate.campaign.length - 1)
    assert ", ".join(contact.number for contact in candidate.pack.contacts_at(last)) == shown


def activated(now: Millis, days: str, numbers: tuple[str, str], ends: str) -> Candidate:
    head, first, second = PACK["contacts.toml"].decode().split("[[contact]]")
    rows = [row.replace("2028-12-31", day) for row, day in zip((first, second), numbers, strict=True)]
    pack = {
        **PACK,
        "contacts.toml": "[[contact]]".join([head, *rows]).encode(),
        "pack.toml": PACK["pack.toml"].replace(b"2029-01-01T00:00:00+08:00", ends.encode()),
    }
    campaign = edited(('length = "31d"', f'length = "{days}d"'))
    return check(campaign, sign_pack(pack, SAMPLE_KEY, "test"), [SAMPLE_PUBLIC_KEY], "test", now)
