"""Solana addresses: 32 bytes in base58, without a checksum.

Nothing in such a text shows that a character is wrong: almost any of the right length is some address. Bytes that are
no point of the curve are addresses, too: those of programs (program-derived addresses), which can be paid.
Source: Solana's documentation, "Accounts" and "Program Derived Address".
"""

from breather.intelligence.bad_address import AddressFault, BadAddress
from breather.intelligence.base58_text import decode_base58

BYTES = 32
SHORTEST, LONGEST = 32, 44


def read_solana(text: str) -> str:
    """The address itself: base58 has one spelling. Raises BadAddress."""
    form = "a Solana address has 43 or 44 characters, seldom fewer"
    if not SHORTEST <= len(text) <= LONGEST:
        raise BadAddress(AddressFault.LENGTH, f"{form}; this one has {len(text)}")
    data = decode_base58(text, "Solana")
    if len(data) != BYTES:
        raise BadAddress(AddressFault.LENGTH, f"this holds {len(data)} bytes; a Solana address holds {BYTES}")
    return text
