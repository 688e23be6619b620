"""Checking a campaign with its pack, and activating a version: pinned dates, one per jurisdiction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from breather.domain.campaign import Campaign
from breather.domain.finding import Finding, Refused, nearest
from breather.domain.instant import Millis, format_instant
from breather.domain.pack import Pack
from breather.domain.referral import Tier
from breather.domain.relay_terms import check_terms
from breather.exchange.campaign_examples import check_examples, run_examples
from breather.exchange.campaign_file import CAMPAIGN, check_against_pack, check_constants, try_campaign
from breather.exchange.local_day import local_day
from breather.exchange.stop_shadow import end_shadows
from breather.protocol.pack import check_pack, pack_hash, read_pack, to_blob, verify_pack
from breather.storage.transaction import Transaction

STEP = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A campaign and the pack it was agreed for, as files and as what they say; both found right."""

    campaign: Campaign
    pack: Pack
    campaign_files: Mapping[str, bytes]
    pack_files: Mapping[str, bytes]


def check(
    campaign_files: Mapping[str, bytes],
    pack_files: Mapping[str, bytes],
    signers: Sequence[Ed25519PublicKey],
    mode: str,
    now: Millis,
    agencies: Collection[str] = (),
) -> Candidate:
    """Raises Refused with every finding about pack, campaign, their agreement, relay terms, and the golden examples.

    A bad signature, or a pack that cannot be read, is refused first and alone: what it says is not worth checking.
    `agencies` are the names of those that are pinned here: to nobody else is anything sent.
    """
    findings = verify_pack(pack_files, signers, mode)
    if findings:
        raise Refused("the pack is not as its agency signed it", findings)
    pack = read_pack(pack_files)
    campaign, wrong = try_campaign(campaign_files)
    findings = check_pack(pack, now, mode)
    if campaign is None:
        raise Refused("not a campaign", [*wrong, *findings, *check_examples(campaign_files, None)])
    findings += _not_said_yet(wrong, check_against_pack(campaign, pack))
    terms_stand = all(finding.pointer.startswith(f"{CAMPAIGN}:rule[") for finding in wrong)
    if terms_stand and not findings:
        findings += _outlived(campaign, pack, mode, now)
    findings += _not_said_yet(wrong, [*_mode(campaign, mode), *(zone := _time_zone(campaign))])
    if terms_stand and not zone:
        findings += _relay(campaign, mode, now, agencies)  # the terms are judged by local days
    findings += check_constants(campaign)
    # What an example comes to is worth saying only where every rule could be read.
    findings += check_examples(campaign_files, campaign) if wrong else run_examples(campaign, campaign_files)
    if wrong or findings:
        named = campaign.id or CAMPAIGN
        raise Refused(f"the campaign {named} cannot be {'used' if wrong else 'activated'}", [*wrong, *findings])
    return Candidate(campaign, pack, campaign_files, pack_files)


def _not_said_yet(wrong: Sequence[Finding], more: Sequence[Finding]) -> list[Finding]:
    """Without those about a place whose value is only a stand-in."""
    places = {finding.pointer for finding in wrong}
    if f"{CAMPAIGN}:pack_version" in places:
        places.add(f"{CAMPAIGN}:pack")
    return [finding for finding in more if finding.pointer not in places]


def activate(tx: Transaction, candidate: Candidate, actor: str) -> Millis:
    """Pin the start to now, retire the version before, tell every process. Returns when it ends.

    A shadow that runs there ends: it has become the active version, or what it was compared with is active no more.

    Raises Refused where another campaign is active in the same jurisdiction, or this version was activated before or
    ran as a shadow with other files.
    """
    campaign = candidate.campaign
    ends_at = Millis(tx.now + campaign.length)
    findings = in_the_way(tx, candidate)
    if findings:
        raise Refused(f"the campaign {campaign.id} cannot be activated", findings)
    tx.run("retire_campaign", id=campaign.id, now=tx.now)
    blob, name = to_blob(candidate.pack_files), pack_hash(candidate.pack_files)
    tx.run("store_pack", hash=name, id=candidate.pack.id, version=candidate.pack.version, files=blob, stored_at=tx.now)
    tx.run(
        "insert_campaign",
        id=campaign.id,
        version=campaign.version,
        hash=pack_hash(candidate.campaign_files),
        pack=name,
        files=to_blob(candidate.campaign_files),
        jurisdiction=campaign.jurisdiction,
        starts_at=tx.now,
        ends_at=ends_at,
        activated_by=actor,
    )
    tx.run("raise_generation")
    body = {"campaign": campaign.id, "version": campaign.version, "pack": name, "ends_at": ends_at}
    tx.journal(STEP, "campaign-activated", None, actor, msgspec.json.encode(body))
    end_shadows(tx, campaign, actor)
    return ends_at


