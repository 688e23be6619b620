"""Stellar addresses: accounts (G...) and multiplexed accounts (M...), which carry a number for a VASP's customer.

Sources: SEP-23 (strkey), CAP-27 (multiplexed accounts). An M address stays as it is and takes no memo: to write it as
an account and a memo would be another payment, and not every receiver knows both. `account_of` says which account is
behind it. Test networks have the same addresses; nothing in the text tells.
"""

import base64
from binascii import crc_hqx
from collections.abc import Mapping

from breather.intelligence.bad_address import (
    CHECKSUM_MESSAGE,
    AddressFault,
    BadAddress,
    refuse_foreign_characters,
)

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
ACCOUNT_VERSION, MUXED_VERSION = 6 << 3, 12 << 3
ACCOUNT_LENGTH, MUXED_LENGTH = 56, 69
_UNPAYABLE: Mapping[str, str] = {
    "C": "this is a contract; a withdrawal goes to an account, which begins with G or M",
    "T": "this is a transaction's hash and no account; an account begins with G or M",
    "X": "this is a hash and no account; an account begins with G or M",
    "P": "this is a signed payload and no account; an account begins with G or M",
}
_KEY = "this is a secret key: whoever has it has the money. Give it to nobody, and move the money if you did"

_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P


def read_stellar(text: str) -> str:
    """The address itself: base32 in capitals has one spelling. Raises BadAddress."""
    form = "a Stellar address begins with G and has 56 characters, or with M and has 69"
    if text[0] in "SCTXP" and len(text) >= ACCOUNT_LENGTH and not text.strip(LETTERS):
        if text[0] == "S":
            raise BadAddress(AddressFault.KEY, _KEY)
        raise BadAddress(AddressFault.UNPAYABLE, _UNPAYABLE[text[0]])
    if text[0] not in "GM":
        raise BadAddress(AddressFault.FORM, f"{form}; this one begins with '{text[0]}'")
    if len(text) != (ACCOUNT_LENGTH if text[0] == "G" else MUXED_LENGTH):
        raise BadAddress(AddressFault.LENGTH, f"{form}; this one has {len(text)}")
    refuse_foreign_characters(text, LETTERS, "a Stellar address has capital letters and 2 to 7, but never 0, 1, 8 or 9")
    data = _bytes(text)
    version = ACCOUNT_VERSION if text[0] == "G" else MUXED_VERSION
    if crc_hqx(data[:-2], 0) != int.from_bytes(data[-2:], "little"):
        raise BadAddress(AddressFault.CHECKSUM, CHECKSUM_MESSAGE)
    if data[0] != version or (text[0] == "M" and LETTERS.index(text[-1]) & 1):
        raise BadAddress(AddressFault.FORM, f"{form}; this one holds something else")
    if not _is_point(data[1:33]):
        message = "no key can belong to this account: what is sent there is lost"
        raise BadAddress(AddressFault.UNPAYABLE, message)
    return text


def account_of(canonical: str) -> str:
    """The account (G...) that a multiplexed address belongs to; an account itself as it is."""
    # By its length, too: an address of Litecoin may begin with M, and histories hold those of every network.
    if len(canonical) != MUXED_LENGTH or not canonical.startswith("M"):
        return canonical
    data = bytes([ACCOUNT_VERSION]) + _bytes(canonical)[1:33]
    return base64.b32encode(data + crc_hqx(data, 0).to_bytes(2, "little")).decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.b32decode(text + "=" * (-len(text) % 8))


def _is_point(key: bytes) -> bool:
    """Whether the 32 bytes are a point of edwards25519 (RFC 8032, section 5.1.3)."""
    y = int.from_bytes(key, "little") & (1 << 255) - 1
    if y >= _P:
        return False
    square = y * y % _P
    # x squared is u / v, which is a square exactly if u * v is.
    product = (square - 1) * (_D * square + 1) % _P
    return pow(product, (_P - 1) // 2, _P) in {0, 1}
