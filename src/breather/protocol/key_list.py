"""The keys of one organisation, each for one purpose, signed by its offline root (guarantee F1).

The root signs `breather/key-list/v1/<mode>` and the list's bytes; it is used for nothing else. A list says what is true
until the next one: a key that is missing is not trusted, a key that is taken back stays listed with the reason.
"""

import base64
import hashlib
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from breather.domain.finding import Finding
from breather.domain.instant import Millis, format_instant, parse_instant
from breather.protocol import signing
from breather.protocol.form import Form, Member
from breather.protocol.json_text import BadJson, read_json, write_json
from breather.protocol.kind import Base64, Instant, Listing, Maybe, Text, Whole, Word
from breather.protocol.refusal import Malformed

KIND = "key-list"
VERSION = 1
MOST_KEYS = 100
ORGANISATION = Text(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*", 63, "demo-exchange")
KEY_ID = Text(r"[0-9a-f]{16}", 16, "56475aa75463474c")


class Purpose(StrEnum):
    """What a key is for; it is refused for anything else. SEALING keys are X25519 (age), all others Ed25519."""

    MESSAGES = "messages"
    RECEIPTS = "receipts"
    PACKS = "packs"
    FEEDS = "feeds"
    SEALING = "sealing"
    CLEARANCE = "clearance"
    CHECKPOINTS = "checkpoints"


@dataclass(frozen=True, slots=True)
class ListedKey:
    """`public` is the raw key, 32 bytes. Valid from `valid_from` (included) to `valid_until` (excluded)."""

    kid: str
    purpose: Purpose
    public: bytes
    valid_from: Millis
    valid_until: Millis
    revoked_at: Millis | None = None
    revoked_because: str | None = None


@dataclass(frozen=True, slots=True)
class KeyList:
    """`root` is the raw public key whose fingerprint is pinned; `sequence` counts this organisation's lists, from 1."""

    mode: str
    organisation: str
    sequence: int
    issued_at: Millis
    expires_at: Millis
    root: bytes
    keys: tuple[ListedKey, ...]


_KEY = Form(
    (
        Member("kid", KEY_ID, "The first 16 hexadecimal digits of the public key's SHA-256."),
        Member("purpose", Word.among(Purpose), "The one thing this key is for."),
        Member("public", Base64(32, 32), "The raw public key: X25519 for sealing, Ed25519 for all else."),
        Member("valid_from", Instant(), "Included."),
        Member("valid_until", Instant(), "Excluded."),
        Member("revoked_at", Maybe(Instant()), "From when nothing by this key is taken, whenever it was signed."),
        Member("revoked_because", Maybe(Text(r"[^\u0000-\u001f]+", 200, "device lost")), "For people."),
    )
)
FORM = Form(
    (
        Member("type", Word((KIND,)), "What this is; signed in the first line, too."),
        Member("version", Whole(VERSION, VERSION), "The version of the protocol."),
        Member("mode", Word(signing.MODES), "Test and live have different roots."),
        Member("organisation", ORGANISATION, "Whose keys these are."),
        Member("sequence", Whole(1), "Counts this organisation's lists; never goes back."),
        Member("issued_at", Instant(), "When the root signed."),
        Member("expires_at", Instant(), "After this the list is trusted no more, for it may lack revocations."),
        Member("root", Base64(32, 32), "The root's raw public key; its SHA-256 is the fingerprint that peers pin."),
        Member("keys", Listing(_KEY, 1, MOST_KEYS), "Keys in use, to come, and taken back."),
    )
)


def key_id_of(public: bytes) -> str:
    """As `signing.key_id`, of a raw public key of either kind."""
    return hashlib.sha256(public).hexdigest()[:16]


def listed_key(purpose: Purpose, public: bytes, valid_from: Millis, valid_until: Millis) -> ListedKey:
    """A new row, with the id that follows from the raw public key."""
    return ListedKey(key_id_of(public), purpose, public, valid_from, valid_until)


def write_key_list(keys: KeyList) -> bytes:
    """The bytes that the root signs. ValueError for a list that no reader would take."""
    rows = [
        {
            "kid": key.kid,
            "purpose": key.purpose.value,
            "public": base64.b64encode(key.public).decode(),
            "valid_from": format_instant(key.valid_from),
            "valid_until": format_instant(key.valid_until),
            "revoked_at": None if key.revoked_at is None else format_instant(key.revoked_at),
            "revoked_because": key.revoked_because,
        }
        for key in keys.keys
    ]
    body = write_json(
        {
            "type": KIND,
            "version": VERSION,
            "mode": keys.mode,
            "organisation": keys.organisation,
            "sequence": keys.sequence,
            "issued_at": format_instant(keys.issued_at),
            "expires_at": format_instant(keys.expires_at),
            "root": base64.b64encode(keys.root).decode(),
            "keys": rows,
        }
    )
    try:
        read_key_list(body)
    except Malformed as problem:
        raise ValueError(str(problem)) from None
    return body


def sign_key_list(root: Ed25519PrivateKey, mode: str, body: bytes) -> bytes:
    """64 bytes; made where the root is kept, off line."""
    return signing.sign(root, KIND, mode, body)


def read_key_list(body: bytes) -> KeyList:
    """Raises Malformed with every finding. That the right root signed it is `trust.accept_key_list`'s to say."""
    try:
        members = read_json(body)
    except BadJson as problem:
        raise Malformed("key list", [Finding("", "not-json", str(problem))]) from None
    findings: list[Finding] = []
    FORM.check(members, "", findings)
    if findings:
        raise Malformed("key list", findings)
    found = KeyList(
        members["mode"],
        members["organisation"],
        members["sequence"],
        parse_instant(members["issued_at"]),
        parse_instant(members["expires_at"]),
        base64.b64decode(members["root"]),
        tuple(_read_key(row) for row in members["keys"]),
    )
    if findings := _contradictions(found):
        raise Malformed("key list", findings)
    return found


def _read_key(row: dict[str, Any]) -> ListedKey:
    return ListedKey(
        row["kid"],
        Purpose(row["purpose"]),
        base64.b64decode(row["public"]),
        parse_instant(row["valid_from"]),
        parse_instant(row["valid_until"]),
        None if row["revoked_at"] is None else parse_instant(row["revoked_at"]),
        row["revoked_because"],
    )


def _contradictions(found: KeyList) -> list[Finding]:
    """What the form cannot say. One key under two purposes would undo the separation, so it is one of them."""
    findings = []
    if found.issued_at >= found.expires_at:
        findings.append(Finding("/expires_at", "contradiction", "must be after issued_at"))
    twice = {kid for kid, count in Counter(key.kid for key in found.keys).items() if count > 1}
    for number, key in enumerate(found.keys):
        right = key_id_of(key.public)
        if key.kid != right:
            findings.append(Finding(f"/keys/{number}/kid", "contradiction", "is not the id of this public key", right))
        if key.kid in twice:
            findings.append(Finding(f"/keys/{number}/kid", "twice", "is listed twice; each purpose needs its own key"))
        if key.public == found.root:
            findings.append(Finding(f"/keys/{number}/public", "root-key", "is the root, which signs key lists only"))
        if key.valid_from >= key.valid_until:
            findings.append(Finding(f"/keys/{number}/valid_until", "contradiction", "must be after valid_from"))
        if (key.revoked_at is None) != (key.revoked_because is None):
            message = "must be there exactly if revoked_at is"
            findings.append(Finding(f"/keys/{number}/revoked_because", "contradiction", message))
    return findings
