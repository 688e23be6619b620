"""Cardano's Byron addresses: base58 over a little CBOR, with a CRC-32.

Sources: CIP-0019 and the Byron specification, for [tag 24 of bytes of [root, attributes, type], CRC-32 of those bytes];
RFC 8949 for CBOR. Only what these addresses hold is read here, strictly: a general reader would take dates and
fractions from strangers, to no use.
"""

from zlib import crc32

from breather.intelligence.bad_address import CHECKSUM_MESSAGE, AddressFault, BadAddress, of_test_network
from breather.intelligence.base58_text import decode_base58

UNSIGNED, BYTES, ARRAY, MAP, TAG = 0, 2, 4, 5, 6
ENCODED_CBOR = 24
ROOT_BYTES = 28
# Attributes: the key's path, encrypted, in older ones; the network's number on test networks alone.
PATH, NETWORK = 1, 2
# 0 is a key, 2 a redeemed voucher; 1 was for scripts and never used.
TYPES = frozenset({0, 2})


class _Malformed(Exception):
    pass


class _Reader:
    """Definite lengths, shortest spellings; anything else is not such an address."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def number(self, major: int) -> int:
        """The number in the head of the next item, which is of this major type."""
        head = self.take(1)[0]
        if head >> 5 != major:
            raise _Malformed
        short = head & 31
        if short < 24:
            return short
        if short > 27:
            raise _Malformed
        size = 1 << (short - 24)
        value = int.from_bytes(self.take(size), "big")
        if value < (24 if size == 1 else 1 << 4 * size):
            raise _Malformed
        return value

    def take(self, count: int) -> bytes:
        found = self._data[self._at : self._at + count]
        if len(found) != count:
            raise _Malformed
        self._at += count
        return found

    def end(self) -> None:
        if self._at != len(self._data):
            raise _Malformed


def read_byron(text: str) -> str:
    """The address itself: base58 has one spelling. Raises BadAddress."""
    data = decode_base58(text, "Cardano")
    try:
        payload, expected = _payload(data)
        if crc32(payload) != expected:
            raise BadAddress(AddressFault.CHECKSUM, CHECKSUM_MESSAGE)
        attributes = _attributes(payload)
    except _Malformed:
        raise BadAddress(
            AddressFault.FORM, "this begins like an older Cardano address, but holds something else"
        ) from None
    if NETWORK in attributes:
        raise of_test_network("Cardano")
    return text


def _payload(data: bytes) -> tuple[bytes, int]:
    reader = _Reader(data)
    if reader.number(ARRAY) != 2 or reader.number(TAG) != ENCODED_CBOR:
        raise _Malformed
    payload = reader.take(reader.number(BYTES))
    expected = reader.number(UNSIGNED)
    reader.end()
    return payload, expected


def _attributes(payload: bytes) -> set[int]:
    reader = _Reader(payload)
    if reader.number(ARRAY) != 3 or reader.number(BYTES) != ROOT_BYTES:
        raise _Malformed
    reader.take(ROOT_BYTES)
    found = set()
    for _ in range(reader.number(MAP)):
        key = reader.number(UNSIGNED)
        if key not in {PATH, NETWORK} or key in found:
            raise _Malformed
        found.add(key)
        reader.take(reader.number(BYTES))
    if reader.number(UNSIGNED) not in TYPES:
        raise _Malformed
    reader.end()
    return found
