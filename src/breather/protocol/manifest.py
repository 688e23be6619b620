"""The signed head of an agency's changes for one exchange: fresh for ten minutes, and never going back (guarantee F3).

It names the page by its hash. An answer to a pull is the manifest, a line break, and the page; the three signature
headers are the manifest's. Whoever keeps an exchange from a newer manifest is found out when the last one ends.
"""

from dataclasses import dataclass
from hashlib import sha256

from breather.domain.finding import Finding
from breather.domain.instant import MINUTE, Millis, format_instant, parse_instant
from breather.protocol.changes import ChangesPage, read_changes
from breather.protocol.envelope import Envelope, MessageType, message_form, read_members, write_message
from breather.protocol.form import Member
from breather.protocol.kind import Instant
from breather.protocol.message import REPLAY_WINDOW, Message
from breather.protocol.receipt import DIGEST
from breather.protocol.refusal import AlteredPage, ExpiredManifest, Malformed, OlderManifest, OtherPage

WHAT = "manifest"
LIFETIME = 10 * MINUTE
FORM = message_form(
    MessageType.MANIFEST,
    (
        Member("issued_at", Instant(), "When it was signed."),
        Member("expires_at", Instant(), "At most ten minutes later: what a stale one means, the campaign says."),
        Member("sha256", DIGEST, "Of the page's bytes."),
    ),
)


@dataclass(frozen=True, slots=True)
class Manifest:
    """`sequence` is the envelope's: it rises by one with every manifest for this exchange."""

    sequence: int
    issued_at: Millis
    expires_at: Millis
    sha256: str


def write_manifest(envelope: Envelope, page: bytes, now: Millis) -> bytes:
    """The body to sign with the key for feeds, over the page's bytes, for the next ten minutes."""
    members = {
        "issued_at": format_instant(now),
        "expires_at": format_instant(Millis(now + LIFETIME)),
        "sha256": sha256(page).hexdigest(),
    }
    return write_message(FORM, envelope, members)


def join_changes(manifest: bytes, page: bytes) -> bytes:
    """The answer's body. The manifest is written on one line, so the first line break ends it."""
    return manifest + b"\n" + page


def split_changes(body: bytes) -> tuple[bytes, bytes]:
    """Manifest and page. Raises Malformed where there is no line break."""
    manifest, found, page = body.partition(b"\n")
    if not found:
        raise Malformed("answer to a pull", [Finding("", "no-page", "has no line break between manifest and page")])
    return manifest, page


def read_manifest(message: Message) -> Manifest:
    """Raises Malformed with every finding."""
    members = message.members
    read_members(FORM, WHAT, members)
    issued_at, expires_at = parse_instant(members["issued_at"]), parse_instant(members["expires_at"])
    if not 0 < expires_at - issued_at <= LIFETIME:
        wrong = f"must be at most {LIFETIME // MINUTE} minutes after issued_at"
        raise Malformed(WHAT, [Finding("/expires_at", "contradiction", wrong)])
    return Manifest(message.envelope.sequence, issued_at, expires_at, members["sha256"])


def accept_manifest(message: Message, last_sequence: int, now: Millis) -> Manifest:
    """The manifest if it is fresh and newer than the last one that was accepted (0 before any).

    Raises Malformed, OlderManifest or ExpiredManifest. The same manifest again is older, too: each pull gets its own.
    """
    found = read_manifest(message)
    if found.sequence <= last_sequence:
        raise OlderManifest(f"This is manifest {found.sequence}; manifest {last_sequence} was accepted already.")
    if now >= found.expires_at:
        raise ExpiredManifest(f"This manifest expired at {format_instant(found.expires_at)}.")
    if found.issued_at > now + REPLAY_WINDOW:
        raise ExpiredManifest(f"This manifest begins at {format_instant(found.issued_at)}; are the clocks set?")
    return found


def accept_changes(message: Message, manifest: Manifest, page: bytes, after: int) -> ChangesPage:
    """The page that this manifest names, if it is the one that was asked for. Raises AlteredPage, OtherPage, Malformed.

    `message` is the opened manifest: page and manifest have to be of one sender, for one recipient, in one mode.
    """
    if sha256(page).hexdigest() != manifest.sha256:
        raise AlteredPage("These are not the bytes that the manifest names.")
    envelope, found = read_changes(page)
    head = message.envelope
    between = (envelope.mode, envelope.sender, envelope.recipient)
    if between != (head.mode, head.sender, head.recipient):
        raise OtherPage("The page is of another sender, for another recipient or in another mode than its manifest.")
    if found.after != after:
        raise OtherPage(f"The page begins after {found.after}; asked for was what comes after {after}.")
    return found
