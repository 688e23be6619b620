"""Ed25519 signatures (RFC 8032) over `breather/<kind>/v1/<mode>\\n` followed by the bytes exactly as sent.

The first line keeps a signature made for one purpose, or in test mode, from ever being good for another.
Key files hold one line, `breather-ed25519-private BASE64` or `breather-ed25519-public BASE64`: the raw 32
bytes of the two look alike, and the word in front is what keeps a private key from being published as a
public one.
"""

import base64
import binascii
import hashlib
import os
import re
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

MODES = ("test", "live")
SIGNATURE_BYTES = 64
KEY_BYTES = 32

_KIND = re.compile(r"[a-z][a-z-]{0,30}")
_PRIVATE = "breather-ed25519-private"
_PUBLIC = "breather-ed25519-public"


def generate() -> Ed25519PrivateKey:
    """A new key from the operating system's randomness."""
    return Ed25519PrivateKey.generate()


def key_id(public: Ed25519PublicKey) -> str:
    """The first 16 hexadecimal digits of the raw public key's SHA-256. A name, not a proof."""
    return hashlib.sha256(public.public_bytes_raw()).hexdigest()[:16]


def signed_bytes(kind: str, mode: str, body: bytes) -> bytes:
    """What is really signed. ValueError for a kind or a mode that could be mistaken for another."""
    if not _KIND.fullmatch(kind):
        raise ValueError(f"kind {kind!r} is not lower-case letters and hyphens")
    if mode not in MODES:
        raise ValueError(f"mode {mode!r} is neither 'test' nor 'live'")
    return f"breather/{kind}/v1/{mode}\n".encode() + body


def sign(key: Ed25519PrivateKey, kind: str, mode: str, body: bytes) -> bytes:
    """The signature, 64 bytes; deterministic, so that signing again changes nothing."""
    return key.sign(signed_bytes(kind, mode, body))


def verify(key: Ed25519PublicKey, signature: bytes, kind: str, mode: str, body: bytes) -> bool:
    """True only if `key` signed exactly this body, for this kind, in this mode."""
    try:
        key.verify(signature, signed_bytes(kind, mode, body))
    except InvalidSignature:
        return False
    return True


def save_private_key(path: Path, key: Ed25519PrivateKey) -> None:
    """Write a new key file that only its owner can read. FileExistsError: a key is never overwritten."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(_line(_PRIVATE, key.private_bytes_raw()))
        file.flush()
        os.fsync(file.fileno())


def save_public_key(path: Path, key: Ed25519PublicKey) -> None:
    """Write the public half, which may be read by anyone."""
    path.write_text(_line(_PUBLIC, key.public_bytes_raw()), encoding="ascii")


def load_private_key(path: Path) -> Ed25519PrivateKey:
    """ValueError, which never repeats the file's content, for anything but a private key file."""
    return Ed25519PrivateKey.from_private_bytes(_load(path, _PRIVATE))


def load_public_key(path: Path) -> Ed25519PublicKey:
    """ValueError for anything but a public key file."""
    return Ed25519PublicKey.from_public_bytes(_load(path, _PUBLIC))


def decode_base64(text: str, size: int) -> bytes:
    """Exactly `size` bytes from base64. ValueError otherwise, also for another spelling of the same bytes."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("not base64") from None
    if len(data) != size:
        raise ValueError(f"{len(data)} bytes instead of {size}")
    # The last character carries bits that a decoder drops: without this, altering it would go unseen.
    if base64.b64encode(data).decode("ascii") != text:
        raise ValueError("not canonical base64")
    return data


def _line(word: str, raw: bytes) -> str:
    return f"{word} {base64.b64encode(raw).decode('ascii')}\n"


def _load(path: Path, word: str) -> bytes:
    found, _, encoded = path.read_bytes()[:200].decode("ascii", errors="replace").strip().partition(" ")
    if found != word:
        shown = found if found in (_PRIVATE, _PUBLIC) else "something else"
        raise ValueError(f"{path} is no key file of the kind wanted: it must begin with {word!r}, not {shown!r}")
    try:
        return decode_base64(encoded, KEY_BYTES)
    except ValueError as problem:
        raise ValueError(f"{path} does not hold a key after {word!r}: {problem}") from None
