"""What the exchange's JSON API answers, as types: for the OpenAPI document, and for tests that hold replies to it."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Instant = Annotated[str, Meta(description="RFC 3339, UTC, milliseconds", examples=["2026-01-31T09:30:00.000Z"])]
Friction = Literal["none", "notice", "questions", "cooling_off", "hold"]
State = Literal["clear", "offered", "running", "elapsed", "released", "stopped", "lapsed", "held"]


class CampaignPart(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    version: int


class JurisdictionPart(msgspec.Struct, forbid_unknown_fields=True):
    code: str | None
    because: str | None
    evidence: dict[str, str]
    conflicts: list[str]


class DestinationPart(msgspec.Struct, forbid_unknown_fields=True):
    """The payee in its one spelling, whatever was typed. Keep it: the clearance names it, and payout pays it."""

    network: str
    address: str
    memo: str | None


class ReasonPart(msgspec.Struct, forbid_unknown_fields=True):
    rule: str
    friction: Friction
    typology: str
    because: str


class ListPart(msgspec.Struct, forbid_unknown_fields=True):
    """What one list in force says of the destination: its opinion, for the VASP's own people. Others may contradict."""

    list: str
    category: str
    standing: Literal["stands", "questioned", "contested"]
    label: str


class UndeterminedPart(msgspec.Struct, forbid_unknown_fields=True):
    rule: str
    unknown: dict[str, Literal["not_provided", "no_history", "not_yet", "failed"]]


class ContactPart(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    number: str
    what_for: str
    hours: str
    takes_reports: bool | None


class AlertPart(msgspec.Struct, forbid_unknown_fields=True):
    pack: str
    version: int
    hash: str
    sample: bool
    sample_mark: str
    agency: str
    heading: str
    first_screen: str
    officers_never: str
    typology: str
    variant: int
    title: str
    body: str
    why: list[str]
    tips: list[str]
    contacts: list[ContactPart]


class PausePart(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    joined: bool
    covers_up_to: str
    asset: str
    seconds: int
    lapses_at: Instant
    urgent_route_minutes: int | None
    appeal_days: int | None


class DecisionReply(msgspec.Struct, forbid_unknown_fields=True):
    """`stand_in`: no decision could be made in time, and this was answered without rules and history; it is a hold, or
    let go within the campaign's limits, and it stands: the same id again gets the same bytes.
    """

    id: str
    decision: Literal["proceed", "intervene", "hold"]
    friction: Friction
    decided_at: Instant
    degraded: bool
    destination: DestinationPart
    campaign: CampaignPart | None
    jurisdiction: JurisdictionPart
    locale: str | None
    arm: Literal["alert", "holdout"] | None
    typology: str | None
    reasons: list[ReasonPart]
    lists: list[ListPart]
    undetermined: list[UndeterminedPart]
    alert: AlertPart | None
    pause: PausePart | None
    covered_by: str | None
    stand_in: bool


class ResolutionPart(msgspec.Struct, forbid_unknown_fields=True):
    event: Literal["acknowledge", "confirm", "stop"]
    id: str
    at: Instant
    actor: str


class ReferralPart(msgspec.Struct, forbid_unknown_fields=True):
    """What an agency was told of it. `received_at`: its receipt, which says nothing about merit."""

    id: str
    tier: Literal["pseudonymous", "identified"]
    basis: Literal["customer-asked", "listed-destination"]
    state: Literal["pending", "receipted", "dead"]
    promised_at: Instant
    received_at: Instant | None
    closed_at: Instant | None
    disposition: Literal["confirmed-scam", "not-a-scam", "insufficient", "duplicate"] | None


class SubjectWantedPart(msgspec.Struct, forbid_unknown_fields=True):
    """The customer agreed that officers know who she is: what to seal to, and for which referral."""

    referral: str
    mode: Literal["test", "live"]
    sender: str
    recipient: str
    keys: Annotated[dict[str, str], Meta(description="Raw X25519 public keys in base64, by id")]
    consented_at: Instant


class StateReply(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    state: State
    friction: Friction
    watched: bool
    clearable: bool
    pause: str | None
    elapses_at: Instant | None
    lapses_at: Instant | None
    held_until: Instant | None
    hold_reason: str | None
    help_asked_at: Instant | None
    consented_at: Instant | None
    resolution: ResolutionPart | None
    outcome: Literal["stopped", "reduced", "redirected", "proceeded", "lapsed"] | None
    outcome_at: Instant | None
    transaction_id: str | None
    alarm: Literal["broadcast-after-stop", "broadcast-without-clearance"] | None
    clearance_outstanding_until: Instant | None
    referrals: list[ReferralPart]
    changed: int


class WithdrawalReply(StateReply, forbid_unknown_fields=True):
    subject_wanted: SubjectWantedPart | None
    decision: DecisionReply


class ChangesReply(msgspec.Struct, forbid_unknown_fields=True):
    changes: list[StateReply]
    next: int
    more: bool


class LinkReply(msgspec.Struct, forbid_unknown_fields=True):
    url: str
    expires_at: Instant


class ClearanceReply(msgspec.Struct, forbid_unknown_fields=True):
    clearance: Annotated[str, Meta(description="Compact JWS, alg Ed25519, typ breather-clearance+jwt")]
    expires_at: Instant


class ErrorPart(msgspec.Struct, omit_defaults=True):
    pointer: str
    code: str
    message: str
    suggestion: str = ""


class ProblemReply(msgspec.Struct, omit_defaults=True):
    """RFC 9457. `type` is urn:breather:problem:<code>; some problems carry further members."""

    type: str
    title: str
    status: int
    detail: str = ""
    errors: list[ErrorPart] = []
