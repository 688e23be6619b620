"""The `[relay]` table of a campaign: off unless it is there, and each single mistake in it is named (guarantee H3)."""

from collections.abc import Mapping

import pytest

from breather.domain.finding import Finding, Refused
from breather.domain.referral import Tier
from breather.domain.relay_terms import FIELDS
from breather.exchange.activate import check
from breather.exchange.campaign_file import CAMPAIGN
from breather.protocol.pack import sign_pack
from breather.samples import SAMPLE_KEY, SAMPLE_PUBLIC_KEY, sample_relay
from tests.content.campaign_files import FILES, NOW, PACK, checked

RELAYED = {**FILES, CAMPAIGN: FILES[CAMPAIGN] + sample_relay("macau-pj-demo").encode()}
AGENCY = "macau-pj"


def relayed(*edits: tuple[str, str]) -> dict[str, bytes]:
    """The sample with the relay terms of the demonstration, each text of those replaced once."""
    text = sample_relay("macau-pj-demo")
    for old, new in edits:
        assert old in text, f"the sample relay terms have no {old!r} any more"
        text = text.replace(old, new, 1)
    return {**FILES, CAMPAIGN: FILES[CAMPAIGN] + text.encode()}


def relay_findings(files: Mapping[str, bytes], agencies: tuple[str, ...] = (AGENCY,)) -> list[Finding]:
    with pytest.raises(Refused) as refusal:
        check(files, PACK, [SAMPLE_PUBLIC_KEY], "test", NOW, agencies)
    return list(refusal.value.findings)


def test_the_relay_is_off_unless_the_campaign_turns_it_on() -> None:
    assert checked(FILES).campaign.relay is None
    off = relayed(('tier = "identified"', 'tier = "off"'))
    fields = off[CAMPAIGN][off[CAMPAIGN].index(b'basis = "public-task"') : off[CAMPAIGN].index(b"[relay.review]")]
    relay = checked({**off, CAMPAIGN: off[CAMPAIGN].replace(fields, b"")}).campaign.relay
    assert relay is not None, "off is said, and needs no agency"
    assert relay.terms.tier is Tier.OFF


def test_the_terms_of_the_demonstration_pass_in_test_mode() -> None:
    relay = check(RELAYED, PACK, [SAMPLE_PUBLIC_KEY], "test", NOW, (AGENCY,)).campaign.relay
    assert relay is not None
    assert (relay.addressee, relay.terms.tier) == (AGENCY, Tier.IDENTIFIED)
    assert relay.terms.fields.keys() == FIELDS.keys(), "each with its ground"
    assert relay.terms.review is not None
    assert relay.terms.review.invented
    assert "invented" in relay.terms.review.reviewer


def test_live_mode_refuses_what_nobody_reviewed() -> None:
    pack = sign_pack(PACK, SAMPLE_KEY, "live")
    review = sample_relay("macau-pj-demo")
    review = review[review.index("[relay.review]") :]
    for files, code in ((RELAYED, "invented-review"), (relayed((review, "")), "no-review")):
        with pytest.raises(Refused) as refusal:
            check(files, pack, [SAMPLE_PUBLIC_KEY], "live", NOW, (AGENCY,))
        assert code in {finding.code for finding in refusal.value.findings}
    assert check(relayed((review, "")), PACK, [SAMPLE_PUBLIC_KEY], "test", NOW, (AGENCY,)).campaign.relay


RELAY_MISTAKES = [
    ('tier = "identified"', 'tier = "pseudonimous"', "tier", "unknown-word", "pseudonymous"),
    ('tier = "identified"', 'tier = "aggregate"', "tier", "tier-not-sent", "pseudonymous"),
    ('tier = "identified"', 'teir = "identified"', "teir", "unknown-key", "tier"),
    ('tier = "identified"', 'tier = "pseudonymous"', "fields.sealed", "field-above-tier", ""),
    ('addressee = "macau-pj"\n', "", "addressee", "missing-key", ""),
    ('addressee = "macau-pj"', 'addressee = "Macau PJ"', "addressee", "bad-id", ""),
    ('addressee = "macau-pj"', 'addressee = "macau-pi"', "addressee", "unknown-agency", "macau-pj"),
    (
        'amount_band = "public-task"',
        'amount_bnad = "public-task"',
        "fields.amount_bnad",
        "unknown-field",
        "amount_band",
    ),
    ('typology = "public-task"', 'typology = "public-tasks"', "fields.typology", "unknown-word", "public-task"),
    ('network = "public-task"\n', "", "fields.network", "needed-field", ""),
    ('sealed = "consent" ', 'follow = "consent" ', "fields.follow", "unknown-field", "follows"),
    ('sealed = "consent" ', "", "fields.sealed", "needed-field", ""),
    ('sealed = "consent"', 'sealed = "public-task"', "fields.sealed", "basis-not-enough", "consent"),
    ('follows = "consent"', 'follows = "vital-interests"', "fields.follows", "basis-not-enough", "consent"),
    ("reviewed_on = 2026-02-01", "reviewed_on = 2026-12-01", "review.reviewed_on", "future-review", ""),
    ("reviewed_on = 2026-02-01", 'reviewed_on = "2026-02-01"', "review.reviewed_on", "wrong-type", ""),
    ("expires_on = 2028-12-31", "expires_on = 2026-11-21", "review.expires_on", "expired-review", ""),
    ("expires_on = 2028-12-31", "expires_on = 2026-12-01", "review.expires_on", "expired-review", ""),
    ("invented = true", "invented = true\nby = 1", "review.by", "unknown-key", ""),
    (
        'reviewer = "Nobody: this review is invented for the demonstration"',
        'reviewer = " "',
        "review.reviewer",
        "empty",
        "",
    ),
]


@pytest.mark.parametrize(
    ("old", "new", "place", "code", "suggestion"), RELAY_MISTAKES, ids=[row[1] for row in RELAY_MISTAKES]
)
def test_each_mistake_in_the_terms_is_named(old: str, new: str, place: str, code: str, suggestion: str) -> None:
    found = relay_findings(relayed((old, new)))
    mine = [one for one in found if (one.pointer, one.code) == (f"{CAMPAIGN}:relay.{place}", code)]
    assert mine, f"only {[str(finding) for finding in found]}"
    assert mine[0].suggestion == suggestion
    assert mine[0].message


def test_terms_name_an_agency_that_is_pinned_here() -> None:
    (finding,) = relay_findings(RELAYED, agencies=())
    assert (finding.code, "breather peer add macau-pj" in finding.message) == ("unknown-agency", True)


def test_a_review_that_ends_within_the_campaign_says_when_that_ends() -> None:
    (finding,) = relay_findings(relayed(("expires_on = 2028-12-31", "expires_on = 2026-12-01")))
    assert "the campaign ends on 2026-12-23" in finding.message


def test_a_wrong_time_zone_is_said_once_and_the_terms_are_not_judged_by_it() -> None:
    files = {**RELAYED, CAMPAIGN: RELAYED[CAMPAIGN].replace(b"Asia/Macau", b"Asia/Macao City")}
    assert [finding.code for finding in relay_findings(files)] == ["unknown-time-zone"]


def test_relay_terms_that_are_not_there_are_named_with_the_nearest() -> None:
    with pytest.raises(LookupError, match="macau-pj-demo"):
        sample_relay("macau-pj-dmo")
