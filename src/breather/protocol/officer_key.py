"""An officer's key as age writes it (https://age-encryption.org/v1, X25519): `age1...` is public, the file is secret.

Subjects are sealed to it. It is made and kept on the officer's machine; no service ever holds the secret half.
"""

import os
from pathlib import Path

from bech32 import bech32_decode, bech32_encode, convertbits
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

_PUBLIC, _SECRET = "age", "age-secret-key-"
_RAW_BYTES = 32


def create_officer_key(file: Path) -> str:
    """Write a new secret key, readable by its owner only, for `age --decrypt --identity`; its public half, `age1...`.

    FileExistsError where there is a file: what was sealed to a key that is gone is gone with it.
    """
    private = X25519PrivateKey.generate()
    public = age_recipient(private.public_key().public_bytes_raw())
    secret = _written(_SECRET, private.private_bytes_raw()).upper()
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as opened:
        opened.write(f"# public key: {public}\n{secret}\n")
        opened.flush()
        os.fsync(opened.fileno())
    return public


def age_recipient(public: bytes) -> str:
    """`age1...` of a raw X25519 public key, as officers' tools show it. ValueError unless it has 32 bytes."""
    if len(public) != _RAW_BYTES:
        raise ValueError(f"{len(public)} bytes are no X25519 public key")
    return _written(_PUBLIC, public)


def read_recipient(text: str) -> bytes:
    """The 32 raw bytes of `age1...`. ValueError for anything else."""
    prefix, words = bech32_decode(text.strip())
    raw = None if words is None else convertbits(words, 5, 8, False)
    if prefix != _PUBLIC or raw is None or len(raw) != _RAW_BYTES:
        made = "`breather officer-key create` prints it, and so does `age-keygen`"
        raise ValueError(f"an officer's public key is written like age1...; {made}")
    return bytes(raw)


def _written(prefix: str, raw: bytes) -> str:
    words = convertbits(raw, 8, 5)
    assert words is not None, "whole bytes always fit"
    return str(bech32_encode(prefix, words))
