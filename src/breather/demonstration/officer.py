"""An invented officer, who has looked at one referral already."""

import secrets
import time

from breather.agency.letterhead import ENTROPY_BYTES, Letterhead
from breather.agency.triage import Judgement, claim, dispose
from breather.bootstrap import agency_database
from breather.clock import Clock
from breather.demo.referred import REFERRED
from breather.demonstration.cast import EXCHANGES
from breather.domain.asset import Network
from breather.domain.disposition import Disposition
from breather.domain.withdrawal import Destination
from breather.settings import AgencySettings
from breather.storage.agency.portal_reader import PortalReader
from breather.storage.database import Database

NAME = "Officer 0000 (invented)"
ARRIVES_WITHIN_SECONDS = 30


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
