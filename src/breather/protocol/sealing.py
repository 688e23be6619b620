"""Subjects sealed with age v1 (X25519) to officers' keys; https://age-encryption.org/v1 is the source of the format.

Sealing is done by `breather.client` in the exchange's process and opening on an officer's machine. A service only ever
carries the ciphertext: what it can see is that it is one, and for how many keys.
"""

import re
from dataclasses import dataclass
from typing import Any

import pyrage
from pyrage import x25519

from breather.domain.finding import Finding
from breather.protocol.form import Form, Member
from breather.protocol.json_text import BadJson, read_json
from breather.protocol.key_list import ORGANISATION
from breather.protocol.kind import Maybe, Text, Whole, Word
from breather.protocol.refusal import Malformed, NotOurKey, SealedForAnother
from breather.protocol.signing import MODES

SEALED_LIMIT = 16 * 1024
KIND = "subject"

_WHAT = "sealed subject"
_VERSION_LINE = b"age-encryption.org/v1"
_X25519 = re.compile(rb"-> X25519 [A-Za-z0-9+/]{43}")
_MAC = re.compile(rb"--- [A-Za-z0-9+/]{43}")
_BODY = re.compile(rb"[A-Za-z0-9+/]{43}")
_SHORT = Text(r"[^\u0000-\u001f\u007f]{1,200}", 200, "Chan Tai Man")
_LONG = Text(r"[^\u0000-\u0009\u000b-\u001f\u007f]{1,4000}", 4000, "They told me to move my savings.")

SUBJECT_FORM = Form(
    (
        Member("name", Maybe(_SHORT), "The customer's name, as the exchange knows it."),
        Member("telephone", Maybe(_SHORT), "Where the customer wants to be called."),
        Member("mail", Maybe(_SHORT), "Where the customer wants to be written to."),
        Member("reference", Maybe(_SHORT), "The exchange's reference, for an officer who asks about it."),
        Member("statement", Maybe(_LONG), "What the customer wants to say."),
    )
)
PLAINTEXT_FORM = Form(
    (
        Member("type", Word((KIND,)), "What was sealed."),
        Member("version", Whole(1, 1), "The version of the protocol."),
        Member("mode", Word(MODES), "As in the referral."),
        Member("sender", ORGANISATION, "As in the referral: a ciphertext moved to another sender's is found out."),
        Member("recipient", ORGANISATION, "As in the referral."),
        Member("referral", Text(r"ref_[0-9a-hjkmnp-tv-z]{26}", 30, "ref_01jd9n3v8m0123456789abcdef"), "Its id."),
        Member("subject", SUBJECT_FORM, "Who asks for help."),
    )
)


@dataclass(frozen=True, slots=True)
class Binding:
    """What the plaintext has to name (guarantee F4): the referral that carries it, and between whom."""

    mode: str
    sender: str
    recipient: str
    referral: str


@dataclass(frozen=True, slots=True)
class Subject:
    """Who asks for help, in plain words; None is not given."""

    name: str | None = None
    telephone: str | None = None
    mail: str | None = None
    reference: str | None = None
    statement: str | None = None


def recipients_of(ciphertext: bytes) -> int | None:
    """To how many X25519 keys these bytes are sealed, from their header; None if they are no such age file.

    The header proves nothing about what is inside. It catches the mistake of sending a subject in the clear.
    """
    lines = ciphertext[:SEALED_LIMIT].split(b"\n")
    if lines[0] != _VERSION_LINE:
        return None
    count, position = 0, 1
    while position + 1 < len(lines) and _X25519.fullmatch(lines[position]) and _BODY.fullmatch(lines[position + 1]):
        count, position = count + 1, position + 2
    # Other stanzas (age's "grease") may follow, so look for the end of the header behind them.
    ended = any(_MAC.fullmatch(line) for line in lines[position:])
    return count if count and ended else None


def open_subject(ciphertext: bytes, identity: str, binding: Binding) -> Subject:
    """The subject, for the officer who holds `identity` (`AGE-SECRET-KEY-1...`).

    Raises NotOurKey, Malformed or SealedForAnother. ValueError for an identity that is none; it is never repeated.
    """
    try:
        key = x25519.Identity.from_str(identity.strip())
    except pyrage.IdentityError:
        raise ValueError("this is no age identity; it begins with AGE-SECRET-KEY-1") from None
    try:
        plaintext = pyrage.decrypt(ciphertext, [key])
    except pyrage.DecryptError:
        raise NotOurKey("This key does not open it, or it was altered.") from None
    members = _read(plaintext)
    for name in ("mode", "sender", "recipient", "referral"):
        if members[name] != getattr(binding, name):
            message = f"Sealed for {name} {members[name]!r}, and carried by {name} {getattr(binding, name)!r}."
            raise SealedForAnother(message)
    return Subject(**members["subject"])


def _read(plaintext: bytes) -> dict[str, Any]:
    findings: list[Finding] = []
    try:
        members = read_json(plaintext)
    except BadJson as problem:
        raise Malformed(_WHAT, [Finding("", "not-json", str(problem))]) from None
    PLAINTEXT_FORM.check(members, "", findings)
    if findings:
        raise Malformed(_WHAT, findings)
    return members
