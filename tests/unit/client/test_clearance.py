"""Nothing but the clearance of exactly this payout is accepted (guarantees C)."""

import base64
import dataclasses
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from breather.client import Clearance, ClearanceRefused, Cleared, verify_clearance

NOW = 1_795_000_000
KID = "00112233aabbccdd"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
HEADER = {"alg": "Ed25519", "typ": "breather-clearance+jwt", "kid": KID}
EXPECTED = Cleared(
    vasp="demo-exchange",
    mode="test",
    withdrawal="wd-1",
    customer="c-1",
    asset="USDT",
    network="TRON",
    amount_units=5_000_000_000,
    address="TQn9Y2khEsLJW1ChVWFMSMeRDow5KcbLSE",
)
CLAIMS: dict[str, Any] = {**EXPECTED.claims(), "nbf": NOW, "exp": NOW + 120}
FIELD_OF_CLAIM = {"jti": "withdrawal", "amount": "amount_units"}


def public(key: Ed25519PrivateKey) -> str:
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


KEYS = {KID: public(KEY)}


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def seal(header: str, claims: str, key: Ed25519PrivateKey = KEY) -> str:
    signed = f"{encode(header.encode())}.{encode(claims.encode())}"
    return f"{signed}.{encode(key.sign(signed.encode()))}"


def token(header: dict[str, Any] | None = None, key: Ed25519PrivateKey = KEY, **claims: Any) -> str:
    return seal(json.dumps(HEADER if header is None else header), json.dumps({**CLAIMS, **claims}), key)


def verify(text: str, expected: Cleared = EXPECTED, now_s: float = NOW) -> Clearance:
    return verify_clearance(text, KEYS, expected, now_s)


def refused(text: str, expected: Cleared = EXPECTED, now_s: float = NOW) -> str:
    with pytest.raises(ClearanceRefused) as caught:
        verify(text, expected, now_s)
    return caught.value.claim


def test_the_clearance_of_this_payout_is_accepted() -> None:
    assert verify(token()) == Clearance("wd-1", KID, EXPECTED, NOW + 120)


def test_another_claim_that_is_not_compared_is_ignored() -> None:
    assert verify(token(note="for later")).jti == "wd-1"


ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \n\x00é"


@given(st.data())
@settings(max_examples=300)
def test_any_single_altered_character_is_refused(data: st.DataObject) -> None:
    good = token()
    at = data.draw(st.integers(0, len(good) - 1))
    character = data.draw(st.sampled_from([one for one in ALPHABET if one != good[at]]))
    refused(good[:at] + character + good[at + 1 :])


def test_every_spelling_of_the_last_character_but_one_is_refused() -> None:
    good = token()
    assert sum(good[:-1] + last == good or bool(refused(good[:-1] + last)) for last in ALPHABET[:64]) == 64


@given(st.data())
@settings(max_examples=100)
def test_a_missing_or_added_character_is_refused(data: st.DataObject) -> None:
    good = token()
    at = data.draw(st.integers(0, len(good) - 1))
    refused(good[:at] + good[at + 1 :])
    refused(good[:at] + data.draw(st.sampled_from(ALPHABET)) + good[at:])


@pytest.mark.parametrize("claim", sorted(EXPECTED.claims()))
@given(value=st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=12), st.lists(st.text(), max_size=2)))
@settings(max_examples=40)
def test_each_claim_that_differs_is_refused_and_named(claim: str, value: Any) -> None:
    if value != CLAIMS[claim]:
        assert refused(token(**{claim: value})) == claim


@pytest.mark.parametrize("claim", sorted(CLAIMS))
def test_each_missing_claim_is_refused_and_named(claim: str) -> None:
    claims = {name: value for name, value in CLAIMS.items() if name != claim}
    assert refused(seal(json.dumps(HEADER), json.dumps(claims))) == claim


@pytest.mark.parametrize("claim", sorted(set(EXPECTED.claims()) - {"iss"}))
def test_a_clearance_of_another_payout_is_refused_and_named(claim: str) -> None:
    name = FIELD_OF_CLAIM.get(claim, claim)
    change: dict[str, Any] = {name: 5_000_000_001 if name == "amount_units" else "another"}
    other = dataclasses.replace(EXPECTED, **change)
    assert refused(token(), other) == claim


def test_an_amount_in_another_spelling_is_another_amount() -> None:
    for amount in ("5000000000.0", "05000000000", "5e9", 5_000_000_000):
        assert refused(token(amount=amount)) == "amount"


