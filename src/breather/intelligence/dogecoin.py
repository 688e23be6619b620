"""Dogecoin addresses of the main network: P2PKH (D...) and P2SH (9... or A...).

Source: Dogecoin Core, chainparams.cpp.
"""

from breather.intelligence.bad_address import AddressFault, BadAddress, of_test_network
from breather.intelligence.base58_text import read_base58

P2PKH = 0x1E
P2SH = 0x16
LENGTH = 34
TEST_NETWORK_VERSIONS = frozenset({0x71, 0xC4, 0x6F})


def read_dogecoin(text: str) -> str:
    """The address itself: Base58Check has one spelling. Raises BadAddress."""
    form = "a Dogecoin address has 34 characters and begins with D, 9 or A"
    if text[0] not in "D9Anm2":
        raise BadAddress(AddressFault.FORM, f"{form}; this one begins with '{text[0]}'")
    if not LENGTH - 1 <= len(text) <= LENGTH + 1:
        raise BadAddress(AddressFault.LENGTH, f"{form}; this one has {len(text)}")
    version = read_base58(text, "Dogecoin")
    if version in TEST_NETWORK_VERSIONS:
        raise of_test_network("Dogecoin")
    if version not in {P2PKH, P2SH}:
        raise BadAddress(AddressFault.FORM, f"{form}; this one has the version byte 0x{version:02x}")
    return text
