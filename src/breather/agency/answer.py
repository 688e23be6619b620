"""What goes out signed: receipts, pages of changes, refusals. Made outside the writer, for signing takes time."""

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from breather.agency.letterhead import Letterhead
from breather.agency.snapshot import Snapshot
from breather.agency.tell import Pulled, Told
from breather.domain.instant import Millis
from breather.protocol.changes import ChangesPage, DispositionEntry, Entry, EntryKind, KeyListEntry, write_changes
from breather.protocol.envelope import SIGNED_FOR, Envelope, MessageType, read_envelope
from breather.protocol.json_text import LARGEST
from breather.protocol.manifest import join_changes, write_manifest
from breather.protocol.message import Signature, sign_message
from breather.protocol.problem import Problem, write_problem
from breather.protocol.signed_list import read_signed_list


@dataclass(frozen=True, slots=True)
class Answer:
    """A body, and the headers that sign it."""

    body: bytes
    signature: Signature


def receipt_answer(snapshot: Snapshot, receipt: bytes, now: Millis) -> Answer:
    """The stored receipt, signed at `now`: a repeat is the same receipt with a new timestamp."""
    envelope, _ = read_envelope(receipt, LARGEST)
    return Answer(receipt, _signed(snapshot, envelope, receipt, now))


def changes_answer(snapshot: Snapshot, pulled: Pulled) -> Answer:
    """Manifest and page; the signature is the manifest's, which names the page by its hash."""
    entries = tuple(_entry(snapshot, told, pulled.now) for told in pulled.told)
    page = write_changes(pulled.page, ChangesPage(pulled.after, pulled.through, pulled.more, entries))
    manifest = write_manifest(pulled.manifest, page, pulled.now)
    return Answer(join_changes(manifest, page), _signed(snapshot, pulled.manifest, manifest, pulled.now))


def refusal_answer(snapshot: Snapshot, refused: Envelope, problem: Problem, entropy: bytes) -> Answer:
    """Only for a message whose signature held: nobody else may get something that could be held against who signed.

    A clock problem is one of these: it says what time it is here to a sender whose own clock is out (guarantee E).
    """
    letterhead = Letterhead(snapshot.identity.organisation, snapshot.mode)
    envelope = letterhead.uncounted(MessageType.REFUSAL, refused.sender, problem.now, entropy)
    body = write_problem(envelope, problem)
    return Answer(body, _signed(snapshot, envelope, body, problem.now))


def _entry(snapshot: Snapshot, told: Told, now: Millis) -> Entry:
    if told.kind is EntryKind.KEY_LIST:
        signed = read_signed_list(told.body)
        return KeyListEntry(told.number, signed.body, signed.signature)
    envelope, _ = read_envelope(told.body, LARGEST)
    return DispositionEntry(told.number, told.body, _signed(snapshot, envelope, told.body, now))


def _signed(snapshot: Snapshot, envelope: Envelope, body: bytes, now: Millis) -> Signature:
    return sign_message(_key(snapshot, envelope.type), envelope, body, now)


def _key(snapshot: Snapshot, kind: MessageType) -> Ed25519PrivateKey:
    purpose = SIGNED_FOR[kind]
    key = snapshot.identity.private.get(purpose)
    if key is None:
        raise LookupError(f"there is no {purpose}.private in the key folder; run `breather identity create`")
    return key