@pytest.mark.parametrize(
    ("nbf", "exp", "now", "claim"),
    [
        (NOW, NOW + 121, NOW, "exp"),
        (NOW, NOW, NOW, "exp"),
        (NOW, NOW - 5, NOW - 5, "exp"),
        (NOW, NOW + 120, NOW + 120, "exp"),
        (NOW, NOW + 120, NOW + 120.001, "exp"),
        (NOW, NOW + 120, NOW - 1, "nbf"),
        (float(NOW), NOW + 120, NOW, "nbf"),
        (NOW, str(NOW + 120), NOW, "exp"),
        (True, 100, 50, "nbf"),
        (NOW, 10**30, NOW, "exp"),
    ],
)
def test_outside_its_time_it_is_refused(nbf: Any, exp: Any, now: float, claim: str) -> None:
    assert refused(token(nbf=nbf, exp=exp), now_s=now) == claim


def test_its_last_moment_counts_and_leeway_is_for_the_beginning_only() -> None:
    assert verify(token(), now_s=NOW + 119.999).jti == "wd-1"
    assert verify_clearance(token(), KEYS, EXPECTED, NOW - 5, leeway_s=5).jti == "wd-1"
    with pytest.raises(ClearanceRefused):
        verify_clearance(token(), KEYS, EXPECTED, NOW + 120, leeway_s=60)


def test_the_signature_of_another_key_is_refused() -> None:
    assert refused(token(key=OTHER)) == "signature"


def test_an_unknown_kid_is_refused() -> None:
    assert refused(token({**HEADER, "kid": "ffff"})) == "kid"
    assert refused(token({**HEADER, "kid": None})) == "kid"
    assert refused(token({**HEADER, "kid": ["x"]})) == "kid"


@pytest.mark.parametrize("alg", ["none", "EdDSA", "ed25519", "HS256", "RS256", None, 1])
def test_the_algorithm_is_pinned(alg: object) -> None:
    assert refused(token({**HEADER, "alg": alg})) == "alg"


@pytest.mark.parametrize("typ", ["JWT", "breather-clearance", "application/breather-clearance+jwt", None])
def test_the_type_is_pinned(typ: object) -> None:
    assert refused(token({**HEADER, "typ": typ})) == "typ"


@pytest.mark.parametrize("name", ["jwk", "jku", "x5c", "x5u", "crit", "b64", "zip", "cty"])
def test_a_key_or_an_instruction_in_the_header_is_refused(name: str) -> None:
    embedded = {"kty": "OKP", "crv": "Ed25519", "x": encode(OTHER.public_key().public_bytes_raw())}
    assert refused(token({**HEADER, name: embedded}, key=OTHER)) == "header"
    assert refused(token({**HEADER, name: embedded})) == "header"


def test_an_empty_signature_and_a_hmac_over_the_public_key_are_refused() -> None:
    import hashlib
    import hmac

    signed = token({**HEADER, "alg": "HS256"}).rpartition(".")[0]
    mac = hmac.new(base64.b64decode(KEYS[KID]), signed.encode(), hashlib.sha256).digest()
    assert refused(f"{signed}.{encode(mac)}") == "alg"
    assert refused(token().rpartition(".")[0] + ".") == "signature"


def test_names_that_occur_twice_are_refused() -> None:
    twice = json.dumps(CLAIMS)[:-1] + ', "amount": "1"}'
    assert refused(seal(json.dumps(HEADER), twice)) == "claims"
    assert refused(seal('{"kid": "x", ' + json.dumps(HEADER)[1:], json.dumps(CLAIMS))) == "header"


@pytest.mark.parametrize(
    "text",
    ["", ".", "..", "a.b", "a.b.c.d", "é.a.b", "W10.W10.W10", "x" * 4097, f"{encode(b'[' * 2000)}.e30.e30"],
)
def test_what_is_not_a_token_is_refused(text: str) -> None:
    assert refused(text) in {"form", "header"}


def test_a_token_longer_than_any_clearance_is_refused_before_it_is_read() -> None:
    assert refused(token(note="x" * 4000)) == "form"


@given(st.text(max_size=200))
@settings(max_examples=100)
def test_any_text_is_refused_and_nothing_else_is_raised(text: str) -> None:
    refused(text)


@pytest.mark.parametrize("key", ["", "AAAA", "not base64!", public(KEY)[:-1], public(KEY).replace("=", "")])
def test_a_key_that_is_no_key_is_a_mistake_in_the_setting(key: str) -> None:
    with pytest.raises(ValueError, match="clearance key"):
        verify_clearance(token(), {KID: key}, EXPECTED, NOW)
