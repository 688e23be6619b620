"""What a campaign lets leave for an agency: a tier, and for each field a row with its legal basis (guarantee H3).

A field without a row cannot be sent. The sender cuts a referral down to its terms and checks it; the receiver, who
knows the same terms, checks it again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from breather.domain.finding import Finding, nearest
from breather.domain.referral import Referral, Tier


class LegalBasis(StrEnum):
    """Why a field may leave: the grounds of GDPR article 6(1) that can apply here, and a recorded legal demand."""

    CONSENT = "consent"
    LEGAL_OBLIGATION = "legal-obligation"
    VITAL_INTERESTS = "vital-interests"
    PUBLIC_TASK = "public-task"
    LEGITIMATE_INTERESTS = "legitimate-interests"
    LEGAL_DEMAND = "legal-demand"


@dataclass(frozen=True, slots=True)
class LegalReview:
    """Who looked at the terms, on what assessment of the impact, until when. `invented`: part of a demonstration."""

    basis: LegalBasis
    assessment: str
    reviewer: str
    reviewed_on: date
    expires_on: date
    invented: bool = False


@dataclass(frozen=True, slots=True)
class RelayTerms:
    """What a campaign lets leave. `fields` has the row of each field: its name and its basis."""

    tier: Tier = Tier.OFF
    fields: Mapping[str, LegalBasis] = field(default_factory=lambda: MappingProxyType({}))
    review: LegalReview | None = None


# Every field that can leave, and the tier that it takes. The names are those of the message, with dots inside.
FIELDS: Mapping[str, Tier] = MappingProxyType(
    {
        "basis": Tier.PSEUDONYMOUS,
        "network": Tier.PSEUDONYMOUS,
        "destination.address": Tier.PSEUDONYMOUS,
        "destination.memo": Tier.PSEUDONYMOUS,
        "campaign": Tier.PSEUDONYMOUS,
        "pack": Tier.PSEUDONYMOUS,
        "typology": Tier.PSEUDONYMOUS,
        "asset": Tier.PSEUDONYMOUS,
        "amount_band": Tier.PSEUDONYMOUS,
        "date": Tier.PSEUDONYMOUS,
        "sealed": Tier.IDENTIFIED,
        "follows": Tier.IDENTIFIED,
    }
)
# Without these it says nothing about anything: terms that lack one of them can send no referral.
NEEDED = frozenset({"basis", "network", "destination.address", "campaign", "pack"})
# Who the customer is, and which referral was about her before: never on a ground that leaves her out.
IDENTIFYING = frozenset({"sealed", "follows"})
IDENTIFYING_BASES = (LegalBasis.CONSENT, LegalBasis.LEGAL_DEMAND)


def fields_allowed(tier: Tier, terms: RelayTerms) -> frozenset[str]:
    """The fields of a referral of `tier` that have a row in the terms; none where the terms stop below that tier."""
    if tier < Tier.PSEUDONYMOUS or tier > terms.tier:
        return frozenset()
    return frozenset(name for name, needs in FIELDS.items() if needs <= tier and name in terms.fields)


def fields_of(referral: Referral) -> frozenset[str]:
    """The fields that this referral would really send."""
    optional = {
        "destination.memo": referral.destination.memo,
        "typology": referral.typology,
        "asset": referral.asset,
        "amount_band": referral.amount_band,
        "date": referral.day,
        "sealed": referral.sealed,
        "follows": referral.follows,
    }
    return NEEDED | {name for name, value in optional.items() if value is not None}


def within_terms(referral: Referral, terms: RelayTerms) -> Referral:
    """The referral without the optional fields that have no row. What is needed stays, for `check_referral` to name."""
    allowed = fields_allowed(referral.tier, terms)
    memo = referral.destination.memo if "destination.memo" in allowed else None
    return replace(
        referral,
        destination=replace(referral.destination, memo=memo),
        typology=referral.typology if "typology" in allowed else None,
        asset=referral.asset if "asset" in allowed else None,
        amount_band=referral.amount_band if "amount_band" in allowed else None,
        day=referral.day if "date" in allowed else None,
        follows=referral.follows if "follows" in allowed else None,
    )


def check_referral(referral: Referral, terms: RelayTerms) -> list[Finding]:
    """Each field that may not leave, by name; empty if all may. Held by the sender, and again by the receiver."""
    if not Tier.PSEUDONYMOUS <= referral.tier <= terms.tier:
        message = f"is {referral.tier.word}, but the relay terms stop at {terms.tier.word}"
        return [Finding("/tier", "tier-not-allowed", message, terms.tier.word)]
    findings = []
    if (referral.sealed is not None) != (referral.tier is Tier.IDENTIFIED):
        message = f"is there exactly if the tier is identified; this one is {referral.tier.word}"
        findings.append(Finding("/sealed", "tier-mismatch", message))
    return findings + [
        Finding(pointer_of(name), "field-not-allowed", f"{name} has no row in the relay terms, so it cannot be sent")
        for name in sorted(fields_of(referral) - fields_allowed(referral.tier, terms))
    ]


def pointer_of(name: str) -> str:
    """Where a field of FIELDS stands in the message, as a JSON pointer."""
    return f"/{name.replace('.', '/')}"


def check_terms(terms: RelayTerms, mode: str, today: date) -> list[Finding]:
    """Everything that keeps these terms from being used in `mode` ("test" or "live") on `today`; empty if nothing."""
    findings = [
        Finding(f"fields.{name}", "unknown-field", "is no field that a referral can have", nearest(name, FIELDS))
        for name in sorted(terms.fields.keys() - FIELDS.keys())
    ]
    findings += [
        Finding(f"fields.{name}", "field-above-tier", f"leaves only from tier {FIELDS[name].word} on")
        for name in sorted(terms.fields.keys() & FIELDS.keys())
        if FIELDS[name] > terms.tier
    ]
    findings += check_bases(terms)
    if terms.tier >= Tier.PSEUDONYMOUS:
        findings += [
            Finding(f"fields.{name}", "needed-field", "has no row, and no referral can be without it")
            for name in sorted(NEEDED - terms.fields.keys())
        ]
        findings += _check_review(terms.review, mode, today)
    return findings


def check_bases(terms: RelayTerms) -> list[Finding]:
    """The rows whose legal basis cannot carry their field; whoever agrees to terms checks them, sender or receiver."""
    right = " or ".join(IDENTIFYING_BASES)
    return [
        Finding(
            f"fields.{name}",
            "basis-not-enough",
            f"says who the customer is, so its basis has to be {right}; it is {terms.fields[name]}",
            LegalBasis.CONSENT.value,
        )
        for name in sorted(terms.fields.keys() & IDENTIFYING)
        if terms.fields[name] not in IDENTIFYING_BASES
    ]


def _check_review(review: LegalReview | None, mode: str, today: date) -> list[Finding]:
    if review is None:
        message = "is missing: live mode sends nothing above daily counts without a dated legal review"
        return [Finding("review", "no-review", message)] if mode == "live" else []
    findings = []
    if review.invented and mode == "live":
        findings.append(Finding("review.invented", "invented-review", "is invented, and this is live mode"))
    if review.reviewed_on > today:
        findings.append(Finding("review.reviewed_on", "future-review", f"is after today, {today}"))
    if review.expires_on < today:
        message = f"was {review.expires_on}: the terms have to be reviewed again"
        findings.append(Finding("review.expires_on", "expired-review", message))
    return findings
