"""A shadow is begun: an act of the operator, in the journal as step 0.

What may be activated may be a shadow, under the version that it would be activated as; from then on that version means
those files, so that what was compared is what can be put into force, and nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from breather.domain.campaign import Campaign
from breather.domain.finding import Finding, Refused
from breather.domain.instant import Millis, format_instant
from breather.exchange.activate import STEP, Candidate, in_the_way
from breather.exchange.campaign_file import CAMPAIGN
from breather.protocol.pack import pack_hash, to_blob
from breather.storage.reader import Row
from breather.storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Begun:
    """`beside` is the active campaign and its version."""

    number: int
    beside: tuple[str, int]
    ends_at: Millis


def begin_shadow(tx: Transaction, candidate: Candidate, actor: str) -> Begun:
    """Run the candidate beside the campaign that is active in its jurisdiction. Raises Refused with every finding."""
    campaign, hashed = candidate.campaign, pack_hash(candidate.campaign_files)
    active = tx.all("campaigns_active", jurisdiction=campaign.jurisdiction, now=tx.now)
    if findings := _findings(tx, candidate, active):
        raise Refused(f"the campaign {campaign.id} cannot run as a shadow", findings)
    beside = active[0]
    body = {
        "campaign": campaign.id,
        "version": campaign.version,
        "hash": hashed,
        "pack": pack_hash(candidate.pack_files),
        "beside": beside["version"],
    }
    number = tx.journal(STEP, "shadow-begun", None, actor, msgspec.json.encode(body))
    tx.run(
        "insert_shadow",
        number=number,
        id=campaign.id,
        version=campaign.version,
        hash=hashed,
        files=to_blob(candidate.campaign_files),
        jurisdiction=campaign.jurisdiction,
        beside=beside["id"],
        beside_version=beside["version"],
        started_at=tx.now,
        started_by=actor,
    )
    tx.run("raise_generation")
    return Begun(number, (beside["id"], beside["version"]), beside["ends_at"])


def _findings(tx: Transaction, candidate: Candidate, active: Sequence[Row]) -> list[Finding]:
    campaign = candidate.campaign
    if not active:
        message = (
            f"no campaign is active in {campaign.jurisdiction}, so there is nothing to run beside; activate one first"
        )
        return [Finding(f"{CAMPAIGN}:jurisdiction", "no-campaign", message)]
    if active[0]["hash"] == pack_hash(candidate.campaign_files):
        message = (
            f"these files are {campaign.id} version {campaign.version}, which is active; a shadow is another version"
        )
        return [Finding(f"{CAMPAIGN}:version", "is-active", message, str(campaign.version + 1))]
    return [*in_the_way(tx, candidate), *_second(tx, campaign)]


def _second(tx: Transaction, campaign: Campaign) -> list[Finding]:
    findings = []
    for row in tx.all("shadows_running"):
        if row["jurisdiction"] == campaign.jurisdiction:
            name, since = f"{row['id']} version {row['version']}", format_instant(row["started_at"])
            message = f"{name} has been the shadow there since {since}; run `breather campaign stop-shadow {row['id']}`"
            findings.append(Finding(f"{CAMPAIGN}:jurisdiction", "second-shadow", message))
    return findings
