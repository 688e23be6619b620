"""Bitcoin addresses of the main network: P2PKH (1...), P2SH (3...), SegWit version 0 and Taproot (bc1...).

Sources: BIP-13 for P2SH; segwit.py for the rest.
"""

from breather.intelligence.bad_address import of_test_network
from breather.intelligence.base58_text import HashForm, read_hash_address
from breather.intelligence.segwit import read_segwit, segwit_form

P2PKH = 0x00
P2SH = 0x05
TEST_NETWORK_PREFIXES = ("tb1", "bcrt1")

_SEGWIT = segwit_form("bc")
_LEGACY = HashForm(
    kind="Bitcoin",
    form="a Bitcoin address begins with 1, 3 or bc1",
    length="a Bitcoin address that begins with 1 or 3 has 26 to 34 characters",
    first="13mn2",
    lengths=range(25, 36),
    versions=frozenset({P2PKH, P2SH}),
    test_versions=frozenset({0x6F, 0xC4}),
)


def read_bitcoin(text: str) -> str:
    """The address; a bech32 one in small letters. Raises BadAddress."""
    lowered = text[:5].lower()
    if lowered.startswith(TEST_NETWORK_PREFIXES):
        raise of_test_network("Bitcoin")
    if lowered.startswith(_SEGWIT.prefix):
        return read_segwit(text, _SEGWIT)
    return read_hash_address(text, _LEGACY)
