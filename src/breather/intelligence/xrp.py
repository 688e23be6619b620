"""Addresses of the XRP Ledger: classic ones (r...) and X-addresses (X...), which carry the destination tag.

Sources: xrpl.org, "Base58 Encodings"; XLS-5d for X-addresses. Both name the same account, so the classic one is
canonical and the tag stands apart, where every VASP keeps it.
"""

from dataclasses import dataclass

import base58

from breather.intelligence.bad_address import AddressFault, BadAddress, of_test_network
from breather.intelligence.base58_text import checked, decode_ripple

ACCOUNT_VERSION = b"\0"
CLASSIC_BYTES = 21
X_BYTES = 31
X_PREFIX, X_TEST_PREFIX = b"\x05\x44", b"\x04\x93"
X_LENGTHS = range(46, 49)


@dataclass(frozen=True, slots=True)
class XrpAccount:
    """`extended` is true for an X-address, which also says that there is no tag: then `tag` is None."""

    classic: str
    tag: int | None = None
    extended: bool = False


def read_xrp(text: str) -> str:
    """The classic address. Raises BadAddress, also for an X-address whose tag would be lost by it."""
    account = read_account(text)
    if account.tag is not None:
        message = f"this X-address carries the tag {account.tag}; write it as {account.classic} and the tag as memo"
        raise BadAddress(AddressFault.FORM, message)
    return account.classic


def read_account(text: str) -> XrpAccount:
    """Either spelling. Raises BadAddress."""
    if text[0] in "XT" and len(text) in X_LENGTHS:
        return _read_extended(text)
    form = "an address of the XRP Ledger begins with r and has 25 to 35 characters"
    if text[0] != "r":
        raise BadAddress(AddressFault.FORM, f"{form}; this one begins with '{text[0]}'")
    if not 25 <= len(text) <= 35:
        raise BadAddress(AddressFault.LENGTH, f"{form}; this one has {len(text)}")
    payload = checked(decode_ripple(text, "XRP"))
    if len(payload) != CLASSIC_BYTES or not payload.startswith(ACCOUNT_VERSION):
        raise BadAddress(AddressFault.LENGTH, f"this holds {len(payload)} bytes; an account of the XRP Ledger holds 21")
    return XrpAccount(text)


def _read_extended(text: str) -> XrpAccount:
    payload = checked(decode_ripple(text, "XRP"))
    if payload.startswith(X_TEST_PREFIX):
        raise of_test_network("XRP Ledger")
    if not payload.startswith(X_PREFIX) or len(payload) != X_BYTES:
        raise BadAddress(AddressFault.FORM, "this is not an X-address: it holds something else")
    account, flag, tag = payload[2:22], payload[22], int.from_bytes(payload[23:], "little")
    # Flag 2 is kept for tags of 64 bits, which no ledger has; the bytes of an absent tag are zero.
    if flag > 1 or tag >= 1 << 32 or (flag == 0 and tag):
        raise BadAddress(AddressFault.FORM, "this X-address carries a tag of a kind that is not in use")
    classic = base58.b58encode_check(ACCOUNT_VERSION + account, alphabet=base58.RIPPLE_ALPHABET).decode("ascii")
    return XrpAccount(classic, tag if flag else None, extended=True)
