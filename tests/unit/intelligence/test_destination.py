"""Address and memo come to one payee, or to a reason; what nobody could ever have again is refused."""

import re

import base58
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breather.domain.asset import Network
from breather.domain.withdrawal import Destination
from breather.intelligence.address import canonical_account, canonical_address
from breather.intelligence.bad_address import AddressFault, BadAddress
from breather.intelligence.destination import NULL_ADDRESSES, canonical_destination
from breather.intelligence.memo import LONGEST, WITH_MEMO, BadMemo, MemoFault, canonical_memo
from breather.protocol.form import Form
from breather.protocol.kind import Maybe, Text
from breather.protocol.referral import FORM
from tests.addresses import ADDRESSES

N = Network
XRP = ADDRESSES[N.XRP]
WITHOUT_TAG = "X7F4jRwCNTgVsnHgHKizaVCNK64ZKF99JqfBsF8QoeStJtF"
TAG_0 = "X7F4jRwCNTgVsnHgHKizaVCNK64ZKFDyWfZ8jRUMdbKdQGc"
TAG_104233 = "X7F4jRwCNTgVsnHgHKizaVCNK64ZKFNmpJ2SBjuNM217NV2"
TAG_LARGEST = "X7F4jRwCNTgVsnHgHKizaVCNK64ZKFJo6QpPgUaatoFPYBX"
MUXED = "MAHUNQWQXZCNFYKSZNEV7UROEHJUTO3HKQHJ66X4ZF7ILZOK3FXBMAAAAAAAAEWWQ4TEA"
HASH = "AB" * 32

PAYEES = [
    (N.XRP, XRP, None, None),
    (N.XRP, XRP, "0", "0"),
    (N.XRP, XRP, "00104233", "104233"),
    (N.XRP, WITHOUT_TAG, None, None),
    (N.XRP, TAG_0, None, "0"),
    (N.XRP, TAG_0, "0", "0"),
    (N.XRP, TAG_104233, None, "104233"),
    (N.XRP, TAG_LARGEST, "4294967295", "4294967295"),
    (N.STELLAR, ADDRESSES[N.STELLAR], "Ärzte 12", "Ärzte 12"),
    (N.STELLAR, ADDRESSES[N.STELLAR], "007", "007"),
    (N.STELLAR, ADDRESSES[N.STELLAR], HASH, HASH.lower()),
    (N.TON, ADDRESSES[N.TON], "Rechnung 7", "Rechnung 7"),
    (N.COSMOS, ADDRESSES[N.COSMOS], "0", "0"),
    (N.TRON, ADDRESSES[N.TRON], None, None),
]

REFUSED = [
    # network, address, memo, code, part of the message, suggestion
    *(
        (network, ADDRESSES[network], "1", MemoFault.FORBIDDEN, "take no memo", "")
        for network in Network
        if network not in WITH_MEMO
    ),
    (N.XRP, WITHOUT_TAG, "7", MemoFault.DIFFERS, "says that there is no tag, the memo says 7", ""),
    (N.XRP, TAG_104233, "7", MemoFault.DIFFERS, "carries the tag 104233, the memo says 7", ""),
    (N.XRP, XRP, "4294967296", MemoFault.FORM, "from 0 to 4294967295", ""),
    (N.XRP, XRP, "-1", MemoFault.FORM, "a whole number", ""),
    (N.XRP, XRP, "1.5", MemoFault.FORM, "a whole number", ""),
    (N.XRP, XRP, "١٢", MemoFault.FORM, "a whole number", ""),
    (N.XRP, XRP, "9" * 90, MemoFault.FORM, "a whole number", ""),
    (N.XRP, XRP, " 7", MemoFault.CHARACTER, "white space around", "7"),
    (N.XRP, XRP, "\t", MemoFault.FORM, "is empty", ""),
    (N.STELLAR, ADDRESSES[N.STELLAR], "x" * 29, MemoFault.LENGTH, "this one has 29 bytes", ""),
    (N.STELLAR, ADDRESSES[N.STELLAR], "語" * 10, MemoFault.LENGTH, "this one has 30 bytes", ""),
    (N.STELLAR, MUXED, "7", MemoFault.FORBIDDEN, "carries its number itself", ""),
    (N.TON, ADDRESSES[N.TON], "語" * 42, MemoFault.LENGTH, "at most 123 bytes; this one has 126", ""),
    (N.TON, ADDRESSES[N.TON], "x" * 101, MemoFault.LENGTH, "at most 100 characters", ""),
    (N.TON, ADDRESSES[N.TON], "a\u200bb", MemoFault.CHARACTER, "character 2 is U+200B", ""),
    (N.COSMOS, ADDRESSES[N.COSMOS], "a\nb", MemoFault.CHARACTER, "character 2 is a line break", ""),
    (N.COSMOS, ADDRESSES[N.COSMOS], "\ud800", MemoFault.CHARACTER, "character 1 is U+D800", ""),
]


