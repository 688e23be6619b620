"""Step 11 on the wire: what the agency found. No note has a place here: officers' words never leave (guarantee H2)."""

from breather.domain.disposition import Disposed, Disposition
from breather.domain.instant import format_instant, parse_instant
from breather.protocol.envelope import PREFIX, Envelope, MessageType, message_form, read_members, write_message
from breather.protocol.form import Member, OnlyWith
from breather.protocol.kind import Instant, Maybe, Text, Word
from breather.protocol.message import Message

WHAT = "disposition"
REFERRAL_ID = Text(PREFIX[MessageType.REFERRAL] + r"_[0-9a-hjkmnp-tv-z]{26}", 30, "ref_01jd9n3v8m0123456789abcdef")
FORM = message_form(
    MessageType.DISPOSITION,
    (
        Member("about", REFERRAL_ID, "The referral, which the recipient sent."),
        Member("disposition", Word.among(Disposition), "What was found; a later one replaces an earlier one."),
        Member("at", Instant(), "When it was decided."),
        Member("duplicate_of", Maybe(REFERRAL_ID), "The earlier referral of the same sender."),
    ),
    (OnlyWith("duplicate_of", "disposition", Disposition.DUPLICATE.value),),
)


def write_disposition(envelope: Envelope, disposed: Disposed) -> bytes:
    """The body to sign and keep. Hold it against `check_disposed` (domain) before."""
    members = {
        "about": disposed.referral,
        "disposition": disposed.disposition.value,
        "at": format_instant(disposed.at),
        "duplicate_of": disposed.duplicate_of,
    }
    return write_message(FORM, envelope, members)


def read_disposition(message: Message) -> Disposed:
    """Raises Malformed with every finding. Whether it is about a referral of ours is `check_disposed`'s to say."""
    members = message.members
    read_members(FORM, WHAT, members)
    return Disposed(
        members["about"],
        Disposition(members["disposition"]),
        parse_instant(members["at"]),
        members["duplicate_of"],
    )
