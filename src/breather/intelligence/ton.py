"""TON addresses: 36 bytes in base64: flags, workchain, account, checksum.

Source: TEP-2 (user-friendly addresses). One account has many spellings: whether a transfer that its receiver cannot
take is to come back ("bounceable", E...) or not (U...), and the two alphabets of base64. The flag is advice to whoever
sends and no part of the account, so the canonical spelling is the one that wallets show their owners: not bounceable,
letters that fit into a link. A transfer to a wallet that was never used bounces, if it may.
"""

import base64
import re
from binascii import crc_hqx

from breather.intelligence.bad_address import CHECKSUM_MESSAGE, AddressFault, BadAddress, of_test_network

LENGTH = 48
BOUNCEABLE, NOT_BOUNCEABLE, TEST_FLAG = 0x11, 0x51, 0x80
# The basic workchain, and the masterchain (-1).
WORKCHAINS = frozenset({0x00, 0xFF})
_LINK_LETTERS = re.compile(r"[A-Za-z0-9_-]{48}")
_PLAIN_LETTERS = re.compile(r"[A-Za-z0-9+/]{48}")
_RAW = re.compile(r"(0|-1):([0-9a-fA-F]{64})")


def read_ton(text: str) -> str:
    """The spelling that is not bounceable (UQ...). Raises BadAddress."""
    form = "a TON address has 48 characters and begins with UQ or EQ"
    if raw := _RAW.fullmatch(text):
        # Explorers show this form; it has no checksum, so we do not take it for an answer.
        masterchain = raw[1] == "-1"
        raise BadAddress(
            AddressFault.FORM,
            f"this is the raw form; {form}",
            _spell((b"\xff" if masterchain else b"\0") + bytes.fromhex(raw[2])),
        )
    if len(text) != LENGTH:
        raise BadAddress(AddressFault.LENGTH, f"{form}; this one has {len(text)}")
    if _LINK_LETTERS.fullmatch(text):
        data = base64.urlsafe_b64decode(text)
    elif _PLAIN_LETTERS.fullmatch(text):
        data = base64.b64decode(text)
    else:
        raise BadAddress(AddressFault.CHARACTER, f"{form}; after that come letters, digits, - and _ (or + and /)")
    flags, workchain = data[0], data[1]
    if flags & ~TEST_FLAG not in {BOUNCEABLE, NOT_BOUNCEABLE}:
        raise BadAddress(AddressFault.FORM, f"{form}; this one begins with {text[:2]}")
    if crc_hqx(data[:34], 0) != int.from_bytes(data[34:], "big"):
        raise BadAddress(AddressFault.CHECKSUM, CHECKSUM_MESSAGE)
    if flags & TEST_FLAG:
        raise of_test_network("TON")
    if workchain not in WORKCHAINS:
        raise BadAddress(AddressFault.FORM, f"its workchain is {workchain}; those in use are 0 and -1")
    return _spell(data[1:34])


def _spell(account: bytes) -> str:
    """Workchain and 32 bytes to the canonical spelling."""
    data = bytes([NOT_BOUNCEABLE]) + account
    return base64.urlsafe_b64encode(data + crc_hqx(data, 0).to_bytes(2, "big")).decode("ascii")
