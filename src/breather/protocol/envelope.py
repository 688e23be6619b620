"""The first seven members of every message, and which key and which role each type of message takes (guarantee F2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, cast

from breather.domain.finding import Finding
from breather.domain.instant import Millis
from breather.protocol.form import Form, Member, OnlyWith
from breather.protocol.json_text import BadJson, read_json, write_json
from breather.protocol.key_list import ORGANISATION, Purpose
from breather.protocol.kind import Text, Whole, Word
from breather.protocol.refusal import Malformed, UnsupportedVersion
from breather.protocol.signing import MODES
from breather.protocol.trust import Role

VERSION = 1
EVERYONE = "*"
ID = Text(r"[a-z]{3}_[0-9a-hjkmnp-tv-z]{26}", 30, "ref_01jd9n3v8m0123456789abcdef")

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"


class MessageType(StrEnum):
    """What is signed names its type in the first line, so that one is never good as another."""

    REFERRAL = "referral"
    AGGREGATE = "aggregate"
    PULL = "pull"
    RECEIPT = "receipt"
    DISPOSITION = "disposition"
    MANIFEST = "manifest"
    CHANGES = "changes"
    REFUSAL = "refusal"
    FEED = "feed"


_T = MessageType
SIGNED_FOR: Mapping[MessageType, Purpose] = MappingProxyType(
    {
        _T.REFERRAL: Purpose.MESSAGES,
        _T.AGGREGATE: Purpose.MESSAGES,
        _T.PULL: Purpose.MESSAGES,
        _T.DISPOSITION: Purpose.MESSAGES,
        _T.RECEIPT: Purpose.RECEIPTS,
        _T.REFUSAL: Purpose.RECEIPTS,
        _T.MANIFEST: Purpose.FEEDS,
        _T.CHANGES: Purpose.FEEDS,
        _T.FEED: Purpose.FEEDS,
    }
)
SENT_BY: Mapping[MessageType, frozenset[Role]] = MappingProxyType(
    {
        _T.REFERRAL: frozenset({Role.EXCHANGE}),
        _T.AGGREGATE: frozenset({Role.EXCHANGE}),
        _T.PULL: frozenset({Role.EXCHANGE}),
        _T.DISPOSITION: frozenset({Role.AGENCY}),
        _T.RECEIPT: frozenset({Role.AGENCY}),
        _T.REFUSAL: frozenset({Role.AGENCY, Role.EXCHANGE}),
        _T.MANIFEST: frozenset({Role.AGENCY}),
        _T.CHANGES: frozenset({Role.AGENCY}),
        _T.FEED: frozenset({Role.AGENCY}),
    }
)
PREFIX: Mapping[MessageType, str] = MappingProxyType(
    {
        _T.REFERRAL: "ref",
        _T.AGGREGATE: "agg",
        _T.PULL: "pul",
        _T.DISPOSITION: "dsp",
        _T.RECEIPT: "rct",
        _T.REFUSAL: "rfs",
        _T.FEED: "fed",
        _T.MANIFEST: "man",
        _T.CHANGES: "chg",
    }
)


# What may be for everyone. All else is for one organisation, so that nobody can pass it on as meant for another.
FOR_EVERYONE = frozenset({_T.MANIFEST, _T.CHANGES, _T.FEED})


@dataclass(frozen=True, slots=True)
class Envelope:
    """`sequence` counts what `sender` has sent to `recipient`, from 1, per type: a gap is something lost.

    `recipient` is `*` only for what everyone may read. A retry keeps id, sequence and every byte of the body.
    """

    type: MessageType
    mode: str
    sender: str
    recipient: str
    id: str
    sequence: int


def message_id(kind: MessageType, at: Millis, entropy: bytes) -> str:
    """Three letters and 26 characters of base32: 48 bits of milliseconds, then 10 random bytes; sorted by time."""
    if len(entropy) != 10:
        raise ValueError(f"{len(entropy)} random bytes instead of 10")
    value = int.from_bytes(at.to_bytes(6) + entropy)
    return f"{PREFIX[kind]}_" + "".join(_DIGITS[(value >> shift) & 31] for shift in range(125, -1, -5))


def id_of(kind: MessageType) -> Text:
    """What the ids of this type of message look like."""
    return Text(ID.pattern.replace("[a-z]{3}", PREFIX[kind], 1), ID.most, PREFIX[kind] + ID.like[3:])


def envelope_members(kinds: tuple[MessageType, ...]) -> tuple[Member, ...]:
    """The members that every message begins with, for messages of these types."""
    open_to_all = not FOR_EVERYONE.isdisjoint(kinds)
    recipient = Text(rf"\*|{ORGANISATION.pattern}", ORGANISATION.most, "macau-pj") if open_to_all else ORGANISATION
    return (
        Member("type", Word.among(kinds), "What this message is; signed in the first line, too."),
        Member("version", Whole(VERSION, VERSION), "The version of the protocol."),
        Member("mode", Word(MODES), "Test and live never meet."),
        Member("sender", ORGANISATION, "The organisation that says this."),
        Member("recipient", recipient, "Whom it is for."),
        Member("id", id_of(kinds[0]) if len(kinds) == 1 else ID, "Kept by a retry, with every byte of the body."),
        Member("sequence", Whole(1), "Counts the sender's messages of this type to this recipient, from 1."),
    )


def message_form(kind: MessageType, members: tuple[Member, ...], only_with: tuple[OnlyWith, ...] = ()) -> Form:
    """The whole form of one type of message: the envelope's members, then its own."""
    return Form((*envelope_members((kind,)), *members), only_with)


_ANY = Form(envelope_members(tuple(MessageType)))


def read_envelope(body: bytes, largest: int) -> tuple[Envelope, dict[str, Any]]:
    """The envelope and all members as they came. Raises Malformed or UnsupportedVersion; nothing is verified yet."""
    try:
        members = read_json(body, largest)
    except BadJson as problem:
        raise Malformed("message", [Finding("", "not-json", str(problem))]) from None
    version = members.get("version")
    if isinstance(version, int) and not isinstance(version, bool) and version != VERSION:
        raise UnsupportedVersion(f"This is version {version} of the protocol; version {VERSION} is spoken here.")
    names = [member.name for member in _ANY.members]
    findings: list[Finding] = []
    _ANY.check({name: members[name] for name in names if name in members}, "", findings)
    if findings:
        raise Malformed("message", findings)
    given = {name: members[name] for name in names if name != "version"}
    return Envelope(**{**given, "type": MessageType(given["type"])}), members


def read_members(form: Form, what: str, members: Mapping[str, Any]) -> None:
    """Raises Malformed with every finding unless the members are exactly those of the form."""
    findings: list[Finding] = []
    form.check(members, "", findings)
    if findings:
        raise Malformed(what, findings)


def write_message(form: Form, envelope: Envelope, members: Mapping[str, object]) -> bytes:
    """The body, to be kept and sent as it is. ValueError for what no reader would take: a mistake of this program."""
    whole = {
        "type": envelope.type.value,
        "version": VERSION,
        "mode": envelope.mode,
        "sender": envelope.sender,
        "recipient": envelope.recipient,
        "id": envelope.id,
        "sequence": envelope.sequence,
        **members,
    }
    findings: list[Finding] = []
    form.check(whole, "", findings)
    if findings:
        raise ValueError("; ".join(str(finding) for finding in findings))
    return write_json(cast("Mapping[str, object]", whole))
