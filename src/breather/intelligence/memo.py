"""Memos and tags: by what a receiver with one address for many customers knows whose money came in.

Forbidden where the network has none: one that came along would only make a payee look like another. Optional
elsewhere, for the network cannot say which receivers need one; whether *this* receiver does is a matter of labels.
The rules are listed in docs/addresses.md with their sources.
"""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType

from breather.domain.asset import Network
from breather.intelligence.bad_address import spelled

# What the exchange's API takes; a referral takes 128.
LONGEST = 100
TAG_LIMIT = 1 << 32
STELLAR_TEXT_BYTES = 28
# A comment of TON in its first cell: 127 bytes, 4 of which say that it is one.
TON_BYTES = 123
COSMOS_BYTES = 256

# As in a referral: control characters, and what is invisible or turns the direction of what a person reads.
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]")
_HASH = re.compile(r"[0-9a-fA-F]{64}")
_TAG = re.compile(r"[0-9]{1,20}")


class MemoFault(StrEnum):
    """Stable names for programs; the message is for people."""

    FORBIDDEN = "no-memo"
    CHARACTER = "memo-character"
    FORM = "memo-form"
    LENGTH = "memo-length"
    DIFFERS = "memo-differs"


class BadMemo(ValueError):
    """The text cannot be used as a memo on that network, or beside that address."""

    def __init__(self, code: MemoFault, message: str, suggestion: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.suggestion = suggestion


def canonical_memo(network: Network, memo: str | None) -> str | None:
    """The one spelling of a memo on `network`; None where there is none. Raises BadMemo."""
    if memo is None:
        return None
    reader = _READERS.get(network)
    if reader is None:
        raise BadMemo(MemoFault.FORBIDDEN, f"{network} addresses take no memo; leave it out")
    _refuse_unusable_text(memo)
    return reader(memo)


def _refuse_unusable_text(memo: str) -> None:
    if not memo.strip():
        raise BadMemo(MemoFault.FORM, "the memo is empty; leave it out if there is none")
    if len(memo) > LONGEST:
        raise BadMemo(MemoFault.LENGTH, f"a memo has at most {LONGEST} characters; this has {len(memo)}")
    if memo != memo.strip():
        raise BadMemo(MemoFault.CHARACTER, "there is white space around the memo", memo.strip())
    if unseen := _UNSEEN.search(memo):
        message = f"character {unseen.start() + 1} is {spelled(unseen[0])}, which nobody can see; leave it out"
        raise BadMemo(MemoFault.CHARACTER, message)


def _read_tag(memo: str) -> str:
    """The destination tag of the XRP Ledger: 32 bits without leading zeros."""
    if not _TAG.fullmatch(memo) or int(memo) >= TAG_LIMIT:
        raise BadMemo(MemoFault.FORM, f"a tag of the XRP Ledger is a whole number from 0 to {TAG_LIMIT - 1}")
    return str(int(memo))


def _read_stellar(memo: str) -> str:
    """A text of 28 bytes, which an id always is, too; or a hash of 64 hexadecimal digits, in small ones."""
    if _HASH.fullmatch(memo):
        return memo.lower()
    length = len(memo.encode())
    if length > STELLAR_TEXT_BYTES:
        message = f"a memo on Stellar is a text of at most {STELLAR_TEXT_BYTES} bytes, or 64 hexadecimal digits"
        raise BadMemo(MemoFault.LENGTH, f"{message}; this one has {length} bytes")
    return memo


def _text_within(limit: int) -> Callable[[str], str]:
    def read(memo: str) -> str:
        length = len(memo.encode())
        if length > limit:
            raise BadMemo(MemoFault.LENGTH, f"a memo here has at most {limit} bytes; this one has {length}")
        return memo

    return read


_READERS: Mapping[Network, Callable[[str], str]] = MappingProxyType(
    {
        Network.XRP: _read_tag,
        Network.STELLAR: _read_stellar,
        Network.TON: _text_within(TON_BYTES),
        Network.COSMOS: _text_within(COSMOS_BYTES),
    }
)
WITH_MEMO = frozenset(_READERS)