@pytest.mark.parametrize(("network", "address", "memo", "canonical"), PAYEES)
def test_every_spelling_of_a_payee_is_one(network: Network, address: str, memo: str | None, canonical: str) -> None:
    found = canonical_destination(network, address, memo)
    assert found == Destination(network, ADDRESSES[network], canonical)
    assert canonical_destination(network, found.address, found.memo) == found


@pytest.mark.parametrize(("network", "address", "memo", "code", "part", "suggestion"), REFUSED)
def test_what_is_wrong_with_a_memo_is_named(
    network: Network, address: str, memo: str, code: MemoFault, part: str, suggestion: str
) -> None:
    with pytest.raises(BadMemo) as caught:
        canonical_destination(network, address, memo)
    assert (caught.value.code, caught.value.suggestion) == (code, suggestion)
    assert part in caught.value.message


def test_a_multiplexed_address_stays_as_it_is() -> None:
    assert canonical_destination(N.STELLAR, MUXED, None) == Destination(N.STELLAR, MUXED, None)


def test_only_the_address_of_an_x_address_is_never_taken() -> None:
    """Its tag would be lost, and with it whose money it is."""
    with pytest.raises(BadAddress, match="carries the tag 0"):
        canonical_address(N.XRP, TAG_0)
    assert canonical_address(N.XRP, WITHOUT_TAG) == XRP


@given(st.binary(min_size=20, max_size=20), st.one_of(st.none(), st.integers(0, 2**32 - 1)))
@settings(max_examples=100)
def test_an_x_address_is_its_account_with_its_tag(account: bytes, tag: int | None) -> None:
    """XLS-5d: prefix, account, whether there is a tag, the tag in little endian."""
    alphabet = base58.RIPPLE_ALPHABET
    classic = base58.b58encode_check(b"\0" + account, alphabet=alphabet).decode()
    payload = b"\x05\x44" + account + bytes([tag is not None]) + (tag or 0).to_bytes(8, "little")
    found = canonical_account(base58.b58encode_check(payload, alphabet=alphabet).decode())
    assert (found.classic, found.tag, found.extended) == (classic, tag, True)


@pytest.mark.parametrize("null", sorted(NULL_ADDRESSES))
def test_the_null_address_is_nobodys(null: str) -> None:
    """Each is an address of exactly one form, so a slip of the pen in the list would be found."""
    networks = [network for network in Network if reads(network, null)]
    assert networks
    for network in networks:
        with pytest.raises(BadAddress) as caught:
            canonical_destination(network, null, None)
        assert caught.value.code is AddressFault.UNPAYABLE


def reads(network: Network, text: str) -> bool:
    try:
        return canonical_address(network, text) == text
    except BadAddress:
        return False


def test_every_network_but_cardano_has_its_null_address() -> None:
    """Cardano's would be a hash of 28 zero bytes in three types: nothing that a program leaves behind."""
    assert {network for network in Network for null in NULL_ADDRESSES if reads(network, null)} == set(Network) - {
        N.CARDANO
    }


@given(st.sampled_from(sorted(WITH_MEMO)), st.text(max_size=LONGEST + 20))
@settings(max_examples=300)
def test_any_text_is_a_memo_that_can_be_referred_or_a_reason(network: Network, text: str) -> None:
    try:
        found = canonical_memo(network, text)
    except BadMemo as bad:
        assert bad.message
    else:
        assert found is not None
        assert canonical_memo(network, found) == found
        assert re.fullmatch(memo_pattern(), found)


def memo_pattern() -> str:
    """What a referral takes: a memo that is accepted here and not there would be lost on the way."""
    [destination] = [member for member in FORM.members if member.name == "destination"]
    assert isinstance(destination.kind, Form)
    [memo] = [member for member in destination.kind.members if member.name == "memo"]
    assert isinstance(memo.kind, Maybe)
    assert isinstance(memo.kind.kind, Text)
    return memo.kind.kind.pattern