def in_the_way(tx: Transaction, candidate: Candidate) -> list[Finding]:
    """Why this version may not be put into force, by what was active, and what ran as a shadow, before."""
    campaign = candidate.campaign
    findings = []
    if tx.one("find_campaign", id=campaign.id, version=campaign.version) is not None:
        message = f"version {campaign.version} of {campaign.id} was activated before; a change needs a higher version"
        findings.append(Finding(f"{CAMPAIGN}:version", "known-version", message, str(campaign.version + 1)))
    newest = tx.one("newest_version", id=campaign.id)
    if not findings and newest is not None and newest["version"] > campaign.version:
        message = (
            f"version {newest['version']} of {campaign.id} was activated before; going back needs a higher version"
        )
        findings.append(Finding(f"{CAMPAIGN}:version", "older-version", message, str(newest["version"] + 1)))
    shadowed = tx.one("shadows_of_version", id=campaign.id, version=campaign.version)
    if shadowed is not None and shadowed["hash"] != pack_hash(candidate.campaign_files):
        name = f"version {campaign.version} of {campaign.id}"
        message = f"{name} ran as a shadow with other files; a change needs a higher version"
        findings.append(Finding(f"{CAMPAIGN}:version", "shadowed-version", message, str(campaign.version + 1)))
    for row in tx.all("campaigns_active", jurisdiction=campaign.jurisdiction, now=tx.now):
        if row["id"] != campaign.id:
            message = (
                f"{row['id']} version {row['version']} is active in {campaign.jurisdiction}; one campaign at a time"
            )
            findings.append(Finding(f"{CAMPAIGN}:jurisdiction", "second-campaign", message))
    return findings


def _outlived(campaign: Campaign, pack: Pack, mode: str, now: Millis) -> list[Finding]:
    """What is good today and would not be on the campaign's last day: nobody is to be shown an expired number. Who
    withdrew on that day may be reading for as long as a pause and a hold last, and needs one number until then.
    """
    last = Millis(now + campaign.length - 1)
    findings = [
        Finding(finding.pointer, finding.code, f"{finding.message}, before the campaign ends at {format_instant(last)}")
        for finding in check_pack(pack, last, mode)
    ]
    pause = campaign.pause
    read_until = Millis(last + pause.duration + pause.lapses_after + pause.hold_maximum)
    return findings or [
        Finding(
            each.pointer, each.code, f"{each.message}, while the last alerts are read: {format_instant(read_until)}"
        )
        for each in check_pack(pack, read_until, mode)
        if each.code == "no-contact"
    ]


def _mode(campaign: Campaign, mode: str) -> list[Finding]:
    findings = []
    if mode == "live" and campaign.sample:
        findings.append(Finding(f"{CAMPAIGN}:sample", "sample-in-live", "sample campaigns are for test mode only"))
    if mode == "live" and campaign.pause.demo_stands_for is not None:
        message = "pauses of a demonstration are for test mode only"
        findings.append(Finding(f"{CAMPAIGN}:cooling_off.demo_stands_for", "demo-in-live", message))
    return findings


def _time_zone(campaign: Campaign) -> list[Finding]:
    try:
        ZoneInfo(campaign.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        message = f"{campaign.time_zone!r} is not a time zone of the IANA database; write it like Asia/Macau"
        return [Finding(f"{CAMPAIGN}:time_zone", "unknown-time-zone", message)]
    return []


def _relay(campaign: Campaign, mode: str, now: Millis, agencies: Collection[str]) -> list[Finding]:
    """Whether the relay terms may be used in this mode, today and on the campaign's last day, and by whom."""
    relay = campaign.relay
    if relay is None:
        return []
    today = local_day(now, campaign.time_zone)
    findings = check_terms(relay.terms, mode, today)
    if not findings:
        last = local_day(Millis(now + campaign.length - 1), campaign.time_zone)
        later = check_terms(relay.terms, mode, last)
        findings = [replace(finding, message=f"{finding.message}; the campaign ends on {last}") for finding in later]
    if relay.terms.tier is Tier.IDENTIFIED and "sealed" not in relay.terms.fields:
        findings.append(Finding("fields.sealed", "needed-field", "has no row, and without it nobody is identified"))
    if relay.terms.tier >= Tier.PSEUDONYMOUS and relay.addressee not in agencies:
        message = f"{relay.addressee!r} is no agency that is pinned here; run `breather peer add {relay.addressee} ...`"
        findings.append(Finding("addressee", "unknown-agency", message, nearest(relay.addressee, agencies)))
    return [replace(finding, pointer=f"{CAMPAIGN}:relay.{finding.pointer}") for finding in findings]
