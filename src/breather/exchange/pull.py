"""Step 11, asking: the signed pull, and what has to hold of its answer before one entry of it is looked at (F3)."""

import base64
from collections.abc import Callable
from dataclasses import dataclass

from breather.couriers.letter import Courier, Letter, Undelivered
from breather.domain.instant import Millis
from breather.exchange.correspondent import CLOCK, Correspondent, clock_problem, refusal_in, said
from breather.exchange.relay import Stream
from breather.protocol.changes import PAGE_LIMIT, ChangesPage, write_pull
from breather.protocol.envelope import Envelope, MessageType, message_id
from breather.protocol.json_text import LARGEST
from breather.protocol.manifest import Manifest, accept_changes, accept_manifest, split_changes
from breather.protocol.message import SIGNATURE_HEADER
from breather.protocol.refusal import KeyRefused, Refusal
from breather.protocol.signed_list import SignedKeyList, received_list
from breather.protocol.trust import Peer
from breather.storage.exchange.referrals import next_sequence
from breather.storage.transaction import Transaction

PATH = "/v1/changes"
KEY_LIST_PATH = "/v1/key-list"
MESSAGE_HEADER = "Breather-Message"
ENTROPY_BYTES = 10


class PullFailed(Exception):
    """Nothing of it is applied. `other_keys`: it was signed with a key that our key list of the agency lacks."""

    def __init__(self, problem: str, other_keys: bool = False) -> None:
        self.other_keys = other_keys
        super().__init__(problem)


@dataclass(frozen=True, slots=True)
class Question:
    """A pull that is about to be asked: for what comes after `after`, under a manifest newer than `manifest`."""

    envelope: Envelope
    after: int
    manifest: int


@dataclass(frozen=True, slots=True)
class Pulled:
    """A page that hangs from a fresh manifest of this agency, for us."""

    manifest: Manifest
    page: ChangesPage


def ask(tx: Transaction, sender: Correspondent, agency: str, entropy: bytes) -> Question:
    """Number the next pull. `entropy`: 10 random bytes."""
    tx.run("begin_stream", agency=agency, now=tx.now)
    stream = tx.one_as(Stream, "find_stream", agency=agency)
    assert stream is not None, "begun in this transaction"
    sequence = next_sequence(tx, agency, MessageType.PULL)
    pull_id = message_id(MessageType.PULL, tx.now, entropy)
    envelope = Envelope(MessageType.PULL, sender.mode, sender.organisation, agency, pull_id, sequence)
    return Question(envelope, stream.after, stream.manifest)


def pull(
    sender: Correspondent, agency: Peer, courier: Courier, question: Question, clock: Callable[[], Millis]
) -> Pulled:
    """Raises PullFailed, whose text begins with a code."""
    body, at = write_pull(question.envelope, question.after), clock()
    signature = sender.sign(question.envelope, body, at)
    headers = {**signature.headers(), MESSAGE_HEADER: base64.b64encode(body).decode()}
    path = f"{PATH}?after={question.after}"
    try:
        answer = courier.carry(Letter("GET", path, headers, largest=PAGE_LIMIT + LARGEST))
    except Undelivered as failure:
        raise PullFailed(f"{failure.code}: {failure}") from None
    if answer.status != 200:
        problem = refusal_in(sender, agency, answer, question.envelope, signature)
        if problem is None:
            raise PullFailed(said(answer))
        raise PullFailed(
            clock_problem(problem, at) if problem.code == CLOCK else f"{problem.code}: refused, and signed"
        )
    now = clock()
    try:
        head, page = split_changes(answer.body)
        message = sender.opened(agency, answer.headers, head, now, MessageType.MANIFEST)
        manifest = accept_manifest(message, question.manifest, now)
        return Pulled(manifest, accept_changes(message, manifest, page, question.after))
    except Refusal as refusal:
        raise PullFailed(f"{refusal.code}: {refusal}", isinstance(refusal, KeyRefused)) from None


def ask_key_list(courier: Courier) -> SignedKeyList:
    """The agency's key list as it offers it; nothing is believed but what the pinned root signed. Raises PullFailed."""
    try:
        answer = courier.carry(Letter("GET", KEY_LIST_PATH, {}, largest=LARGEST))
        if answer.status != 200:
            raise PullFailed(said(answer))
        return received_list(answer.body, answer.headers.get(SIGNATURE_HEADER.lower()))
    except Undelivered as failure:
        raise PullFailed(f"{failure.code}: {failure}") from None
    except Refusal as refusal:
        raise PullFailed(f"{refusal.code}: {refusal}") from None
