"""The five-bit letters of bech32, bech32m and CashAddr, and the codes that guard them.

Sources: BIP-173 (bech32), BIP-350 (bech32m), the CashAddr specification of Bitcoin Cash. All three are BCH codes over
32 letters: up to three wrong characters are always noticed, and a single one can be found. BIP-173 asks programs to
say at most where it stands, and never which letter would be right; so do we.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from breather.intelligence.bad_address import CHECKSUM_MESSAGE, AddressFault, BadAddress, refuse_foreign_characters

LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
FOREIGN = "1bio"
BECH32 = 1
BECH32M = 0x2BC830A3

_VALUES = bytes(max(LETTERS.find(chr(code)), 0) for code in range(256))


@dataclass(frozen=True, slots=True)
class Code:
    """A checksum of `length` letters: the remainder of all letters by a polynomial over 32 values.

    `steps`: what the letter that leaves at the top does to the rest, by its value.
    """

    length: int
    shift: int
    steps: tuple[int, ...]

    def remainder(self, start: int, digits: Sequence[int]) -> int:
        shift, steps, mask = self.shift, self.steps, (1 << self.shift) - 1
        value = start
        for digit in digits:
            value = (value & mask) << 5 ^ digit ^ steps[value >> shift]
        return value

    def single_error(self, difference: int, count: int) -> int | None:
        """Which of `count` digits, counted from 0, alone explains a remainder that is off by `difference`."""
        for wrong in range(1, 32):
            effect = wrong
            for place in range(count - 1, -1, -1):
                if effect == difference:
                    return place
                effect = self.remainder(effect, (0,))
        return None


def _code(length: int, generator: Sequence[int]) -> Code:
    steps = [0] * 32
    for top in range(32):
        for bit, each in enumerate(generator):
            steps[top] ^= each if top >> bit & 1 else 0
    return Code(length, 5 * (length - 1), tuple(steps))


BECH32_CODE = _code(6, (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3))
CASHADDR_CODE = _code(8, (0x98F2BC8E61, 0x79B76D99E2, 0xF33E5FB3C4, 0xAE2EABE2A8, 0x1E4F43E470))


def bech32_start(prefix: str) -> int:
    """The remainder of the human-readable part, `prefix`: compute it once."""
    letters = prefix.encode("ascii")
    return BECH32_CODE.remainder(1, [*(each >> 5 for each in letters), 0, *(each & 31 for each in letters)])


def cashaddr_start(prefix: str) -> int:
    return CASHADDR_CODE.remainder(1, [*(each & 31 for each in prefix.encode("ascii")), 0])


def one_case(text: str) -> str:
    """The text in small letters; BadAddress where both cases are mixed."""
    lowered = text.lower()
    if text not in (lowered, text.upper()):
        # Copying never mixes cases; editing by hand does. BIP-173 refuses it, and so do we.
        raise BadAddress(
            AddressFault.FORM, "small and capital letters are mixed; an address of this form uses one kind"
        )
    return lowered


def digits_of(canonical: str, prefix: str) -> bytes:
    """The value of each letter after `prefix`, checksum included. BadAddress names what is no such letter."""
    rest = canonical[len(prefix) :]
    if rest.strip(LETTERS):
        because = f"after {prefix} an address never contains 1, b, i or o"
        refuse_foreign_characters(canonical, prefix + LETTERS, because)
        # A character that only the prefix may have.
        place = next(at for at, letter in enumerate(rest) if letter not in LETTERS)
        message = f"character {len(prefix) + place + 1} is '{rest[place]}'; {because}"
        raise BadAddress(AddressFault.CHARACTER, message)
    return rest.encode("ascii").translate(_VALUES)


def check(code: Code, start: int, digits: bytes, expected: int, first: int) -> None:
    """BadAddress unless the remainder is `expected`. `first` is the position of digits[0] in the text, from 1."""
    difference = code.remainder(start, digits) ^ expected
    if difference:
        place = code.single_error(difference, len(digits))
        if place is None:
            raise BadAddress(AddressFault.CHECKSUM, CHECKSUM_MESSAGE)
        message = f"the checksum does not match: one character is wrong, it seems character {first + place}"
        raise BadAddress(AddressFault.CHECKSUM, message)


def whole_bytes(digits: Sequence[int]) -> int | None:
    """How many bytes the digits (without checksum) hold; None where what is left over is not a few zero bits."""
    count, rest = divmod(len(digits) * 5, 8)
    if rest > 4 or (rest and digits[-1] & ((1 << rest) - 1)):
        return None
    return count
