"""A claim as bytes in a snapshot: a msgpack array, short because there are millions of them.

The order of the fields is the format; a new field goes to the end, with a default.
"""

import msgspec

from breather.domain.entry import Category, Claim, Confidence
from breather.domain.instant import Millis
from breather.domain.typology import Typology


class _Record(msgspec.Struct, array_like=True, omit_defaults=True, frozen=True, gc=False):
    scope: str
    value: str
    category: Category
    label: str = ""
    typology: Typology | None = None
    actor: str | None = None
    confidence: Confidence | None = None
    first_seen: int | None = None
    expires_at: int | None = None
    allows: bool = False
    jurisdictions: tuple[str, ...] = ()
    reference: str = ""


class _Subject(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The beginning of a record; what follows is passed over."""

    scope: str
    value: str


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Record).decode
_decode_subject = msgspec.msgpack.Decoder(_Subject).decode


def write_claim(claim: Claim) -> bytes:
    """Equal claims give equal bytes."""
    return _encode(
        _Record(
            claim.scope,
            claim.value,
            claim.category,
            claim.label,
            claim.typology,
            claim.actor,
            claim.confidence,
            claim.first_seen,
            claim.expires_at,
            claim.allows,
            claim.jurisdictions,
            claim.reference,
        )
    )


def read_claim(record: bytes | memoryview) -> Claim:
    """Raises ValueError for bytes that are no claim: a damaged file says so instead of guessing."""
    try:
        found = _decode(record)
    except msgspec.DecodeError as error:
        raise ValueError(f"a record of the snapshot cannot be read: {error}") from None
    return Claim(
        found.scope,
        found.value,
        found.category,
        found.label,
        found.typology,
        found.actor,
        found.confidence,
        None if found.first_seen is None else Millis(found.first_seen),
        None if found.expires_at is None else Millis(found.expires_at),
        found.allows,
        found.jurisdictions,
        found.reference,
    )


def subject_of(record: bytes | memoryview) -> tuple[str, str]:
    """Scope and value of a record. Raises ValueError."""
    try:
        found = _decode_subject(record)
    except msgspec.DecodeError as error:
        raise ValueError(f"a record of the snapshot cannot be read: {error}") from None
    return found.scope, found.value
