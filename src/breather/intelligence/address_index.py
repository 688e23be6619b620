"""Every claim of every list, found in a microsecond: one mapped file, shared by all processes that open it.

A key's first bits choose a byte of the sieve, and three more one bit of it: where no key has set that bit, which is so
for nine strangers of ten, nothing more is asked. Else its first bits choose a bucket of some eight keys, and the next
32 bits are looked for within it. Ten million keys are 65 MB: four bytes a key, one or two of sieve, half a byte of
table. That an address is listed is decided by comparing it in full with the claim, which is read only where 32 bits
agreed: once in five hundred million strangers for nothing.

    NAME.index   header, sieve of 2**sieve_bits bytes, table of 2**bits + 1 counts (uint32), fingerprints (uint32)
    NAME.where   for each fingerprint, in the same order: which list (16 bits), where in it (48 bits)

Numbers are in the machine's own order, because a mapped file cannot be turned round; the header says which.
"""

import mmap
import os
import struct
import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from heapq import merge
from pathlib import Path
from typing import BinaryIO

from breather.intelligence.claim_record import subject_of
from breather.intelligence.claim_sorter import SCOPES
from breather.intelligence.snapshot_file import DamagedFile, SnapshotFile, give_name, put_aside
from breather.intelligence.subject_key import seeds

MAGIC = b"BRINDEX2"
_HEADER = struct.Struct("=8s8s16sQQ")
INDEX_SUFFIX, WHERE_SUFFIX = ".index", ".where"
_KEY = struct.Struct(">Q")
_IN_BUCKET = 8
_FINGERPRINT = 32
_LIST_BITS, _OFFSET_BITS = 16, 48
_CHUNK = 65_536
MOST_LISTS = 1 << _LIST_BITS
MOST_CLAIMS = (1 << 32) - 1

Hit = tuple[int, memoryview]  # the list's place among `lists`, the claim


