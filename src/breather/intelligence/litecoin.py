"""Litecoin addresses of the main network: P2PKH (L...), P2SH (M...), SegWit and Taproot (ltc1...).

Source: Litecoin Core, chainparams.cpp. Its older P2SH form begins with 3, as Bitcoin's does, and nothing in it says
which of the two is meant: it is refused as a Bitcoin address, and the receiver's software shows the form with M.
Addresses with ltcmweb1 (MimbleWimble extension blocks, LIP-0004) are paid by another kind of transaction.
"""

from breather.intelligence.bad_address import AddressFault, BadAddress, of_test_network
from breather.intelligence.base58_text import HashForm, read_hash_address
from breather.intelligence.segwit import read_segwit, segwit_form

P2PKH = 0x30
P2SH = 0x32
TEST_NETWORK_PREFIXES = ("tltc1", "rltc1", "tmweb1")
EXTENSION_PREFIX = "ltcmweb1"

_SEGWIT = segwit_form("ltc")
_LEGACY = HashForm(
    kind="Litecoin",
    form="a Litecoin address begins with L, M or ltc1",
    length="a Litecoin address that begins with L or M has 34 characters",
    first="LMQmn2",
    lengths=range(33, 36),
    versions=frozenset({P2PKH, P2SH}),
    test_versions=frozenset({0x6F, 0x3A, 0xC4}),
)


def read_litecoin(text: str) -> str:
    """The address; a bech32 one in small letters. Raises BadAddress."""
    lowered = text[:8].lower()
    if lowered.startswith(TEST_NETWORK_PREFIXES):
        raise of_test_network("Litecoin")
    if lowered.startswith(EXTENSION_PREFIX):
        message = "this is an address of Litecoin's extension blocks, which no withdrawal is paid to; one with ltc1 is"
        raise BadAddress(AddressFault.UNPAYABLE, message)
    if lowered.startswith(_SEGWIT.prefix):
        return read_segwit(text, _SEGWIT)
    return read_hash_address(text, _LEGACY)
