"""What `serve` answers with: one immutable object, replaced by reference when the generation changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from breather.domain.relay_terms import RelayTerms
from breather.protocol.alert_slot import AlertSlot, given_slots
from breather.protocol.identity_folder import OwnIdentity, load_identity
from breather.protocol.message import Receiver
from breather.protocol.peer_folder import PinnedPeer, load_peers
from breather.protocol.trust import Peer, Role
from breather.storage.reader import Reader


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`peers` by organisation, `slots` by number: what the key folder held when the generation was last raised."""

    generation: int
    identity: OwnIdentity
    peers: Mapping[str, PinnedPeer]
    slots: Mapping[int, AlertSlot]

    @property
    def mode(self) -> str:
        return self.identity.keys.mode

    @property
    def as_peer(self) -> Peer:
        """This agency as an exchange that has its key list sees it."""
        own = self.identity
        return Peer(own.organisation, Role.AGENCY, self.mode, own.fingerprint, own.keys)

    @property
    def receiver(self) -> Receiver:
        """Who opens messages here, and from whom they are taken."""
        peers = {name: pinned.peer for name, pinned in self.peers.items()}
        return Receiver(self.identity.organisation, self.mode, peers)

    def terms_of(self, exchange: str) -> RelayTerms:
        """What was agreed with an exchange; for an unknown one, nothing may come."""
        pinned = self.peers.get(exchange)
        return RelayTerms() if pinned is None else pinned.terms


def read_generation(reader: Reader) -> int:
    row = reader.one("find_generation")
    return 0 if row is None else int(row["number"])


def read_snapshot(reader: Reader, keys: Path) -> Snapshot:
    """Raises FileNotFoundError where no identity was created, and what the folders' readers raise."""
    return Snapshot(read_generation(reader), load_identity(keys), load_peers(keys), given_slots(keys))
