"""Polkadot addresses: SS58 with the network's number 0, hence 46 to 48 characters that begin with 1.

Source: the SS58 specification (docs.polkadot.com, "Accounts"). One key has an address on every network of the family,
and a VASP that credits one seldom credits the others: they are refused by the network's number. The checksum has 16
bits, so that one wrong character in 65,536 goes unnoticed.
"""

from collections.abc import Mapping
from hashlib import blake2b

from breather.intelligence.bad_address import CHECKSUM_MESSAGE, AddressFault, BadAddress
from breather.intelligence.base58_text import decode_base58

POLKADOT, KUSAMA, GENERIC = 0, 2, 42
ACCOUNT_BYTES = 32
SHORTEST, LONGEST = 36, 50
CHECKSUM_BYTES = 2
# Numbers from 64 up take two bytes.
FIRST_LONG, FIRST_RESERVED = 64, 128
_NAMES: Mapping[int, str] = {
    KUSAMA: "an address of Kusama",
    GENERIC: "the form of no particular network, which test networks use",
}


def read_polkadot(text: str) -> str:
    """The address itself: base58 has one spelling. Raises BadAddress."""
    form = "a Polkadot address has 46 to 48 characters and begins with 1"
    # Fewer only where the account begins with bytes of zeros.
    if not SHORTEST <= len(text) <= LONGEST:
        raise BadAddress(AddressFault.LENGTH, f"{form}; this one has {len(text)}")
    data = decode_base58(text, "Polkadot")
    size = 2 if FIRST_LONG <= data[0] < FIRST_RESERVED else 1
    if len(data) != size + ACCOUNT_BYTES + CHECKSUM_BYTES:
        raise BadAddress(AddressFault.LENGTH, f"{form}; this one holds {len(data)} bytes and not 35")
    payload, expected = data[:-CHECKSUM_BYTES], data[-CHECKSUM_BYTES:]
    if blake2b(b"SS58PRE" + payload).digest()[:CHECKSUM_BYTES] != expected:
        raise BadAddress(AddressFault.CHECKSUM, CHECKSUM_MESSAGE)
    number = data[0] if size == 1 else (data[0] & 63) << 2 | data[1] >> 6 | (data[1] & 63) << 8
    if number != POLKADOT:
        name = _NAMES.get(number, f"an address of another network of its family, number {number}")
        raise BadAddress(AddressFault.NETWORK, f"this is {name}; {form}")
    return text
