"""Step 11: what an exchange is told, under a manifest that never goes back, and what it can never learn from it."""

import base64
import re

import pytest

from breather.agency.letterhead import Letterhead
from breather.agency.tell import pull, tell_disposition
from breather.bootstrap import agency_database
from breather.domain.disposition import Disposed, Disposition
from breather.domain.instant import MINUTE
from breather.protocol.envelope import MessageType
from breather.protocol.manifest import accept_manifest, read_manifest, split_changes
from breather.protocol.refusal import ExpiredManifest, OlderManifest, UnknownSender, WrongRecipient
from tests.agency_process import AgencyProcess, OfficerPage
from tests.integration.agency.stored import assert_journal_has_no_gap, counts, rows

SECRET = "the informer called from the harbour"


@pytest.fixture(scope="module")
def officer(agency: AgencyProcess) -> OfficerPage:
    return agency.officer()


def decided(agency: AgencyProcess, officer: OfficerPage, exchange: str, disposition: str, **fields: str) -> str:
    """A referral of that exchange, claimed and decided; its id."""
    sent = agency.exchanges[exchange].send()
    number = officer.number_of(sent.envelope.id)
    assert officer.claim(number).status_code == 303
    reply = officer.dispose(number, disposition, **fields)
    assert reply.status_code == 303, reply.text
    return sent.envelope.id


def test_an_exchange_is_told_of_its_own_referrals_and_of_no_others(agency: AgencyProcess, officer: OfficerPage) -> None:
    after_demo, after_other = agency.demo.pull().through, agency.other.pull().through
    mine = decided(agency, officer, "demo-exchange", "confirmed-scam")
    theirs = decided(agency, officer, "other-exchange", "not-a-scam")
    assert agency.demo.dispositions(after_demo) == [(mine, "confirmed-scam")]
    assert agency.other.dispositions(after_other) == [(theirs, "not-a-scam")]


def test_numbers_have_no_gap_that_would_tell_of_the_others(agency: AgencyProcess, officer: OfficerPage) -> None:
    for exchange in ("demo-exchange", "other-exchange", "other-exchange", "demo-exchange"):
        decided(agency, officer, exchange, "insufficient")
    for sender in (agency.demo, agency.other):
        page = sender.pull()
        assert [entry.number for entry in page.entries] == list(range(1, len(page.entries) + 1))
        assert (page.through, page.more) == (len(page.entries), False)


def test_the_officers_note_is_in_nothing_that_leaves(agency: AgencyProcess, officer: OfficerPage) -> None:
    decided(agency, officer, "demo-exchange", "confirmed-scam", note=SECRET)
    for exchange in (agency.demo, agency.other):
        reply = exchange.ask_changes(0)
        _, page = split_changes(reply.content)
        bodies = b"".join(base64.b64decode(text) for text in re.findall(rb'"body":"([^"]+)"', page))
        assert bodies.count(b'"disposition"') or exchange is agency.other
        assert SECRET.encode() not in reply.content + bodies
    stored = rows(agency, "SELECT body FROM change")
    assert not [body for (body,) in stored if SECRET.encode() in bytes(body)]
    journal = rows(agency, "SELECT body FROM journal")
    assert not [body for (body,) in journal if SECRET.encode() in bytes(body)]
    assert rows(agency, f"SELECT count(*) FROM disposition WHERE note = '{SECRET}'") == [(1,)]


def test_a_later_disposition_replaces_an_earlier_one_and_both_are_told_in_order(
    agency: AgencyProcess, officer: OfficerPage
) -> None:
    after = agency.demo.pull().through
    referral = decided(agency, officer, "demo-exchange", "insufficient")
    officer.dispose(officer.number_of(referral), "confirmed-scam")
    assert agency.demo.dispositions(after) == [(referral, "insufficient"), (referral, "confirmed-scam")]


def test_a_duplicate_is_only_of_the_same_sender(agency: AgencyProcess, officer: OfficerPage) -> None:
    theirs, first, second = agency.other.send(), agency.demo.send(), agency.demo.send()
    number = officer.number_of(second.envelope.id)
    officer.claim(number)
    before = counts(agency)
    for wrong in (theirs.envelope.id, "ref_unknown", second.envelope.id, ""):
        refused = officer.dispose(number, "duplicate", duplicate_of=wrong)
        assert refused.status_code == 409, wrong
        assert 'role="alert"' in refused.text
    assert counts(agency) == before
    after = agency.demo.pull().through
    assert officer.dispose(number, "duplicate", duplicate_of=first.envelope.id).status_code == 303
    assert agency.demo.dispositions(after) == [(second.envelope.id, "duplicate")]


