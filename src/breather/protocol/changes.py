"""The way back: what an exchange pulls, one page after another, each under a fresh manifest (`protocol/manifest.py`).

A page is for one exchange, for it holds that exchange's dispositions. Its entries are numbered without gaps that mean
anything: numbers of others' entries are simply not in it. What an entry carries stays verifiable on its own: a key list
by its root's signature, a disposition by the message key, a pack or a feed by its hash and its own signature.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from breather.domain.finding import Finding
from breather.domain.instant import Millis
from breather.protocol.envelope import Envelope, MessageType, message_form, read_envelope, read_members, write_message
from breather.protocol.form import Choice, Form, Member
from breather.protocol.key_list import KEY_ID
from breather.protocol.kind import Base64, Listing, Text, TrueOrFalse, Whole, Word
from breather.protocol.message import Message, Signature
from breather.protocol.receipt import DIGEST
from breather.protocol.referral import NAME
from breather.protocol.refusal import Malformed

WHAT = "page of changes"
PAGE_LIMIT = 1024 * 1024
MOST_ENTRIES = 200
_BODY_LIMIT = 64 * 1024


class EntryKind(StrEnum):
    KEY_LIST = "key-list"
    DISPOSITION = "disposition"
    PACK = "pack"
    PACK_REVOCATION = "pack-revocation"
    FEED = "feed"


@dataclass(frozen=True, slots=True)
class KeyListEntry:
    """The list's bytes and the root's signature, for `trust.accept_key_list`."""

    number: int
    body: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class DispositionEntry:
    """A signed message of its own, to be opened without a replay window: the manifest is what is fresh."""

    number: int
    body: bytes
    signature: Signature


@dataclass(frozen=True, slots=True)
class ReleaseEntry:
    """A pack (PACK) or a whole feed (FEED), to be fetched by its SHA-256 and verified by its own signature."""

    number: int
    kind: EntryKind
    id: str
    version: int
    sha256: str


@dataclass(frozen=True, slots=True)
class PackRevocationEntry:
    """The pack with this hash is not to be shown any more. `because` is for people."""

    number: int
    id: str
    version: int
    sha256: str
    because: str


Entry = KeyListEntry | DispositionEntry | ReleaseEntry | PackRevocationEntry


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """Entries with `after` < number <= `through`, ascending. `more`: ask again at once, after `through`."""

    after: int
    through: int
    more: bool
    entries: tuple[Entry, ...]


_NUMBER = Member("number", Whole(1), "Its place among the agency's changes.")
_SHA256 = Member("sha256", DIGEST, "Of the bytes to fetch.")
_ID = Member("id", NAME, "The id in its file.")
_VERSION = Member("version", Whole(1), "The version in its file.")


def _kind(kind: EntryKind) -> Member:
    return Member("kind", Word((kind.value,)), "What changed.")


_BODY = Member("body", Base64(1, _BODY_LIMIT), "The bytes that were signed.")
_SIGNATURE = Member("signature", Base64(64, 64), "Ed25519.")
_FORMS: Mapping[str, Form] = MappingProxyType(
    {
        "key-list": Form((_NUMBER, _kind(EntryKind.KEY_LIST), _BODY, _SIGNATURE)),
        "disposition": Form(
            (
                _NUMBER,
                _kind(EntryKind.DISPOSITION),
                _BODY,
                Member("key", KEY_ID, "As in the header Breather-Key."),
                Member("timestamp", Whole(0), "As in the header Breather-Timestamp."),
                _SIGNATURE,
            )
        ),
        "pack": Form((_NUMBER, _kind(EntryKind.PACK), _ID, _VERSION, _SHA256)),
        "pack-revocation": Form(
            (
                _NUMBER,
                _kind(EntryKind.PACK_REVOCATION),
                _ID,
                _VERSION,
                _SHA256,
                Member("because", Text(r"[^\u0000-\u001f]{1,500}", 500, "a number is wrong"), "For people."),
            )
        ),
        "feed": Form((_NUMBER, _kind(EntryKind.FEED), _ID, _VERSION, _SHA256)),
    }
)
FORM = message_form(
    MessageType.CHANGES,
    (
        Member("after", Whole(0), "What was asked for: entries with greater numbers."),
        Member("through", Whole(0), "Ask next for what comes after this number."),
        Member("more", TrueOrFalse(), "There is more already: ask again at once."),
        Member("entries", Listing(Choice("kind", _FORMS), 0, MOST_ENTRIES), "Ascending by number."),
    ),
)
PULL_FORM = message_form(
    MessageType.PULL,
    (Member("after", Whole(0), "The greatest number that was applied; 0 for everything."),),
)


def write_pull(envelope: Envelope, after: int) -> bytes:
    """The body of the request for what comes after that number."""
    return write_message(PULL_FORM, envelope, {"after": after})


def read_pull(message: Message) -> int:
    """The number after which to begin. Raises Malformed."""
    read_members(PULL_FORM, "pull", message.members)
    return int(message.members["after"])


def write_changes(envelope: Envelope, page: ChangesPage) -> bytes:
    """The page's bytes, whose SHA-256 goes into the manifest. ValueError for a page that no reader would take."""
    findings = _contradictions(page)
    if findings:
        raise ValueError("; ".join(str(finding) for finding in findings))
    members = {
        "after": page.after,
        "through": page.through,
        "more": page.more,
        "entries": [_write_entry(entry) for entry in page.entries],
    }
    body = write_message(FORM, envelope, members)
    if len(body) > PAGE_LIMIT:
        raise ValueError(f"the page has {len(body)} bytes; {PAGE_LIMIT} is the limit: put fewer entries into it")
    return body


