"""Step 10, relay: each promise is delivered once in effect, or becomes an item on somebody's list (guarantee F4).

Promised = pending + receipted + dead, always. A worker *claims* what is due, which raises the delivery's lease number;
it *settles* only under that number. A worker that died, or was stopped for longer than its lease, therefore settles
nothing, and what it held is claimed again; the agency knows a referral by its id, and a second arrival changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import msgspec

from breather.domain.instant import SECOND, Millis
from breather.domain.referral import Tier
from breather.domain.retry import wait_after
from breather.storage.exchange.referrals import Delivery, ReferralRow
from breather.storage.reader import Reader
from breather.storage.recovery import recovery_of
from breather.storage.transaction import Transaction

STEP = 10
# Longer than a batch may take to be sent (`hands.py`), so that nobody's is taken away who is at work on it.
LEASE = 60 * SECOND
MOST_SHOWN = 100
# The problem of a delivery that ended because the customer took her consent back: never on a list, never replayed.
CONSENT_WITHDRAWN = "consent-withdrawn"


@dataclass(frozen=True, slots=True)
class Claimed:
    """One delivery, ours until its lease runs out. `attempts` have failed since it was promised or replayed."""

    referral: str
    addressee: str
    lease: int
    attempts: int
    withdrawal: str
    tier: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Delivered:
    """The agency's receipt as it came, and what proves it: key id, timestamp and signature, separated by spaces."""

    receipt: bytes
    proof: str


@dataclass(frozen=True, slots=True)
class Failed:
    """It did not work this time. `problem` begins with a code and a colon; the rest is for people."""

    problem: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The agency said, and signed, that it will never take it."""

    problem: str


Attempt = Delivered | Failed | Refused


@dataclass(frozen=True, slots=True)
class Stream:
    """How far one agency's changes were applied. `problem` is of the last pull, if that failed."""

    agency: str
    after: int
    manifest: int
    pulled_at: Millis | None
    tried_at: Millis
    problem: str | None


@dataclass(frozen=True, slots=True)
class SetAside:
    """A change that could not be applied; `problem` says why."""

    agency: str
    number: int
    kind: str
    problem: str
    at: Millis


@dataclass(frozen=True, slots=True)
class RelayState:
    """What doctor and console say of the relay. `oldest_pending`: since when the oldest promise waits (milliseconds).

    `waiting` has the number of pending deliveries by addressee; `failures` the last problem of those, by addressee.
    `dead` counts dead letters: the dead of `counts` without the consents taken back.
    `set_aside` has the newest changes that could not be applied, and `set_aside_count` says how many there are.
    """

    counts: Mapping[Delivery, int]
    oldest_pending: int | None
    waiting: Mapping[str, int]
    failures: Mapping[str, str]
    dead: int
    streams: Sequence[Stream]
    set_aside: Sequence[SetAside]
    set_aside_count: int


def is_due(reader: Reader, addressee: str, now: Millis) -> bool:
    """Whether there is something to claim: a cheap question, asked before the write lock is taken."""
    return reader.one("any_due", addressee=addressee, now=now) is not None


def claim(tx: Transaction, addressee: str) -> Claimed | None:
    """The delivery that has been due for longest."""
    found = claim_batch(tx, addressee, 1)
    return found[0] if found else None


def claim_batch(tx: Transaction, addressee: str, most: int) -> list[Claimed]:
    """Up to `most` deliveries, those due for longest first, leased to whoever commits this.

    No sealed subject in recovery mode: that her consent was taken back may be what the database forgot.
    """
    claimed = []
    withheld = "" if recovery_of(tx) is None else Tier.IDENTIFIED.word
    for row in tx.all("due_deliveries", addressee=addressee, now=tx.now, most=most, withheld=withheld):
        tx.run("lease_delivery", referral=row["referral"], until=tx.now + LEASE)
        claimed.append(Claimed(**{**row, "lease": row["lease"] + 1}))
    return claimed


def is_still_ours(reader: Reader, claimed: Claimed) -> bool:
    """Whether it is still pending under our lease: asked again right before a sealed subject leaves."""
    return reader.one("is_still_promised", referral=claimed.referral, lease=claimed.lease) is not None


def release(tx: Transaction, claimed: Claimed) -> bool:
    """Give back what was claimed and not tried: due as before, for anybody."""
    return tx.run("release_delivery", referral=claimed.referral, lease=claimed.lease) == 1


