"""Dogecoin addresses of the main network: P2PKH (D...) and P2SH (9... or A...).

Source: Dogecoin Core, chainparams.cpp.
"""

from breather.intelligence.base58_text import HashForm, read_hash_address

P2PKH = 0x1E
P2SH = 0x16
LENGTH = 34

_FORM = "a Dogecoin address has 34 characters and begins with D, 9 or A"
_HASHES = HashForm(
    kind="Dogecoin",
    form=_FORM,
    length=_FORM,
    first="D9Anm2",
    lengths=range(LENGTH - 1, LENGTH + 2),
    versions=frozenset({P2PKH, P2SH}),
    test_versions=frozenset({0x71, 0xC4, 0x6F}),
)


def read_dogecoin(text: str) -> str:
    """The address itself. Raises BadAddress."""
    return read_hash_address(text, _HASHES)
