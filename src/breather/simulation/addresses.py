"""Invented addresses, valid in form and in the canonical spelling, made by the hundred thousand.

Each is twenty random bytes of the seed: nobody knows a key for it, and that one of them is in use by somebody is as
likely as guessing that person's address. Base58Check, Bech32 and EIP-55 are computed in columns, because the libraries
that check one address at a time would take minutes.
"""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from breather.simulation.dice import Bytes, Dice, Flags, Ints
from breather.simulation.keccak import keccak256

Texts = NDArray[np.bytes_]

WIDTH = 20
TRON, EVM, BITCOIN = 0, 1, 2

_BASE58 = np.frombuffer(b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", np.uint8)
_BECH32 = np.frombuffer(b"qpzry9x8gf2tvdw0s3jn54khce6mua7l", np.uint8)
_HEX = np.frombuffer(b"0123456789abcdef", np.uint8)
_TRON_VERSION = 0x41
_TRON_LENGTH = 34
# Five digits at a time, so that a remainder and the next 32 bits fit into 64.
_FIVE = 58**5
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
# A human part of "bc" and version 0, folded in already.
_PARTS = (3, 3, 0, 2, 3, 0)

# So many at a time that what is computed stays in the processor's cache.
_BLOCK = 4_096

# What an attacker copies: the first characters after the prefix and the last ones, where people look.
COPIED = 4
_TRIES = 8_192
_MOST_ROUNDS = 64


def texts(payloads: Bytes, families: Ints) -> Texts:
    """One address for each row of 20 bytes: family TRON, EVM or BITCOIN. Bytes of at most 42 ASCII characters."""
    found = np.zeros(len(payloads), "S42")
    parts = []
    for family, spell in ((TRON, tron), (EVM, evm), (BITCOIN, bitcoin)):
        rows = np.flatnonzero(families == family)
        parts += [(rows[start : start + _BLOCK], spell) for start in range(0, len(rows), _BLOCK)]

    def write(part: tuple[Ints, Callable[[Bytes], Texts]]) -> None:
        rows, spell = part
        found[rows] = spell(payloads[rows])

    # numpy lets go of the interpreter while it computes; each part writes rows of its own, so order does not matter.
    with ThreadPoolExecutor(max_workers=2) as threads:
        for _ in threads.map(write, parts):
            pass
    return found


def tron(payloads: Bytes) -> Texts:
    """Base58Check over version 0x41 and twenty bytes: 34 characters from T."""
    whole = np.empty((len(payloads), 25), np.uint8)
    whole[:, 0] = _TRON_VERSION
    whole[:, 1:21] = payloads
    body = whole[:, :21].tobytes()
    sha = hashlib.sha256
    sums = b"".join(sha(sha(body[at : at + 21]).digest()).digest()[:4] for at in range(0, len(body), 21))
    whole[:, 21:] = np.frombuffer(sums, np.uint8).reshape(-1, 4)
    return _joined(_base58(whole))


def _base58(whole: Bytes) -> Bytes:
    """25 bytes to 34 characters by long division; version 0x41 makes it exactly 34."""
    padded = np.zeros((len(whole), 28), np.uint8)
    padded[:, 3:] = whole
    words = np.ascontiguousarray(padded).view(">u4").astype(np.uint64)
    limbs = [words[:, index].copy() for index in range(7)]
    characters = np.empty((len(whole), 35), np.uint8)
    for group in range(7):
        rest = np.zeros(len(whole), np.uint64)
        for limb in limbs:
            value = (rest << np.uint64(32)) | limb
            np.floor_divide(value, np.uint64(_FIVE), out=limb)
            rest = value - limb * np.uint64(_FIVE)
        for digit in range(5):
            smaller = rest // np.uint64(58)
            characters[:, 34 - group * 5 - digit] = _BASE58[(rest - smaller * np.uint64(58)).astype(np.int64)]
            rest = smaller
    return characters[:, 35 - _TRON_LENGTH :]


def evm(payloads: Bytes) -> Texts:
    """0x and 40 hexadecimal digits in the capitals of EIP-55."""
    nibbles = _nibbles(payloads)
    small = _HEX[nibbles]
    digest = _nibbles(keccak256(small)[:, :WIDTH])
    capital = (nibbles >= 10) & (digest >= 8)
    written = np.empty((len(payloads), 42), np.uint8)
    written[:, :2] = np.frombuffer(b"0x", np.uint8)
    written[:, 2:] = small - 32 * capital.astype(np.uint8)
    return _joined(written)


def bitcoin(payloads: Bytes) -> Texts:
    """Bech32 of a version-0 witness of twenty bytes: 42 characters from bc1q."""
    bits = np.unpackbits(payloads, axis=1).reshape(len(payloads), 32, 5).astype(np.int64)
    data = bits @ np.array([16, 8, 4, 2, 1], np.int64)
    check = np.ones(len(payloads), np.int64)
    zero = np.zeros(len(payloads), np.int64)
    for value in [*(zero + part for part in _PARTS), *data.T, *([zero] * 6)]:
        check = _polymod(check, value)
    check ^= 1
    sums = np.stack([(check >> (5 * (5 - index))) & 31 for index in range(6)], axis=1)
    written = np.empty((len(payloads), 42), np.uint8)
    written[:, :4] = np.frombuffer(b"bc1q", np.uint8)
    written[:, 4:] = _BECH32[np.concatenate([data, sums], axis=1)]
    return _joined(written)


def _polymod(check: Ints, value: Ints) -> Ints:
    top = check >> 25
    check = ((check & 0x1FFFFFF) << 5) ^ value
    for index, generator in enumerate(_GENERATOR):
        check = check ^ (((top >> index) & 1) * generator)
    return check


def _nibbles(payloads: Bytes) -> Bytes:
    return np.stack([payloads >> 4, payloads & 15], axis=2).reshape(len(payloads), -1)


def _joined(characters: Bytes) -> Texts:
    written = np.ascontiguousarray(characters)
    found: Texts = written.view(f"S{written.shape[1]}").reshape(-1)
    return found


def lookalikes(dice: Dice, tron_like: Flags) -> tuple[Bytes, Bytes]:
    """Pairs of payloads whose addresses agree in the first and last four characters: a payee, and what imitates her.

    Both sides are invented together. On an EVM network copying digits is enough; on TRON the last characters hang on
    a checksum, and two of some thousand candidates meet by the birthday bound where imitating a given address would
    take eleven million tries.
    """
    count = len(tron_like)
    payees, imitations = dice.bytes(count, WIDTH), dice.bytes(count, WIDTH)
    copied = COPIED // 2
    imitations[:, :copied], imitations[:, -copied:] = payees[:, :copied], payees[:, -copied:]
    for row in np.flatnonzero(tron_like):
        payees[row], imitations[row] = _tron_pair(dice.of(f"tron {row}"))
    return payees, imitations


def _tron_pair(dice: Dice) -> tuple[Bytes, Bytes]:
    for _ in range(_MOST_ROUNDS):
        tries = dice.bytes(_TRIES, WIDTH)
        # Four bytes in common settle the first characters, all but rarely; the comparison below is what decides.
        tries[:, :4] = tries[0, :4]
        spelled = tron(tries)
        letters = spelled.view(np.uint8).reshape(_TRIES, _TRON_LENGTH)
        ends = np.ascontiguousarray(letters[:, -COPIED:]).view("<u4").reshape(-1)
        order = np.argsort(ends, kind="stable")
        for at in np.flatnonzero(ends[order][1:] == ends[order][:-1]).tolist():
            one, other = int(order[at]), int(order[at + 1])
            if spelled[one][: COPIED + 1] == spelled[other][: COPIED + 1]:
                return tries[one], tries[other]
    raise ArithmeticError("no two addresses met, which chance does not allow")
