"""The sample pack as a starting point that a test alters in one place."""

import functools
from collections.abc import Mapping

from breather.domain.finding import Finding, Refused
from breather.domain.instant import Millis, parse_instant
from breather.domain.pack import Pack
from breather.protocol.pack import read_folder, read_pack
from breather.samples import sample_pack

NOW: Millis = parse_instant("2026-11-22T10:43:00Z")


@functools.cache
def sample_files() -> Mapping[str, bytes]:
    return read_folder(sample_pack("macau-pj"))


@functools.cache
def sample() -> Pack:
    return read_pack(sample_files())


def with_text(name: str, old: str, new: str) -> dict[str, bytes]:
    """The sample's files with `old`, which must be there, replaced by `new` in one of them."""
    content = sample_files()[name].decode()
    assert old in content, f"{old!r} is not in {name}"
    return {**sample_files(), name: content.replace(old, new, 1).encode()}


def findings_of(files: Mapping[str, bytes]) -> list[Finding]:
    """What `read_pack` says against the files; empty if it takes them."""
    try:
        read_pack(files)
    except Refused as refused:
        return list(refused.findings)
    return []


def codes(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.pointer, finding.code) for finding in findings]
