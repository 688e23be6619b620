"""Step 10 at the receiver: a referral becomes durable once, and its receipt is over exactly the bytes that came."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from threading import Barrier

import httpx

from breather.bootstrap import agency_schema
from breather.domain.asset import Network
from breather.domain.instant import MINUTE, Millis
from breather.domain.withdrawal import Destination
from breather.peering import add_peer
from breather.protocol.identity_folder import FOLDER, KEY_LIST, issue_list, with_key, without_key
from breather.protocol.key_list import Purpose
from breather.protocol.message import sign_message
from breather.protocol.receipt import check_receipt
from breather.protocol.signing import generate
from breather.settings import AgencySettings
from breather.storage.table import Table
from tests.addresses import ADDRESSES
from tests.agency_process import SPARING, AgencyProcess, running_agency_process
from tests.integration.agency.stored import assert_journal_has_no_gap, counts, rows
from tests.sending_exchange import ADDRESS, OTHER_ADDRESS, REFERRAL, TON_ADDRESS

AT_ONCE = 8


def test_a_referral_is_kept_as_it_came_and_its_receipt_says_so(agency: AgencyProcess) -> None:
    sent = agency.demo.referral()
    reply = agency.demo.post(sent)
    assert reply.status_code == 201, reply.text
    receipt = agency.demo.receipt(reply)
    assert check_receipt(receipt, sent.envelope.id, sent.body) == []
    assert receipt.received_at == agency.now
    kept = rows(agency, f"SELECT body, hash FROM referral WHERE id = '{sent.envelope.id}'")
    assert [(bytes(body), digest) for body, digest in kept] == [(sent.body, sha256(sent.body).hexdigest())]


def test_the_receipt_says_nothing_about_merit(agency: AgencyProcess) -> None:
    members = agency.demo.post(agency.demo.referral()).json()
    assert set(members) - {"type", "version", "mode", "sender", "recipient", "id", "sequence"} == {
        "about",
        "sha256",
        "received_at",
    }


def test_eight_deliveries_at_once_are_one_referral_and_eight_equal_receipts(agency: AgencyProcess) -> None:
    sent = agency.demo.referral()
    before = counts(agency)
    gate = Barrier(AT_ONCE)

    def post(_: int) -> httpx.Response:
        gate.wait()
        return agency.demo.post(sent)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        replies = list(threads.map(post, range(AT_ONCE)))
    assert sorted(reply.status_code for reply in replies) == [200] * (AT_ONCE - 1) + [201]
    assert len({reply.content for reply in replies}) == 1
    after = counts(agency)
    assert after["referral"] - before["referral"] == 1
    assert after["journal"] - before["journal"] == 1
    assert_journal_has_no_gap(agency)


def test_a_retry_gets_the_same_receipt_under_a_new_signature(agency: AgencyProcess) -> None:
    sent = agency.demo.referral()
    first = agency.demo.post(sent)
    agency.advance(3 * MINUTE)
    again = agency.demo.post(sent, agency.demo.sign(sent.envelope, sent.body))
    assert (again.status_code, again.content) == (200, first.content)
    assert again.headers["Breather-Timestamp"] == str(agency.now)
    assert again.headers["Breather-Signature"] != first.headers["Breather-Signature"]
    assert agency.demo.receipt(again) == agency.demo.receipt(first)


def test_the_same_id_with_another_body_is_a_named_conflict(agency: AgencyProcess) -> None:
    sent = agency.demo.send()
    before = counts(agency)
    changed = replace(REFERRAL, destination=Destination(REFERRAL.destination.network, OTHER_ADDRESS))
    other = agency.demo.referral(changed, id=sent.envelope.id)
    refused = agency.demo.post(other)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:breather:problem:changed-referral")
    assert counts(agency) == before
    assert agency.demo.post(sent).status_code == 200


def test_an_address_in_another_spelling_would_lie_apart_and_is_refused(agency: AgencyProcess) -> None:
    before = counts(agency)
    ethereum = "0x52908400098527886E0F7030069857D2E4169EE7"
    tried = {
        (Network.ETHEREUM, ethereum.lower()): ("not-canonical", ethereum),
        (Network.TRON, ADDRESS[:-1] + "Q"): ("address_checksum", ""),
        (Network.TRON, ethereum): ("address_network", ""),
    }
    for (network, text), (code, suggestion) in tried.items():
        referral = replace(REFERRAL, destination=Destination(network, text))
        reply = agency.demo.post(agency.demo.referral(referral))
        [error] = reply.json()["errors"]
        assert (reply.status_code, error["pointer"], error["code"]) == (400, "/destination/address", code)
        assert error.get("suggestion", "") == suggestion
        assert "refusal" in reply.json(), "signed, and final: this id will never be taken"
    assert counts(agency) == before


def test_a_memo_in_another_spelling_or_where_there_is_none_is_refused(agency: AgencyProcess) -> None:
    before = counts(agency)
    tried = {
        (Network.XRP, "007"): ("not-canonical", "7"),
        (Network.XRP, "seven"): ("memo-form", ""),
        (Network.TRON, "7"): ("no-memo", ""),
    }
    for (network, memo), (code, suggestion) in tried.items():
        referral = replace(REFERRAL, asset=None, destination=Destination(network, ADDRESSES[network], memo))
        reply = agency.demo.post(agency.demo.referral(referral))
        [error] = reply.json()["errors"]
        assert (reply.status_code, error["pointer"], error["code"]) == (400, "/destination/memo", code)
        assert error.get("suggestion", "") == suggestion
    assert counts(agency) == before


def test_terms_that_shrink_do_not_take_back_what_is_here(tmp_path: Path) -> None:
    """The receipt was lost on the way, and meanwhile less was agreed: the bytes are here all the same."""
    with running_agency_process(tmp_path, f"sqlite:///{tmp_path / 'agency.db'}") as agency:
        sent = agency.demo.referral()
        first = agency.demo.post(sent)
        less = tmp_path / "less.toml"
        less.write_text(SPARING, "utf-8")
        place = agency.demo.folder / FOLDER / KEY_LIST
        fingerprint = agency.demo.identity.fingerprint
        add_peer(agency.settings, agency.clock, agency.demo.name, str(place), fingerprint, less)
        agency.until(lambda: agency.demo.post(agency.demo.referral()).status_code == 422)
        again = agency.demo.post(sent)
        assert (again.status_code, again.content) == (200, first.content)


def test_a_key_revoked_while_a_message_waits_is_refused_and_the_next_key_may_send_it(tmp_path: Path) -> None:
    with running_agency_process(tmp_path, f"sqlite:///{tmp_path / 'agency.db'}") as agency:
        exchange = agency.demo
        waiting, place = exchange.referral(), exchange.folder / FOLDER / KEY_LIST
        following = generate()
        rows_ = without_key(exchange.identity.keys.keys, waiting.headers["Breather-Key"], "device lost", agency.now)
        rows_ = with_key(rows_, Purpose.MESSAGES, following.public_key().public_bytes_raw(), agency.now)
        made = issue_list(exchange.folder, rows_, Millis(agency.now + 1))
        add_peer(agency.settings, agency.clock, exchange.name, str(place), made.fingerprint, None)
        agency.until(lambda: exchange.ask_changes(0).status_code == 403)
        refused = exchange.post(waiting)
        assert refused.json()["type"] == "urn:breather:problem:revoked-key"
        assert "refusal" not in refused.json(), "whoever holds a revoked key gets nothing signed"
        anew = sign_message(following, waiting.envelope, waiting.body, agency.now)
        assert exchange.post(waiting, anew.headers()).status_code == 201


def test_the_same_id_of_two_exchanges_is_two_referrals(agency: AgencyProcess) -> None:
    sent = agency.demo.send()
    other = agency.other.referral(id=sent.envelope.id)
    assert agency.other.post(other).status_code == 201


def test_destinations_are_counted_across_exchanges_and_customers_never(agency: AgencyProcess) -> None:
    memo = replace(REFERRAL, destination=Destination(Network.TON, TON_ADDRESS, "77001"))
    for exchange in (agency.demo, agency.demo, agency.other):
        exchange.send(memo)
    found = rows(agency, "SELECT referrals, senders, undecided FROM destination WHERE memo = '77001'")
    assert found == [(3, 2, 3)]


def test_no_column_could_hold_a_customer() -> None:
    assert not [name for name in columns_of("referral") + columns_of("destination") if "customer" in name]


def columns_of(table: str) -> list[str]:
    return [
        column.name
        for part in agency_schema(AgencySettings()).parts
        if isinstance(part, Table) and part.name == table
        for column in part.columns
    ]


def test_a_killed_service_has_every_receipted_referral_once(service: AgencyProcess) -> None:
    sent = [service.demo.send() for _ in range(10)]
    service.kill()
    service.start()
    for each in sent:
        again = service.demo.post(each, service.demo.sign(each.envelope, each.body))
        assert again.status_code == 200
    for each in sent:
        assert rows(service, f"SELECT count(*) FROM referral WHERE id = '{each.envelope.id}'") == [(1,)]
    assert_journal_has_no_gap(service)
