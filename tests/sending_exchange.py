"""An exchange as the agency meets it: a pinned root, a signing key, and messages made by `protocol/`."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx

from breather.domain.asset import Asset, Network
from breather.domain.instant import Millis
from breather.domain.referral import AmountBand, Edition, Referral, ReferralBasis, Tier
from breather.domain.typology import Typology
from breather.domain.withdrawal import Destination
from breather.protocol.changes import ChangesPage, DispositionEntry, write_pull
from breather.protocol.disposition import read_disposition
from breather.protocol.envelope import Envelope, MessageType, message_id
from breather.protocol.identity_folder import OwnIdentity, create_identity, load_identity
from breather.protocol.key_list import Purpose
from breather.protocol.manifest import accept_changes, accept_manifest, split_changes
from breather.protocol.message import Message, Receiver, Signature, open_message, sign_message
from breather.protocol.receipt import Receipt, read_receipt
from breather.protocol.referral import write_referral
from breather.protocol.trust import Peer, Role, accept_key_list

AGENCY = "macau-pj"
ADDRESS = "TN9RRaXkCFtTXRso2GdTZxSxxwufzxLQPP"
OTHER_ADDRESS = "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8"
TON_ADDRESS = "UQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fIKLE"
REFERRAL = Referral(
    tier=Tier.PSEUDONYMOUS,
    basis=ReferralBasis.CUSTOMER_ASKED,
    destination=Destination(Network.TRON, ADDRESS),
    campaign=Edition("macau-pj-trial", 1),
    pack=Edition("macau-pj", 1),
    typology=Typology.INVESTMENT,
    asset=Asset.USDT,
    amount_band=AmountBand.TO_10_000,
    day=date(2026, 11, 22),
)
TERMS = """tier = "pseudonymous"
[fields]
basis = "public-task"
network = "public-task"
"destination.address" = "public-task"
"destination.memo" = "public-task"
campaign = "public-task"
pack = "public-task"
typology = "public-task"
asset = "public-task"
amount_band = "public-task"
date = "public-task"
"""


@dataclass
class Sent:
    """A body as it was sent, with the envelope that is in it."""

    envelope: Envelope
    body: bytes
    headers: dict[str, str]


@dataclass
class SendingExchange:
    """`now` is asked for at every signature. `agency` is the agency as pinned here, once it is known."""

    name: str
    folder: Path
    now: Millis
    url: str = ""
    agency: Peer | None = None
    last_manifest: int = 0
    count: int = 0
    client: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False, timeout=30))

    def create(self) -> OwnIdentity:
        return create_identity(self.folder, self.name, Role.EXCHANGE, "test", self.now)

    @property
    def identity(self) -> OwnIdentity:
        return load_identity(self.folder)

    def knows(self, agency: OwnIdentity) -> None:
        pin = Peer(agency.organisation, Role.AGENCY, "test", agency.fingerprint)
        self.agency = accept_key_list(pin, agency.signed.body, agency.signed.signature, self.now)

    def envelope(self, kind: MessageType, **changed: Any) -> Envelope:
        self.count += 1
        # No two senders use the same id.
        entropy = sha256(self.name.encode()).digest()[:2] + self.count.to_bytes(8)
        made = Envelope(kind, "test", self.name, AGENCY, message_id(kind, self.now, entropy), self.count)
        return replace(made, **changed)

    def sign(self, envelope: Envelope, body: bytes, at: Millis | None = None) -> dict[str, str]:
        key = self.identity.private[Purpose.MESSAGES]
        return sign_message(key, envelope, body, self.now if at is None else at).headers()

    def referral(self, referral: Referral = REFERRAL, **changed: Any) -> Sent:
        """Signed and not sent yet; `changed` are members of the envelope."""
        envelope = self.envelope(MessageType.REFERRAL, **changed)
        body = write_referral(envelope, referral)
        return Sent(envelope, body, self.sign(envelope, body))

    def post(self, sent: Sent, headers: Mapping[str, str] | None = None, body: bytes | None = None) -> httpx.Response:
        given = sent.headers if headers is None else headers
        content = sent.body if body is None else body
        return self.client.post(f"{self.url}/v1/referrals", content=content, headers=dict(given))

    def send(self, referral: Referral = REFERRAL, **changed: Any) -> Sent:
        """Posted and taken."""
        sent = self.referral(referral, **changed)
        reply = self.post(sent)
        assert reply.status_code == 201, reply.text
        return sent

    def receipt(self, reply: httpx.Response) -> Receipt:
        """Opened as an exchange has to: by the pinned agency's receipts key."""
        return read_receipt(self.opened(reply.headers, reply.content, MessageType.RECEIPT))

    def opened(self, headers: Mapping[str, str], body: bytes, kind: MessageType, window: int | None = None) -> Message:
        assert self.agency is not None
        receiver = Receiver(self.name, "test", {AGENCY: self.agency}, window)
        return open_message(receiver, headers, body, self.now, (kind,))

    def pull_headers(self, after: int, **changed: Any) -> dict[str, str]:
        envelope = self.envelope(MessageType.PULL, **changed)
        body = write_pull(envelope, after)
        return {**self.sign(envelope, body), "Breather-Message": base64.b64encode(body).decode()}

    def ask_changes(self, after: int, headers: Mapping[str, str] | None = None) -> httpx.Response:
        given = self.pull_headers(after) if headers is None else headers
        return self.client.get(f"{self.url}/v1/changes?after={after}", headers=dict(given))

    def pull(self, after: int = 0) -> ChangesPage:
        """What this exchange is told, verified as it has to."""
        reply = self.ask_changes(after)
        assert reply.status_code == 200, reply.text
        head, page = split_changes(reply.content)
        message = self.opened(reply.headers, head, MessageType.MANIFEST)
        manifest = accept_manifest(message, self.last_manifest, self.now)
        self.last_manifest = manifest.sequence
        return accept_changes(message, manifest, page, after)

    def dispositions(self, after: int = 0) -> list[tuple[str, str]]:
        """(referral's id, disposition) of every one that it is told."""
        found = []
        for entry in self.pull(after).entries:
            if isinstance(entry, DispositionEntry):
                told = read_disposition(self.opened(headers_of(entry.signature), entry.body, MessageType.DISPOSITION))
                found.append((told.referral, told.disposition.value))
        return found


def headers_of(signature: Signature) -> dict[str, str]:
    return signature.headers()
