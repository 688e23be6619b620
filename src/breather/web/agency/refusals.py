"""Every refusal of the agency as the outside sees it, mapped here and nowhere else; a test proves the table total.

`protocol/refusal.py` says why a message is not believed, `agency/refusal.py` why an act is not done.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from breather.agency.answer import Answer
from breather.agency.refusal import Refusal as ActRefusal
from breather.domain.instant import Millis, format_instant
from breather.protocol.refusal import Malformed
from breather.protocol.refusal import Refusal as MessageRefusal
from breather.web.problems import Problem

ACTS: Final[Mapping[str, tuple[int, str]]] = MappingProxyType(
    {
        "changed-referral": (409, "This id was used for another referral"),
        "not-allowed": (422, "Not in the relay terms"),
        "unknown-referral": (404, "No such referral"),
        "claimed": (409, "A colleague is at it"),
        "not-claimed": (409, "Nobody has claimed it"),
        "decided": (409, "It has its disposition"),
        "changed-meanwhile": (409, "It has changed meanwhile"),
        "bad-disposition": (422, "This cannot be told so"),
    }
)

MESSAGES: Final[Mapping[str, tuple[int, str]]] = MappingProxyType(
    {
        "malformed": (400, "Not a message that can be read"),
        "unsupported-version": (400, "Another version of the protocol"),
        "wrong-type": (422, "Another type of message belongs here"),
        "wrong-mode": (422, "Test and live never meet"),
        "wrong-recipient": (422, "For another organisation"),
        "unknown-sender": (403, "No such peer"),
        "wrong-role": (403, "Not this peer's to say"),
        "stale-key-list": (403, "The peer's key list is out of date"),
        "unknown-key": (403, "Not a key of this peer"),
        "wrong-purpose": (403, "A key for something else"),
        "not-yet-valid": (403, "A key whose time has not come"),
        "expired-key": (403, "A key whose time is over"),
        "revoked-key": (403, "A key that was taken back"),
        "altered": (403, "Not the bytes that were signed"),
        "outside-replay-window": (403, "Signed at another time"),
        "wrong-root": (422, "Another root than the pinned one"),
        "wrong-organisation": (422, "Of another organisation"),
        "expired-key-list": (422, "A key list that is over"),
        "older-key-list": (422, "A key list that goes back"),
        "forked-key-list": (422, "Two key lists under one number"),
        "older-manifest": (422, "A manifest that goes back"),
        "expired-manifest": (422, "A manifest that is over"),
        "altered-page": (422, "Not the page that the manifest names"),
        "other-page": (422, "Not the page that was asked for"),
        "not-our-key": (422, "Sealed to another key"),
        "sealed-for-another": (422, "Sealed for another referral"),
    }
)


def problem_of_act(refusal: ActRefusal, answer: Answer | None = None) -> Problem:
    """`answer` is the signed form of the same refusal, for a sender whose signature held."""
    status, title = ACTS[refusal.code]
    members = {"retryable": False, **_signed(answer)}
    return Problem(status, refusal.code, title, str(refusal), refusal.findings, members)


def problem_of_message(refusal: MessageRefusal, answer: Answer | None = None) -> Problem:
    status, title = MESSAGES[refusal.code]
    members: dict[str, object] = {
        name: format_instant(Millis(value)) if isinstance(value, int) else value
        for name, value in refusal.members.items()
    }
    findings = refusal.findings if isinstance(refusal, Malformed) else ()
    detail = title if isinstance(refusal, Malformed) else str(refusal)
    members |= {"retryable": refusal.retryable, **_signed(answer)}
    return Problem(status, refusal.code, title, detail, findings, members)


def _signed(answer: Answer | None) -> dict[str, object]:
    """The signed refusal as a member: its body, letter for letter, and the headers that sign it."""
    return {} if answer is None else {"refusal": {"body": answer.body.decode(), **answer.signature.headers()}}
