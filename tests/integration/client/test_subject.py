"""Who asks for help: sealed in the exchange's process; the wire has none of it, and only an officer opens it."""

import base64
import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from bech32 import bech32_decode, convertbits
from pyrage import x25519

from breather.client import Breather, Conflict, Subject, SubjectWanted, Unavailable
from breather.client.instant import format_instant
from breather.protocol.sealing import Binding, open_subject
from tests.integration.client.fake_service import API_KEY, START, FakeBreather, serving
from tests.integration.client.test_calls import withdrawal

REFERRAL = "ref_01jd9n3v8m0123456789abcdef"
SUBJECT = Subject(
    name="Chan Siu Ling (invented)", telephone="+853 0000 4711", mail="chan@example.invalid", statement="他叫我保密。"
)
OFFICER = x25519.Identity.generate()


def key_of(identity: x25519.Identity) -> tuple[str, str]:
    """(id, base64) of an officer's public key, as an agency lists it."""
    _, words = bech32_decode(str(identity.to_public()))
    raw = bytes(convertbits(words or [], 5, 8, False) or [])
    return hashlib.sha256(raw).hexdigest()[:16], base64.b64encode(raw).decode()


def asked(**changes: Any) -> dict[str, Any]:
    kid, key = key_of(OFFICER)
    return {
        "referral": REFERRAL,
        "mode": "test",
        "sender": "demo-exchange",
        "recipient": "macau-pj",
        "keys": {kid: key},
        "consented_at": format_instant(START),
        **changes,
    }


@pytest.fixture
def fake() -> FakeBreather:
    made = FakeBreather()
    made.wanted = asked()
    return made


@pytest.fixture
def breather(fake: FakeBreather) -> Iterator[Breather]:
    with serving(fake) as url, Breather(url, API_KEY, vasp="demo-exchange") as client:
        client.assess(withdrawal(), deadline=5)
        yield client


def wanted_by(breather: Breather) -> SubjectWanted:
    found = breather.subject_wanted("wd-1")
    assert found is not None
    return found


def test_what_is_wanted_names_the_referral_and_the_keys(breather: Breather) -> None:
    found = wanted_by(breather)
    assert (found.referral, found.recipient, found.consented_at) == (REFERRAL, "macau-pj", START)
    assert dict(found.keys) == dict([key_of(OFFICER)])


def test_no_byte_of_the_subject_goes_over_the_wire_and_the_officer_reads_all_of_it(
    breather: Breather, fake: FakeBreather
) -> None:
    wanted = wanted_by(breather)
    sealed = wanted.seal(SUBJECT)
    breather.send_subject("wd-1", "s-1", referral=wanted.referral, ciphertext=sealed, keys=list(wanted.keys))
    wire = b"".join(fake.bodies)
    body = fake.requests[-1][2]
    for plain in (SUBJECT.name, SUBJECT.telephone, SUBJECT.mail, SUBJECT.statement):
        assert plain is not None
        for spelled in (plain.encode(), ascii(plain)[1:-1].encode(), base64.b64encode(plain.encode())[:-4]):
            assert spelled not in wire
            assert spelled not in base64.b64decode(body["ciphertext"])
    opened = open_subject(
        base64.b64decode(body["ciphertext"]), str(OFFICER), Binding("test", "demo-exchange", "macau-pj", REFERRAL)
    )
    assert (opened.name, opened.telephone, opened.mail) == (SUBJECT.name, SUBJECT.telephone, SUBJECT.mail)
    assert opened.statement == SUBJECT.statement
    assert breather.subject_wanted("wd-1") is None


def test_a_subject_in_the_clear_does_not_leave(breather: Breather, fake: FakeBreather) -> None:
    before = len(fake.bodies)
    for clear in ("Chan Siu Ling", base64.b64encode(b'{"name": "Chan Siu Ling"}').decode(), ""):
        with pytest.raises(ValueError, match="no sealed subject"):
            breather.send_subject("wd-1", "s-1", referral=REFERRAL, ciphertext=clear, keys=["0" * 16])
    assert len(fake.bodies) == before


def test_a_consent_taken_back_meanwhile_is_a_conflict(breather: Breather, fake: FakeBreather) -> None:
    wanted = wanted_by(breather)
    fake.wanted = None
    with pytest.raises(Conflict) as caught:
        breather.send_subject(
            "wd-1", "s-1", referral=wanted.referral, ciphertext=wanted.seal(SUBJECT), keys=[*wanted.keys]
        )
    assert caught.value.code == "no-consent"


@pytest.mark.parametrize(
    "changes",
    [
        {"mode": "live"},
        {"sender": "another-exchange"},
        {"recipient": ""},
        {"referral": None},
        {"keys": {}},
        {"keys": {"0" * 16: key_of(OFFICER)[1]}},
        {"keys": {key_of(OFFICER)[0]: "not base64"}},
        {"consented_at": "yesterday"},
    ],
    ids=["mode", "sender", "recipient", "referral", "no-keys", "other-key", "no-key", "consented-at"],
)
def test_nothing_is_sealed_for_anything_that_is_not_clearly_ours(
    breather: Breather, fake: FakeBreather, changes: dict[str, Any]
) -> None:
    fake.wanted = asked(**changes)
    with pytest.raises(Unavailable, match="cannot be understood"):
        breather.subject_wanted("wd-1")


@pytest.mark.parametrize(
    "subject",
    [Subject(name="x" * 201), Subject(name=""), Subject(mail="a\nb"), Subject(statement="x" * 4001)],
    ids=["long", "empty", "line", "statement"],
)
def test_what_no_officer_could_read_is_refused_before_it_is_sealed(breather: Breather, subject: Subject) -> None:
    with pytest.raises(ValueError, match="must have 1 to"):
        wanted_by(breather).seal(subject)


def test_a_statement_may_have_lines(breather: Breather) -> None:
    assert wanted_by(breather).seal(Subject(statement="one\ntwo"))
