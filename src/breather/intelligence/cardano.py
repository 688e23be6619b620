"""Cardano addresses of the main network: addr1... (Shelley and later) and the older Byron ones (Ae2..., DdzFF...).

Source: CIP-0019. The header's upper half is the type, its lower half the network. A stake address (stake1...) takes
rewards and no payments. Pointer addresses are no longer made: the Conway era took their meaning away.
"""

from collections.abc import Mapping

from breather.intelligence.bad_address import AddressFault, BadAddress, of_test_network
from breather.intelligence.bech32_text import (
    BECH32,
    BECH32_CODE,
    bech32_start,
    check,
    digits_of,
    one_case,
    whole_bytes,
)
from breather.intelligence.byron import read_byron

PREFIX, STAKE_PREFIX = "addr1", "stake1"
TEST_NETWORK_PREFIXES = ("addr_test1", "stake_test1")
# Of the main network, and two of test networks, which are refused by name.
BYRON_BEGINNINGS = ("Ae2", "DdzFF", "2cW", "37bt")
MAIN_NETWORK = 1
# Header types to bytes: payment and stake part; payment part alone; stake part alone.
LENGTHS: Mapping[int, int] = {0: 57, 1: 57, 2: 57, 3: 57, 6: 29, 7: 29}
STAKE_LENGTHS: Mapping[int, int] = {14: 29, 15: 29}
POINTERS = frozenset({4, 5})

_START, _STAKE_START = bech32_start(PREFIX[:-1]), bech32_start(STAKE_PREFIX[:-1])


def read_cardano(text: str) -> str:
    """The address; a bech32 one in small letters. Raises BadAddress."""
    lowered = text[:11].lower()
    if lowered.startswith(TEST_NETWORK_PREFIXES):
        raise of_test_network("Cardano")
    if lowered.startswith(PREFIX):
        return _read_shelley(one_case(text))
    if lowered.startswith(STAKE_PREFIX):
        canonical = one_case(text)
        _check_header(_digits(canonical, STAKE_PREFIX, _STAKE_START), STAKE_LENGTHS)
        message = "this is a stake address, which takes rewards and no payments; the address to pay begins with addr1"
        raise BadAddress(AddressFault.UNPAYABLE, message)
    if not text.startswith(BYRON_BEGINNINGS):
        form = "a Cardano address begins with addr1, or in its older form with Ae2 or DdzFF"
        raise BadAddress(AddressFault.FORM, f"{form}; this one begins with '{text[:5]}'")
    return read_byron(text)


def _read_shelley(canonical: str) -> str:
    digits = _digits(canonical, PREFIX, _START)
    if _header(digits) >> 4 in POINTERS:
        message = "this is a pointer address, which is no longer in use; ask the receiver for another"
        raise BadAddress(AddressFault.UNPAYABLE, message)
    _check_header(digits, LENGTHS)
    return canonical


def _digits(canonical: str, prefix: str, start: int) -> bytes:
    digits = digits_of(canonical, prefix)
    if len(digits) <= BECH32_CODE.length + 2:
        raise BadAddress(AddressFault.LENGTH, f"an address that begins with {prefix} is longer")
    check(BECH32_CODE, start, digits, BECH32, len(prefix) + 1)
    return digits[: -BECH32_CODE.length]


def _header(digits: bytes) -> int:
    return digits[0] << 3 | digits[1] >> 2


def _check_header(digits: bytes, lengths: Mapping[int, int]) -> None:
    header = _header(digits)
    kind, network = header >> 4, header & 0x0F
    if kind not in lengths:
        raise BadAddress(AddressFault.FORM, f"its type {kind} is not in use with this beginning")
    if network != MAIN_NETWORK:
        raise of_test_network("Cardano")
    if whole_bytes(digits) != lengths[kind]:
        message = f"an address of type {kind} holds {lengths[kind]} bytes; this one holds {len(digits) * 5 // 8}"
        raise BadAddress(AddressFault.LENGTH, message)
