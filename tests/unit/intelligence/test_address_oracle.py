"""Addresses made by an independent library: all are read, and no changed character gets through."""

import base64
import sys
from binascii import crc_hqx
from zlib import crc32

import base58
import bech32
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breather.domain.asset import Network
from breather.intelligence.address import canonical_address
from breather.intelligence.bad_address import BadAddress
from breather.intelligence.base58_text import ALPHABET
from tests.addresses import ADDRESSES

if sys.version_info >= (3, 14):
    # The one exception to "never skip": the library has no wheels there yet; 3.11 to 3.13 run this.
    pytest.skip("bip-utils cannot be installed on this Python", allow_module_level=True)

import cbor2
from bip_utils import (
    Ed25519PrivateKey,
    EthAddrDecoder,
    EthAddrEncoder,
    Secp256k1PrivateKey,
    XlmAddrEncoder,
    XlmAddrTypes,
)
from bip_utils.base58 import Base58Encoder
from bip_utils.bech32 import BchBech32Encoder, Bech32Encoder, SegwitBech32Encoder

LETTERS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
HASHES = st.binary(min_size=20, max_size=20)
SCRIPT_HASHES = st.binary(min_size=32, max_size=32)


def base58check(version: int, payload: bytes) -> str:
    return str(Base58Encoder.CheckEncode(bytes([version]) + payload))


def segwit(version: int, program: bytes) -> str:
    return str(SegwitBech32Encoder.Encode("bc", version, program))


def ethereum(secret: bytes) -> str:
    key = Secp256k1PrivateKey.FromBytes(secret)
    return str(EthAddrEncoder.EncodeKey(key.PublicKey()))


BECH32 = st.one_of(
    st.builds(segwit, st.just(0), HASHES),
    st.builds(segwit, st.just(0), SCRIPT_HASHES),
    st.builds(segwit, st.just(1), SCRIPT_HASHES),
)


def ripple(version: bytes, payload: bytes) -> str:
    return base58.b58encode_check(version + payload, alphabet=base58.RIPPLE_ALPHABET).decode()


def cash(version: int, payload: bytes) -> str:
    return str(BchBech32Encoder.Encode("bitcoincash", bytes([version]), payload)).partition(":")[2]


def cardano(kind: int, payment: bytes, stake: bytes) -> str:
    return str(Bech32Encoder.Encode("addr", bytes([kind << 4 | 1]) + payment + (b"" if kind > 3 else stake)))


def byron(root: bytes, path: bytes) -> str:
    payload = cbor2.dumps([root, {1: cbor2.dumps(path)} if path else {}, 0])
    return base58.b58encode(cbor2.dumps([cbor2.CBORTag(24, payload), crc32(payload)])).decode()


def ton(workchain: bytes, account: bytes) -> str:
    data = b"\x51" + workchain + account
    return base64.urlsafe_b64encode(data + crc_hqx(data, 0).to_bytes(2, "big")).decode()


def stellar(secret: bytes) -> str:
    return str(
        XlmAddrEncoder.EncodeKey(Ed25519PrivateKey.FromBytes(secret).PublicKey(), addr_type=XlmAddrTypes.PUB_KEY)
    )


KEY_HASHES = st.binary(min_size=28, max_size=28)
MORE = st.one_of(
    st.tuples(st.just(Network.LITECOIN), st.builds(base58check, st.sampled_from([0x30, 0x32]), HASHES)),
    st.tuples(
        st.just(Network.LITECOIN),
        st.builds(lambda program: str(SegwitBech32Encoder.Encode("ltc", 0, program)), HASHES),
    ),
    st.tuples(st.just(Network.DOGECOIN), st.builds(base58check, st.sampled_from([0x1E, 0x16]), HASHES)),
    st.tuples(st.just(Network.BITCOIN_CASH), st.builds(cash, st.sampled_from([0, 8]), HASHES)),
    st.tuples(st.just(Network.XRP), st.builds(ripple, st.just(b"\0"), HASHES)),
    st.tuples(st.just(Network.TON), st.builds(ton, st.sampled_from([b"\0", b"\xff"]), SCRIPT_HASHES)),
    st.tuples(
        st.just(Network.CARDANO), st.builds(cardano, st.sampled_from([0, 1, 2, 3, 6, 7]), KEY_HASHES, KEY_HASHES)
    ),
    st.tuples(st.just(Network.CARDANO), st.builds(byron, KEY_HASHES, st.sampled_from([b"", b"\1" * 28]))),
    st.tuples(st.just(Network.STELLAR), st.builds(stellar, SCRIPT_HASHES)),
    st.tuples(st.just(Network.COSMOS), st.builds(lambda account: str(Bech32Encoder.Encode("cosmos", account)), HASHES)),
)
CHECKSUMMED = st.one_of(
    MORE,
    st.tuples(st.just(Network.TRON), st.builds(base58check, st.just(0x41), HASHES)),
    st.tuples(st.just(Network.BITCOIN), st.builds(base58check, st.sampled_from([0x00, 0x05]), HASHES)),
    st.tuples(st.just(Network.BITCOIN), BECH32),
)
ETHEREUM = st.integers(1, 2**250).map(lambda secret: ethereum(secret.to_bytes(32, "big")))


