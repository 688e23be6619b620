"""An invented officer: the key that subjects are sealed to, and the one referral that was looked at already."""

import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from bech32 import bech32_encode, convertbits
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from breather.agency.letterhead import ENTROPY_BYTES, Letterhead
from breather.agency.triage import Judgement, claim, dispose
from breather.bootstrap import agency_database
from breather.clock import Clock
from breather.demo.referred import REFERRED
from breather.demonstration.cast import EXCHANGES
from breather.domain.asset import Network
from breather.domain.disposition import Disposition
from breather.domain.withdrawal import Destination
from breather.protocol.sealing import age_recipient
from breather.settings import AgencySettings
from breather.storage.agency.portal_reader import PortalReader
from breather.storage.database import Database

NAME = "Officer 0000 (invented)"
ARRIVES_WITHIN_SECONDS = 30


@dataclass(frozen=True, slots=True)
class OfficerKey:
    """`recipient` is public (`age1...`); `file` is what `age --decrypt --identity` reads."""

    recipient: str
    file: Path


def create_officer_key(folder: Path) -> OfficerKey:
    """As `age-keygen` makes one. It would never lie beside the service; in the demonstration there is no elsewhere."""
    private = X25519PrivateKey.generate()
    words = convertbits(private.private_bytes_raw(), 8, 5) or []
    text = str(bech32_encode("age-secret-key-", words)).upper()
    file = folder / "officer.key"
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as opened:
        opened.write(f"# {NAME}\n{text}\n")
    return OfficerKey(age_recipient(private.public_key().public_bytes_raw()), file)


def confirm_one(agency: AgencySettings, clock: Clock) -> None:
    """Confirm the first exchange's oldest referral about `REFERRED` as a scam, as soon as it has arrived.

    Its other one waits, and so does that of the other exchange, which is told nothing of this. TimeoutError where
    none arrives.
    """
    database = agency_database(agency, clock)
    try:
        number = _arrived(database)
        with database.writing() as tx:
            claim(tx, number, NAME)
            note = "Three complaints name this address. (Invented.)"
            entropy = secrets.token_bytes(ENTROPY_BYTES)
            judgement = Judgement("demonstration", entropy, Disposition.CONFIRMED_SCAM, NAME, note)
            dispose(tx, Letterhead(agency.organisation, agency.mode), number, judgement)
    finally:
        database.close()


def _arrived(database: Database) -> int:
    sender, about = EXCHANGES[0][0], Destination(Network.TRON, REFERRED).key
    until = time.monotonic() + ARRIVES_WITHIN_SECONDS
    while time.monotonic() < until:
        with database.reading() as reader:
            found = [row.number for row in PortalReader(reader).about(about) if row.sender == sender]
        if found:
            return min(found)
        time.sleep(0.1)
    raise TimeoutError(f"no referral of {sender} has arrived at the agency within {ARRIVES_WITHIN_SECONDS} seconds")
