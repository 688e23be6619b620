"""Bitcoin Cash addresses of the main network, in CashAddr.

Sources: the CashAddr specification (bitcoincash.org, cashaddr.md); CHIP-2022-02 CashTokens for the types of receivers
that hold tokens. The canonical spelling has small letters, no `bitcoincash:` (a colon separates the parts of a
destination's key, and wallets take both), and the plain type: one that announces tokens locks to the same script.

The older form is letter for letter Bitcoin's, and nothing in it says which of the two is meant: it is refused, and
known as a Bitcoin address. The receiver's software shows the new one.
"""

from collections.abc import Mapping

from breather.intelligence.bad_address import AddressFault, BadAddress, of_test_network
from breather.intelligence.bech32_text import (
    CASHADDR_CODE,
    LETTERS,
    cashaddr_start,
    check,
    digits_of,
    one_case,
    whole_bytes,
)

PREFIX = "bitcoincash:"
TEST_NETWORK_PREFIXES = ("bchtest:", "bchreg:")
PLAIN_OF_TOKEN_TYPE: Mapping[int, int] = {2: 0, 3: 1}
# By the size bits of the version byte.
LENGTHS = (20, 24, 28, 32, 40, 48, 56, 64)
# What receivers use: hashes of 20 bytes, and scripts' of 32 since 2023.
IN_USE = frozenset({(0, 20), (1, 20), (1, 32)})
# Letters without the prefix, for 20 and 32 bytes.
LETTER_COUNTS = (42, 61)

_START = cashaddr_start(PREFIX[:-1])
_FORM = "a Bitcoin Cash address begins with bitcoincash:, or with q or p where that is left out"


def read_bitcoin_cash(text: str) -> str:
    """The address without its prefix, in small letters. Raises BadAddress."""
    lowered = one_case(text) if ":" in text or text[0] in "qpzrQPZR" else text
    if lowered.startswith(TEST_NETWORK_PREFIXES):
        raise of_test_network("Bitcoin Cash")
    skipped = len(PREFIX) if lowered.startswith(PREFIX) else 0
    canonical = lowered[skipped:]
    if ":" in canonical or canonical[:1] not in {"q", "p", "z", "r"}:
        raise BadAddress(AddressFault.FORM, _FORM)
    if len(canonical) not in LETTER_COUNTS:
        message = f"a Bitcoin Cash address has 42 characters after {PREFIX}; this one has {len(canonical)}"
        raise BadAddress(AddressFault.LENGTH, message)
    digits = digits_of(lowered, lowered[:skipped])
    check(CASHADDR_CODE, _START, digits, 0x1, skipped + 1)
    version = digits[0] << 3 | digits[1] >> 2
    kind, size = version >> 3, LENGTHS[version & 7]
    plain = PLAIN_OF_TOKEN_TYPE.get(kind, kind)
    if (plain, size) not in IN_USE or whole_bytes(digits[: -CASHADDR_CODE.length]) != 1 + size:
        raise BadAddress(AddressFault.FORM, f"its version byte 0x{version:02x} is not in use with this length")
    return canonical if plain == kind else _plain(digits, kind, plain)


def _plain(digits: bytes, kind: int, plain: int) -> str:
    data = bytes([digits[0] ^ kind ^ plain, *digits[1 : -CASHADDR_CODE.length]])
    remainder = CASHADDR_CODE.remainder(_START, data + bytes(CASHADDR_CODE.length)) ^ 1
    sums = bytes(remainder >> 5 * (CASHADDR_CODE.length - 1 - index) & 31 for index in range(CASHADDR_CODE.length))
    return "".join(LETTERS[digit] for digit in data + sums)
