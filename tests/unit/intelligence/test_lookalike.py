"""What is made to be taken for an address she knows is found, graded, and marked; nothing else is."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breather.domain.asset import Network
from breather.intelligence.ethereum import with_capitals
from breather.intelligence.lookalike import Grade, resembles
from tests.addresses import ADDRESSES

DIGITS = "0123456789abcdef"
KNOWN = "0x52908400098527886E0F7030069857D2E4169EE7"
TRON = ADDRESSES[Network.TRON]
# Neighbouring digits differ, so that no part of it is worth less than its length.
PLAIN = "0123456789" * 4


def evm(front: str, back: str, middle: str = "") -> str:
    """`front` and `back` of 40 digits, with something in between that agrees with nothing in KNOWN or PLAIN."""
    filler = middle or "efcdab" * 7
    return f"0x{front}{filler[: 40 - len(front) - len(back)]}{back}"


@given(st.data())
@settings(max_examples=200)
def test_every_split_of_six_digits_is_found_however_it_is_spelled(data: st.DataObject) -> None:
    total = data.draw(st.integers(6, 39))
    front = data.draw(st.integers(0, total))
    dice = random.Random(data.draw(st.integers(0, 2**32)))
    known = "".join(dice.choices(DIGITS, k=40))
    other = [DIGITS[(DIGITS.index(digit) + dice.randint(1, 15)) % 16] for digit in known]
    made = known[:front] + "".join(other[front : 40 - total + front]) + known[40 - total + front :]
    spelled = [data.draw(st.sampled_from([each, each.upper(), with_capitals(each)])) for each in (known, made)]
    found = resembles(Network.BSC, f"0x{spelled[1]}", [KNOWN, f"0x{spelled[0]}"])
    assert found is not None
    assert (found.known, found.front, found.back) == (f"0x{spelled[0]}", front, total - front)
    assert found.differs == ((2 + front, 42 - total + front),)


@pytest.mark.parametrize(("front", "back"), [(5, 0), (0, 5), (3, 2), (2, 3), (1, 4)])
def test_five_digits_are_what_chance_makes_too_often(front: int, back: int) -> None:
    assert resembles(Network.ETHEREUM, evm(PLAIN[:front], PLAIN[40 - back :]), [f"0x{PLAIN}"]) is None


GRADES = [
    # digits of the known address, and how many agree at its ends
    (PLAIN, 3, 3, Grade.STRONG),
    (PLAIN, 2, 4, Grade.STRONG),
    (PLAIN, 4, 2, Grade.STRONG),
    (PLAIN, 1, 5, Grade.WEAK),
    (PLAIN, 6, 0, Grade.WEAK),
    (PLAIN, 0, 10, Grade.WEAK),
    (PLAIN, 0, 11, Grade.STRONG),
    (PLAIN, 0, 39, Grade.STRONG),
    # Leading zeros, and other runs that people search for.
    ("00000000" + PLAIN[:32], 8, 2, Grade.WEAK),
    ("00000000" + PLAIN[:32], 8, 5, Grade.STRONG),
    (PLAIN[:32] + "77777777", 4, 8, Grade.WEAK),
    (PLAIN[:32] + "77777777", 5, 8, Grade.STRONG),
    ("7" * 20 + "4" * 20, 19, 19, Grade.WEAK),
]


@pytest.mark.parametrize(("known", "front", "back", "grade"), GRADES)
def test_a_run_is_worth_one_digit_and_one_end_little(known: str, front: int, back: int, grade: Grade) -> None:
    found = resembles(Network.ETHEREUM, evm(known[:front], known[40 - back :]), [f"0x{known}"])
    assert found is not None
    assert (found.front, found.back, found.grade) == (front, back, grade)


def test_the_characters_that_differ_are_marked() -> None:
    found = resembles(Network.ETHEREUM, "0x529084ff098527886E0F7030069857D2E4160EE7", [KNOWN])
    assert found is not None
    assert found.differs == ((8, 10), (38, 39))
    assert found.marked == "0x529084[ff]098527886E0F7030069857D2E416[0]EE7"


def test_an_address_that_she_has_paid_is_no_look_alike_of_another() -> None:
    other = evm(PLAIN[:5], PLAIN[-5:])
    assert resembles(Network.ETHEREUM, other, [f"0x{PLAIN}"]) is not None
    assert resembles(Network.ETHEREUM, other, [f"0x{PLAIN}", other]) is None
    assert resembles(Network.ETHEREUM, other.upper().replace("0X", "0x"), [f"0x{PLAIN}", other]) is None


def test_nobody_resembles_nothing() -> None:
    assert resembles(Network.ETHEREUM, KNOWN, []) is None


def test_the_likest_of_several_is_named() -> None:
    made = evm(PLAIN[:5], PLAIN[-5:])
    weak, strong, stronger = (evm(PLAIN[:a], PLAIN[40 - b :], "1" * 40) for a, b in ((5, 1), (3, 3), (4, 5)))
    for candidates in ([weak, strong, stronger], [stronger, strong, weak]):
        found = resembles(Network.ETHEREUM, made, [KNOWN, TRON, *candidates])
        assert found is not None
        assert found.known == stronger


def test_a_strong_one_is_named_before_a_longer_weak_one() -> None:
    weak, strong = evm("00a0000000", "", "1" * 40), evm("00a", "2345", "b" * 40)
    found = resembles(Network.ETHEREUM, evm("00a0000000", "2345", "c" * 40), [weak, strong])
    assert found is not None
    assert (found.known, found.grade) == (strong, Grade.STRONG)


LETTERS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
SKIPPED = {
    Network.TRON: 1,
    Network.BITCOIN: 4,
    Network.LITECOIN: 5,
    Network.DOGECOIN: 1,
    Network.BITCOIN_CASH: 2,
    Network.XRP: 1,
    Network.TON: 3,
    Network.CARDANO: 7,
    Network.STELLAR: 2,
    Network.COSMOS: 7,
    Network.POLKADOT: 2,
    Network.SOLANA: 0,
}
LEAST = {Network.BITCOIN: 5, Network.LITECOIN: 5, Network.BITCOIN_CASH: 5, Network.CARDANO: 5, Network.STELLAR: 5}


def altered(text: str, start: int, end: int) -> str:
    """Another letter or digit at each of these places."""
    changed = {"q": "p", "p": "q", "A": "B", "2": "3"}
    return text[:start] + "".join(changed.get(each, "q") for each in text[start:end]) + text[end:]


@pytest.mark.parametrize("network", sorted(SKIPPED))
def test_what_all_addresses_of_a_network_begin_with_counts_for_nothing(network: Network) -> None:
    address, skipped = ADDRESSES[network], SKIPPED[network]
    least = LEAST.get(network, 5 if network is Network.COSMOS else 4)
    if network is not Network.STELLAR:  # its candidates are read, so they must be whole
        for front in range(least + 1):
            back = len(address) - least + front
            made = altered(address, skipped + front, back)
            found = resembles(network, made, [address])
            assert found is not None, front
            assert (found.front, found.back) == (front, least - front)
            assert resembles(network, altered(made, back, back + 1), [address]) is None or front == least
    assert resembles(network, altered(address, skipped + least - 1, len(address)), [address]) is None


def test_letters_of_base58_are_not_folded() -> None:
    made = TRON[:3] + TRON[3:-3].swapcase() + TRON[-3:]
    assert resembles(Network.TRON, made, [TRON]) is not None
    assert resembles(Network.TRON, TRON[0] + TRON[1:].swapcase(), [TRON]) is None


def test_addresses_of_another_form_are_passed_over() -> None:
    for network, address in ADDRESSES.items():
        others = [each for each in ADDRESSES.values() if each[:2] != address[:2]]
        assert resembles(network, address, others) is None
    assert resembles(Network.TRON, "not an address", [TRON]) is None
    # A Bitcoin address of either kind, however alike their ends.
    assert resembles(Network.BITCOIN, "bc1q" + "q" * 58, ["bc1p" + "q" * 58]) is None
    assert resembles(Network.SOLANA, "T" + "A" * 43, ["T" + "A" * 33]) is None


def test_addresses_of_two_lengths_are_compared_by_their_ends() -> None:
    known, made = "3abcd" + "e" * 34 + "wxyz", "3abcd" + "f" * 35 + "wxyz"
    found = resembles(Network.SOLANA, made, [known])
    assert found is not None
    assert (found.front, found.back, found.differs) == (5, 4, ((5, 40),))


def test_two_numbers_at_one_multiplexed_account_are_no_look_alikes() -> None:
    known = "MAHUNQWQXZCNFYKSZNEV7UROEHJUTO3HKQHJ66X4ZF7ILZOK3FXBMAAAAAAAAEWWQ4TEA"
    assert resembles(Network.STELLAR, known, [ADDRESSES[Network.STELLAR]]) is None


@given(st.text(alphabet=LETTERS + "0:", max_size=60), st.lists(st.text(alphabet=LETTERS + "0:", max_size=60)))
@settings(max_examples=100)
def test_any_texts_can_be_compared(address: str, candidates: list[str]) -> None:
    for network in (Network.ETHEREUM, Network.TRON, Network.SOLANA, Network.BITCOIN):
        found = resembles(network, address, candidates)
        assert found is None or (found.address == address and found.known in candidates)
        assert found is None or found.marked.replace("[", "").replace("]", "") == address
