"""From claims in any order to one sorted snapshot, in bounded memory.

Claims are dealt by the first byte of their key into 256 parts, which go to disk when they grow; at the end one part
after another is sorted and written. A part of ten million claims is four megabytes. The keys' salt is secret, so nobody
who publishes a list can fill one part alone.
"""

import os
from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO

from breather.domain.asset import Network
from breather.domain.entry import ACTOR, HOST, Claim
from breather.intelligence.claim_record import read_claim, write_claim
from breather.intelligence.snapshot_file import give_name, put_aside, write_header, write_record
from breather.intelligence.subject_key import Hash, key_of, seeds

PARTS = 256
# The members themselves: a look-up by the same object is spared the comparison of two texts.
SCOPES: tuple[str, ...] = (*Network, HOST, ACTOR)
# A source may say several things about one address; one that says a thousand wants to make every look-up slow.
MOST_CLAIMS = 8
_BUFFERED = 128 * 1024
_first = itemgetter(0)

Keyed = tuple[int, bytes]


class ClaimSorter:
    """Counts as it writes: `taken`, `repeated` (said before), `crowded` (a ninth claim about the same address)."""

    def __init__(self, folder: Path, salt: bytes) -> None:
        """`folder` holds the parts, and is the caller's to remove."""
        self._folder = folder
        self._salt = salt
        self._seeds: Mapping[str, Hash] = seeds(salt, SCOPES)
        self._parts: tuple[list[Keyed], ...] = tuple([] for _ in range(PARTS))
        self._sizes = [0] * PARTS
        self.taken = self.repeated = self.crowded = 0

    def add(self, claim: Claim) -> None:
        key = key_of(self._seeds[claim.scope], claim.value)
        record = write_claim(claim)
        part = key >> 56
        self._parts[part].append((key, record))
        self._sizes[part] += len(record)
        if self._sizes[part] >= _BUFFERED:
            self._spill(part)

    def write(self, target: Path) -> None:
        """The snapshot under its own name, on the disk. May be called once."""
        aside = put_aside(target.parent, target.name)
        with aside.open("wb") as file:
            write_header(file, self._salt, 0)
            for part in range(PARTS):
                self._write_part(file, part)
            file.seek(0)
            write_header(file, self._salt, self.taken)
            file.flush()
            os.fsync(file.fileno())
        give_name(aside, target)

    def _part_file(self, part: int) -> Path:
        return self._folder / f"part-{part:02x}"

    def _spill(self, part: int) -> None:
        with self._part_file(part).open("ab") as file:
            for key, record in self._parts[part]:
                write_record(file, key, record)
        self._parts[part].clear()
        self._sizes[part] = 0

    def _write_part(self, file: BinaryIO, part: int) -> None:
        found = [*_spilled(self._part_file(part)), *self._parts[part]]
        self._parts[part].clear()
        self._part_file(part).unlink(missing_ok=True)
        found.sort(key=_first)  # stable: of what is said twice, the first stays
        for key, group in groupby(found, key=_first):
            records = [record for _, record in group]
            for record in records if len(records) == 1 else self._distinct(records):
                write_record(file, key, record)
                self.taken += 1

    def _distinct(self, records: list[bytes]) -> list[bytes]:
        """Of claims with one key: each thing said once, and of one subject no more than a few."""
        said = set()
        subjects: dict[tuple[str, str], int] = {}
        kept = []
        for record in records:
            claim = read_claim(record)
            subject = (claim.scope, claim.value)
            what = (subject, claim.category, claim.typology, claim.label, claim.allows)
            if what in said:
                self.repeated += 1
            elif subjects.get(subject, 0) >= MOST_CLAIMS:
                self.crowded += 1
            else:
                said.add(what)
                subjects[subject] = subjects.get(subject, 0) + 1
                kept.append(record)
        return kept


def _spilled(path: Path) -> Iterator[Keyed]:
    if not path.exists():
        return
    content = path.read_bytes()
    offset = 0
    while offset < len(content):
        key = int.from_bytes(content[offset : offset + 8], "big")
        end = offset + 12 + int.from_bytes(content[offset + 8 : offset + 12], "big")
        yield key, content[offset + 12 : end]
        offset = end
