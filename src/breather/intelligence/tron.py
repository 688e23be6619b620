"""TRON addresses: Base58Check with version byte 0x41, hence 34 characters that begin with T."""

import re

import base58

from breather.intelligence.bad_address import AddressFault, BadAddress
from breather.intelligence.base58_text import read_base58

VERSION = 0x41
LENGTH = 34
_HEXADECIMAL = re.compile(r"(?:0x)?(41[0-9a-fA-F]{40})")


def read_tron(text: str) -> str:
    """The address itself: Base58Check has one spelling. Raises BadAddress."""
    form = "a TRON address has 34 characters and begins with T"
    if hexadecimal := _HEXADECIMAL.fullmatch(text):
        # Node software shows this form; it has no checksum, so we do not take it for an answer.
        spelling = base58.b58encode_check(bytes.fromhex(hexadecimal[1])).decode("ascii")
        raise BadAddress(AddressFault.FORM, f"this is the hexadecimal form; {form}", spelling)
    if not text.startswith("T"):
        raise BadAddress(AddressFault.FORM, f"{form}; this one begins with '{text[0]}'")
    if len(text) != LENGTH:
        raise BadAddress(AddressFault.LENGTH, f"{form}; this one has {len(text)}")
    version = read_base58(text, "TRON")
    if version != VERSION:
        raise BadAddress(AddressFault.FORM, f"its version byte is 0x{version:02x}; that of TRON is 0x41")
    return text