def test_every_pull_has_a_newer_manifest_and_an_older_one_is_refused(agency: AgencyProcess) -> None:
    first, second = (agency.demo.ask_changes(0) for _ in range(2))
    opened = [
        agency.demo.opened(reply.headers, split_changes(reply.content)[0], MessageType.MANIFEST)
        for reply in (first, second)
    ]
    sequences = [read_manifest(message).sequence for message in opened]
    assert sequences[1] == sequences[0] + 1
    with pytest.raises(OlderManifest):
        accept_manifest(opened[0], sequences[1], agency.now)
    manifest = read_manifest(opened[1])
    assert manifest.expires_at - manifest.issued_at == 10 * MINUTE
    with pytest.raises(ExpiredManifest):
        accept_manifest(opened[1], sequences[0], manifest.expires_at)


def test_a_manifest_is_newer_after_a_kill_too(service: AgencyProcess) -> None:
    service.demo.pull()
    before = service.demo.last_manifest
    service.kill()
    service.start()
    service.demo.pull()
    assert service.demo.last_manifest > before


def test_the_answer_to_one_exchange_is_no_answer_for_another(agency: AgencyProcess) -> None:
    reply = agency.demo.ask_changes(0)
    head, _ = split_changes(reply.content)
    with pytest.raises((WrongRecipient, UnknownSender)):
        agency.other.opened(reply.headers, head, MessageType.MANIFEST)


def test_a_pull_leaves_nothing_but_the_counters(agency: AgencyProcess) -> None:
    agency.demo.pull()  # the first of all makes the counters
    before = counts(agency)
    agency.demo.pull()
    assert counts(agency) == before
    assert_journal_has_no_gap(agency)


def test_a_page_beyond_the_end_is_empty_and_leads_nowhere(agency: AgencyProcess) -> None:
    page = agency.demo.pull(10_000)
    assert (page.entries, page.through, page.more) == ((), 10_000, False)


def test_long_histories_come_in_pages(agency: AgencyProcess) -> None:
    """By the store itself: two hundred entries are a page, and the next begins where it ended."""
    database, letterhead = agency_database(agency.settings, agency.clock), Letterhead("macau-pj", "test")
    with database.writing() as tx:
        for number in range(450):
            disposed = Disposed(f"ref_{number:026d}", Disposition.INSUFFICIENT, tx.now)
            tell_disposition(tx, letterhead, "busy-exchange", disposed, number.to_bytes(10))
    after, sizes, more = 0, [], True
    while more:
        with database.writing() as tx:
            found = pull(tx, letterhead, "busy-exchange", after, bytes(20))
        sizes.append(len(found.told))
        after, more = found.through, found.more
    database.close()
    assert (sizes, after) == ([200, 200, 50], 450)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"Breather-Message": ""}, "malformed"),
        ({"Breather-Message": "%%%"}, "malformed"),
        ({"Breather-Message": "e30="}, "malformed"),
        ({"Breather-Signature": "AAAA"}, "malformed"),
        ({"Breather-Timestamp": "0"}, "altered"),
        ({"Breather-Message": "A" * 4000}, "malformed"),
    ],
)
def test_a_pull_that_is_none(agency: AgencyProcess, changed: dict[str, str], code: str) -> None:
    before = counts(agency)
    reply = agency.demo.ask_changes(0, {**agency.demo.pull_headers(0), **changed})
    if code == "altered":  # far outside the validity of every key, which is judged first
        code = "not-yet-valid"
    assert reply.json()["type"] == f"urn:breather:problem:{code}"
    assert counts(agency) == before


def test_a_pull_in_letters_beyond_ascii_is_malformed_too(agency: AgencyProcess) -> None:
    headers = {name.encode(): value.encode() for name, value in agency.demo.pull_headers(0).items()}
    headers[b"Breather-Message"] = b"caf\xe9"
    reply = agency.client.get(f"{agency.url}/v1/changes", headers=headers)
    assert (reply.status_code, reply.json()["type"]) == (400, "urn:breather:problem:malformed")


def test_the_address_may_not_say_something_else_than_what_was_signed(agency: AgencyProcess) -> None:
    headers = agency.demo.pull_headers(0)
    reply = agency.demo.client.get(f"{agency.url}/v1/changes?after=7", headers=headers)
    assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (400, "?after")


def test_a_referral_is_no_pull(agency: AgencyProcess) -> None:
    sent = agency.demo.referral()
    headers = {**sent.headers, "Breather-Message": base64.b64encode(sent.body).decode()}
    assert agency.demo.ask_changes(0, headers).json()["type"] == "urn:breather:problem:wrong-type"
