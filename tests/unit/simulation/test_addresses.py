"""Invented addresses have the form of real ones, in the canonical spelling; look-alikes agree where people look."""

import base58
import bech32
import numpy as np
import pytest
from eth_utils.address import to_checksum_address

from breather.domain.asset import Network
from breather.intelligence.address import canonical_address
from breather.simulation import addresses
from breather.simulation.addresses import BITCOIN, COPIED, EVM, TRON, lookalikes, texts
from breather.simulation.dice import Bytes, Dice

PAYLOADS = Dice(4).bytes(400, addresses.WIDTH)
PAYLOADS[0] = 0
PAYLOADS[1] = 255


@pytest.mark.parametrize(
    ("family", "network"),
    [(TRON, Network.TRON), (EVM, Network.BSC), (EVM, Network.ETHEREUM), (BITCOIN, Network.BITCOIN)],
)
def test_every_address_is_read_and_is_canonical(family: int, network: Network) -> None:
    for text in texts(PAYLOADS, np.full(len(PAYLOADS), family)).tolist():
        assert canonical_address(network, text.decode()) == text.decode()


def test_they_are_spelled_as_the_libraries_spell_them() -> None:
    for payload, tron, evm, bitcoin in zip(
        PAYLOADS, addresses.tron(PAYLOADS), addresses.evm(PAYLOADS), addresses.bitcoin(PAYLOADS), strict=True
    ):
        assert tron == base58.b58encode_check(b"\x41" + bytes(payload))
        assert evm.decode() == to_checksum_address(bytes(payload))
        assert bitcoin.decode() == bech32.encode("bc", 0, list(bytes(payload)))


def test_each_row_has_the_form_of_its_family() -> None:
    found = texts(PAYLOADS[:6], np.array([TRON, EVM, BITCOIN, EVM, TRON, BITCOIN])).tolist()
    assert [text[:2] for text in found] == [b"T" + found[0][1:2], b"0x", b"bc", b"0x", b"T" + found[4][1:2], b"bc"]


def test_many_are_all_different() -> None:
    found = texts(Dice(4).bytes(20_000, addresses.WIDTH), np.arange(20_000) % 3)
    assert len(np.unique(found)) == 20_000


def test_none_is_all_right_too() -> None:
    assert len(texts(PAYLOADS[:0], np.zeros(0, np.int64))) == 0


def spelled(payload: Bytes, tron: bool) -> str:
    spell = addresses.tron if tron else addresses.evm
    return str(spell(payload[None])[0].decode())


@pytest.mark.parametrize("tron", [True, False])
def test_look_alikes_agree_at_both_ends_and_nowhere_else_by_design(tron: bool) -> None:
    payees, imitations = lookalikes(Dice(8).of("pairs"), np.full(4, tron))
    prefix = 1 if tron else 2
    for payee, imitation in zip(payees, imitations, strict=True):
        one, other = spelled(payee, tron), spelled(imitation, tron)
        assert one != other
        assert one[: prefix + COPIED].lower() == other[: prefix + COPIED].lower()
        assert one[-COPIED:].lower() == other[-COPIED:].lower()
        assert one[10:-10] != other[10:-10]


def test_pairs_are_unlike_other_pairs() -> None:
    payees, _ = lookalikes(Dice(8).of("pairs"), np.array([True] * 3 + [False] * 3))
    assert len({bytes(payee[:4]) for payee in payees}) == 6
