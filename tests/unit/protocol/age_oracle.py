"""A second reader of age v1 files for X25519, written from the specification alone, to hold our writer against."""

import base64
import hashlib
import hmac
from itertools import pairwise

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CHUNK = 64 * 1024 + 16


def hkdf(secret: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, info).derive(secret)


def decode(text: bytes) -> bytes:
    return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)


def open_age(file: bytes, identity: bytes) -> bytes:
    """The plaintext, with the raw private key. Raises ValueError for what the specification has refused."""
    end = file.index(b"\n---") + 4
    mac, _, rest = file[end + 1 :].partition(b"\n")
    header, lines = file[:end], file[:end].split(b"\n")
    if lines[0] != b"age-encryption.org/v1":
        raise ValueError("version")
    file_key = next(
        key
        for line, body in pairwise(lines)
        if line.startswith(b"-> X25519 ")
        for key in [unwrap(decode(line.split(b" ")[2]), decode(body), identity)]
        if key
    )
    if not hmac.compare_digest(hmac.new(hkdf(file_key, b"", b"header"), header, hashlib.sha256).digest(), decode(mac)):
        raise ValueError("header")
    cipher = ChaCha20Poly1305(hkdf(file_key, rest[:16], b"payload"))
    chunks = [rest[start : start + CHUNK] for start in range(16, len(rest), CHUNK)]
    return b"".join(
        cipher.decrypt(number.to_bytes(11) + bytes([number == len(chunks) - 1]), chunk, None)
        for number, chunk in enumerate(chunks)
    )


def unwrap(share: bytes, body: bytes, identity: bytes) -> bytes | None:
    key = X25519PrivateKey.from_private_bytes(identity)
    salt = share + key.public_key().public_bytes_raw()
    secret = key.exchange(X25519PublicKey.from_public_bytes(share))
    try:
        return ChaCha20Poly1305(hkdf(secret, salt, b"age-encryption.org/v1/X25519")).decrypt(bytes(12), body, None)
    except InvalidTag:
        return None
