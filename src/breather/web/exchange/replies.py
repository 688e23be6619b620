"""What the VASP's back end reads: the decision, and where a withdrawal stands.

A decision's reply is rendered from its record and from fixed content (pack, campaign) alone, never from the clock, so a
repeat gets the same bytes for ever. Golden tests hold the rendering.
"""

import base64
from typing import Any

import msgspec

from breather.domain.amount import format_units
from breather.domain.instant import SECOND, Millis, format_instant
from breather.domain.pack import Pack
from breather.domain.typology import Typology
from breather.domain.withdrawal import Destination, Withdrawal
from breather.exchange.assess import Assessed
from breather.exchange.record import AlertChoice, DecisionRecord
from breather.exchange.snapshot import Activated, Snapshot
from breather.exchange.subject import SubjectWanted
from breather.exchange.view import Changes, WithdrawalView
from breather.storage.exchange.referrals import Delivery, ReferralRow


def instant(at: Millis | None) -> str | None:
    return None if at is None else format_instant(at)


def decision_bytes(snapshot: Snapshot, assessed: Assessed) -> bytes:
    return msgspec.json.encode(decision(snapshot, assessed.asked, assessed.record, assessed.decided_at))


def decision(snapshot: Snapshot, asked: Withdrawal, record: DecisionRecord, decided_at: Millis) -> dict[str, Any]:
    active = snapshot.frozen(record.campaign)
    return {
        "id": asked.id,
        "decision": record.decision,
        "friction": record.friction,
        "decided_at": format_instant(decided_at),
        "degraded": record.degraded,
        "destination": _destination(asked.destination),
        "campaign": None if record.campaign is None else {"id": record.campaign[0], "version": record.campaign[1]},
        "jurisdiction": {
            "code": record.place.code,
            "because": record.place.because,
            "evidence": record.place.evidence,
            "conflicts": record.place.conflicts,
        },
        "locale": record.locale,
        "arm": None if record.assignment is None else record.assignment.arm,
        "typology": record.typology,
        "reasons": [] if active is None else [_reason(active, rule) for rule in record.hits],
        "lists": [
            {"list": said.list, "category": said.category, "standing": said.standing, "label": said.label}
            for said in record.lists
        ],
        "undetermined": [{"rule": rule, "unknown": unknown} for rule, unknown in record.undetermined.items()],
        "alert": None if active is None else _alert(active, record, decided_at),
        "pause": _pause(active, asked, record),
        "covered_by": record.covered_by,
        "stand_in": bool(record.stand_in),
    }


def _destination(destination: Destination) -> dict[str, str | None]:
    """In its one spelling, which a clearance names and payout compares; what was typed may differ from it."""
    return {"network": destination.network.value, "address": destination.address, "memo": destination.memo}


def _reason(active: Activated, rule_id: str) -> dict[str, str]:
    rule = active.campaign.rule(rule_id)
    return {
        "rule": rule.id,
        "friction": rule.friction.word,
        "typology": rule.typology.value,
        "because": rule.because,
    }


def _alert(active: Activated, record: DecisionRecord, at: Millis) -> dict[str, Any] | None:
    if record.alert is None or record.locale is None:
        return None
    words = alert_words(active.pack, record.alert, record.locale, record.why, at)
    return {"pack": active.pack.id, "version": active.pack.version, "hash": active.pack_hash, **words}


def alert_words(pack: Pack, choice: AlertChoice, locale: str, why: list[str], at: Millis) -> dict[str, Any]:
    """The agency's words for one alert, with the numbers that were good at `at`."""
    text = pack.text(locale)
    typology = Typology(choice.typology)
    alert = text.alerts[typology][choice.variant]
    return {
        "sample": pack.sample,
        "sample_mark": text.sample_mark,
        "agency": text.agency_name,
        "heading": text.heading,
        "first_screen": text.first_screen,
        "officers_never": text.officers_never,
        "typology": typology.value,
        "variant": choice.variant,
        "title": alert.title,
        "body": alert.body,
        "why": [text.why[sentence] for sentence in why],
        "tips": list(text.tips_for(typology)),
        "contacts": [
            {
                "id": contact.id,
                "number": contact.number,
                "what_for": text.contacts[contact.id].what_for,
                "hours": text.contacts[contact.id].hours,
                "takes_reports": contact.takes_reports,
            }
            for contact in pack.contacts_at(at)
        ],
    }


def _pause(active: Activated | None, asked: Withdrawal, record: DecisionRecord) -> dict[str, Any] | None:
    offer = record.pause
    if offer is None:
        return None
    return {
        "id": offer.id,
        "joined": offer.joined,
        "covers_up_to": format_units(int(offer.covers_up_to), asked.decimals),
        "asset": asked.asset.value,
        "seconds": offer.duration // SECOND,
        "lapses_at": format_instant(Millis(offer.lapses_at)),
        "urgent_route_minutes": None if active is None else active.campaign.desk.urgent_route_minutes,
        "appeal_days": None if active is None else active.campaign.desk.appeal_days,
    }


def state(seen: WithdrawalView) -> dict[str, Any]:
    """Where the withdrawal stands at `seen.now`."""
    standing, row = seen.standing, seen.row
    pause, hold, resolved = standing.pause, standing.open_hold(seen.now), standing.resolution()
    return {
        "id": row.id,
        "state": seen.state.value,
        "friction": standing.friction.word,
        "watched": standing.watched,
        "clearable": seen.clearable,
        "pause": row.pause,
        "elapses_at": None if pause is None else instant(pause.elapses_at()),
        "lapses_at": instant(standing.lapses_at()),
        "held_until": None if hold is None else instant(hold.ended_at()),
        "hold_reason": None if hold is None else hold.reason,
        "help_asked_at": instant(standing.help_asked_at),
        "consented_at": instant(standing.consented_at),
        "resolution": None
        if resolved is None
        else {
            "event": resolved.how.value,
            "id": resolved.event,
            "at": instant(resolved.at),
            "actor": resolved.actor,
        },
        "outcome": None if seen.ending is None else seen.ending.outcome.value,
        "outcome_at": None if seen.ending is None else instant(seen.ending.at),
        "transaction_id": standing.transaction_id,
        "alarm": standing.alarm(),
        "clearance_outstanding_until": instant(standing.clearance_outstanding_until(seen.now)),
        "referrals": [_referral(row) for row in seen.referrals],
        "changed": row.changed,
    }


def _referral(row: ReferralRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "tier": row.tier,
        "basis": row.basis,
        "state": row.state,
        "promised_at": format_instant(row.promised_at),
        "received_at": instant(row.settled_at if row.delivery is Delivery.RECEIPTED else None),
        "closed_at": instant(row.closed_at),
        "disposition": row.disposition,
    }


def withdrawal(snapshot: Snapshot, seen: WithdrawalView, wanted: SubjectWanted | None) -> dict[str, Any]:
    return {
        **state(seen),
        "subject_wanted": None if wanted is None else _wanted(wanted),
        "decision": decision(snapshot, seen.row.asked(), seen.record, seen.row.decided_at),
    }


def _wanted(wanted: SubjectWanted) -> dict[str, Any]:
    return {
        "referral": wanted.referral,
        "mode": wanted.mode,
        "sender": wanted.sender,
        "recipient": wanted.recipient,
        "keys": {kid: base64.b64encode(key).decode("ascii") for kid, key in wanted.keys.items()},
        "consented_at": format_instant(wanted.consented_at),
    }


def changes(found: Changes) -> dict[str, Any]:
    return {"changes": [state(seen) for seen in found.views], "next": found.after, "more": found.more}
