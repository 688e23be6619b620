"""Whether an alert's code is one of ours (guarantee G4): exchange, minute and heading, so that a borrowed one shows.

Right, wrong and expired codes take the same path and leave the same row. A row says only that this was typed before.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from breather.domain.alert_code import VALID_FOR, AlertCode, read_code
from breather.domain.instant import HOUR, Millis
from breather.protocol.alert_slot import AlertSlot
from breather.storage.transaction import Transaction

# As long as any code can be good, from the first look-up on.
REMEMBERED_FOR = VALID_FOR + HOUR
_LONGEST = 64


@dataclass(frozen=True, slots=True)
class Confirmation:
    """`at` is the minute of the alert. `before` is when the code was first looked up, or None if never."""

    exchange: str
    at: Millis
    headings: Mapping[str, str]
    before: Millis | None


def confirm(tx: Transaction, slots: Mapping[int, AlertSlot], typed: str) -> Confirmation | None:
    """What the code stands for, or None: unknown, mistyped and expired look alike."""
    code = read_code(typed, {number: slot.key for number, slot in slots.items()}, tx.now)
    hashed = _hash(code, typed)
    earlier = tx.one("find_lookup", hash=hashed)
    tx.run("look_up", hash=hashed, now=tx.now, expires_at=Millis(tx.now + REMEMBERED_FOR))
    if code is None:
        return None
    slot = slots[code.slot]
    return Confirmation(slot.name, code.at, slot.headings, None if earlier is None else Millis(earlier["first_at"]))


def _hash(code: AlertCode | None, typed: str) -> str:
    """One for each code, however it is spelled; one for each other text."""
    what = f"text\n{typed[:_LONGEST]}" if code is None else f"code\n{code.slot}\n{code.minute}\n{code.serial}"
    return hashlib.sha256(what.encode("utf-8", errors="replace")).hexdigest()
