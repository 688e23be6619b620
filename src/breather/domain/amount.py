"""Amounts: canonical decimal strings outside, integers inside; never float.

An 18-decimal token overflows 64 bits at 9.2 units, so amounts in base units are Python integers and are stored as text.
US dollars are integer micro-dollars, which do fit.
"""

import re
from typing import NewType

BaseUnits = NewType("BaseUnits", int)
MicroUsd = NewType("MicroUsd", int)

USD_DECIMALS = 6
# More whole units than any listed asset has ever had; beyond this it is a mistake, not a withdrawal.
MOST_WHOLE_UNITS = 10**15
MOST_USD = 10**11

_DECIMAL = re.compile(r"[0-9]{1,24}(\.[0-9]{1,24})?")


def parse_units(text: str, decimals: int, most_whole: int = MOST_WHOLE_UNITS) -> BaseUnits:
    """A positive decimal string to integer base units. Raises ValueError saying what would be right."""
    if not _DECIMAL.fullmatch(text):
        if text.startswith("-"):
            raise ValueError("must be more than zero")
        raise ValueError('must be a decimal number in a string, such as "5000" or "0.25", without signs or exponents')
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0")
    if len(fraction) > decimals:
        raise ValueError(f"has {len(fraction)} decimals; at most {decimals} are possible here")
    units = int(whole) * 10**decimals + int(fraction.ljust(decimals, "0") or "0")
    if units > most_whole * 10**decimals:
        raise ValueError(f"is larger than {most_whole}, the most that can be a real amount")
    if units == 0:
        raise ValueError("must be more than zero")
    return BaseUnits(units)


def format_units(units: int, decimals: int) -> str:
    """Base units to the canonical decimal string: no trailing zeros, no exponent, no sign."""
    if decimals == 0:
        return str(units)
    digits = str(units).rjust(decimals + 1, "0")
    whole, fraction = digits[:-decimals], digits[-decimals:].rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole


def parse_usd(text: str) -> MicroUsd:
    """A positive decimal string in US dollars to micro-dollars. Raises ValueError saying what would be right."""
    return MicroUsd(parse_units(text, USD_DECIMALS, MOST_USD))


def dollars(micro: int) -> float:
    """Micro-dollars as the finite double that rules compare with."""
    return micro / 1_000_000