def bits_for(count: int) -> int:
    """How many bits of a key choose its bucket: buckets of four to eight keys, at most 2**28 of them."""
    return min(28, max(0, (count // _IN_BUCKET).bit_length()))


def sieve_bits_for(count: int) -> int:
    """How many bits of a key choose its byte of the sieve: one to two bytes a key, and never less than a word."""
    return max(2, count.bit_length())


def build_index(folder: Path, name: str, lists: Sequence[SnapshotFile]) -> None:
    """Both files under their own names, on the disk. All lists have the same salt. Raises DamagedFile, ValueError."""
    count = sum(each.count for each in lists)
    if len(lists) > MOST_LISTS or count > MOST_CLAIMS:
        raise ValueError(f"{count} claims in {len(lists)} lists; at most {MOST_CLAIMS} in {MOST_LISTS} are possible")
    salts = {each.salt for each in lists}
    if len(salts) > 1:
        raise ValueError("the lists were not sorted with the same salt")
    where, index = folder / (name + WHERE_SUFFIX), folder / (name + INDEX_SUFFIX)
    asides = put_aside(folder, where.name), put_aside(folder, index.name)
    with asides[0].open("wb") as locators, asides[1].open("wb") as file:
        bits = bits_for(count)
        file.write(_HEADER.pack(MAGIC, _byte_order(), salts.pop() if salts else bytes(16), count, bits))
        sieve = bytearray(1 << sieve_bits_for(count))
        file.seek(len(sieve) + 4 * ((1 << bits) + 1), os.SEEK_CUR)
        table = _write_keys(file, locators, lists, (bits, sieve))
        file.seek(_HEADER.size)
        file.write(sieve)
        table.tofile(file)
        for each in (locators, file):
            each.flush()
            os.fsync(each.fileno())
    give_name(asides[0], where)
    give_name(asides[1], index)  # last: whoever sees it finds the other


def _write_keys(
    file: BinaryIO, locators: BinaryIO, lists: Sequence[SnapshotFile], chosen: tuple[int, bytearray]
) -> "array[int]":
    """Fingerprints and locators in the order of the keys. `chosen`: the bits that choose a bucket, and the empty sieve,
    which is filled. Returns the table: where each bucket begins.
    """
    bits, sieve = chosen
    table = array("I", bytes(4 * ((1 << bits) + 1)))
    fingerprints, places = array("I"), array("Q")
    to_bucket, to_fingerprint = 64 - bits, 64 - bits - _FINGERPRINT
    to_byte, to_bit = _to_sieve(len(sieve))
    mask = (1 << _FINGERPRINT) - 1
    bucket = position = 0
    for key, place in merge(*(_located(number, each) for number, each in enumerate(lists))):
        while bucket < key >> to_bucket:
            bucket += 1
            table[bucket] = position
        sieve[key >> to_byte] |= 1 << (key >> to_bit & 7)
        fingerprints.append(key >> to_fingerprint & mask)
        places.append(place)
        position += 1
        if len(places) == _CHUNK:
            fingerprints.tofile(file)
            places.tofile(locators)
            del fingerprints[:], places[:]
    fingerprints.tofile(file)
    places.tofile(locators)
    for rest in range(bucket + 1, len(table)):
        table[rest] = position
    return table


def _to_sieve(size: int) -> tuple[int, int]:
    """By how many bits a key is shifted to choose its byte of a sieve of that size, and its bit of the byte."""
    to_byte = 65 - size.bit_length()
    return to_byte, to_byte - 3


def _located(number: int, each: SnapshotFile) -> Iterator[tuple[int, int]]:
    high = number << _OFFSET_BITS
    return ((key, high | offset) for key, offset in each.places())


def _byte_order() -> bytes:
    return sys.byteorder.encode().ljust(8)


class AddressIndex:
    """An opened index with its lists. Immutable; closed by the collector when nobody uses it any more."""

    __slots__ = (
        "_fingerprints",
        "_lists",
        "_seeds",
        "_sieve",
        "_table",
        "_to_bit",
        "_to_bucket",
        "_to_byte",
        "_to_fingerprint",
        "_where",
        "count",
    )

    def __init__(self, folder: Path, name: str, lists: Sequence[SnapshotFile]) -> None:
        """`lists` in the order in which they were built. Raises DamagedFile, and FileNotFoundError."""
        path = folder / (name + INDEX_SUFFIX)
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size < _HEADER.size:
                raise DamagedFile(f"{path.name} is too short for an index")
            content = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        magic, order, salt, self.count, bits = _HEADER.unpack_from(content)
        if magic != MAGIC or order != _byte_order():
            raise DamagedFile(f"{path.name} begins with {magic + order!r}; {MAGIC + _byte_order()!r} is right here")
        sieve, buckets = 1 << sieve_bits_for(self.count), (1 << bits) + 1 if bits <= 28 else 0
        begin = (_HEADER.size + sieve) // 4
        words = content[: len(content) // 4 * 4].cast("I")
        if len(content) != 4 * (begin + buckets + self.count) or self.count != sum(each.count for each in lists):
            raise DamagedFile(f"{path.name} does not have the {self.count} claims of its lists")
        self._sieve = content[_HEADER.size : _HEADER.size + sieve]
        self._to_byte, self._to_bit = _to_sieve(sieve)
        self._table = words[begin : begin + buckets]
        self._fingerprints = words[begin + buckets :]
        self._where = _read_where(folder / (name + WHERE_SUFFIX), self.count)
        self._seeds = dict(seeds(salt, SCOPES))
        self._to_bucket, self._to_fingerprint = 64 - bits, 64 - bits - _FINGERPRINT
        self._lists = tuple(lists)

    def find(self, scope: str, value: str) -> tuple[Hit, ...]:
        """Every claim about exactly this subject, by list. KeyError for a scope that there is not.

        The common case, a stranger, ends here in one hash and one byte; nothing is called that can be spared.
        """
        hashed = self._seeds[scope].copy()
        hashed.update(value.encode())
        (key,) = _KEY.unpack(hashed.digest())
        if not self._sieve[key >> self._to_byte] >> (key >> self._to_bit & 7) & 1:
            return ()
        return self._searched(key, (scope, value))

    def _searched(self, key: int, subject: tuple[str, str]) -> tuple[Hit, ...]:
        bucket = key >> self._to_bucket
        end = self._table[bucket + 1]
        fingerprint = key >> self._to_fingerprint & 0xFFFF_FFFF
        place = bisect_left(self._fingerprints, fingerprint, self._table[bucket], end)
        if place == end or self._fingerprints[place] != fingerprint:
            return ()
        return self._compared(place, end, subject)

    def _compared(self, place: int, end: int, subject: tuple[str, str]) -> tuple[Hit, ...]:
        fingerprint = self._fingerprints[place]
        found = []
        while place < end and self._fingerprints[place] == fingerprint:
            where = self._where[place]
            number = where >> _OFFSET_BITS
            claim = self._lists[number].claim_at(where & (1 << _OFFSET_BITS) - 1)
            if subject_of(claim) == subject:
                found.append((number, claim))
            place += 1
        return tuple(sorted(found, key=lambda hit: hit[0]))


def _read_where(path: Path, count: int) -> memoryview:
    if not count:
        return memoryview(b"").cast("Q")
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size != 8 * count:
            raise DamagedFile(f"{path.name} does not have {count} places")
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)).cast("Q")
