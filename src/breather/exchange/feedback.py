"""Step 11, feedback: what an agency found comes back, and the next decision knows it.

A page is applied as a whole, in one transaction with the place in the stream. An entry that cannot be applied is set
aside for a person and holds up nothing that follows it: it must not be possible to stop a feed with one bad entry.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass

import msgspec

from breather.domain.disposition import Disposed, Disposition, check_disposed
from breather.exchange.correspondent import Correspondent
from breather.exchange.pull import Pulled
from breather.exchange.reconsider import hold_confirmed
from breather.exchange.relay import Stream
from breather.exchange.snapshot import Identity, read_snapshot
from breather.protocol.changes import DispositionEntry, Entry, KeyListEntry, PackRevocationEntry
from breather.protocol.disposition import read_disposition
from breather.protocol.envelope import MessageType
from breather.protocol.refusal import ExpiredKeyList, OlderKeyList, Refusal
from breather.protocol.signed_list import SignedKeyList
from breather.protocol.trust import Peer
from breather.storage.exchange.referrals import ReferralRow, find_referral
from breather.storage.failure import RowRefused
from breather.storage.transaction import Transaction

STEP = 11


class NotApplicable(Exception):
    """This entry cannot be applied here. The text begins with a code."""


@dataclass(frozen=True, slots=True)
class Applied:
    """How many entries were applied and how many set aside. `more`: ask again at once."""

    applied: int
    aside: int
    more: bool


def apply(
    tx: Transaction, sender: Correspondent, agency: Peer, pulled: Pulled, keep: Callable[[SignedKeyList], Peer]
) -> Applied | None:
    """Apply one page. None, and nothing changes, where another worker has gone on in the stream meanwhile.

    `keep` takes a newer key list of this agency into the key folder. It comes first: what else is on the page is signed
    with the keys of today. A list that was kept, in a transaction that then fails, does no harm: its root signed it.
    """
    name, page = agency.organisation, pulled.page
    stream = tx.one_as(Stream, "find_stream", agency=name)
    if stream is None or stream.after != page.after or stream.manifest >= pulled.manifest.sequence:
        return None
    aside = 0
    for entry in page.entries:
        if isinstance(entry, KeyListEntry):
            try:
                agency = _take_list(tx, agency, entry, keep)
            except Refusal as refusal:
                aside += _set_aside(tx, name, entry, f"{refusal.code}: {refusal}")
    for entry in page.entries:
        if not isinstance(entry, KeyListEntry):
            try:
                with tx.savepoint():
                    _apply_entry(tx, sender, agency, entry)
            except Refusal as refusal:
                aside += _set_aside(tx, name, entry, f"{refusal.code}: {refusal}")
            except (NotApplicable, RowRefused, ValueError, LookupError) as problem:
                aside += _set_aside(tx, name, entry, str(problem))
    tx.run("advance_stream", agency=name, through=page.through, manifest=pulled.manifest.sequence, now=tx.now)
    return Applied(len(page.entries) - aside, aside, page.more)


def fail(tx: Transaction, agency: str, problem: str) -> None:
    """A pull came to nothing: said where doctor and console look, until one succeeds."""
    tx.run("fail_stream", agency=agency, problem=problem, now=tx.now)


def take_list(tx: Transaction, agency: Peer, found: Peer) -> None:
    """A key list of this agency was kept: `serve` seals to its keys from the next second on."""
    keys = found.key_list
    assert keys is not None, "a list was kept"
    if found.list_hash != agency.list_hash:
        entry = {"agency": agency.organisation, "sequence": keys.sequence, "expires_at": keys.expires_at}
        tx.run("raise_generation")
        tx.journal(STEP, "key-list-taken", None, f"agency:{agency.organisation}", msgspec.json.encode(entry))


def _take_list(tx: Transaction, agency: Peer, entry: KeyListEntry, keep: Callable[[SignedKeyList], Peer]) -> Peer:
    try:
        found = keep(SignedKeyList(entry.body, entry.signature))
    except (OlderKeyList, ExpiredKeyList):
        return agency  # of the stream's past: a newer one was pinned by hand, or follows
    take_list(tx, agency, found)
    return found


def _apply_entry(tx: Transaction, sender: Correspondent, agency: Peer, entry: Entry) -> None:
    if not isinstance(entry, DispositionEntry):
        raise NotApplicable(f"unsupported-kind: a {kind_of(entry)} is not taken from the wire by this version")
    # Without a replay window: the manifest is what is fresh, and a disposition may be as old as the stream.
    message = sender.opened(agency, entry.signature.headers(), entry.body, tx.now, MessageType.DISPOSITION, window=None)
    disposed = read_disposition(message)
    row = _ours(tx, sender, agency, disposed)
    found = disposed.disposition
    tx.run(
        "dispose_referral",
        id=row.id,
        disposition=found,
        duplicate_of=disposed.duplicate_of,
        disposed_at=disposed.at,
        now=tx.now,
    )
    if found is Disposition.CONFIRMED_SCAM:
        tx.run("list_destination", destination=row.destination, referral=row.id, agency=agency.organisation, now=tx.now)
        snapshot = read_snapshot(tx, Identity(sender.organisation, sender.mode, {}))
        hold_confirmed(tx, snapshot, row.destination, agency.organisation, row.id)
    else:
        tx.run("withdraw_listing", referral=row.id, now=tx.now)
    body = {"referral": row.id, "disposition": found.value, "at": disposed.at, "duplicate_of": disposed.duplicate_of}
    number = tx.journal(STEP, "disposed", row.withdrawal, f"agency:{agency.organisation}", msgspec.json.encode(body))
    tx.run("touch_withdrawal", id=row.withdrawal, changed=number)


def _ours(tx: Transaction, sender: Correspondent, agency: Peer, disposed: Disposed) -> ReferralRow:
    """The referral that it is about, if we sent it to this agency. Raises NotApplicable with every finding."""
    named = [disposed.referral, *([disposed.duplicate_of] if disposed.duplicate_of else [])]
    rows = {row.id: row for each in named if (row := find_referral(tx, each)) is not None}
    ours = {each: sender.organisation for each, row in rows.items() if row.addressee == agency.organisation}
    if findings := check_disposed(disposed, ours):
        raise NotApplicable(f"{findings[0].code}: " + "; ".join(str(finding) for finding in findings))
    return rows[disposed.referral]


def kind_of(entry: Entry) -> str:
    """As the page names it."""
    match entry:
        case KeyListEntry():
            return "key-list"
        case DispositionEntry():
            return "disposition"
        case PackRevocationEntry():
            return "pack-revocation"
        case _:
            return entry.kind.value


def _set_aside(tx: Transaction, agency: str, entry: Entry, problem: str) -> int:
    """Kept as it came, for a person. Returns 1, for whoever counts."""
    kind = kind_of(entry)
    body = entry.body if isinstance(entry, KeyListEntry | DispositionEntry) else msgspec.json.encode(asdict(entry))
    tx.run("set_change_aside", agency=agency, number=entry.number, kind=kind, problem=problem, body=body, at=tx.now)
    told = {"agency": agency, "number": entry.number, "kind": kind, "problem": problem}
    tx.journal(STEP, "set-aside", None, f"agency:{agency}", msgspec.json.encode(told))
    return 1
