"""A sealed subject passes through the agency closed: kept as it came, handed on, opened only where the key is."""

import base64
import re
from dataclasses import replace
from pathlib import Path

import pyrage
import pytest

from breather.client.sealing import Carrier, Subject, seal_subject
from breather.domain.referral import Consent, Sealed, Tier
from breather.peering import seal_to
from breather.protocol.envelope import MessageType
from breather.protocol.identity_folder import load_identity
from breather.protocol.key_list import ListedKey, Purpose
from breather.protocol.referral import write_referral
from breather.protocol.sealing import Binding, open_subject
from tests.agency_process import AgencyProcess, prepared_agency, running_agency_process
from tests.sending_exchange import AGENCY, REFERRAL, TERMS, Sent

IDENTIFIED = TERMS.replace('"pseudonymous"', '"identified"') + 'sealed = "consent"\nfollows = "consent"\n'
SECRETS = ("Chan Tai Man", "They told me to move my savings", "+853 6612 3456")
SUBJECT = Subject(name=SECRETS[0], statement=SECRETS[1], telephone=SECRETS[2])


@pytest.fixture(scope="module")
def officer_key() -> pyrage.x25519.Identity:
    return pyrage.x25519.Identity.generate()


def identified(agency: AgencyProcess, officer_key: pyrage.x25519.Identity, follows: str | None = None) -> Sent:
    """Sealed to the officer's listed key, as the exchange's process does it."""
    exchange = agency.exchanges["asking-exchange"]
    [row] = sealing_keys(agency) or sealing_keys_with(agency, officer_key)
    envelope = exchange.envelope(MessageType.REFERRAL)
    carrier = Carrier(mode="test", sender=exchange.name, recipient=AGENCY, referral=envelope.id)
    ciphertext = base64.b64decode(seal_subject(SUBJECT, carrier, {row.kid: base64.b64encode(row.public).decode()}))
    sealed = Sealed(ciphertext, (row.kid,), Consent("consent-1", agency.now, "consent.en.1"))
    body = write_referral(envelope, replace(REFERRAL, tier=Tier.IDENTIFIED, sealed=sealed, follows=follows))
    return Sent(envelope, body, exchange.sign(envelope, body))


def sealing_keys(agency: AgencyProcess) -> list[ListedKey]:
    return [key for key in load_identity(agency.settings.keys).keys.keys if key.purpose is Purpose.SEALING]


def sealing_keys_with(agency: AgencyProcess, officer_key: pyrage.x25519.Identity) -> list[ListedKey]:
    seal_to(agency.settings, agency.clock, str(officer_key.to_public()))
    return sealing_keys(agency)


def test_it_is_opened_on_the_officers_machine_and_nowhere_else(
    tmp_path: Path, officer_key: pyrage.x25519.Identity
) -> None:
    with running_agency_process(tmp_path, f"sqlite:///{tmp_path / 'agency.db'}") as agency:
        asking = agency.exchanges["asking-exchange"] = agency.introduce("asking-exchange", IDENTIFIED)
        sent = identified(agency, officer_key)
        agency.until(lambda: asking.post(sent).status_code in (200, 201))
        officer = agency.officer()
        number = officer.number_of(sent.envelope.id)
        page = " ".join(officer.page(number).text.split())
        assert "What the customer says is sealed to 1 key" in page
        assert "This service cannot open it" in page
        reply = officer.get(f"/portal/referrals/{number}/subject.age")
        assert (reply.status_code, reply.headers["content-disposition"]) == (200, "attachment")
        binding = Binding("test", asking.name, AGENCY, sent.envelope.id)
        found = open_subject(reply.content, str(officer_key), binding)
        assert (found.name, found.statement, found.telephone) == SECRETS
        plain = officer.number_of(agency.demo.send().envelope.id)
        assert officer.get(f"/portal/referrals/{plain}/subject.age").status_code == 404
        stranger = agency.client.get(f"{agency.url}/portal/referrals/{number}/subject.age")
        assert (stranger.status_code, stranger.headers["location"]) == (303, "/portal/login")
        everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        for secret in SECRETS:
            assert secret.encode() not in everything
            assert base64.b64encode(secret.encode()).rstrip(b"=")[:-1] not in everything


def test_officers_see_that_two_referrals_are_one_withdrawal(
    tmp_path: Path, officer_key: pyrage.x25519.Identity
) -> None:
    with prepared_agency(tmp_path, f"sqlite:///{tmp_path / 'agency.db'}") as agency:
        asking = agency.exchanges["asking-exchange"] = agency.introduce("asking-exchange", IDENTIFIED)
        agency.demo.count = 50  # ids are made of the count here: none of the other exchange's
        foreign = agency.demo.referral()
        agency.start()
        earlier, elsewhere = asking.send(), agency.demo.post(foreign)
        assert elsewhere.status_code == 201
        later, dangling = (
            identified(agency, officer_key, follows) for follows in (earlier.envelope.id, foreign.envelope.id)
        )
        agency.until(lambda: asking.post(later).status_code in (200, 201))
        agency.until(lambda: asking.post(dangling).status_code in (200, 201))
        officer = agency.officer()
        first, second, third = (officer.number_of(sent.envelope.id) for sent in (earlier, later, dangling))
        assert links(officer.page(second).text) == [("Follows", first)]
        assert links(officer.page(first).text) == [("Followed by", second)]
        assert links(officer.page(third).text) == [], "another exchange's id leads nowhere"
        assert "which has not arrived here" in officer.page(third).text


def links(page: str) -> list[tuple[str, int]]:
    found = re.findall(r'<p class="same">(Follows|Followed by) <a href="/portal/referrals/(\d+)">', page)
    return [(word, int(number)) for word, number in found]


def test_terms_without_the_tier_take_no_subject(service: AgencyProcess) -> None:
    consent = Consent("consent-1", service.now, "consent.en.1")
    ciphertext = pyrage.encrypt(b"{}", [pyrage.x25519.Identity.generate().to_public()])
    referral = replace(REFERRAL, tier=Tier.IDENTIFIED, sealed=Sealed(ciphertext, ("0" * 16,), consent))
    reply = service.demo.post(service.demo.referral(referral))
    assert (reply.status_code, reply.json()["errors"][0]["code"]) == (422, "tier-not-allowed")
