"""Relay terms as TOML has them: in a campaign, in the pin of an exchange, and in a file of their own.

tier = "pseudonymous"
[fields]
basis = "public-task"       # one row for each field that may leave, with its legal basis
[review]                    # in campaigns: who looked at it, and until when
"""

from types import MappingProxyType

from breather.domain.finding import nearest
from breather.domain.referral import Tier
from breather.domain.relay_terms import FIELDS, LegalBasis, LegalReview, RelayTerms
from breather.protocol.strict_table import StrictTable

_BASES = tuple(basis.value for basis in LegalBasis)


def read_terms(table: StrictTable) -> RelayTerms:
    """The whole table is the terms: `tier` and `fields`; anything else in it is a finding."""
    terms = read_rows(table)
    table.close()
    return terms


def read_rows(table: StrictTable) -> RelayTerms:
    """`tier` and `fields` of a table that may hold more."""
    tier = table.word("tier", [tier.word for tier in Tier])
    rows = table.table("fields")
    found: dict[str, LegalBasis] = {}
    for name in rows.names():
        if basis := rows.word(name, _BASES):
            found[name] = LegalBasis(basis)
        if name not in FIELDS:
            rows.note(name, "unknown-field", "is no field that a referral can have", nearest(name, FIELDS))
    return RelayTerms(Tier.from_word(tier) if tier else Tier.OFF, MappingProxyType(found))


def read_review(table: StrictTable) -> LegalReview:
    """Who reviewed the terms, on what ground, until when; `invented` only in demonstrations."""
    review = LegalReview(
        basis=LegalBasis(table.word("basis", _BASES) or LegalBasis.CONSENT),
        assessment=table.text("assessment"),
        reviewer=table.text("reviewer"),
        reviewed_on=table.day("reviewed_on"),
        expires_on=table.day("expires_on"),
        invented=table.boolean("invented") if table.has("invented") else False,
    )
    for key, text in (("assessment", review.assessment), ("reviewer", review.reviewer)):
        if not text.strip() and not table.already_wrong(key):
            table.note(key, "empty", "is empty; it says who looked at it, or at what")
    table.close()
    return review