@given(CHECKSUMMED)
def test_every_valid_address_is_read_as_it_stands(place: tuple[Network, str]) -> None:
    network, text = place
    assert canonical_address(network, text) == text


@settings(max_examples=300)
@given(CHECKSUMMED, st.data())
def test_no_single_changed_character_gets_through(place: tuple[Network, str], data: st.DataObject) -> None:
    network, text = place
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from([letter for letter in LETTERS if letter != text[at]]))
    with pytest.raises(BadAddress):
        canonical_address(network, text[:at] + other + text[at + 1 :])


@settings(max_examples=200)
@given(CHECKSUMMED, st.data())
def test_no_two_exchanged_neighbours_get_through(place: tuple[Network, str], data: st.DataObject) -> None:
    network, text = place
    unequal = [at for at in range(len(text) - 1) if text[at] != text[at + 1]]
    at = data.draw(st.sampled_from(unequal))
    with pytest.raises(BadAddress):
        canonical_address(network, text[:at] + text[at + 1] + text[at] + text[at + 2 :])


@given(CHECKSUMMED, st.data())
def test_no_lost_or_doubled_character_gets_through(place: tuple[Network, str], data: st.DataObject) -> None:
    network, text = place
    at = data.draw(st.integers(0, len(text) - 1))
    for changed in (text[:at] + text[at + 1 :], text[: at + 1] + text[at:]):
        with pytest.raises(BadAddress):
            canonical_address(network, changed)


@given(BECH32, st.data())
def test_bech32_is_one_case_or_refused(text: str, data: st.DataObject) -> None:
    assert canonical_address(Network.BITCOIN, text.upper()) == text
    letters = [at for at, character in enumerate(text) if character.isalpha()]
    at = data.draw(st.sampled_from(letters))
    with pytest.raises(BadAddress, match=r"mixed|begins with"):
        canonical_address(Network.BITCOIN, text[:at] + text[at].upper() + text[at + 1 :])


@given(st.integers(2, 16), st.binary(min_size=2, max_size=40))
def test_witness_versions_without_a_meaning_are_refused(version: int, program: bytes) -> None:
    with pytest.raises(BadAddress):
        canonical_address(Network.BITCOIN, segwit(version, program))


@given(ETHEREUM, st.sampled_from([str.lower, str.upper, str]))
def test_every_spelling_of_a_0x_address_comes_to_the_oracles(text: str, respell: type[str]) -> None:
    assert canonical_address(Network.ETHEREUM, "0x" + respell(text[2:])) == text


@settings(max_examples=200)
@given(ETHEREUM, st.sets(st.integers(2, 41), max_size=6))
def test_a_mixed_spelling_is_read_exactly_if_the_oracle_reads_it(text: str, flipped: set[int]) -> None:
    spelling = "".join(c.swapcase() if at in flipped else c for at, c in enumerate(text))
    digits = spelling[2:]
    try:
        EthAddrDecoder.DecodeAddr(spelling)
        good = True
    except ValueError:
        good = digits in {digits.lower(), digits.upper()}
    if good:
        assert canonical_address(Network.BSC, spelling) == text
    else:
        with pytest.raises(BadAddress, match="checksum"):
            canonical_address(Network.BSC, spelling)


