"""The 64 bits by which an address, host or actor is sorted and found: a keyed BLAKE2b of scope and value.

Keyed with the store's own salt, because whoever publishes a list could otherwise choose addresses that collide. A key
decides nothing by itself: what it finds is compared with the address in full (`address_index`).
"""

import hashlib
import struct
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Protocol

SALT_LENGTH = 16
KEY_LENGTH = 8
_NUMBER = struct.Struct(">Q")


class Hash(Protocol):
    """The part of hashlib's objects that is used here."""

    def copy(self) -> "Hash": ...

    def update(self, data: bytes, /) -> None: ...

    def digest(self) -> bytes: ...


def seeds(salt: bytes, scopes: Iterable[str]) -> Mapping[str, Hash]:
    """A hash already fed with each scope. Copying one is a quarter cheaper than beginning with the key each time."""
    return MappingProxyType({scope: seed(salt, scope) for scope in scopes})


def seed(salt: bytes, scope: str) -> Hash:
    """Raises ValueError for a salt of another length."""
    if len(salt) != SALT_LENGTH:
        raise ValueError(f"the salt has {len(salt)} bytes; {SALT_LENGTH} is right")
    return hashlib.blake2b(f"{scope}\n".encode(), key=salt, digest_size=KEY_LENGTH)


def key_of(seeded: Hash, value: str) -> int:
    """The key of `value` in the scope that `seeded` was made for; 0 to 2**64 - 1."""
    hashed = seeded.copy()
    hashed.update(value.encode())
    (key,) = _NUMBER.unpack(hashed.digest())
    return int(key)
