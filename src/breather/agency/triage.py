"""Step 11, feedback, at the officers' end: claim a referral, hand it back, decide it. Each act is one journal entry.

A referral is decided by whoever claimed it. A later disposition replaces an earlier one, because officers may be wrong
first; both stay in the record, and the exchange is told of both in their order.
"""

from dataclasses import dataclass
from typing import Any

import msgspec

from breather.agency.letterhead import Letterhead
from breather.agency.refusal import (
    AlreadyDecided,
    BadDisposition,
    ChangedMeanwhile,
    ClaimedByAnother,
    NotClaimed,
    UnknownReferral,
)
from breather.agency.tell import STEP, tell_disposition
from breather.domain.disposition import Disposed, Disposition, check_disposed
from breather.domain.finding import Finding
from breather.domain.instant import Millis
from breather.storage.agency.portal_reader import subject_of
from breather.storage.agency.portal_record import Standing
from breather.storage.transaction import Transaction

LONGEST_NOTE = 4_000
LONGEST_NAME = 64


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an officer sends in. `id` is the form's own, so that pressing twice decides once; the same form with
    something else in it is refused, not passed over.

    `seen` is the `changed` of the referral as it was shown: nobody decides on what he has not seen. `note` stays here.
    `entropy`: 10 random bytes for the id of the message that tells the exchange.
    """

    id: str
    entropy: bytes
    disposition: Disposition
    officer: str
    note: str = ""
    duplicate_of: str | None = None
    seen: int | None = None


def claim(tx: Transaction, number: int, officer: str) -> bool:
    """Whether it was claimed now; False if this officer had it already. Raises ClaimedByAnother or UnknownReferral."""
    row = _found(tx, number)
    if row["claimed_by"] == officer:
        return False
    if row["claimed_by"] is not None and row["standing"] == Standing.CLAIMED:
        raise ClaimedByAnother(row["claimed_by"], Millis(row["claimed_at"]))
    standing = Standing.DECIDED if row["standing"] == Standing.DECIDED else Standing.CLAIMED
    changed = tx.journal(STEP, "claimed", subject_of(number), actor_of(officer), b"{}")
    tx.run("save_claim", number=number, standing=standing, officer=officer, at=tx.now, changed=changed)
    return True


def hand_back(tx: Transaction, number: int, officer: str) -> bool:
    """Whether it was handed back now; False if nobody had it. Raises ClaimedByAnother, AlreadyDecided."""
    row = _found(tx, number)
    if row["standing"] == Standing.WAITING:
        return False
    if row["standing"] == Standing.DECIDED:
        raise AlreadyDecided
    if row["claimed_by"] != officer:
        raise ClaimedByAnother(row["claimed_by"], Millis(row["claimed_at"]))
    changed = tx.journal(STEP, "handed-back", subject_of(number), actor_of(officer), b"{}")
    tx.run("save_claim", number=number, standing=Standing.WAITING, officer=None, at=None, changed=changed)
    return True


def dispose(tx: Transaction, letterhead: Letterhead, number: int, judgement: Judgement) -> bool:
    """Whether it was decided now; False for a repeat of the same form.

    Raises UnknownReferral, NotClaimed, ClaimedByAnother, ChangedMeanwhile, BadDisposition.
    """
    row = _found(tx, number)
    if (earlier := tx.one("find_disposition", id=judgement.id)) is not None:
        if any(earlier[name] != value for name, value in _columns(number, judgement).items()):
            raise ChangedMeanwhile
        return False
    _refuse_others(row, judgement)
    disposed = Disposed(row["id"], judgement.disposition, tx.now, judgement.duplicate_of)
    findings = [*check_disposed(disposed, _of_this_sender(tx, row, judgement.duplicate_of)), *_check_form(judgement)]
    if findings:
        raise BadDisposition(findings)
    body = {"id": judgement.id, "disposition": disposed.disposition.value, "duplicate_of": disposed.duplicate_of}
    actor = actor_of(judgement.officer)
    changed = tx.journal(STEP, "disposed", subject_of(number), actor, msgspec.json.encode(body))
    tx.run(
        "insert_disposition",
        id=judgement.id,
        number=changed,
        at=tx.now,
        **_columns(number, judgement),
    )
    if row["disposition"] is None:
        tx.run("decide_destination", key=row["destination"])
    tx.run(
        "save_disposition",
        number=number,
        disposition=disposed.disposition,
        duplicate_of=disposed.duplicate_of,
        officer=judgement.officer,
        at=tx.now,
        changed=changed,
    )
    tell_disposition(tx, letterhead, row["sender"], disposed, judgement.entropy)
    return True


def actor_of(officer: str) -> str:
    """How the journal names an officer: as said at the door, which nobody checks yet."""
    return f"officer:{officer}"


def _found(tx: Transaction, number: int) -> dict[str, Any]:
    row = tx.one("find_referral", number=number)
    if row is None:
        raise UnknownReferral(number)
    return row


def _columns(number: int, judgement: Judgement) -> dict[str, Any]:
    """What a repeat of the same form has to repeat."""
    return {
        "referral": number,
        "disposition": judgement.disposition.value,
        "duplicate_of": judgement.duplicate_of,
        "note": judgement.note,
        "officer": judgement.officer,
    }


def _refuse_others(row: dict[str, Any], judgement: Judgement) -> None:
    if row["claimed_by"] is None:
        raise NotClaimed
    if row["claimed_by"] != judgement.officer:
        raise ClaimedByAnother(row["claimed_by"], Millis(row["claimed_at"]))
    if judgement.seen is not None and judgement.seen != row["changed"]:
        raise ChangedMeanwhile


def _of_this_sender(tx: Transaction, row: dict[str, Any], duplicate_of: str | None) -> dict[str, str]:
    """This referral, and the one it is said to repeat if the same exchange sent that. Others' ids are not looked at."""
    known = {row["id"]: row["sender"]}
    if duplicate_of and tx.one("find_sent", sender=row["sender"], id=duplicate_of) is not None:
        known[duplicate_of] = row["sender"]
    return known


def _check_form(judgement: Judgement) -> list[Finding]:
    if len(judgement.note) > LONGEST_NOTE:
        message = f"has {len(judgement.note)} characters; {LONGEST_NOTE} is the limit"
        return [Finding("/note", "too-long", message)]
    return []
