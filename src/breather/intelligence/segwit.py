"""SegWit addresses: bc1... on Bitcoin, ltc1... on Litecoin.

Sources: BIP-173 (bech32, witness version 0), BIP-350 (bech32m, version 1 and later), BIP-341.
Witness versions above 1, and version 1 with another length than Taproot's, have no meaning yet: anyone could
spend what is sent there, so they are refused although BIP-350 can express them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from breather.intelligence.bad_address import AddressFault, BadAddress
from breather.intelligence.bech32_text import (
    BECH32,
    BECH32_CODE,
    BECH32M,
    bech32_start,
    check,
    digits_of,
    one_case,
    whole_bytes,
)

# The constant that the checksum must come to tells bech32 from bech32m.
CHECKSUM_OF_VERSION: Mapping[int, int] = {0: BECH32, 1: BECH32M}
PROGRAM_LENGTHS: Mapping[int, tuple[int, ...]] = {0: (20, 32), 1: (32,)}
# Letters after the 1: version, program of 20 or 32 bytes, checksum.
DIGITS = (39, 59)


@dataclass(frozen=True, slots=True)
class SegwitForm:
    """`prefix` with its 1: "bc1"."""

    prefix: str
    start: int


def segwit_form(readable: str) -> SegwitForm:
    """`readable` without its 1: "bc"."""
    return SegwitForm(f"{readable}1", bech32_start(readable))


def read_segwit(text: str, form: SegwitForm) -> str:
    """The address in small letters; it begins with the prefix, in whatever case. Raises BadAddress."""
    canonical = one_case(text)
    prefix = form.prefix
    lengths = [len(prefix) + count for count in DIGITS]
    if len(canonical) not in lengths:
        message = f"an address that begins with {prefix} has {lengths[0]} or {lengths[1]} characters"
        raise BadAddress(AddressFault.LENGTH, f"{message}; this one has {len(text)}")
    digits = digits_of(canonical, prefix)
    version = digits[0]
    if version not in CHECKSUM_OF_VERSION:
        # A wrong letter in this place looks like an unused version, so say both.
        place = len(prefix) + 1
        message = f"witness version {version} is not in use; if you did not mean it, character {place} is wrong"
        raise BadAddress(AddressFault.FORM, message)
    check(BECH32_CODE, form.start, digits, CHECKSUM_OF_VERSION[version], len(prefix) + 1)
    if whole_bytes(digits[1 : -BECH32_CODE.length]) not in PROGRAM_LENGTHS[version]:
        message = f"witness version {version} is not in use with {len(text)} characters; it has {lengths[1]}"
        raise BadAddress(AddressFault.LENGTH, message)
    return canonical
