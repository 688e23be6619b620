"""What is not believed: each a named problem, and nothing is stored (issue 3, point 3)."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest

from breather.domain.finding import Refused as RefusedFile
from breather.domain.instant import DAY, MINUTE, Millis
from breather.peering import add_peer, renew_identity
from breather.protocol.changes import KeyListEntry
from breather.protocol.envelope import MessageType
from breather.protocol.identity_folder import FOLDER, KEY_LIST, create_identity, issue_list, without_key
from breather.protocol.key_list import Purpose
from breather.protocol.message import Signature, sign_message
from breather.protocol.problem import read_problem
from breather.protocol.signed_list import received_list
from breather.protocol.signing import generate, sign
from breather.protocol.trust import Peer, Role, accept_key_list
from tests.agency_process import AgencyProcess, prepared_agency, running_agency_process
from tests.integration.agency.stored import counts
from tests.sending_exchange import REFERRAL, Sent

Attempt = Callable[[AgencyProcess], httpx.Response]


@dataclass(frozen=True)
class Refused:
    """What is tried, and the status and code that answer it."""

    attempt: Attempt
    status: int
    code: str


def altered(agency: AgencyProcess) -> httpx.Response:
    sent = agency.demo.referral()
    return agency.demo.post(sent, body=sent.body.replace(b'"investment"', b'"fake-police"'))


def altered_timestamp(agency: AgencyProcess) -> httpx.Response:
    sent = agency.demo.referral()
    return agency.demo.post(sent, {**sent.headers, "Breather-Timestamp": str(agency.now + 1)})


def unsigned(agency: AgencyProcess) -> httpx.Response:
    return agency.demo.post(agency.demo.referral(), {})


def another_key(agency: AgencyProcess) -> httpx.Response:
    sent = agency.demo.referral()
    return agency.demo.post(sent, sign_message(generate(), sent.envelope, sent.body, agency.now).headers())


def another_exchanges_key(agency: AgencyProcess) -> httpx.Response:
    sent = agency.demo.referral()
    return agency.demo.post(sent, agency.other.sign(sent.envelope, sent.body))


def as_another_exchange(agency: AgencyProcess) -> httpx.Response:
    """Its own name and key in the headers, another's name in the body."""
    return agency.demo.post(agency.demo.referral(sender="other-exchange"))


def unknown_sender(agency: AgencyProcess) -> httpx.Response:
    return agency.demo.post(agency.demo.referral(sender="demo-exchnge"))


def another_recipient(agency: AgencyProcess) -> httpx.Response:
    return agency.demo.post(agency.demo.referral(recipient="hong-kong-adcc"))


def live(agency: AgencyProcess) -> httpx.Response:
    return agency.demo.post(agency.demo.referral(mode="live"))


def live_in_the_headers_only(agency: AgencyProcess) -> httpx.Response:
    """A test body, signed as if it were live."""
    sent = agency.demo.referral()
    key = agency.demo.identity.private[Purpose.MESSAGES]
    value = sign(key, "referral", "live", f"{agency.now}\n".encode() + sent.body)
    kid = sent.headers["Breather-Key"]
    return agency.demo.post(sent, Signature(kid, agency.now, value).headers())


def signed_as_another_type(agency: AgencyProcess) -> httpx.Response:
    sent = agency.demo.referral()
    envelope = replace(sent.envelope, type=MessageType.PULL)
    return agency.demo.post(sent, agency.demo.sign(envelope, sent.body))


def another_type(agency: AgencyProcess) -> httpx.Response:
    headers = agency.demo.pull_headers(0)
    body = base64.b64decode(headers.pop("Breather-Message"))
    return agency.demo.client.post(f"{agency.url}/v1/referrals", content=body, headers=headers)


def signed_at(distance: int) -> Attempt:
    def attempt(agency: AgencyProcess) -> httpx.Response:
        sent = agency.demo.referral()
        return agency.demo.post(sent, agency.demo.sign(sent.envelope, sent.body, Millis(agency.now + distance)))

    return attempt


def not_in_the_terms(agency: AgencyProcess) -> httpx.Response:
    """This exchange's terms have no row for the amount."""
    sparing = agency.exchanges["sparing-exchange"]
    return sparing.post(sparing.referral())


def version_two(agency: AgencyProcess) -> httpx.Response:
    sent = agency.demo.referral()
    body = sent.body.replace(b'"version":1,"mode"', b'"version":2,"mode"')
    return agency.demo.post(sent, agency.demo.sign(sent.envelope, body), body)


def with_member(old: bytes, new: bytes) -> Attempt:
    """Signed by the right key, and no referral."""

    def attempt(agency: AgencyProcess) -> httpx.Response:
        sent = agency.demo.referral()
        assert old in sent.body
        body = sent.body.replace(old, new, 1)
        return agency.demo.post(sent, agency.demo.sign(sent.envelope, body), body)

    return attempt


