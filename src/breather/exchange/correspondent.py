"""Writing to one agency and believing its answers: what delivering and pulling have in common.

Every letter is signed with our key for messages; every answer is opened with the agency's keys, which its pinned root
listed. An answer that is not signed says nothing: it could be any machine's on the way.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from breather.couriers.letter import Answer
from breather.domain.instant import SECOND, Millis
from breather.protocol.envelope import Envelope, MessageType
from breather.protocol.message import REPLAY_WINDOW, Message, Receiver, Signature, open_message, sign_message
from breather.protocol.problem import Problem, read_problem
from breather.protocol.refusal import OutsideReplayWindow, Refusal
from breather.protocol.trust import Peer

_WORDS = 200
CLOCK = OutsideReplayWindow.code


@dataclass(frozen=True, slots=True)
class Correspondent:
    """Who writes: this exchange in one mode, with its private key for messages."""

    organisation: str
    mode: str
    key: Ed25519PrivateKey

    def __repr__(self) -> str:
        return f"Correspondent({self.organisation!r}, {self.mode!r})"

    def sign(self, envelope: Envelope, body: bytes, at: Millis) -> Signature:
        return sign_message(self.key, envelope, body, at)

    def opened(
        self,
        agency: Peer,
        headers: Mapping[str, str],
        body: bytes,
        now: Millis,
        expected: MessageType,
        window: int | None = REPLAY_WINDOW,
    ) -> Message:
        """A message of this agency, and of no other, for us. Raises one of the tree in `protocol/refusal.py`."""
        receiver = Receiver(self.organisation, self.mode, {agency.organisation: agency}, window)
        return open_message(receiver, headers, body, now, (expected,))


def refusal_in(
    sender: Correspondent, agency: Peer, answer: Answer, about: Envelope, signature: Signature
) -> Problem | None:
    """The refusal that the agency signed about this very signature, at any time; None where there is none."""
    given = _members(answer.body).get("refusal")
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        return None
    body = given.pop("body", "").encode()
    try:
        message = sender.opened(agency, given, body, signature.at, MessageType.REFUSAL, window=None)
        return read_problem(message, about.id, signature.at)
    except Refusal:
        return None


def said(answer: Answer) -> str:
    """An answer that nobody signed, in words for people: `http-503: ...`, with what it says of itself."""
    members = _members(answer.body)
    about = [str(members[name]) for name in ("type", "detail") if isinstance(members.get(name), str)]
    words = " ".join(" ".join(about).replace("urn:breather:problem:", "").split())
    shown = "".join(mark for mark in words if mark.isprintable())[:_WORDS]
    moved = "; redirects are not followed" if 300 <= answer.status < 400 else ""
    return f"http-{answer.status}: not a signed answer{moved}" + (f"; it says: {shown}" if shown else "")


def clock_problem(problem: Problem, ours: Millis) -> str:
    """How far our clock is off, by the one that the agency signed."""
    seconds = (ours - problem.now) / SECOND
    which = "ahead of" if seconds > 0 else "behind"
    return f"{CLOCK}: our clock is {abs(seconds):.0f} s {which} the agency's; set the clock of this machine"


def _members(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
