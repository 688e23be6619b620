"""Sealing a subject in the exchange's own process: Breather carries it and can never read it.

The format is age v1 with X25519 recipients (https://age-encryption.org/v1): one file key for the payload, wrapped once
for each officer's key, a MAC over the header, the payload in chunks of 64 KiB. Written here because an exchange should
not need another library for a hundred lines; the project's tests open it with an independent implementation.
"""

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION_LINE = b"age-encryption.org/v1\n"
CHUNK = 64 * 1024
KEY_BYTES = 32
MOST_KEYS = 20
MOST_BYTES = 12 * 1024

_LABEL = b"age-encryption.org/v1/X25519"
_FILE_KEY_BYTES = 16
_NONCE_BYTES = 16

Entropy = Callable[[int], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Who asks the police for help. None is left out; nobody has to give all of it."""

    name: str | None = None
    telephone: str | None = None
    mail: str | None = None
    reference: str | None = None
    statement: str | None = None

    def __repr__(self) -> str:
        """Nothing of it, so that it does not end in a log."""
        return "Subject(...)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """The referral that will carry it. All four are inside the sealed text: moved to another, it is found out."""

    mode: str
    sender: str
    recipient: str
    referral: str


def seal_subject(subject: Subject, carrier: Carrier, keys: Mapping[str, str], *, entropy: Entropy = os.urandom) -> str:
    """Base64 of the age file, for the officers' `keys`: id to base64 of the raw X25519 public key.

    Raises ValueError for a key that is none, for no key at all, and for a subject that is too long or that no officer
    could read.
    """
    plaintext = {"type": "subject", "version": 1, **asdict(carrier), "subject": asdict(subject)}
    text = json.dumps(plaintext, ensure_ascii=False, separators=(",", ":")).encode()
    if len(text) > MOST_BYTES:
        raise ValueError(f"the subject has {len(text)} bytes; {MOST_BYTES} is the limit")
    _refuse_unreadable(subject)
    return base64.b64encode(seal(text, read_keys(keys), entropy)).decode()


def refuse_unsealed(ciphertext: str) -> None:
    """Raises ValueError for what is not base64 of an age file: a subject in the clear must not leave this process."""
    try:
        sealed = base64.b64decode(ciphertext, validate=True)
    except ValueError:
        sealed = b""
    if not sealed.startswith(VERSION_LINE):
        raise ValueError("this is no sealed subject; `SubjectWanted.seal` makes one")


def _refuse_unreadable(subject: Subject) -> None:
    """Found out here, because nobody who carries it could, and the officer could only throw it away."""
    for name, value in asdict(subject).items():
        most, breaks = (4000, "\n") if name == "statement" else (200, "")
        if value is not None and (
            not 1 <= len(value) <= most
            or any((ord(one) < 32 and one not in breaks) or ord(one) == 127 for one in value)
        ):
            raise ValueError(f"the subject's {name} must have 1 to {most} characters, without control characters")


def read_keys(keys: Mapping[str, str]) -> list[bytes]:
    """Raw public keys, each held against its id, which is the beginning of its SHA-256. Raises ValueError."""
    found = []
    for kid, text in keys.items():
        try:
            raw = base64.b64decode(text, validate=True)
        except ValueError:
            raise ValueError(f"sealing key {kid}: not base64") from None
        if len(raw) != KEY_BYTES:
            raise ValueError(f"sealing key {kid}: has {len(raw)} bytes; an X25519 public key has {KEY_BYTES}")
        if hashlib.sha256(raw).hexdigest()[:16] != kid:
            raise ValueError(f"sealing key {kid}: is not the key of this id")
        found.append(raw)
    return found


def seal(plaintext: bytes, recipients: Sequence[bytes], entropy: Entropy = os.urandom) -> bytes:
    """An age v1 file for raw X25519 public keys. `entropy(n)` gives n random bytes; anything else is for tests.

    Raises ValueError for no recipient, too many, one twice, or one that is no point to agree on a secret with.
    """
    if not 1 <= len(recipients) <= MOST_KEYS or len(set(recipients)) != len(recipients):
        raise ValueError(f"sealing needs 1 to {MOST_KEYS} different keys; given were {len(recipients)}")
    file_key = entropy(_FILE_KEY_BYTES)
    stanzas = b"".join(_stanza(recipient, file_key, entropy(KEY_BYTES)) for recipient in recipients)
    header = VERSION_LINE + stanzas + b"---"
    mac = hmac.new(_derive(file_key, b"", b"header"), header, hashlib.sha256).digest()
    nonce = entropy(_NONCE_BYTES)
    payload = b"".join(_chunks(_derive(file_key, nonce, b"payload"), plaintext))
    return header + b" " + _unpadded(mac) + b"\n" + nonce + payload


def _stanza(recipient: bytes, file_key: bytes, ephemeral: bytes) -> bytes:
    """`-> X25519 SHARE` and the file key, wrapped for one recipient under a key used only here."""
    secret = X25519PrivateKey.from_private_bytes(ephemeral)
    share = secret.public_key().public_bytes_raw()
    try:
        agreed = secret.exchange(X25519PublicKey.from_public_bytes(recipient))
    except ValueError as error:  # a point of small order: everybody would know the secret
        raise ValueError("a sealing key is no usable X25519 public key") from error
    wrapped = ChaCha20Poly1305(_derive(agreed, share + recipient, _LABEL)).encrypt(bytes(12), file_key, None)
    # 32 bytes are 43 characters: one line, which is shorter than 64 and so ends the stanza.
    return b"-> X25519 " + _unpadded(share) + b"\n" + _unpadded(wrapped) + b"\n"


def _chunks(key: bytes, plaintext: bytes) -> Iterator[bytes]:
    """STREAM: the nonce is the number of the chunk, 11 bytes, and 1 for the last, so that a cut is noticed."""
    cipher = ChaCha20Poly1305(key)
    starts = range(0, len(plaintext), CHUNK) or range(1)
    for number, start in enumerate(starts):
        last = start + CHUNK >= len(plaintext)
        yield cipher.encrypt(number.to_bytes(11) + bytes([last]), plaintext[start : start + CHUNK], None)


def _derive(secret: bytes, salt: bytes, label: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=label).derive(secret)


def _unpadded(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")