def settle(tx: Transaction, claimed: Claimed, attempt: Attempt, share: float) -> bool:
    """What an attempt came to; False, and nothing changes, where the lease has passed to somebody else meanwhile.

    Whoever takes a consent back sets the delivery dead with CONSENT_WITHDRAWN, empties the body, and leaves the lease
    alone. A receipt that arrives all the same, under whatever lease, is the truth and wins: receipted, with the body
    gone. A failure under it changes nothing: dead it stays, and nothing is ever sent again. `share` in [0, 1) is
    randomness for the next wait.
    """
    match attempt:
        case Delivered(receipt, proof):
            return _receipted(tx, claimed, receipt, proof)
        case Failed(problem):
            wait = wait_after(claimed.attempts + 1, share)
            if wait is None:
                return _dead(tx, claimed, problem)
            mine = {"referral": claimed.referral, "lease": claimed.lease}
            return tx.run("settle_failed", **mine, due_at=tx.now + wait, problem=problem, now=tx.now) == 1
        case Refused(problem):
            return _dead(tx, claimed, problem)


def replay(tx: Transaction, referral: str, actor: str) -> bool:
    """Try a dead letter again from the beginning. False where it is none, or ended by a consent taken back."""
    if tx.run("replay_delivery", referral=referral, now=tx.now, withdrawn=CONSENT_WITHDRAWN) != 1:
        return False
    row = tx.one("find_referral", id=referral)
    assert row is not None, "every delivery has its referral"
    _acknowledge(tx, "replayed", row["withdrawal"], actor, {"referral": referral})
    return True


def dead_letters(reader: Reader) -> list[ReferralRow]:
    """What is not tried again by itself, oldest first; consents taken back are not among them."""
    return reader.all_as(ReferralRow, "dead_letters", withdrawn=CONSENT_WITHDRAWN)


def relay_state(reader: Reader, now: Millis) -> RelayState:
    """Everything at once, from one snapshot of the database."""
    counts = {row["state"]: row["count"] for row in reader.all("count_deliveries")}
    oldest = reader.one("oldest_pending")
    waiting = {row["addressee"]: row["count"] for row in reader.all("pending_addressees")}
    failures = {name: row["problem"] for name in waiting if (row := reader.one("last_failure", addressee=name))}
    aside, dead = reader.one("count_set_aside"), reader.one("count_dead_letters", withdrawn=CONSENT_WITHDRAWN)
    promised_at = None if oldest is None else oldest["promised_at"]
    return RelayState(
        counts=MappingProxyType({state: counts.get(state.value, 0) for state in Delivery}),
        oldest_pending=None if promised_at is None else max(0, now - promised_at),
        waiting=MappingProxyType(waiting),
        failures=MappingProxyType(failures),
        dead=0 if dead is None else dead["count"],
        streams=tuple(reader.all_as(Stream, "all_streams")),
        set_aside=tuple(reader.all_as(SetAside, "all_set_aside", most=MOST_SHOWN)),
        set_aside_count=0 if aside is None else aside["count"],
    )


def _receipted(tx: Transaction, claimed: Claimed, receipt: bytes, proof: str) -> bool:
    mine = {"referral": claimed.referral, "lease": claimed.lease}
    changed = tx.run("settle_receipted", **mine, now=tx.now, receipt=receipt, proof=proof, withdrawn=CONSENT_WITHDRAWN)
    if changed == 1:
        entry = {"referral": claimed.referral, "key": proof.partition(" ")[0]}
        _acknowledge(tx, "receipted", claimed.withdrawal, f"agency:{claimed.addressee}", entry)
    return changed == 1


def _dead(tx: Transaction, claimed: Claimed, problem: str) -> bool:
    mine = {"referral": claimed.referral, "lease": claimed.lease}
    if tx.run("settle_dead", **mine, now=tx.now, problem=problem) != 1:
        return False
    entry = {"referral": claimed.referral, "problem": problem}
    _acknowledge(tx, "dead-letter", claimed.withdrawal, "relay", entry)
    return True


def _acknowledge(tx: Transaction, kind: str, withdrawal: str, actor: str, entry: Mapping[str, object]) -> None:
    """The journal's entry, and the withdrawal touched, so that whoever polls sees how its referral stands."""
    number = tx.journal(STEP, kind, withdrawal, actor, msgspec.json.encode(entry))
    tx.run("touch_withdrawal", id=withdrawal, changed=number)