REFUSALS: dict[str, Refused] = {
    "altered": Refused(altered, 403, "altered"),
    "altered timestamp": Refused(altered_timestamp, 403, "altered"),
    "unsigned": Refused(unsigned, 400, "malformed"),
    "wrong key": Refused(another_key, 403, "unknown-key"),
    "another exchange's key": Refused(another_exchanges_key, 403, "unknown-key"),
    "another exchange's name": Refused(as_another_exchange, 403, "unknown-key"),
    "unknown sender": Refused(unknown_sender, 403, "unknown-sender"),
    "another recipient": Refused(another_recipient, 422, "wrong-recipient"),
    "live message": Refused(live, 422, "wrong-mode"),
    "signed for live": Refused(live_in_the_headers_only, 403, "altered"),
    "signed as another type": Refused(signed_as_another_type, 403, "altered"),
    "another type": Refused(another_type, 422, "wrong-type"),
    "too old": Refused(signed_at(-5 * MINUTE - 1), 403, "outside-replay-window"),
    "ahead of time": Refused(signed_at(5 * MINUTE + 1), 403, "outside-replay-window"),
    "not in the terms": Refused(not_in_the_terms, 422, "not-allowed"),
    "another version": Refused(version_two, 400, "unsupported-version"),
    "unknown member": Refused(with_member(b'"tier"', b'"customer":"c-1","tier"'), 400, "malformed"),
    "exact amount": Refused(with_member(b'"1000-10000"', b'"5000.00"'), 400, "malformed"),
    "time of day": Refused(with_member(b'"2026-11-22"', b'"2026-11-22T10:43:00Z"'), 400, "malformed"),
    "typology mule": Refused(with_member(b'"investment"', b'"mule"'), 400, "malformed"),
    "twice": Refused(with_member(b'"tier"', b'"basis":"customer-asked","tier"'), 400, "malformed"),
    "U+0000": Refused(with_member(b'"demo-exchange"', b'"demo\\u0000exchange"'), 400, "malformed"),
    "no JSON": Refused(with_member(b"{", b"["), 400, "malformed"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_it_is_refused_by_name_and_nothing_is_stored(service: AgencyProcess, name: str) -> None:
    before = counts(service)
    refused = REFUSALS[name]
    reply = refused.attempt(service)
    assert (reply.status_code, reply.json()["type"]) == (refused.status, f"urn:breather:problem:{refused.code}")
    assert reply.headers["content-type"] == "application/problem+json"
    assert counts(service) == before


def test_the_field_that_the_terms_lack_is_named(service: AgencyProcess) -> None:
    problem = not_in_the_terms(service).json()
    assert [(error["pointer"], error["code"]) for error in problem["errors"]] == [("/amount_band", "field-not-allowed")]


def test_without_that_field_it_is_taken(service: AgencyProcess) -> None:
    service.exchanges["sparing-exchange"].send(replace(REFERRAL, amount_band=None))


def test_a_clock_that_is_out_gets_a_signed_answer_with_our_time(service: AgencyProcess) -> None:
    sent = service.demo.referral()
    signed_at_ = Millis(service.now - 6 * MINUTE)
    reply = service.demo.post(sent, service.demo.sign(sent.envelope, sent.body, signed_at_))
    problem = reply.json()
    assert problem["retryable"] is True
    told = problem["refusal"]
    message = service.demo.opened(told, told["body"].encode(), MessageType.REFUSAL)
    found = read_problem(message, sent.envelope.id, signed_at_)
    assert (found.code, found.retryable, found.now) == ("outside-replay-window", True, service.now)
    again = service.demo.post(sent, service.demo.sign(sent.envelope, sent.body, found.now))
    assert again.status_code == 201, "the same body, signed again by the right clock, is taken"


def test_who_really_signed_gets_a_signed_and_final_refusal(service: AgencyProcess) -> None:
    """Signed a minute ago: the refusal answers that signature, and says what time it is here."""
    sparing = service.exchanges["sparing-exchange"]
    sent, signed = sparing.referral(), Millis(service.now - MINUTE)
    told = sparing.post(sent, sparing.sign(sent.envelope, sent.body, signed)).json()["refusal"]
    message = sparing.opened(told, told["body"].encode(), MessageType.REFUSAL)
    found = read_problem(message, sent.envelope.id, signed)
    assert (found.code, found.retryable, found.now) == ("not-allowed", False, service.now)


@pytest.mark.parametrize("name", ["altered", "wrong key", "unknown sender", "unsigned", "another recipient"])
def test_nothing_signed_is_said_to_whoever_did_not_sign(service: AgencyProcess, name: str) -> None:
    """A signed refusal in the hands of somebody else would end a good referral."""
    assert "refusal" not in REFUSALS[name].attempt(service).json()


def test_a_body_of_a_megabyte_is_not_read(service: AgencyProcess) -> None:
    sent = service.demo.referral()
    reply = service.demo.post(sent, body=sent.body + b" " * 1_000_000)
    assert reply.status_code == 413


def own_service(folder: Path) -> str:
    return f"sqlite:///{folder / 'agency.db'}"


def test_a_revoked_key_is_refused_and_says_why(tmp_path: Path) -> None:
    with prepared_agency(tmp_path, own_service(tmp_path)) as agency:
        sent = agency.demo.referral()
        revoke(agency, sent)
        agency.start()
        reply = agency.demo.post(sent)
        assert (reply.status_code, reply.json()["type"]) == (403, "urn:breather:problem:revoked-key")
        assert reply.json()["revoked_because"] == "device lost"
        assert counts(agency)["referral"] == 0


def revoke(agency: AgencyProcess, sent: Sent) -> None:
    """The exchange takes the key back with which this was signed, and the agency takes the new list."""
    exchange = agency.demo
    rows = without_key(exchange.identity.keys.keys, sent.headers["Breather-Key"], "device lost", agency.now)
    made = issue_list(exchange.folder, rows, Millis(agency.now + 1))
    place = str(exchange.folder / FOLDER / KEY_LIST)
    add_peer(agency.settings, agency.clock, exchange.name, place, made.fingerprint, None)


def test_a_key_for_another_purpose_is_refused(tmp_path: Path) -> None:
    """An exchange whose root lists its only key for clearance."""
    with prepared_agency(tmp_path, own_service(tmp_path)) as agency:
        exchange = agency.demo
        rows = [replace(row, purpose=Purpose.CLEARANCE) for row in exchange.identity.keys.keys]
        made = issue_list(exchange.folder, rows, Millis(agency.now + 1))
        place = str(exchange.folder / FOLDER / KEY_LIST)
        add_peer(agency.settings, agency.clock, exchange.name, place, made.fingerprint, None)
        agency.start()
        reply = exchange.post(exchange.referral())
        assert (reply.status_code, reply.json()["type"]) == (403, "urn:breather:problem:wrong-purpose")
        assert counts(agency)["referral"] == 0


def test_an_expired_key_list_is_trusted_no_more(tmp_path: Path) -> None:
    with running_agency_process(tmp_path, own_service(tmp_path)) as agency:
        agency.advance(90 * DAY)
        reply = agency.demo.post(agency.demo.referral())
        assert (reply.status_code, reply.json()["type"]) == (403, "urn:breather:problem:stale-key-list")
        assert reply.json()["retryable"] is True


def test_an_agency_that_agreed_to_nothing_takes_nothing(tmp_path: Path) -> None:
    with prepared_agency(tmp_path, own_service(tmp_path)) as agency:
        agency.exchanges["new"] = agency.introduce("new-exchange", 'tier = "off"\n[fields]\n')
        agency.start()
        new = agency.exchanges["new"]
        reply = new.post(new.referral())
        assert (reply.status_code, reply.json()["type"]) == (422, "urn:breather:problem:not-allowed")
        assert reply.json()["errors"][0]["pointer"] == "/tier"


def test_a_peer_is_taken_by_the_running_service(tmp_path: Path) -> None:
    with running_agency_process(tmp_path, own_service(tmp_path)) as agency:
        late = agency.exchanges["late-exchange"] = agency.introduce("late-exchange")
        agency.until(lambda: late.ask_changes(0).status_code == 200)
        late.send()


def test_another_root_under_a_pinned_name_is_refused(tmp_path: Path) -> None:
    with prepared_agency(tmp_path, own_service(tmp_path)) as agency:
        impostor = create_identity(tmp_path / "impostor", "demo-exchange", Role.EXCHANGE, "test", agency.now)
        place = str(tmp_path / "impostor" / FOLDER / KEY_LIST)
        with pytest.raises(RefusedFile, match="another root is another peer"):
            add_peer(agency.settings, agency.clock, "demo-exchange", place, impostor.fingerprint, None)


def test_the_key_list_is_public_and_verifies_by_its_root(service: AgencyProcess) -> None:
    reply = service.client.get(f"{service.url}/v1/key-list")
    signed = received_list(reply.content, reply.headers.get("Breather-Signature"))
    assert service.demo.agency is not None
    pin = Peer("macau-pj", Role.AGENCY, "test", service.demo.agency.fingerprint)
    found = accept_key_list(pin, signed.body, signed.signature, service.now).key_list
    assert found is not None
    assert {key.purpose for key in found.keys} == {Purpose.MESSAGES, Purpose.RECEIPTS, Purpose.FEEDS}


def test_a_new_key_list_of_the_agency_is_told_to_every_exchange(tmp_path: Path) -> None:
    with prepared_agency(tmp_path, own_service(tmp_path)) as agency:
        agency.advance(MINUTE)
        renewed = renew_identity(agency.settings, agency.clock)
        agency.start()
        for exchange in (agency.demo, agency.other):
            [entry] = exchange.pull().entries
            assert isinstance(entry, KeyListEntry)
            assert (entry.number, entry.body, entry.signature) == (1, renewed.signed.body, renewed.signed.signature)
