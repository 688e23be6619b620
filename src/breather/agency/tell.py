"""Step 11, feedback: what one exchange is told, in the order in which it is told it.

Each peer has a numbering of its own. A number common to all would have gaps, and the gaps would tell an exchange how
much is going on with the others (guarantee F6).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from breather.agency.letterhead import Letterhead
from breather.domain.disposition import Disposed
from breather.domain.instant import Millis
from breather.protocol.changes import MOST_ENTRIES, PAGE_LIMIT, EntryKind
from breather.protocol.disposition import write_disposition
from breather.protocol.envelope import Envelope, MessageType
from breather.protocol.signed_list import SignedKeyList, write_signed_list
from breather.storage.reader import Reader
from breather.storage.transaction import Transaction

STEP = 11
COUNTED = "change"
# Base64 makes a body longer by a third; the rest is for the members around it.
_BODIES_LIMIT = PAGE_LIMIT // 2


@dataclass(frozen=True, slots=True)
class Told:
    """One change for one peer. `body` is a disposition message, or a key list with its signature (`signed_list`)."""

    number: int
    kind: EntryKind
    body: bytes


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull is answered with, before it is signed. Both envelopes are numbered for this peer."""

    told: tuple[Told, ...]
    after: int
    through: int
    more: bool
    page: Envelope
    manifest: Envelope
    now: Millis


def tell_disposition(tx: Transaction, letterhead: Letterhead, peer: str, disposed: Disposed, entropy: bytes) -> int:
    """Add a disposition to what `peer` will be told. No note has a place in it."""
    envelope = letterhead.envelope(tx, MessageType.DISPOSITION, peer, entropy)
    return _tell(tx, peer, EntryKind.DISPOSITION, write_disposition(envelope, disposed))


def tell_key_list(tx: Transaction, peers: Iterable[str], signed: SignedKeyList) -> None:
    """Tell every peer of this agency's new key list."""
    for peer in sorted(peers):
        _tell(tx, peer, EntryKind.KEY_LIST, write_signed_list(signed))


def pull(tx: Transaction, letterhead: Letterhead, peer: str, after: int, entropy: bytes) -> Pulled:
    """Changes of this peer, and of no other, after number `after`. `entropy`: 20 bytes.

    A number beyond the last one is answered with an empty page that leads back to nothing: numbers are never invented.
    """
    told = _page(tx, peer, after)
    through = told[-1].number if told else after
    return Pulled(
        told=told,
        after=after,
        through=through,
        more=through < last_told(tx, peer),
        page=letterhead.envelope(tx, MessageType.CHANGES, peer, entropy[:10]),
        manifest=letterhead.envelope(tx, MessageType.MANIFEST, peer, entropy[10:]),
        now=tx.now,
    )


def last_told(reader: Reader, peer: str) -> int:
    """The number of the latest change for `peer`; 0 while there is none."""
    row = reader.one("last_change", peer=peer)
    return 0 if row is None else int(row["sequence"])


def _page(reader: Reader, peer: str, after: int) -> tuple[Told, ...]:
    """As many as fit, and at least one: a page that led nowhere would be asked for again for ever."""
    found: list[Told] = []
    size = 0
    for row in reader.all("changes_after", peer=peer, after=after, most=MOST_ENTRIES):
        size += len(row["body"])
        if found and size > _BODIES_LIMIT:
            break
        found.append(Told(row["sequence"], EntryKind(row["kind"]), row["body"]))
    return tuple(found)


def _tell(tx: Transaction, peer: str, kind: EntryKind, body: bytes) -> int:
    """Numbered under the write lock, so that a cursor may run over the numbers (guarantee D3)."""
    counted = tx.one("find_counter", peer=peer, type=COUNTED)
    # A restored agency has fewer changes than it had told: the counter was raised to what the witness saw (D5).
    number = max(last_told(tx, peer), 0 if counted is None else counted["last"]) + 1
    tx.run("raise_counter", peer=peer, type=COUNTED, last=number)
    tx.run("insert_change", peer=peer, sequence=number, kind=kind, at=tx.now, body=body)
    return number
