"""A signed refusal: why a message was not taken, said so that a stranger on the way cannot say it (guarantees E and F).

The clock problem is the case that matters: a sender whose clock is wrong could not trust an unsigned *set your clock*,
and cannot judge the age of a signed one either. So a refusal names the message and the timestamp that it answers, and
is opened without a replay window: only whoever saw that very signature can have made it.
"""

from dataclasses import dataclass

from breather.domain.finding import Finding
from breather.domain.instant import Millis, format_instant, parse_instant
from breather.protocol.envelope import ID, Envelope, MessageType, message_form, read_members, write_message
from breather.protocol.form import Member
from breather.protocol.kind import Instant, Text, TrueOrFalse, Whole
from breather.protocol.message import Message
from breather.protocol.refusal import Malformed, Refusal

WHAT = "refusal"
CODE = Text(r"[a-z]+(?:-[a-z]+)*", 40, "outside-replay-window")
FORM = message_form(
    MessageType.REFUSAL,
    (
        Member("about", ID, "The id of the message that was refused."),
        Member("timestamp", Whole(0), "The Breather-Timestamp that this answers, in milliseconds."),
        Member("code", CODE, "Why; one of the codes of the README."),
        Member("retryable", TrueOrFalse(), "Whether the same body, signed again, may be taken later."),
        Member("now", Instant(), "What time it is at whoever refused."),
    ),
)


@dataclass(frozen=True, slots=True)
class Problem:
    about: str
    timestamp: Millis
    code: str
    retryable: bool
    now: Millis


def problem_of(why: Refusal, about: str, timestamp: Millis, now: Millis) -> Problem:
    """What a refusal says on the wire: the code and our time, and nothing of what we know."""
    return Problem(about, timestamp, why.code, why.retryable, now)


def write_problem(envelope: Envelope, problem: Problem) -> bytes:
    """The body to sign and answer with."""
    members = {
        "about": problem.about,
        "timestamp": problem.timestamp,
        "code": problem.code,
        "retryable": problem.retryable,
        "now": format_instant(problem.now),
    }
    return write_message(FORM, envelope, members)


def read_problem(message: Message, about: str, timestamp: Millis) -> Problem:
    """The refusal of the message `about`, signed at `timestamp`. Raises Malformed if it answers anything else."""
    members = message.members
    read_members(FORM, WHAT, members)
    findings = [
        Finding(f"/{name}", "other-message", f"is {members[name]!r}; sent was {sent!r}")
        for name, sent in (("about", about), ("timestamp", timestamp))
        if members[name] != sent
    ]
    if findings:
        raise Malformed(WHAT, findings)
    now = parse_instant(members["now"])
    return Problem(about, timestamp, members["code"], members["retryable"], now)
