"""The compact form of a JWS (RFC 7515, section 7.1), read strictly.

Base64url has many spellings of the same bytes: padding, stray characters that lenient decoders skip, unused
last bits. Only the one canonical spelling is read here, so that a token cannot be altered without being
refused.
"""

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from breather.client.failure import ClearanceRefused
from breather.client.strictjson import read_object

MOST_CHARACTERS = 4096


@dataclass(frozen=True, slots=True)
class Compact:
    """A token taken apart; nothing about it has been verified."""

    header: dict[str, Any]
    claims: dict[str, Any]
    signed: bytes
    signature: bytes


def _decode(part: str, name: str) -> bytes:
    try:
        data = base64.b64decode(part + "=" * (-len(part) % 4), altchars="-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ClearanceRefused(name, "is not base64url") from error
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode() != part:
        raise ClearanceRefused(name, "is not base64url in its canonical form")
    return data


def _object(part: str, name: str) -> dict[str, Any]:
    try:
        return read_object(_decode(part, name))
    except ValueError as error:
        raise ClearanceRefused(name, f"is not a JSON object: {error}") from error


def take_apart(token: str) -> Compact:
    """Raises ClearanceRefused naming the part (form, header, claims, signature) that cannot be read."""
    if not token.isascii():
        raise ClearanceRefused("form", "is not ASCII text")
    if len(token) > MOST_CHARACTERS:
        raise ClearanceRefused("form", f"has more than {MOST_CHARACTERS} characters")
    parts = token.split(".")
    if len(parts) != 3:
        raise ClearanceRefused("form", f"has {len(parts)} parts; a compact JWS has 3")
    return Compact(
        header=_object(parts[0], "header"),
        claims=_object(parts[1], "claims"),
        signed=f"{parts[0]}.{parts[1]}".encode(),
        signature=_decode(parts[2], "signature"),
    )
