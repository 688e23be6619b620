"""Base58: the letters of Bitcoin's older addresses and of many networks after it, and its checksum.

Source: Bitcoin's base58 with a version byte and the first 4 bytes of a double SHA-256 as its checksum. The
alphabet leaves out 0, O, I and l, because they look alike in print. A changed character passes once in 2**32.
The XRP Ledger has the same letters in another order, so that its accounts begin with r.
"""

from dataclasses import dataclass
from hashlib import sha256

import base58

from breather.intelligence.bad_address import (
    CHECKSUM_MESSAGE,
    AddressFault,
    BadAddress,
    of_test_network,
    refuse_foreign_characters,
)

ALPHABET = base58.BITCOIN_ALPHABET.decode("ascii")
RIPPLE_ALPHABET = base58.RIPPLE_ALPHABET.decode("ascii")
HASH_LENGTH = 20
CHECKSUM_LENGTH = 4

_TO_BITCOIN = str.maketrans(RIPPLE_ALPHABET, ALPHABET)
_VALUES = bytes(max(ALPHABET.find(chr(code)), 0) for code in range(256))
_ZERO = ALPHABET[0]


def decode_base58(text: str, kind: str) -> bytes:
    """The bytes of a text in Bitcoin's alphabet; BadAddress names the first character outside it."""
    refuse_foreign_characters(text, ALPHABET, f"such a {kind} address has letters and digits, but never 0, O, I or l")
    number = 0
    for value in text.encode("ascii").translate(_VALUES):
        number = number * 58 + value
    # Each 1 at the front stands for a byte of zeros, which a number cannot say.
    zeros = len(text) - len(text.lstrip(_ZERO))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def decode_ripple(text: str, kind: str) -> bytes:
    """As decode_base58, in the alphabet of the XRP Ledger."""
    return decode_base58(text.translate(_TO_BITCOIN), kind)


def checked(data: bytes) -> bytes:
    """What stands before the 4 bytes of checksum; BadAddress where they do not agree with it."""
    payload = data[:-CHECKSUM_LENGTH]
    if sha256(sha256(payload).digest()).digest()[:CHECKSUM_LENGTH] != data[-CHECKSUM_LENGTH:]:
        raise BadAddress(AddressFault.CHECKSUM, CHECKSUM_MESSAGE)
    return payload


def read_base58(text: str, kind: str) -> int:
    """The version byte before a hash of 20 bytes; BadAddress otherwise. `kind` is "TRON", "Bitcoin" ..."""
    payload = checked(decode_base58(text, kind))
    # The checksum covers any length, so a payload with a byte too many may still have a good one.
    if len(payload) != 1 + HASH_LENGTH:
        raise BadAddress(
            AddressFault.LENGTH, f"this holds {len(payload)} bytes; a {kind} address of this form holds 21"
        )
    return payload[0]


@dataclass(frozen=True, slots=True)
class HashForm:
    """The base58 addresses of a network that counts as Bitcoin does: a version byte and a hash. `form` and `length` say
    to people what is right, `lengths` has a character to spare at both ends, so that a lost one is named by its
    checksum. `first` are the letters that the main and the test networks' addresses begin with.
    """

    kind: str
    form: str
    length: str
    first: str
    lengths: range
    versions: frozenset[int]
    test_versions: frozenset[int]


def read_hash_address(text: str, wanted: HashForm) -> str:
    """The address itself: Base58Check has one spelling. Raises BadAddress."""
    if text[0] not in wanted.first:
        raise BadAddress(AddressFault.FORM, f"{wanted.form}; this one begins with '{text[0]}'")
    if len(text) not in wanted.lengths:
        raise BadAddress(AddressFault.LENGTH, f"{wanted.length}; this one has {len(text)}")
    version = read_base58(text, wanted.kind)
    if version in wanted.test_versions:
        raise of_test_network(wanted.kind)
    if version not in wanted.versions:
        raise BadAddress(AddressFault.FORM, f"{wanted.form}; this one has the version byte 0x{version:02x}")
    return text
