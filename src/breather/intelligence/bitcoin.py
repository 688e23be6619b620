"""Bitcoin addresses of the main network: P2PKH (1...), P2SH (3...), SegWit version 0 and Taproot (bc1...).

Sources: BIP-13 for P2SH; segwit.py for the rest.
"""

from breather.intelligence.bad_address import AddressFault, BadAddress, of_test_network
from breather.intelligence.base58_text import read_base58
from breather.intelligence.segwit import read_segwit, segwit_form

P2PKH = 0x00
P2SH = 0x05
TEST_NETWORK_VERSIONS = frozenset({0x6F, 0xC4})
TEST_NETWORK_PREFIXES = ("tb1", "bcrt1")

_SEGWIT = segwit_form("bc")
_FORM = "a Bitcoin address begins with 1, 3 or bc1"


def read_bitcoin(text: str) -> str:
    """The address; a bech32 one in small letters. Raises BadAddress."""
    lowered = text[:5].lower()
    if lowered.startswith(TEST_NETWORK_PREFIXES):
        raise of_test_network("Bitcoin")
    if lowered.startswith(_SEGWIT.prefix):
        return read_segwit(text, _SEGWIT)
    return _read_legacy(text)


def _read_legacy(text: str) -> str:
    if text[0] not in "13mn2":
        raise BadAddress(AddressFault.FORM, f"{_FORM}; this one begins with '{text[0]}'")
    if not 25 <= len(text) <= 35:
        message = f"a Bitcoin address that begins with 1 or 3 has 26 to 34 characters; this one has {len(text)}"
        raise BadAddress(AddressFault.LENGTH, message)
    version = read_base58(text, "Bitcoin")
    if version in TEST_NETWORK_VERSIONS:
        raise of_test_network("Bitcoin")
    if version not in {P2PKH, P2SH}:
        raise BadAddress(AddressFault.FORM, f"{_FORM}; this one has the version byte 0x{version:02x}")
    return text
