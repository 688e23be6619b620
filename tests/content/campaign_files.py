"""The sample campaign as files that a test may edit, and what the check says of them."""

from collections.abc import Mapping

import pytest

from breather.domain.finding import Finding, Refused
from breather.domain.instant import Millis, parse_instant
from breather.exchange.activate import Candidate, check
from breather.exchange.campaign_file import CAMPAIGN, EXAMPLES
from breather.protocol.pack import read_folder
from breather.samples import SAMPLE_PUBLIC_KEY, sample_campaign, sample_pack

NOW = parse_instant("2026-11-22T10:43:00Z")
FILES: Mapping[str, bytes] = {
    name: (sample_campaign("macau-pj-trial") / name).read_bytes() for name in (CAMPAIGN, EXAMPLES)
}
PACK = read_folder(sample_pack("macau-pj"))


def checked(files: Mapping[str, bytes], mode: str = "test", now: Millis = NOW) -> Candidate:
    return check(files, PACK, [SAMPLE_PUBLIC_KEY], mode, now)


def edited(*edits: tuple[str, str], file: str = CAMPAIGN) -> dict[str, bytes]:
    """The sample with each text replaced, once; what is to be replaced must be there."""
    text = FILES[file].decode()
    for old, new in edits:
        assert old in text, f"the sample has no {old!r} any more"
        text = text.replace(old, new, 1)
    return {**FILES, file: text.encode()}


def findings_of(files: Mapping[str, bytes], mode: str = "test") -> tuple[Finding, ...]:
    with pytest.raises(Refused) as refusal:
        checked(files, mode)
    return refusal.value.findings
