"""What leaves is what has a row in the terms, and nothing finer than a band and a day exists to leave."""

from dataclasses import fields, replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breather.domain.amount import MicroUsd
from breather.domain.referral import AmountBand, Referral, Tier, amount_band
from breather.domain.relay_terms import (
    FIELDS,
    NEEDED,
    LegalBasis,
    RelayTerms,
    check_referral,
    check_terms,
    fields_allowed,
    fields_of,
    within_terms,
)
from breather.domain.withdrawal import Destination
from tests.unit.protocol.samples import REFERRAL, REVIEW, TERMS, identified

TODAY = date(2026, 11, 22)
PSEUDONYMOUS = RelayTerms(
    Tier.PSEUDONYMOUS,
    {name: basis for name, basis in TERMS.fields.items() if FIELDS[name] <= Tier.PSEUDONYMOUS},
    REVIEW,
)
WITH_MEMO = replace(REFERRAL, destination=replace(REFERRAL.destination, memo="104233"))

rows = st.sets(st.sampled_from(sorted(FIELDS))).map(lambda names: dict.fromkeys(names, LegalBasis.PUBLIC_TASK))
terms = st.builds(RelayTerms, st.sampled_from(Tier), rows)
referrals = st.sampled_from([REFERRAL, WITH_MEMO, identified(), replace(REFERRAL, typology=None, day=None)])


def test_a_referral_within_the_terms_has_no_findings() -> None:
    assert check_referral(REFERRAL, PSEUDONYMOUS) == []
    assert check_referral(identified(), TERMS) == []


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_a_field_without_a_row_is_named(name: str) -> None:
    whole = replace(identified(), destination=WITH_MEMO.destination)
    without = replace(TERMS, fields={each: basis for each, basis in TERMS.fields.items() if each != name})
    findings = check_referral(whole, without)
    assert [(finding.pointer, finding.code) for finding in findings] == [
        (f"/{name.replace('.', '/')}", "field-not-allowed")
    ]
    assert name in findings[0].message


@given(referral=referrals, terms=terms)
def test_cutting_down_leaves_only_what_is_needed_to_refuse(referral: Referral, terms: RelayTerms) -> None:
    cut = within_terms(referral, terms)
    left = fields_of(cut) - fields_allowed(cut.tier, terms)
    assert left <= NEEDED | {"sealed"}
    assert fields_of(cut) <= fields_of(referral)
    assert (check_referral(cut, terms) == []) is (not left and Tier.PSEUDONYMOUS <= cut.tier <= terms.tier)


@given(terms=terms, tier=st.sampled_from(Tier))
def test_nothing_is_allowed_without_row_or_above_the_tier(terms: RelayTerms, tier: Tier) -> None:
    allowed = fields_allowed(tier, terms)
    assert allowed <= terms.fields.keys()
    assert all(FIELDS[name] <= tier <= terms.tier for name in allowed)


@pytest.mark.parametrize("tier", [Tier.OFF, Tier.AGGREGATE])
def test_terms_below_pseudonymous_send_no_referral(tier: Tier) -> None:
    findings = check_referral(REFERRAL, replace(TERMS, tier=tier))
    assert [finding.code for finding in findings] == ["tier-not-allowed"]
    assert findings[0].suggestion == tier.word


def test_an_identified_referral_needs_identified_terms_and_a_subject() -> None:
    assert [finding.code for finding in check_referral(identified(), PSEUDONYMOUS)] == ["tier-not-allowed"]
    bare = replace(identified(), sealed=None)
    assert [finding.code for finding in check_referral(bare, TERMS)] == ["tier-mismatch"]
    smuggled = replace(identified(), tier=Tier.PSEUDONYMOUS)
    assert {finding.code for finding in check_referral(smuggled, TERMS)} == {"tier-mismatch", "field-not-allowed"}


def test_there_is_no_field_for_the_customer_an_amount_or_a_time() -> None:
    """Adding one has to be a decision: this list is what guarantee H3 allows."""
    assert {field.name for field in fields(Referral)} == {
        *(
            "tier",
            "basis",
            "destination",
            "campaign",
            "pack",
            "typology",
            "asset",
            "amount_band",
            "day",
            "sealed",
            "follows",
        )
    }
    assert {field.name for field in fields(Destination)} == {"network", "address", "memo"}


