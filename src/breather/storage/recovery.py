"""Recovery mode: a database that forgot what was acknowledged, until people have said that it knows it again (D5).

While it lasts nothing is cleared and nothing is sealed. Decisions go on: telling a withdrawal again is how the database
learns of it, each is durable and has its pause, and nothing of it can leave before the mode has ended.

It ends when two facts hold, each named by somebody with the basis on which they say so, and each checked as far as a
program can. The mode is a row of the database, so that every replica, every restart and every command sees the same.
"""

from enum import StrEnum
from typing import Final
from uuid import uuid4

import msgspec

from breather.domain.instant import MINUTE
from breather.storage.reader import Reader
from breather.storage.transaction import Transaction
from breather.storage.witness import FORMER, Witness

RECOVERY: Final = "recovery"
STEP: Final = 0
# No clearance lives longer (guarantee C): after that, none of those issued in the lost stretch can be spent.
CLEARANCES_LIVE: Final = 2 * MINUTE


class Fact(StrEnum):
    """`withdrawals`: the back end told again every withdrawal, stop, hold, withdrawn consent and broadcast since.

    `peers`: what every peer has of ours, and we of theirs, was compared, and what was missing was sent again.
    """

    WITHDRAWALS = "withdrawals"
    PEERS = "peers"


class Word(msgspec.Struct, frozen=True):
    """Who said that a fact holds, on what basis, and when (milliseconds UTC)."""

    actor: str
    basis: str
    at: int


class Recovery(msgspec.Struct, frozen=True):
    """`number` is the last entry of the journal that the database had; what came after it may be missing."""

    since: int
    number: int
    because: str
    facts: dict[str, Word] = {}

    @property
    def missing(self) -> tuple[Fact, ...]:
        return tuple(fact for fact in Fact if fact.value not in self.facts)


def recovery_of(reader: Reader) -> Recovery | None:
    """None outside of the mode."""
    row = reader.one("meta_named", name=RECOVERY)
    return None if row is None else msgspec.json.decode(row["value"], type=Recovery)


def begin_recovery(tx: Transaction, because: str, actor: str, witness: Witness | None) -> Recovery:
    """Enter the mode under a new epoch; once in it, the reason is replaced and facts have to be said anew.

    Counters go on after what the witness saw of them: a peer must not get one number twice.
    """
    last = tx.next_number - 1
    found = Recovery(tx.now, last, because)
    epochs = {row["name"]: row["value"] for row in tx.all("meta")}
    former = {*epochs.get(FORMER, "").split(), epochs["epoch"], *([witness.epoch] if witness else [])}
    tx.run("keep_meta", name=FORMER, value=" ".join(sorted(former)))
    tx.run("keep_meta", name="epoch", value=uuid4().hex)
    for name, count in witness.counters.items() if witness else ():
        peer, _, kind = name.rpartition(" ")
        tx.run("raise_counter", peer=peer, type=kind, last=count)
    _keep(tx, found)
    body = {"because": because, "number": last, "witnessed": None if witness is None else witness.number}
    tx.journal(STEP, "recovery-began", None, actor, msgspec.json.encode(body))
    tx.run("raise_generation")
    return found


def say_fact(tx: Transaction, fact: Fact, actor: str, basis: str) -> Recovery | None:
    """Somebody's word that a fact holds; a later one replaces it. None once both hold: the mode has ended.

    Raises LookupError outside of the mode, ValueError while clearances of the lost stretch may still be spent.
    """
    before = recovery_of(tx)
    if before is None:
        raise LookupError("the database is not in recovery mode; there is nothing to reconcile")
    if fact is Fact.WITHDRAWALS and tx.now < before.since + CLEARANCES_LIVE:
        left = -((tx.now - before.since - CLEARANCES_LIVE) // 1000)
        raise ValueError(
            f"clearances issued before may be spent for {left} s more; wait, have payout tell, say it then"
        )
    after = msgspec.structs.replace(before, facts={**before.facts, fact.value: Word(actor, basis, tx.now)})
    body = msgspec.json.encode({"fact": fact.value, "basis": basis})
    tx.journal(STEP, "recovery-fact", None, actor, body)
    if after.missing:
        _keep(tx, after)
        return after
    tx.run("drop_meta", name=RECOVERY)
    tx.journal(STEP, "recovered", None, actor, msgspec.json.encode({"since": before.since, "number": before.number}))
    tx.run("raise_generation")
    return None


def _keep(tx: Transaction, recovery: Recovery) -> None:
    tx.run("keep_meta", name=RECOVERY, value=msgspec.json.encode(recovery).decode())


def since_in_words(recovery: Recovery) -> str:
    """For people, without anything of a withdrawal."""
    facts = " and ".join(fact.value for fact in recovery.missing)
    return f"{recovery.because}; still to be said: {facts} (`breather recover`)"
