"""An agency's feed as a file: the addresses that it has confirmed, for every exchange, under its signature (F2, F3).

    breather-feed-signature KEY-ID TIMESTAMP BASE64
    the message, which names the entries by their SHA-256
    the entries, an object a line

The message is signed as every other; the entries are read as a list (`intelligence/importers/feed.py`). It is whole:
an address that is not in it is no longer confirmed. Its number is the message's sequence, and never goes back.
"""

from dataclasses import dataclass

from breather.domain.finding import Finding
from breather.domain.instant import Millis, format_instant, parse_instant
from breather.protocol.envelope import Envelope, MessageType, message_form, read_members, write_message
from breather.protocol.form import Member
from breather.protocol.kind import Instant
from breather.protocol.message import KEY_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, Message, Signature
from breather.protocol.receipt import DIGEST
from breather.protocol.refusal import Malformed

WHAT = "feed"
WORD = "breather-feed-signature"
FORM = message_form(
    MessageType.FEED,
    (
        Member("released_at", Instant(), "When two officers released it."),
        Member("sha256", DIGEST, "Of the entries' bytes: everything below the line of this message."),
    ),
)


@dataclass(frozen=True, slots=True)
class Feed:
    """`number` is the envelope's sequence."""

    sender: str
    number: int
    released_at: Millis
    sha256: str


def write_feed(envelope: Envelope, sha256: str, now: Millis) -> bytes:
    """The body to sign with the key for feeds."""
    return write_message(FORM, envelope, {"released_at": format_instant(now), "sha256": sha256})


def join_feed(signature: Signature, body: bytes, entries: bytes) -> bytes:
    """The file."""
    given = signature.headers()
    line = " ".join([WORD, given[KEY_HEADER], given[TIMESTAMP_HEADER], given[SIGNATURE_HEADER]])
    return b"\n".join([line.encode("ascii"), body, entries])


def signature_headers(line: bytes) -> dict[str, str]:
    """From the first line, for `open_message`. Raises Malformed for another line."""
    words = line.decode("ascii", errors="replace").split()
    if len(words) != 4 or words[0] != WORD:
        message = f"must begin with the line '{WORD} KEY-ID TIMESTAMP BASE64'"
        raise Malformed(WHAT, [Finding("", "no-signature", message)])
    return dict(zip((KEY_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER), words[1:], strict=True))


def read_feed(message: Message) -> Feed:
    """Raises Malformed with every finding. That the entries are the named ones is the reader's to hold."""
    members = message.members
    read_members(FORM, WHAT, members)
    released_at = parse_instant(members["released_at"])
    return Feed(message.envelope.sender, message.envelope.sequence, released_at, members["sha256"])
