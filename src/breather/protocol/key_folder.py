"""The keys of one service: files in one folder, made once, pinned, never trusted on first use.

clearance.private     signs clearances (Ed25519)
assignment-1.secret   keys the assignment of customers to arms; version 1 (32 random bytes, base64)
pack-signers/*.public the agencies whose packs may be activated
"""

import base64
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from breather.protocol.signing import decode_base64, generate, load_private_key, load_public_key, save_private_key

CLEARANCE = "clearance.private"
SIGNERS = "pack-signers"
SECRET_BYTES = 32

_ASSIGNMENT = re.compile(r"assignment-([1-9][0-9]{0,3})\.secret")


class KeyFolder:
    """Reads what is there; `create` makes what a new service needs and never overwrites."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def create(self) -> list[str]:
        """The names of the files that were made now; those that were there are left as they are."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        (self.path / SIGNERS).mkdir(exist_ok=True)
        made = []
        if not (self.path / CLEARANCE).exists():
            save_private_key(self.path / CLEARANCE, generate())
            made.append(CLEARANCE)
        first = self.path / "assignment-1.secret"
        if not first.exists():
            _save_secret(first, secrets.token_bytes(SECRET_BYTES))
            made.append(first.name)
        return made

    def clearance_key(self) -> Ed25519PrivateKey:
        """FileNotFoundError or ValueError say what is missing or wrong."""
        return load_private_key(self.path / CLEARANCE)

    def assignment_keys(self) -> Mapping[int, bytes]:
        """By version; empty where none was made."""
        found = {}
        for file in sorted(self.path.glob("assignment-*.secret")):
            if match := _ASSIGNMENT.fullmatch(file.name):
                found[int(match[1])] = decode_base64(file.read_text("ascii").strip(), SECRET_BYTES)
        return found

    def pack_signers(self) -> list[Ed25519PublicKey]:
        return [load_public_key(file) for file in sorted((self.path / SIGNERS).glob("*.public"))]


def _save_secret(path: Path, secret: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(base64.b64encode(secret).decode() + "\n")
        file.flush()
        os.fsync(file.fileno())
