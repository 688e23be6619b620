"""The code under a shown alert, which the agency can confirm although nothing was transmitted for it (guarantee G4).

60 bits, written as 12 characters of Crockford's base32 in groups of four:

    exchange slot (10) | minute, modulo 4096 (12) | serial (18) | MAC (20)

The MAC is HMAC-SHA256, cut to 20 bits, under the key that this exchange and this agency share. It covers the whole
number of the minute since 1970, of which only the last 12 bits are written: when those come round again after 68 hours,
an old code is as wrong as a guess. A slot belongs to one exchange and one key; a new key is a new slot, so that codes
under the old one can be read to their end. A guess is right once in 2^20: looking up has to be limited in rate.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from breather.domain.instant import HOUR, MINUTE, Millis

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHARACTERS = 12
SLOT_BITS, MINUTE_BITS, SERIAL_BITS, MAC_BITS = 10, 12, 18, 20
SLOTS, MINUTES, SERIALS = 1 << SLOT_BITS, 1 << MINUTE_BITS, 1 << SERIAL_BITS
VALID_FOR = 48 * HOUR
KEY_BYTES = 32

# The exchange's clock may be ahead of the agency's by as much as messages may be (guarantee F2).
_AHEAD = 5
_VALUES: Mapping[str, int] = {character: value for value, character in enumerate(ALPHABET)}
# What people write for what they see: the alphabet has no O, I and L, so nothing is lost.
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None, "-": None, "\u00a0": None, "\t": None})
_LONGEST_TEXT = 64
_NO_KEY = bytes(KEY_BYTES)


@dataclass(frozen=True, slots=True)
class AlertCode:
    """What a good code says. `minute` counts from 1970; `serial` counts the exchange's alerts in it."""

    slot: int
    minute: int
    serial: int

    @property
    def at(self) -> Millis:
        return Millis(self.minute * MINUTE)


def minute_of(at: Millis) -> int:
    return at // MINUTE


def make_code(slot: int, minute: int, serial: int, key: bytes) -> str:
    """`XXXX-XXXX-XXXX`. `minute` counts from 1970 (`minute_of`). ValueError for what does not fit its bits."""
    for name, value, end in (("slot", slot, SLOTS), ("serial", serial, SERIALS)):
        if not 0 <= value < end:
            raise ValueError(f"{name} {value} is not from 0 to {end - 1}")
    if minute < 0:
        raise ValueError(f"minute {minute} is before 1970")
    if len(key) != KEY_BYTES:
        raise ValueError(f"the key has {len(key)} bytes instead of {KEY_BYTES}")
    value = (slot << MINUTE_BITS) | (minute % MINUTES)
    value = (value << SERIAL_BITS) | serial
    value = (value << MAC_BITS) | _mac(AlertCode(slot, minute, serial), key)
    text = "".join(ALPHABET[(value >> shift) & 31] for shift in range(55, -1, -5))
    return f"{text[:4]}-{text[4:8]}-{text[8:]}"


def read_code(text: str, keys: Mapping[int, bytes], now: Millis) -> AlertCode | None:
    """The code if it was made under its slot's key in the last 48 hours, else None: unknown and expired look alike.

    `keys` by slot. Small letters, O for 0, I and L for 1, spaces and hyphens anywhere are read. The same work is done
    for every text, and MACs are compared in constant time, so that the time taken says nothing either.
    """
    value = _value_of(text)
    written = value or 0
    rest, mac = divmod(written, 1 << MAC_BITS)
    rest, serial = divmod(rest, SERIALS)
    slot, last_bits = divmod(rest, MINUTES)
    newest = minute_of(now) + _AHEAD
    # The latest minute not after `newest` whose last bits are those written.
    minute = newest - (newest - last_bits) % MINUTES
    code = AlertCode(slot, minute, serial)
    key = keys.get(slot)
    fits = hmac.compare_digest(_bytes(_mac(code, key or _NO_KEY)), _bytes(mac))
    recent = minute >= 0 and now - code.at <= VALID_FOR
    return code if fits & recent & (key is not None) & (value is not None) else None


def _value_of(text: str) -> int | None:
    plain = text[: _LONGEST_TEXT + 1].upper().translate(_READ_AS) if len(text) <= _LONGEST_TEXT else ""
    # `upper` turns some letters of other scripts into Latin ones or into two: only what was plain may count.
    if len(plain) != CHARACTERS or not text.replace("\u00a0", " ").isascii():
        return None
    value = 0
    for character in plain:
        digit = _VALUES.get(character)
        if digit is None:
            return None
        value = (value << 5) | digit
    return value


def _mac(code: AlertCode, key: bytes) -> int:
    covered = f"breather/alert-code/v1\n{code.slot}\n{code.minute}\n{code.serial}".encode()
    return int.from_bytes(hmac.new(key, covered, hashlib.sha256).digest()[:3]) >> (24 - MAC_BITS)


def _bytes(mac: int) -> bytes:
    return mac.to_bytes(3)
