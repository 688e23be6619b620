"""Addresses of Ethereum and of the networks that share its form: 0x and 40 hexadecimal digits.

Source: EIP-55, which hides a checksum in the capitals. All-small and all-capital spellings carry none and are
accepted, as wallets do; in a mixed spelling the capitals must be right. The canonical form is that of EIP-55:
it is the one that people see in their wallets, so that they can compare.
"""

from string import hexdigits

from eth_utils.address import is_checksum_formatted_address, to_checksum_address

from breather.intelligence.bad_address import (
    CHECKSUM_MESSAGE,
    AddressFault,
    BadAddress,
    refuse_foreign_characters,
)

PREFIX = "0x"
LENGTH = 42


def read_ethereum(text: str) -> str:
    """The EIP-55 spelling. Raises BadAddress."""
    form = "an address on this network is 0x and 40 hexadecimal digits"
    if text.startswith("0X"):
        raise BadAddress(AddressFault.FORM, f"{form}; the x is a small letter", PREFIX + text[2:])
    if not text.startswith(PREFIX):
        raise BadAddress(AddressFault.FORM, f"{form}; this one does not begin with 0x")
    refuse_foreign_characters(text[2:], hexdigits, "after 0x only 0 to 9 and a to f are possible")
    if len(text) != LENGTH:
        raise BadAddress(AddressFault.LENGTH, f"{form}; this one has {len(text) - 2} digits")
    canonical: str = to_checksum_address(text)
    # "Checksum formatted" means that it mixes small letters and capitals, and so claims a checksum.
    if is_checksum_formatted_address(text) and text != canonical:
        raise BadAddress(AddressFault.CHECKSUM, f"{CHECKSUM_MESSAGE}, or a capital letter is")
    return canonical
