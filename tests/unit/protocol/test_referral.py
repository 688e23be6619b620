"""A referral crosses as it was written, and nothing unsealed, misspelt or contradictory crosses at all."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breather.domain.asset import Asset, Network
from breather.domain.referral import AmountBand, Edition, Referral, ReferralBasis, Tier
from breather.domain.typology import REFUSED, Typology
from breather.domain.withdrawal import Destination
from breather.protocol.envelope import MessageType, message_id
from breather.protocol.referral import read_referral, write_referral
from breather.protocol.refusal import Malformed
from tests.unit.protocol.samples import NOW, REFERRAL, identified, messages, opened, signed

ABOUT = messages()["referral-pseudonymous"].envelope
EDITIONS = st.builds(Edition, st.from_regex(r"[a-z][a-z0-9-]{1,62}", fullmatch=True), st.integers(1, 10**6))
REFERRALS = st.builds(
    Referral,
    tier=st.just(Tier.PSEUDONYMOUS),
    basis=st.sampled_from(ReferralBasis),
    destination=st.builds(
        Destination,
        st.sampled_from(Network),
        st.from_regex(r"[!-~]{1,128}", fullmatch=True),
        st.none() | st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=128),
    ),
    campaign=EDITIONS,
    pack=EDITIONS,
    typology=st.none() | st.sampled_from(Typology),
    asset=st.none(),
    amount_band=st.none() | st.sampled_from(AmountBand),
    day=st.none() | st.dates(),
)


def read(body: bytes) -> Referral:
    return read_referral(opened(signed(ABOUT, body)))


def findings_of(body: bytes) -> list[tuple[str, str]]:
    with pytest.raises(Malformed) as caught:
        read(body)
    return [(finding.pointer, finding.code) for finding in caught.value.findings]


def altered(body: bytes, **members: object) -> bytes:
    return json.dumps({**json.loads(body), **members}).encode()


@settings(max_examples=100)
@given(REFERRALS)
def test_a_referral_reads_back_as_it_was_written(referral: Referral) -> None:
    assert read(write_referral(ABOUT, referral)) == referral


def test_an_identified_one_carries_its_sealed_subject() -> None:
    sent = messages()["referral-identified"]
    assert read_referral(opened(sent)) == identified()
    assert b"Chan" not in sent.body


def test_an_identified_one_may_stand_alone_but_never_follows_itself() -> None:
    about = messages()["referral-identified"].envelope
    alone = replace(identified(), follows=None)
    assert read_referral(opened(signed(about, write_referral(about, alone)))) == alone
    with pytest.raises(ValueError, match="/follows"):
        write_referral(about, replace(identified(), follows=about.id))
    body = altered(write_referral(about, alone), follows=about.id)
    with pytest.raises(Malformed) as caught:
        read_referral(opened(signed(about, body)))
    assert [finding.code for finding in caught.value.findings] == ["follows-itself"]


def test_writing_twice_gives_the_same_bytes() -> None:
    assert (
        write_referral(ABOUT, REFERRAL) == write_referral(ABOUT, REFERRAL) == messages()["referral-pseudonymous"].body
    )


@pytest.mark.parametrize("name", ["customer", "amount", "at", "answers", "timeline", "note", "withdrawal"])
def test_what_has_no_place_is_refused_even_if_signed(name: str) -> None:
    body = messages()["referral-pseudonymous"].body
    assert findings_of(altered(body, **{name: "x"})) == [(f"/{name}", "unknown-member")]


@pytest.mark.parametrize(
    ("members", "found"),
    [
        ({"typology": REFUSED}, ("/typology", "unknown-word")),
        ({"tier": "aggregate"}, ("/tier", "unknown-word")),
        ({"amount_band": "5000"}, ("/amount_band", "unknown-word")),
        ({"date": "2026-11-22T10:43:00.000Z"}, ("/date", "wrong-value")),
        ({"basis": "suspicion"}, ("/basis", "unknown-word")),
        ({"tier": "identified"}, ("/sealed", "only-with")),
        ({"sealed": {}}, ("/sealed", "only-with")),
        ({"follows": message_id(MessageType.REFERRAL, NOW, bytes(10))}, ("/follows", "only-with")),
        ({"follows": "rct_01jd9n3v8m0123456789abcdef"}, ("/follows", "wrong-value")),
        ({"network": "BTC"}, ("/asset", "asset-network")),
        ({"destination": {"address": "T J", "memo": None}}, ("/destination/address", "wrong-value")),
        *[
            ({"destination": {"address": "TJ", "memo": f"a{mark}b"}}, ("/destination/memo", "wrong-value"))
            for mark in "\u202e\u2066\u200b\u200f\u061c\u00ad\ufeff"
        ],
    ],
)
def test_wrong_members_are_named(members: dict[str, object], found: tuple[str, str]) -> None:
    assert found in findings_of(altered(messages()["referral-pseudonymous"].body, **members))


def test_a_subject_that_was_not_sealed_goes_no_further() -> None:
    sealed = identified().sealed
    assert sealed is not None
    for ciphertext in (b"Chan Tai Man", b"age-encryption.org/v1\nChan Tai Man", sealed.ciphertext[:100]):
        clear = replace(identified(), sealed=replace(sealed, ciphertext=ciphertext))
        with pytest.raises(ValueError, match="no age v1 file"):
            write_referral(messages()["referral-identified"].envelope, clear)


def test_the_keys_have_to_be_as_many_as_it_is_sealed_to() -> None:
    sealed = identified().sealed
    assert sealed is not None
    for keys in (sealed.keys * 2, (*sealed.keys, "0" * 16)):
        more = replace(identified(), sealed=replace(sealed, keys=keys))
        with pytest.raises(ValueError, match="sealed to 1"):
            write_referral(messages()["referral-identified"].envelope, more)


def test_an_asset_of_another_network_is_not_written() -> None:
    with pytest.raises(ValueError, match="BTC does not exist on TRON"):
        write_referral(ABOUT, replace(REFERRAL, asset=Asset.BTC))
    assert ABOUT.type is MessageType.REFERRAL
