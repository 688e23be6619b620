"""Signing a message, and opening one: what has to hold before a single member is believed (guarantees F2 and F3).

Signed is `breather/<type>/v1/<mode>\\n<timestamp>\\n` and the body, byte for byte as sent. Three headers carry the
signature, so that the body stays what it is when a retry signs it again with a new timestamp.
"""

import base64
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from breather.domain.finding import Finding, nearest
from breather.domain.instant import MINUTE, Millis
from breather.protocol import signing
from breather.protocol.envelope import (
    EVERYONE,
    FOR_EVERYONE,
    SENT_BY,
    SIGNED_FOR,
    Envelope,
    MessageType,
    read_envelope,
)
from breather.protocol.json_text import LARGEST
from breather.protocol.key_list import KEY_ID
from breather.protocol.refusal import (
    Altered,
    Malformed,
    OutsideReplayWindow,
    UnknownSender,
    WrongMode,
    WrongRecipient,
    WrongRole,
    WrongType,
)
from breather.protocol.trust import Peer, key_for

KEY_HEADER = "Breather-Key"
TIMESTAMP_HEADER = "Breather-Timestamp"
SIGNATURE_HEADER = "Breather-Signature"
REPLAY_WINDOW = 5 * MINUTE

_TIMESTAMP = re.compile(r"0|[1-9][0-9]{0,14}")


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed, when (by the sender's clock), and 64 bytes."""

    kid: str
    at: Millis
    value: bytes

    def headers(self) -> dict[str, str]:
        return {
            KEY_HEADER: self.kid,
            TIMESTAMP_HEADER: str(self.at),
            SIGNATURE_HEADER: base64.b64encode(self.value).decode(),
        }


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who opens messages: the organisation, the mode, and the peers that it has pinned, by name.

    `window` in milliseconds. None turns the replay window off, for what is fresh for another reason: an answer that
    names the request, a disposition under a fresh manifest, stored bytes that are read again.
    """

    organisation: str
    mode: str
    peers: Mapping[str, Peer]
    window: int | None = REPLAY_WINDOW
    largest: int = LARGEST


@dataclass(frozen=True, slots=True)
class Message:
    """An opened message: signed by `sender` for us, whole. `members` still have to be read by the type's reader."""

    envelope: Envelope
    sender: Peer
    signature: Signature
    body: bytes
    members: Mapping[str, Any]


def sign_message(key: Ed25519PrivateKey, envelope: Envelope, body: bytes, at: Millis) -> Signature:
    """A signature over the body as it is. A retry calls this again with the same body and a new `at`."""
    value = signing.sign(key, envelope.type.value, envelope.mode, _timestamped(at, body))
    return Signature(signing.key_id(key.public_key()), at, value)


def read_signature(headers: Mapping[str, str]) -> Signature:
    """From the headers, whatever the case of their names. Raises Malformed with every finding."""
    given = {name.lower(): value for name, value in headers.items()}
    findings = [
        Finding(name, "missing-header", "is missing: the message is not signed")
        for name in (KEY_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER)
        if name.lower() not in given
    ]
    if findings:
        raise Malformed("signed message", findings)
    kid, timestamp = given[KEY_HEADER.lower()], given[TIMESTAMP_HEADER.lower()]
    KEY_ID.check(kid, KEY_HEADER, findings)
    if not _TIMESTAMP.fullmatch(timestamp):
        findings.append(Finding(TIMESTAMP_HEADER, "wrong-value", "must be whole milliseconds since 1970, in digits"))
    value = b""
    try:
        value = signing.decode_base64(given[SIGNATURE_HEADER.lower()], signing.SIGNATURE_BYTES)
    except ValueError as problem:
        findings.append(Finding(SIGNATURE_HEADER, "wrong-value", f"must be 64 bytes in base64: {problem}"))
    if findings:
        raise Malformed("signed message", findings)
    return Signature(kid, Millis(int(timestamp)), value)


def open_message(
    receiver: Receiver, headers: Mapping[str, str], body: bytes, now: Millis, expected: Iterable[MessageType]
) -> Message:
    """The message, if a pinned peer signed exactly these bytes for us, in our mode, just now.

    Raises one of the tree in `protocol/refusal.py`, and nothing may be stored then. The clock is judged last: only a
    sender who really signed is told what time it is here.
    """
    signature = read_signature(headers)
    envelope, members = read_envelope(body, receiver.largest)
    _refuse_misdirected(receiver, envelope, tuple(expected))
    sender = receiver.peers.get(envelope.sender)
    if sender is None or sender.mode != receiver.mode:
        hint = nearest(envelope.sender, receiver.peers)
        raise UnknownSender(
            f"No peer {envelope.sender!r} is pinned here." + (f" Did you mean {hint!r}?" if hint else "")
        )
    if sender.role not in SENT_BY[envelope.type]:
        raise WrongRole(f"A message of type {envelope.type} is never sent by an {sender.role}.")
    key = key_for(sender, signature.kid, SIGNED_FOR[envelope.type], signature.at, now)
    public = Ed25519PublicKey.from_public_bytes(key.public)
    covered = _timestamped(signature.at, body)
    if not signing.verify(public, signature.value, envelope.type.value, envelope.mode, covered):
        raise Altered("The signature does not fit: body, timestamp or signature were altered on the way.")
    if receiver.window is not None and abs(now - signature.at) > receiver.window:
        raise OutsideReplayWindow(signature.at, now, receiver.window)
    return Message(envelope, sender, signature, body, MappingProxyType(members))


def _refuse_misdirected(receiver: Receiver, envelope: Envelope, expected: tuple[MessageType, ...]) -> None:
    if envelope.type not in expected:
        wanted = ", ".join(expected)
        raise WrongType(f"This is a message of type {envelope.type}; here belongs: {wanted}.")
    if envelope.mode != receiver.mode:
        raise WrongMode(f"This is a {envelope.mode} message, and this service is in {receiver.mode} mode.")
    public = envelope.recipient == EVERYONE and envelope.type in FOR_EVERYONE
    if envelope.recipient != receiver.organisation and not public:
        raise WrongRecipient(f"This is for {envelope.recipient}, and here is {receiver.organisation}.")


def _timestamped(at: Millis, body: bytes) -> bytes:
    return f"{at}\n".encode() + body
