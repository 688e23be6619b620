"""Bitcoin addresses of the main network: P2PKH (1...), P2SH (3...), SegWit version 0 and Taproot (bc1...).

Sources: BIP-13, BIP-173 (bech32, witness version 0), BIP-350 (bech32m, version 1 and later), BIP-341.
Witness versions above 1, and version 1 with another length than Taproot's, have no meaning yet: anyone could
spend what is sent there, so they are refused although BIP-350 can express them.
"""

from collections.abc import Mapping

from bech32 import CHARSET, bech32_hrp_expand, bech32_polymod, convertbits

from breather.intelligence.bad_address import (
    CHECKSUM_MESSAGE,
    AddressFault,
    BadAddress,
)
from breather.intelligence.base58_text import read_base58

P2PKH = 0x00
P2SH = 0x05
TEST_NETWORK_VERSIONS = frozenset({0x6F, 0xC4})
PREFIX = "bc1"
TEST_NETWORK_PREFIXES = ("tb1", "bcrt1")
SEGWIT_LENGTHS = (42, 62)
CHECKSUM_CHARACTERS = 6
# The constant that the checksum must come to tells bech32 from bech32m.
CHECKSUM_OF_VERSION: Mapping[int, int] = {0: 1, 1: 0x2BC830A3}
PROGRAM_LENGTHS: Mapping[int, tuple[int, ...]] = {0: (20, 32), 1: (32,)}

_FORM = "a Bitcoin address begins with 1, 3 or bc1"
_TEST_NETWORK = "this is an address of a Bitcoin test network, where coins have no value"


def read_bitcoin(text: str) -> str:
    """The address; a bech32 one in small letters. Raises BadAddress."""
    lowered = text.lower()
    if lowered.startswith(TEST_NETWORK_PREFIXES):
        raise BadAddress(AddressFault.NETWORK, _TEST_NETWORK)
    if lowered.startswith(PREFIX):
        return _read_segwit(text)
    return _read_legacy(text)


def _read_legacy(text: str) -> str:
    if text[0] not in "13mn2":
        raise BadAddress(AddressFault.FORM, f"{_FORM}; this one begins with '{text[0]}'")
    if not 25 <= len(text) <= 35:
        message = f"a Bitcoin address that begins with 1 or 3 has 26 to 34 characters; this one has {len(text)}"
        raise BadAddress(AddressFault.LENGTH, message)
    version, _ = read_base58(text, "Bitcoin")
    if version in TEST_NETWORK_VERSIONS:
        raise BadAddress(AddressFault.NETWORK, _TEST_NETWORK)
    if version not in {P2PKH, P2SH}:
        raise BadAddress(AddressFault.FORM, f"{_FORM}; this one has the version byte 0x{version:02x}")
    return text


def _read_segwit(text: str) -> str:
    if text not in {text.lower(), text.upper()}:
        # Copying never mixes cases; editing by hand does. BIP-173 refuses it, and so do we.
        raise BadAddress(
            AddressFault.FORM, "small and capital letters are mixed; an address of this form uses one kind"
        )
    canonical = text.lower()
    if len(canonical) not in SEGWIT_LENGTHS:
        message = f"an address that begins with bc1 has 42 or 62 characters; this one has {len(text)}"
        raise BadAddress(AddressFault.LENGTH, message)
    digits = _digits(canonical)
    version = digits[0]
    if version not in CHECKSUM_OF_VERSION:
        # A wrong letter in this place looks like an unused version, so say both.
        message = f"witness version {version} is not in use; if you did not mean it, character 4 is wrong"
        raise BadAddress(AddressFault.FORM, message)
    if bech32_polymod(bech32_hrp_expand("bc") + digits) != CHECKSUM_OF_VERSION[version]:
        raise BadAddress(AddressFault.CHECKSUM, CHECKSUM_MESSAGE)
    program = convertbits(digits[1:-CHECKSUM_CHARACTERS], 5, 8, pad=False)
    if program is None or len(program) not in PROGRAM_LENGTHS[version]:
        message = f"witness version {version} is not in use with {len(text)} characters; it has 62"
        raise BadAddress(AddressFault.LENGTH, message)
    return canonical


def _digits(canonical: str) -> list[int]:
    for position, character in enumerate(canonical[len(PREFIX) :], start=len(PREFIX) + 1):
        if character not in CHARSET:
            message = f"character {position} is '{character}'; after bc1 an address never contains 1, b, i or o"
            raise BadAddress(AddressFault.CHARACTER, message)
    return [CHARSET.index(character) for character in canonical[len(PREFIX) :]]