@settings(max_examples=200)
@given(st.sampled_from(list(Network)), st.text(max_size=140))
def test_whatever_is_typed_the_answer_is_an_address_or_a_reason(network: Network, text: str) -> None:
    try:
        assert canonical_address(network, text)
    except BadAddress as refused:
        assert refused.message
        assert "\0" not in refused.message


@given(CHECKSUMMED)
def test_an_address_of_another_network_is_recognised(place: tuple[Network, str]) -> None:
    _, text = place
    with pytest.raises(BadAddress, match=r"this is an? .*, but the network is ETH"):
        canonical_address(Network.ETHEREUM, text)


@given(st.sampled_from([0x00, 0x05]), st.binary(min_size=18, max_size=22).filter(lambda data: len(data) != 20))
def test_a_good_checksum_over_another_length_is_refused(version: int, payload: bytes) -> None:
    with pytest.raises(BadAddress):
        canonical_address(Network.BITCOIN, base58check(version, payload))


@given(HASHES)
def test_34_characters_that_begin_with_t_are_not_enough_for_tron(payload: bytes) -> None:
    """The version byte after TRON's begins with T, too."""
    text = base58check(0x42, payload)
    assert (len(text), text[0]) == (34, "T")
    with pytest.raises(BadAddress, match=r"version byte is 0x42"):
        canonical_address(Network.TRON, text)


@given(HASHES)
def test_taproot_has_only_one_length(program: bytes) -> None:
    with pytest.raises(BadAddress, match=r"witness version 1 is not in use with 42 characters"):
        canonical_address(Network.BITCOIN, segwit(1, program))


@given(BECH32, st.data())
def test_one_wrong_letter_of_bech32_is_found_where_it_stands(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(4, len(text) - 1))
    other = data.draw(st.sampled_from([letter for letter in "qpzry9x8gf2tvdw0s3jn54khce6mua7l" if letter != text[at]]))
    with pytest.raises(BadAddress, match=rf"one character is wrong, it seems character {at + 1}$"):
        canonical_address(Network.BITCOIN, text[:at] + other + text[at + 1 :])


def test_polkadots_short_checksum_notices_nearly_every_wrong_character() -> None:
    """16 bits: one in 65,536 goes unnoticed, and these 2,736 are the same every time."""
    text = ADDRESSES[Network.POLKADOT]
    for at in range(len(text)):
        for letter in ALPHABET.replace(text[at], ""):
            with pytest.raises(BadAddress):
                canonical_address(Network.POLKADOT, text[:at] + letter + text[at + 1 :])


@settings(max_examples=100)
@given(st.sampled_from(list(Network)), st.data())
def test_whatever_is_done_to_an_address_the_answer_is_an_address_or_a_reason(
    network: Network, data: st.DataObject
) -> None:
    text = data.draw(st.sampled_from(list(ADDRESSES.values())))
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    changed = text[:start] + data.draw(st.text(max_size=8)) + text[end:]
    try:
        assert canonical_address(network, canonical_address(network, changed))
    except BadAddress as refused:
        assert refused.message


def test_a_0x_address_with_a_wrong_digit_mostly_shows_it() -> None:
    """EIP-55 is weak, and says nothing where all letters are small: what docs/addresses.md promises, and no more."""
    text = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
    wrong = [text[:at] + digit + text[at + 1 :] for at in range(2, 42) for digit in "0123456789abcdefABCDEF"]
    passed = [each for each in wrong if each.lower() != text.lower() and reads(each)]
    assert len(passed) <= 2
    assert reads(text.lower()[:-1] + "c")


def reads(text: str) -> bool:
    try:
        return bool(canonical_address(Network.ETHEREUM, text))
    except BadAddress:
        return False


@given(SCRIPT_HASHES, st.integers(1, 15))
def test_bits_that_are_left_over_must_be_zero(program: bytes, left_over: int) -> None:
    """BIP-173: 32 bytes are 51 letters and a fifth of another; with other bits there, one script had many spellings."""
    digits = bech32.convertbits(list(program), 8, 5)
    assert digits is not None
    good = bech32.bech32_encode("bc", [0, *digits])
    assert canonical_address(Network.BITCOIN, good) == good
    with pytest.raises(BadAddress, match="witness version 0 is not in use"):
        canonical_address(Network.BITCOIN, bech32.bech32_encode("bc", [0, *digits[:-1], digits[-1] | left_over]))
