"""An alert's code is good for one slot, one minute, one serial and 48 hours, and a guess is right once in a million."""

import random
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breather.domain.alert_code import (
    ALPHABET,
    MAC_BITS,
    MINUTES,
    SERIALS,
    SLOTS,
    VALID_FOR,
    AlertCode,
    make_code,
    minute_of,
    read_code,
)
from breather.domain.instant import HOUR, MINUTE, Millis
from tests.unit.protocol.samples import NOW, seed

KEY, OTHER = seed("alert codes"), seed("other alert codes")
KEYS: Mapping[int, bytes] = {7: KEY, 8: OTHER}
MADE = minute_of(NOW)
CODE = make_code(7, MADE, 5, KEY)

slots, serials = st.integers(0, SLOTS - 1), st.integers(0, SERIALS - 1)
minutes = st.integers(0, 2**32)


@settings(max_examples=200)
@given(slot=slots, minute=minutes, serial=serials, late=st.integers(0, 48 * 60))
def test_a_code_reads_back_for_48_hours(slot: int, minute: int, serial: int, late: int) -> None:
    now = Millis((minute + late) * MINUTE)
    assert read_code(make_code(slot, minute, serial, KEY), {slot: KEY}, now) == AlertCode(slot, minute, serial)


@settings(max_examples=200)
@given(slot=slots, minute=minutes, serial=serials, spelling=st.randoms(use_true_random=False))
def test_it_is_read_however_it_is_written_down(slot: int, minute: int, serial: int, spelling: random.Random) -> None:
    """Small letters, O for 0, I and L for 1, and spaces or hyphens wherever somebody puts them."""
    code = make_code(slot, minute, serial, KEY).replace("-", "")
    other = {"0": "0Oo", "1": "1IiLl"}
    written = "".join(
        spelling.choice(other.get(character, character + character.lower())) + spelling.choice(["", "", " ", "-"])
        for character in code
    )
    assert read_code(f" {written}", {slot: KEY}, Millis(minute * MINUTE)) == AlertCode(slot, minute, serial)


def test_it_has_twelve_characters_of_an_alphabet_without_look_alikes() -> None:
    assert len(CODE) == 14
    assert [len(group) for group in CODE.split("-")] == [4, 4, 4]
    assert not set("ILOU") & set(ALPHABET)


@pytest.mark.parametrize(
    ("late", "good"),
    [
        (-6 * MINUTE, False),
        (-5 * MINUTE, True),
        (0, True),
        (VALID_FOR, True),
        (VALID_FOR + 1, False),
        (68 * HOUR, False),
        (MINUTES * MINUTE, False),
        (3 * MINUTES * MINUTE, False),
    ],
)
def test_it_is_good_from_a_little_early_to_48_hours_and_never_again(late: int, good: bool) -> None:
    """Not even when the twelve bits of its minute come round again: the MAC covers the whole minute."""
    at = Millis(MADE * MINUTE + late)
    assert (read_code(CODE, KEYS, at) == AlertCode(7, MADE, 5)) is good


@settings(max_examples=200)
@given(place=st.integers(0, 11), character=st.sampled_from(ALPHABET))
def test_another_character_anywhere_is_another_code(place: int, character: str) -> None:
    """One slot is known here, so nearly every change lands where there is no key, or on a wrong MAC."""
    plain = CODE.replace("-", "")
    altered = plain[:place] + character + plain[place + 1 :]
    assert (read_code(altered, {7: KEY}, NOW) is not None) is (altered == plain)


def test_exactly_one_mac_in_a_sample_of_all_is_right() -> None:
    """The last four characters are the MAC: of 4,096 beside the right one none is taken, and each slot has its key."""
    plain, accepted = CODE.replace("-", ""), set()
    for number in range(4096):
        ending = "".join(ALPHABET[(number >> shift) & 31] for shift in (5, 0))
        for code in (plain[:10] + ending, plain[:8] + ending + plain[10:]):
            if read_code(code, KEYS, NOW):
                accepted.add(code)
    assert accepted == {plain}
    assert read_code(make_code(8, MADE, 5, KEY), KEYS, NOW) is None


def test_guesses_are_right_as_often_as_the_mac_allows() -> None:
    """Every slot with a key and every guess in time: the kindest case. Of 60,000, 0.06 are right; 4 never happens."""
    generator, keys = random.Random(1), dict.fromkeys(range(SLOTS), KEY)
    right = 0
    for _ in range(60_000):
        head = "".join(generator.choices(ALPHABET, k=8))
        mac = "".join(generator.choices(ALPHABET, k=4))
        right += read_code(head + mac, keys, NOW) is not None
    assert right < 4


def test_macs_spread_over_all_twenty_bits() -> None:
    """A MAC cut at the wrong end, or to fewer bits, would collide far more often than 20,000 of 2^20 do."""
    made = {make_code(7, MADE, serial, KEY)[-4:] for serial in range(20_000)}
    expected = 2**MAC_BITS * (1 - (1 - 2**-MAC_BITS) ** 20_000)
    assert abs(len(made) - expected) < 100


@pytest.mark.parametrize(
    "text", ["", "-", CODE[:-1], CODE + "0", CODE.replace("-", "U", 1), "０" + CODE[1:], CODE + "\u0131", "x" * 10_000]
)
def test_what_is_no_code_is_unknown_and_no_crash(text: str) -> None:
    assert read_code(text, KEYS, NOW) is None


def test_a_slot_without_a_key_has_no_codes_not_even_under_an_empty_key() -> None:
    """The work for an unknown slot is done with a key of zeros, which anybody could use, too."""
    assert read_code(make_code(9, MADE, 5, bytes(32)), KEYS, NOW) is None


@pytest.mark.parametrize(
    ("slot", "minute", "serial", "key", "word"),
    [
        (SLOTS, 1, 1, KEY, "slot"),
        (-1, 1, 1, KEY, "slot"),
        (1, -1, 1, KEY, "minute"),
        (1, 1, SERIALS, KEY, "serial"),
        (1, 1, 1, b"short", "key"),
    ],
)
def test_what_does_not_fit_is_not_made(slot: int, minute: int, serial: int, key: bytes, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        make_code(slot, minute, serial, key)
