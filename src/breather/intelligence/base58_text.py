"""Base58Check: the form of TRON addresses and of Bitcoin's older ones.

Source: Bitcoin's base58 with a version byte and the first 4 bytes of a double SHA-256 as its checksum. The
alphabet leaves out 0, O, I and l, because they look alike in print. A changed character passes once in 2**32.
"""

import base58

from breather.intelligence.bad_address import (
    CHECKSUM_MESSAGE,
    AddressFault,
    BadAddress,
    refuse_foreign_characters,
)

ALPHABET = base58.BITCOIN_ALPHABET.decode("ascii")
HASH_LENGTH = 20


def read_base58(text: str, kind: str) -> tuple[int, bytes]:
    """The version byte and the 20 bytes of the hash; BadAddress otherwise. `kind` is "TRON" or "Bitcoin"."""
    refuse_foreign_characters(text, ALPHABET, f"such a {kind} address has letters and digits, but never 0, O, I or l")
    try:
        payload = base58.b58decode_check(text)
    except ValueError:
        raise BadAddress(AddressFault.CHECKSUM, CHECKSUM_MESSAGE) from None
    # The checksum covers any length, so a payload with a byte too many may still have a good one.
    if len(payload) != 1 + HASH_LENGTH:
        raise BadAddress(
            AddressFault.LENGTH, f"this holds {len(payload)} bytes; a {kind} address of this form holds 21"
        )
    return payload[0], payload[1:]
