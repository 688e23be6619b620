"""Base58: the letters of Bitcoin's older addresses and of many networks after it, and its checksum.

Source: Bitcoin's base58 with a version byte and the first 4 bytes of a double SHA-256 as its checksum. The
alphabet leaves out 0, O, I and l, because they look alike in print. A changed character passes once in 2**32.
The XRP Ledger has the same letters in another order, so that its accounts begin with r.
"""

from hashlib import sha256

import base58

from breather.intelligence.bad_address import (
    CHECKSUM_MESSAGE,
    AddressFault,
    BadAddress,
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