def test_the_relay_is_off_by_default() -> None:
    assert RelayTerms().tier is Tier.OFF
    assert check_referral(REFERRAL, RelayTerms())


@pytest.mark.parametrize(
    ("dollars", "band"),
    [
        ("0.000001", AmountBand.UNDER_100),
        ("99.999999", AmountBand.UNDER_100),
        ("100", AmountBand.TO_1_000),
        ("1000", AmountBand.TO_10_000),
        ("10000", AmountBand.TO_50_000),
        ("50000", AmountBand.TO_250_000),
        ("249999.999999", AmountBand.TO_250_000),
        ("250000", AmountBand.ABOVE),
        ("100000000000", AmountBand.ABOVE),
    ],
)
def test_an_amount_has_one_band(dollars: str, band: AmountBand) -> None:
    whole, _, fraction = dollars.partition(".")
    assert amount_band(MicroUsd(int(whole) * 10**6 + int(fraction.ljust(6, "0")))) is band


def test_no_amount_is_unknown_and_not_small() -> None:
    assert amount_band(None) is AmountBand.UNKNOWN


@given(st.integers(1, 10**17), st.integers(1, 10**17))
def test_bands_rise_with_amounts(one: int, other: int) -> None:
    order = list(AmountBand)
    low, high = (amount_band(MicroUsd(amount)) for amount in sorted((one, other)))
    assert order.index(low) <= order.index(high)


def test_tiers_have_words_and_suggest_them() -> None:
    assert [Tier.from_word(tier.word) for tier in Tier] == list(Tier)
    with pytest.raises(ValueError, match="did you mean 'pseudonymous'"):
        Tier.from_word("pseudonym")


@pytest.mark.parametrize(
    ("terms", "mode", "code"),
    [
        (TERMS, "live", "invented-review"),
        (replace(TERMS, review=None), "live", "no-review"),
        (replace(TERMS, review=replace(REVIEW, expires_on=TODAY - timedelta(1))), "test", "expired-review"),
        (replace(TERMS, review=replace(REVIEW, reviewed_on=TODAY + timedelta(1))), "test", "future-review"),
        (replace(TERMS, fields={**TERMS.fields, "amount_bnd": LegalBasis.CONSENT}), "test", "unknown-field"),
        (replace(TERMS, tier=Tier.PSEUDONYMOUS), "test", "field-above-tier"),
        (RelayTerms(Tier.PSEUDONYMOUS, {}, None), "test", "needed-field"),
        (RelayTerms(Tier.OFF, {"date": LegalBasis.CONSENT}), "test", "field-above-tier"),
    ],
)
def test_terms_that_cannot_be_used_say_why(terms: RelayTerms, mode: str, code: str) -> None:
    assert code in [finding.code for finding in check_terms(terms, mode, TODAY)]


@pytest.mark.parametrize(
    ("terms", "mode"),
    [
        (TERMS, "test"),
        (replace(TERMS, review=None), "test"),
        (replace(TERMS, review=replace(REVIEW, invented=False)), "live"),
        (RelayTerms(), "live"),
        (RelayTerms(Tier.AGGREGATE), "live"),
    ],
)
def test_terms_that_can_be_used_have_no_findings(terms: RelayTerms, mode: str) -> None:
    assert check_terms(terms, mode, TODAY) == []


def test_a_misspelt_field_gets_a_suggestion() -> None:
    misspelt = replace(TERMS, fields={**TERMS.fields, "amount_bnd": LegalBasis.CONSENT})
    assert [finding.suggestion for finding in check_terms(misspelt, "test", TODAY)] == ["amount_band"]


@pytest.mark.parametrize("name", ["sealed", "follows"])
@pytest.mark.parametrize("basis", LegalBasis)
def test_who_she_is_leaves_by_consent_or_legal_demand_only(name: str, basis: LegalBasis) -> None:
    found = check_terms(replace(TERMS, fields={**TERMS.fields, name: basis}), "test", TODAY)
    if basis in (LegalBasis.CONSENT, LegalBasis.LEGAL_DEMAND):
        assert found == []
        return
    assert [(one.pointer, one.code, one.suggestion) for one in found] == [
        (f"fields.{name}", "basis-not-enough", "consent")
    ]
    assert found[0].message.endswith(f"has to be consent or legal-demand; it is {basis}")
