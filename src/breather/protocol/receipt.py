"""Step 10 on the wire: the receiver's word that these bytes are durable there. It says nothing about merit."""

from dataclasses import dataclass
from hashlib import sha256

from breather.domain.finding import Finding
from breather.domain.instant import Millis, format_instant, parse_instant
from breather.protocol.envelope import ID, Envelope, MessageType, message_form, read_members, write_message
from breather.protocol.form import Member
from breather.protocol.kind import Instant, Text
from breather.protocol.message import Message

WHAT = "receipt"
DIGEST = Text(r"[0-9a-f]{64}", 64, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
FORM = message_form(
    MessageType.RECEIPT,
    (
        Member("about", ID, "The id of the message that arrived."),
        Member("sha256", DIGEST, "Of that message's body, as it is kept."),
        Member("received_at", Instant(), "When it was durable, by the receiver's clock; a repeat says the same."),
    ),
)


@dataclass(frozen=True, slots=True)
class Receipt:
    about: str
    sha256: str
    received_at: Millis


def receipt_for(message: str, body: bytes, received_at: Millis) -> Receipt:
    """For a body that is durable. A repeat of the same message gets the first one's `received_at`."""
    return Receipt(message, sha256(body).hexdigest(), received_at)


def write_receipt(envelope: Envelope, receipt: Receipt) -> bytes:
    """The body to sign and answer with."""
    received_at = format_instant(receipt.received_at)
    members = {"about": receipt.about, "sha256": receipt.sha256, "received_at": received_at}
    return write_message(FORM, envelope, members)


def read_receipt(message: Message) -> Receipt:
    """Raises Malformed with every finding."""
    members = message.members
    read_members(FORM, WHAT, members)
    return Receipt(members["about"], members["sha256"], parse_instant(members["received_at"]))


def check_receipt(receipt: Receipt, message: str, body: bytes) -> list[Finding]:
    """What keeps it from being the receipt of this message: empty only if identical bytes arrived (guarantee F4).

    Nothing is suggested: nobody misspelt an id or a hash, and putting the right one in its place would prove nothing.
    """
    findings = []
    if receipt.about != message:
        findings.append(Finding("/about", "other-message", f"is {receipt.about}; sent was {message}"))
    if receipt.sha256 != sha256(body).hexdigest():
        findings.append(Finding("/sha256", "other-bytes", "is not of the bytes that were sent"))
    return findings
