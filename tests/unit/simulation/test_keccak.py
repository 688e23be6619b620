"""Keccak-256 in columns gives what a library gives for one message at a time."""

import numpy as np
import pytest
from eth_utils.crypto import keccak
from hypothesis import given, settings
from hypothesis import strategies as st

from breather.simulation.keccak import keccak256


@settings(max_examples=30)
@given(st.binary(max_size=135))
def test_it_is_the_library_s_hash(message: bytes) -> None:
    rows = np.frombuffer(message, np.uint8).reshape(1, len(message))
    assert bytes(keccak256(rows)[0]) == keccak(message)


def test_more_than_a_block_of_messages_are_hashed_in_order() -> None:
    numbers = np.arange(9_000, dtype=">u4")
    digests = keccak256(numbers.view(np.uint8).reshape(-1, 4))
    for number in (0, 4_095, 4_096, 8_999):
        assert bytes(digests[number]) == keccak(number.to_bytes(4, "big"))


def test_a_message_that_needs_two_blocks_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 135"):
        keccak256(np.zeros((1, 136), np.uint8))
