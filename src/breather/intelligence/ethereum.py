"""Addresses of Ethereum and of the networks that share its form: 0x and 40 hexadecimal digits.

Source: EIP-55, which hides a checksum in the capitals. All-small and all-capital spellings carry none and are
accepted, as wallets do; in a mixed spelling the capitals must be right. The canonical form is that of EIP-55:
it is the one that people see in their wallets, so that they can compare. It is a weak check: a wrong digit is found
only where the capitals that it changes would have changed, and goes unnoticed about once in 4,000.
"""

from string import hexdigits

from eth_hash.auto import keccak

from breather.intelligence.bad_address import (
    CHECKSUM_MESSAGE,
    AddressFault,
    BadAddress,
    refuse_foreign_characters,
)

PREFIX = "0x"
LENGTH = 42
# Digits of the hash from which on a letter is a capital.
CAPITAL_FROM = "8"


def read_ethereum(text: str) -> str:
    """The EIP-55 spelling. Raises BadAddress."""
    form = "an address on this network is 0x and 40 hexadecimal digits"
    if text.startswith("0X"):
        raise BadAddress(AddressFault.FORM, f"{form}; the x is a small letter", PREFIX + text[2:])
    if not text.startswith(PREFIX):
        raise BadAddress(AddressFault.FORM, f"{form}; this one does not begin with 0x")
    digits = text[2:]
    refuse_foreign_characters(digits, hexdigits, "after 0x only 0 to 9 and a to f are possible")
    if len(text) != LENGTH:
        raise BadAddress(AddressFault.LENGTH, f"{form}; this one has {len(digits)} digits")
    small = digits.lower()
    canonical = PREFIX + with_capitals(small)
    # A spelling that mixes small letters and capitals claims a checksum.
    if text != canonical and digits != small and digits != digits.upper():
        raise BadAddress(AddressFault.CHECKSUM, f"{CHECKSUM_MESSAGE}, or a capital letter is")
    return canonical


def with_capitals(small: str) -> str:
    """40 small hexadecimal digits with the capitals of EIP-55. (eth-utils does the same in three times the time.)"""
    marks = keccak(small.encode("ascii")).hex()
    pairs = zip(small, marks, strict=False)
    return "".join([digit.upper() if mark >= CAPITAL_FROM else digit for digit, mark in pairs])
