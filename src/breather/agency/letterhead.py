"""What stands at the head of everything this agency sends: who says it to whom, and how many went before."""

from dataclasses import dataclass

from breather.domain.instant import Millis
from breather.protocol.envelope import Envelope, MessageType, message_id
from breather.storage.transaction import Transaction

ENTROPY_BYTES = 10


@dataclass(frozen=True, slots=True)
class Letterhead:
    """`organisation` and `mode` of this agency."""

    organisation: str
    mode: str

    def envelope(self, tx: Transaction, kind: MessageType, peer: str, entropy: bytes) -> Envelope:
        """The next message of this kind to `peer`; counted in the transaction that makes it. `entropy`: 10 bytes."""
        tx.run("count_message", peer=peer, type=kind)
        row = tx.one("find_counter", peer=peer, type=kind)
        assert row is not None
        return self._envelope(kind, peer, tx.now, entropy, row["last"])

    def uncounted(self, kind: MessageType, peer: str, now: Millis, entropy: bytes) -> Envelope:
        """For an answer that leaves no trace here, such as a refusal: nothing is stored, so nothing can be counted."""
        return self._envelope(kind, peer, now, entropy, 1)

    def _envelope(self, kind: MessageType, peer: str, at: Millis, entropy: bytes, sequence: int) -> Envelope:
        return Envelope(kind, self.mode, self.organisation, peer, message_id(kind, at, entropy), sequence)
