"""Invented rows for the console's tests: nobody here exists, and the addresses belong to nobody."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from breather.domain.cooling_off import Hold
from breather.domain.feature import FeatureValue, Unknown
from breather.domain.friction import Friction
from breather.domain.instant import DAY, HOUR, MINUTE, Millis, parse_instant
from breather.exchange.recorded import PLACES, features_out
from breather.exchange.relay import RelayState, SetAside, Stream
from breather.storage.exchange.console_record import (
    CampaignRow,
    Decided,
    DecisionRow,
    HeartbeatRow,
    JournalRow,
    WithdrawalFile,
)
from breather.storage.exchange.referrals import Delivery, ReferralRow

NOW = parse_instant("2026-11-22T10:43:05Z")
ADDRESS = "TQ9inventedxAddressxofxNobodyx5bKp"
DESTINATION = f"TRON:{ADDRESS}"

SUBMITTED = {
    "id": "wd-1001",
    "customer": {"ref": "c-lei-0417"},
    "asset": "USDT",
    "network": "TRON",
    "amount": "5000",
    "amount_usd": "5000.00",
    "destination": {"address": ADDRESS, "memo": None},
    "kind": "interactive",
    "locale": "zh-Hant",
    "residence": {"kyc": "MO", "phone": "MO", "ip": "HK"},
    "session": {"new_device": True, "remote_access": False, "on_call": None},
}

# What is not named here was not sent.
FEATURES: Mapping[str, FeatureValue] = {
    **dict.fromkeys(PLACES, Unknown.NOT_PROVIDED),
    "amount_usd": 5000.0,
    "amount_over_median": Unknown.NO_HISTORY,
    "balance_share": Unknown.NOT_PROVIDED,
    "withdrawals_before": 0.0,
    "withdrawals_24h": 1.0,
    "account_age_days": 12.3456789,
    "hours_since_deposit": 2.75,
    "destination_is_new": True,
    "destination_customers": 0.0,
    "days_since_notice": Unknown.NO_HISTORY,
    "new_device": True,
    "remote_access": False,
    "screen_shared": False,
    "asset": "USDT",
    "network": "TRON",
    "deposit_kind": Unknown.FAILED,
}


def place(code: str | None) -> dict[str, Any]:
    """Decided by what the VASP knows of the residence, or unknown for want of any evidence."""
    evidence = {"kyc": code} if code else {}
    return {"code": code, "because": "kyc" if code else None, "evidence": evidence, "conflicts": []}


def decision(**changes: Any) -> dict[str, Any]:
    """The record of the main story: a first, large withdrawal from Macau to a new address."""
    evidence = {"kyc": "MO", "phone": "MO", "ip": "HK"}
    return {
        "decision": "intervene",
        "friction": "cooling_off",
        "degraded": False,
        "campaign": ["macau-pj-trial", 1],
        "place": {"code": "MO", "because": "kyc", "evidence": evidence, "conflicts": ["ip"]},
        "locale": "zh-Hant",
        "assignment": {"arm": "alert", "key": 1, "point": 0.4211, "excluded": []},
        "typology": "investment",
        "hits": ["first-large-to-new-address", "first-in-seven-days"],
        "undetermined": {
            "most-of-balance": {"balance_share": "not_provided"},
            "paid-by-chip-dealer": {"deposit_kind": "failed"},
        },
        "features": features_out(FEATURES),
        "alert": {"typology": "investment", "variant": 1},
        "why": ["new-address-large-amount"],
        "pause": {
            "id": "wd-1001",
            "covers_up_to": "6000000000",
            "duration": HOUR,
            "lapses_at": 0,
            "joined": False,
        },
    } | changes


def row(number: int = 4211, **changes: Any) -> DecisionRow:
    """One decided withdrawal; `decision` may be given as an object."""
    stored = changes.pop("decision", None) or decision()
    made = DecisionRow(
        number=number,
        id="wd-1001",
        customer="c-lei-0417",
        asset="USDT",
        network="TRON",
        amount="5000000000",
        destination=DESTINATION,
        decided_at=Millis(NOW - 25 * MINUTE),
        friction=int(Friction.COOLING_OFF),
        raised_friction=int(Friction.COOLING_OFF),
        campaign="macau-pj-trial",
        campaign_version=1,
        decision=json.dumps(stored).encode(),
        changed=number,
        watched_at=None,
        answered_at=None,
        help_asked_at=None,
        transaction_id=None,
        broadcast_at=None,
        cleared_until=None,
        answered=None,
        stopped_at=None,
        stopped_by=None,
        stopped_actor=None,
        consented_at=None,
        consent_text=None,
        consent_number=None,
        subject_referral=None,
        shadow=None,
        shadow_said=None,
        shadow_change=None,
        shadow_answered=None,
        submitted=json.dumps(SUBMITTED).encode(),
        pause="wd-1001",
        pause_asset="USDT",
        pause_friction=int(Friction.COOLING_OFF),
        covers_up_to="6000000000",
        offered_at=Millis(NOW - 25 * MINUTE),
        started_at=Millis(NOW - 22 * MINUTE),
        duration=HOUR,
        lapses_after=DAY,
        resolution=None,
        resolved_by=None,
        resolved_at=None,
        resolved_actor=None,
        held_until=None,
    )
    return replace(made, **changes)


def plain(friction: Friction, **changes: Any) -> dict[str, Any]:
    """The record of a decision of that friction with nothing remarkable about it."""
    words = {Friction.NONE: "proceed", Friction.HOLD: "hold"}
    quiet: dict[str, Any] = {
        "undetermined": {},
        "alert": None,
        "typology": None,
        "hits": [],
        "place": place("MO"),
    }
    return decision(friction=friction.word, decision=words.get(friction, "intervene")) | quiet | changes


def _row(*facts: Any, outcome: str = "", **more: Any) -> Decided:
    number, customer, amount, on, friction, state = facts
    asset, network = on.split()
    changes = {"raised_friction": int(friction), "decision": plain(friction)} | more
    made = row(
        4000 + 7 * number,
        id=f"wd-{number}",
        customer=customer,
        amount=amount,
        asset=asset,
        network=network,
        friction=int(friction),
        decided_at=Millis(NOW - (1019 - number) * 23 * MINUTE - 8000),
        **changes,
    )
    return Decided(made, state, outcome)


def rows() -> tuple[Decided, ...]:
    """A page of the list with every friction, state and mark on it, newest first."""
    none, notice, questions, cooling, hold = Friction
    usdt = "USDT TRON"
    hong_kong = plain(none, campaign=None, place=place("HK"))
    failed = {"a": {"balance_share": "failed"}}
    nowhere = plain(none, degraded=True, campaign=None, place=place(None), undetermined=failed)
    reminded = plain(notice, typology="general")
    police = plain(hold, typology="fake-police")
    invested = plain(cooling, typology="investment")
    return (
        _row(1019, "c-lei-0417", "5000000000", usdt, cooling, "running", decision=decision()),
        _row(1018, "c-sousa-22", "250000000", usdt, notice, "offered", decision=reminded),
        _row(
            1017,
            "c-chan-9",
            "1200000000000000000",
            "ETH ETH",
            none,
            "clear",
            decision=hong_kong,
            campaign=None,
        ),
        _row(
            1016,
            "c-ho-5",
            "88000000000",
            usdt,
            hold,
            "held",
            decision=police,
            watched_at=NOW,
            help_asked_at=NOW,
        ),
        _row(1015, "c-wong-31", "640000000", usdt, questions, "elapsed", raised_friction=int(cooling)),
        _row(1014, "c-lei-0417", "3200000000", usdt, cooling, "stopped", decision=invested, outcome="reduced"),
        _row(1013, "c-api-market", "123456789", "BTC BTC", none, "clear", outcome="proceeded"),
        _row(1012, "c-fong-8", "900000000", usdt, notice, "released", decision=reminded, outcome="proceeded"),
        _row(1011, "c-tam-70", "45000000000", usdt, cooling, "lapsed", decision=invested, outcome="lapsed"),
        _row(1010, "c-ip-only", "75000000", usdt, none, "clear", decision=nowhere, campaign=None),
    )


def _entry(place: int, after: int, kind: str, actor: str, body: dict[str, Any]) -> JournalRow:
    step = 6 if kind == "decided" else 7
    return JournalRow(4211 + 3 * place, NOW - 25 * MINUTE + after, step, kind, actor, json.dumps(body).encode())


def entries() -> tuple[JournalRow, ...]:
    """The main story in the journal: decided, shown, answered, held by the desk for five minutes, lifted."""
    campaign_id = ["macau-pj-trial", 1]
    answers = {"answer_told_what_to_say": False, "answer_met_online": True}
    return (
        _entry(0, 0, "decided", "key assess-backend", {"friction": "cooling_off", "campaign": campaign_id}),
        _entry(1, 40_000, "shown", "customer link", {"screen": "alert", "locale": "zh-Hant", "variant": 1}),
        _entry(2, 180_000, "answer", "customer link", {"answers": answers, "friction": "cooling_off"}),
        _entry(3, 180_000, "pause_started", "customer link", {"elapses_at": "2026-11-22T11:21:05.000Z"}),
        _entry(4, 600_000, "held", "desk", {"reason": HOLD.reason}),
        _entry(5, 900_000, "lifted", "desk", {}),
    )


HOLD = Hold(
    id="ev-9",
    withdrawal="wd-1001",
    reason="Customer rang from a number we know; identity being checked",
    placed_at=Millis(NOW - 15 * MINUTE),
    ends_at=Millis(NOW + 72 * HOUR),
    actor="desk",
)
LIFTED = replace(HOLD, lifted_at=Millis(NOW - 10 * MINUTE))


def file(
    found: DecisionRow | None = None, state: str = "running", holds: tuple[Hold, ...] = (LIFTED,)
) -> WithdrawalFile:
    """The main story, running, after a hold of five minutes."""
    return WithdrawalFile(Decided(found or row(), state, ""), ("wd-1001", "wd-1002"), holds)


HEARTBEATS = (
    HeartbeatRow("serve", NOW - 1200, "batches 41, queue 0"),
    HeartbeatRow("worker", NOW - 95_000, "expired 12 links"),
)


def campaign(**changes: Any) -> CampaignRow:
    made = CampaignRow(
        id="macau-pj-trial",
        version=2,
        hash="a1" * 32,
        jurisdiction="MO",
        starts_at=NOW - 26 * DAY,
        ends_at=NOW + 5 * DAY,
        retired_at=None,
        activated_by="console",
        pack_hash="5f" * 32,
        pack="macau-pj",
        pack_version=1,
    )
    return replace(made, **changes)


def referral(**changes: Any) -> ReferralRow:
    """A pseudonymous referral of the main story, received and closed."""
    made = ReferralRow(
        id="ref_01m81dm8s0c6893mxyp2mq14at",
        number=4230,
        withdrawal="wd-1001",
        addressee="macau-pj",
        tier="pseudonymous",
        basis="customer-asked",
        destination=DESTINATION,
        body=b"{}",
        promised_at=Millis(NOW - 20 * MINUTE),
        disposition="confirmed-scam",
        duplicate_of=None,
        disposed_at=Millis(NOW - 5 * MINUTE),
        closed_at=Millis(NOW - 4 * MINUTE),
        state="receipted",
        attempts=0,
        due_at=Millis(NOW - 20 * MINUTE),
        problem=None,
        settled_at=Millis(NOW - 20 * MINUTE + 900),
    )
    return replace(made, **changes)


NOTHING_YET = {"disposition": None, "disposed_at": None, "closed_at": None}
WAITING = referral(
    id="ref_01m81dm8s0c6893mxyp2mq14aw",
    tier="identified",
    state="pending",
    attempts=3,
    due_at=Millis(NOW + 2 * MINUTE),
    problem="unreachable: the connection was refused",
    settled_at=None,
    **NOTHING_YET,
)
DEAD = referral(
    id="ref_01m81dm8s0c6893mxyp2mq14ad",
    state="dead",
    attempts=12,
    problem="refused: wrong-recipient",
    settled_at=Millis(NOW - MINUTE),
    **NOTHING_YET,
)
TAKEN_BACK = replace(WAITING, state="dead", problem="consent-withdrawn", settled_at=Millis(NOW - MINUTE))

RELAY = RelayState(
    counts={Delivery.PENDING: 2, Delivery.RECEIPTED: 1411, Delivery.DEAD: 2},
    oldest_pending=95 * MINUTE,
    waiting={"macau-pj": 2},
    failures={"macau-pj": "unreachable: the connection was refused"},
    dead=1,
    streams=(
        Stream("hk-police", 12, 40, None, Millis(NOW - 5000), "stale-key-list: the key list expired"),
        Stream("macau-pj", 311, 9120, Millis(NOW - 4000), Millis(NOW - 4000), None),
    ),
    set_aside=(
        SetAside("macau-pj", 204, "disposition", "unknown-referral: about no referral of ours", Millis(NOW - DAY)),
    ),
    set_aside_count=1,
)