def read_changes(body: bytes) -> tuple[Envelope, ChangesPage]:
    """Raises Malformed. Call `manifest.accept_changes` instead, which believes nothing before the manifest fits."""
    envelope, members = read_envelope(body, PAGE_LIMIT)
    read_members(FORM, WHAT, members)
    entries = tuple(_read_entry(entry) for entry in members["entries"])
    page = ChangesPage(members["after"], members["through"], members["more"], entries)
    if findings := _contradictions(page):
        raise Malformed(WHAT, findings)
    return envelope, page


def _contradictions(page: ChangesPage) -> list[Finding]:
    findings = []
    if page.through < page.after:
        findings.append(Finding("/through", "contradiction", f"is {page.through}, before {page.after}"))
    if page.more and page.through == page.after:
        findings.append(Finding("/more", "contradiction", "is true although this page leads no further"))
    last = page.after
    for place, entry in enumerate(page.entries):
        if not last < entry.number <= page.through:
            message = f"is {entry.number}; it must be more than {last} and at most {page.through}"
            findings.append(Finding(f"/entries/{place}/number", "out-of-order", message))
        last = max(last, entry.number)
    return findings


def _write_entry(entry: Entry) -> dict[str, object]:
    match entry:
        case KeyListEntry():
            return {"number": entry.number, "kind": "key-list", **_signed(entry.body, entry.signature)}
        case DispositionEntry(signature=signature):
            signed = _signed(entry.body, signature.value)
            key = {"key": signature.kid, "timestamp": signature.at}
            return {"number": entry.number, "kind": "disposition", "body": signed["body"], **key, **signed}
        case ReleaseEntry():
            return {"number": entry.number, "kind": entry.kind.value, **_edition(entry)}
        case PackRevocationEntry():
            return {"number": entry.number, "kind": "pack-revocation", **_edition(entry), "because": entry.because}


def _signed(body: bytes, signature: bytes) -> dict[str, object]:
    return {"body": base64.b64encode(body).decode(), "signature": base64.b64encode(signature).decode()}


def _edition(entry: ReleaseEntry | PackRevocationEntry) -> dict[str, object]:
    return {"id": entry.id, "version": entry.version, "sha256": entry.sha256}


def _read_entry(given: dict[str, Any]) -> Entry:
    kind, number = EntryKind(given["kind"]), given["number"]
    if kind is EntryKind.KEY_LIST:
        return KeyListEntry(number, base64.b64decode(given["body"]), base64.b64decode(given["signature"]))
    if kind is EntryKind.DISPOSITION:
        signature = Signature(given["key"], Millis(given["timestamp"]), base64.b64decode(given["signature"]))
        return DispositionEntry(number, base64.b64decode(given["body"]), signature)
    if kind is EntryKind.PACK_REVOCATION:
        return PackRevocationEntry(number, given["id"], given["version"], given["sha256"], given["because"])
    return ReleaseEntry(number, kind, given["id"], given["version"], given["sha256"])
