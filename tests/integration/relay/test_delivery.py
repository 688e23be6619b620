"""Step 10 against a real agency: delivered once in effect, and no answer believed that its keys did not sign."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

import pytest

from breather.couriers.letter import Answer, Courier, Letter, Undelivered
from breather.domain.instant import DAY, HOUR, MINUTE, SECOND, Millis
from breather.domain.retry import WAITS
from breather.exchange.relay import CONSENT_WITHDRAWN, LEASE, claim, dead_letters, relay_state, replay
from breather.protocol.envelope import MessageType
from breather.protocol.identity_folder import load_identity
from breather.protocol.key_list import Purpose
from breather.protocol.message import Signature, sign_message
from breather.protocol.receipt import read_receipt, receipt_for, write_receipt
from breather.protocol.signing import generate
from breather.storage.exchange.referrals import Delivery
from breather.storage.exchange.referrals import take_back as give_back
from tests.agency_process import AgencyProcess
from tests.relaying_exchange import Meddler, RelayingExchange
from tests.sending_exchange import AGENCY

Meddle = Callable[[Courier], Courier]


def altered(after: Callable[[Answer], Answer]) -> Meddle:
    return lambda courier: Meddler(courier, after=after)


def stored_receipt(exchange: RelayingExchange, referral: str) -> tuple[bytes, str]:
    sql = f"SELECT receipt, receipt_proof FROM delivery WHERE referral = '{referral}'"
    receipt, proof = exchange.rows(sql)[0]
    return bytes(receipt), proof


def test_it_arrives_once_and_the_receipt_is_kept_with_its_proof(exchange: RelayingExchange) -> None:
    promised = exchange.promise(5)
    assert exchange.lane().deliver_due() is False, "nothing is left"
    arrived = exchange.arrived()
    for referral in promised:
        row = exchange.row(referral)
        assert (row.delivery, row.problem, arrived[referral]) == (Delivery.RECEIPTED, None, row.body)
        receipt, proof = stored_receipt(exchange, referral)
        kid, at, value = proof.split(" ")
        headers = Signature(kid, Millis(int(at)), base64.b64decode(value)).headers()
        opened = exchange.agency.demo.opened(headers, receipt, MessageType.RECEIPT)
        assert read_receipt(opened).sha256 == sha256(row.body).hexdigest()
    kinds = [kind for (kind,) in exchange.rows("SELECT kind FROM journal WHERE step = 10")]
    assert kinds == ["receipted"] * 5
    exchange.lane().deliver_due()
    assert len(exchange.rows("SELECT kind FROM journal WHERE step = 10")) == 5


def test_an_answer_that_was_lost_is_asked_for_again_and_nothing_is_doubled(exchange: RelayingExchange) -> None:
    def lose(answer: Answer) -> Answer:
        raise Undelivered("timed-out", "cut after it was sent")

    (referral,) = exchange.promise()
    exchange.lane(altered(lose)).deliver_due()
    row = exchange.row(referral)
    assert (row.delivery, row.attempts, row.problem) == (Delivery.PENDING, 1, "timed-out: cut after it was sent")
    assert referral in exchange.arrived(), "it did arrive"
    assert SECOND * 0.8 <= row.due_at - exchange.agency.now <= SECOND * 1.2
    exchange.lane().deliver_due()
    assert exchange.row(referral).delivery is Delivery.PENDING, "it is not due yet"
    exchange.agency.advance(2 * SECOND)
    exchange.lane().deliver_due()
    assert exchange.row(referral).delivery is Delivery.RECEIPTED
    assert exchange.arrived()[referral] == row.body


def test_the_same_bytes_go_out_again_under_a_new_timestamp(sqlite_exchange: RelayingExchange) -> None:
    seen: list[Letter] = []

    def record(letter: Letter) -> None:
        seen.append(letter)
        if len(seen) == 1:
            raise Undelivered("unreachable", "nobody is there")

    sqlite_exchange.promise()
    lane = sqlite_exchange.lane(lambda courier: Meddler(courier, before=record))
    lane.deliver_due()
    sqlite_exchange.agency.advance(2 * SECOND)
    lane.deliver_due()
    first, second = seen
    assert first.body == second.body
    assert int(second.headers["Breather-Timestamp"]) - int(first.headers["Breather-Timestamp"]) == 2 * SECOND


def resigned(agency: AgencyProcess, answer: Answer, **how: object) -> Answer:
    """The agency's receipt, signed again: with another key, at another time, over another envelope or bytes."""
    identity = load_identity(agency.settings.keys)
    body = json.loads(answer.body)
    changed = {**body, **{name: value for name, value in how.items() if name in body}}
    written = json.dumps(changed, separators=(",", ":"), ensure_ascii=False).encode()
    purpose = how.get("purpose", Purpose.RECEIPTS)
    key = generate() if how.get("stranger") else identity.private[Purpose(str(purpose))]
    envelope = replace(agency.demo.envelope(MessageType.RECEIPT), mode=str(changed["mode"]))
    at = Millis(agency.now + int(str(how.get("later", 0))))
    headers = {name.lower(): value for name, value in sign_message(key, envelope, written, at).headers().items()}
    return Answer(answer.status, headers, written)


NO_RECEIPTS: dict[str, tuple[Callable[[AgencyProcess, Answer], Answer], str]] = {
    "altered": (lambda agency, answer: replace(answer, body=answer.body.replace(b'"202', b'"203')), "altered"),
    "unsigned": (lambda agency, answer: replace(answer, headers={}), "malformed"),
    "empty": (lambda agency, answer: Answer(200), "malformed"),
    "a stranger's key": (lambda agency, answer: resigned(agency, answer, stranger=True), "unknown-key"),
    "another purpose": (lambda agency, answer: resigned(agency, answer, purpose="messages"), "wrong-purpose"),
    "another recipient": (
        lambda agency, answer: resigned(agency, answer, recipient="other-exchange"),
        "wrong-recipient",
    ),
    "another mode": (lambda agency, answer: resigned(agency, answer, mode="live"), "wrong-mode"),
    "another sender": (lambda agency, answer: resigned(agency, answer, sender="hong-kong-adcc"), "unknown-sender"),
    "too old": (lambda agency, answer: resigned(agency, answer, later=-6 * MINUTE), "outside-replay-window"),
    "another message": (lambda agency, answer: resigned(agency, answer, about="ref_" + "0" * 26), "/about"),
    "other bytes": (lambda agency, answer: resigned(agency, answer, sha256="0" * 64), "/sha256"),
    "another type": (lambda agency, answer: resigned(agency, answer, type="disposition"), "wrong-type"),
}


@pytest.mark.parametrize("which", NO_RECEIPTS)
def test_what_is_no_receipt_of_ours_settles_nothing(sqlite_exchange: RelayingExchange, which: str) -> None:
    change, code = NO_RECEIPTS[which]
    agency = sqlite_exchange.agency
    (referral,) = sqlite_exchange.promise()
    sqlite_exchange.lane(altered(lambda answer: change(agency, answer))).deliver_due()
    row = sqlite_exchange.row(referral)
    assert (row.delivery, row.attempts, row.settled_at) == (Delivery.PENDING, 1, None)
    assert row.problem is not None
    assert row.problem.startswith("no-receipt: ")
    assert code in row.problem
    assert sqlite_exchange.rows("SELECT receipt, receipt_proof FROM delivery") == [(None, None)]


@pytest.mark.parametrize(
    ("status", "body", "problem"),
    [
        (
            403,
            b'{"type":"urn:breather:problem:revoked-key","detail":"no"}',
            "http-403: not a signed answer; it says: re",
        ),
        (404, b"<html>", "http-404: not a signed answer"),
        (500, b"", "http-500: not a signed answer"),
        (302, b"", "http-302: not a signed answer; redirects are not followed"),
        (403, b'{"refusal":{"body":"{}"}}', "http-403: not a signed answer"),
        (403, b'{"refusal":{"body":7}}', "http-403: not a signed answer"),
        (403, b"[" * 5000, "http-403: not a signed answer"),
    ],
)
def test_a_refusal_that_nobody_signed_is_tried_again(
    sqlite_exchange: RelayingExchange, status: int, body: bytes, problem: str
) -> None:
    """It could be any machine's on the way; a stranger must not be able to end a delivery."""
    (referral,) = sqlite_exchange.promise()
    sqlite_exchange.lane(altered(lambda answer: Answer(status, {}, body))).deliver_due()
    row = sqlite_exchange.row(referral)
    assert (row.delivery, row.attempts) == (Delivery.PENDING, 1)
    assert row.problem is not None
    assert row.problem.startswith(problem)


def test_a_signed_final_refusal_ends_it_at_once_with_its_code(agency: AgencyProcess, database_url: str) -> None:
    exchange = RelayingExchange(agency, database_url, "sparing-exchange")
    (referral,) = exchange.promise()
    exchange.lane().deliver_due()
    row = exchange.row(referral)
    assert (row.delivery, row.attempts) == (Delivery.DEAD, 1)
    assert row.problem is not None
    assert row.problem.startswith("not-allowed: ")
    assert exchange.arrived() == {}
    with exchange.database.reading() as reader:
        assert [each.id for each in dead_letters(reader)] == [referral]
    assert exchange.rows("SELECT kind FROM journal WHERE step = 10") == [("dead-letter",)]
    exchange.close()


def test_the_refusal_of_one_message_does_not_end_another(sqlite_exchange: RelayingExchange) -> None:
    """A refusal names message and timestamp, so that nobody can keep one and hold it against all that follows."""
    agency = sqlite_exchange.agency
    sparing = agency.exchanges["sparing-exchange"]
    kept = sparing.post(sparing.referral()).content
    (referral,) = sqlite_exchange.promise()
    sqlite_exchange.lane(altered(lambda answer: Answer(422, {}, kept))).deliver_due()
    assert sqlite_exchange.row(referral).delivery is Delivery.PENDING


@pytest.mark.parametrize(("off", "words"), [(-10 * MINUTE, "600 s behind"), (HOUR, "3600 s ahead of")])
def test_a_clock_that_is_out_is_named_and_set_right_by_nobody_else(
    sqlite_exchange: RelayingExchange, off: int, words: str
) -> None:
    agency = sqlite_exchange.agency
    (referral,) = sqlite_exchange.promise()
    sqlite_exchange.own_clock(Millis(agency.now + off))
    lane = sqlite_exchange.lane()
    with sqlite_exchange.database.writing() as tx:
        claimed = claim(tx, AGENCY)
    assert claimed is not None
    lane._settle(lane._hands.carry(lane.sender, lane.pinned.peer, [claimed], float("inf")))
    row = sqlite_exchange.row(referral)
    assert row.delivery is Delivery.PENDING
    assert row.problem is not None
    assert row.problem.startswith(f"outside-replay-window: our clock is {words} the agency's")
    with sqlite_exchange.database.reading() as reader:
        assert relay_state(reader, agency.now).failures[AGENCY] == row.problem


def test_what_never_gets_through_is_dead_after_its_time_and_can_be_replayed(exchange: RelayingExchange) -> None:
    def nobody(letter: Letter) -> None:
        raise Undelivered("unreachable", "nobody is there")

    (referral,) = exchange.promise()
    began = exchange.agency.now
    lane = exchange.lane(lambda courier: Meddler(courier, before=nobody))
    for failures in range(1, len(WAITS) + 1):
        lane.deliver_due()
        assert (exchange.row(referral).delivery, exchange.row(referral).attempts) == (Delivery.PENDING, failures)
        exchange.agency.advance(WAITS[failures - 1] * 6 // 5 + 1)
    lane.deliver_due()
    row = exchange.row(referral)
    assert (row.delivery, row.problem) == (Delivery.DEAD, "unreachable: nobody is there")
    assert 2 * DAY < exchange.agency.now - began < 4 * DAY
    with exchange.database.writing() as tx:
        assert replay(tx, referral, "console")
        assert not replay(tx, referral, "console"), "it is pending now"
    exchange.lane().deliver_due()
    assert exchange.row(referral).delivery is Delivery.RECEIPTED
    sql = "SELECT kind, actor FROM journal WHERE step = 10 ORDER BY number"
    assert exchange.rows(sql) == [("dead-letter", "relay"), ("replayed", "console"), ("receipted", f"agency:{AGENCY}")]


def take_back(exchange: RelayingExchange, referral: str) -> None:
    """As a revoked consent does it (`exchange/consent.py`)."""
    with exchange.database.writing() as tx:
        assert give_back(tx, referral, CONSENT_WITHDRAWN)


def test_a_receipt_wins_over_a_consent_taken_back_meanwhile(exchange: RelayingExchange) -> None:
    (referral,) = exchange.promise()
    lane = exchange.lane(lambda courier: Meddler(courier, before=lambda letter: take_back(exchange, referral)))
    lane.deliver_due()
    row = exchange.row(referral)
    assert (row.delivery, row.body, row.problem) == (Delivery.RECEIPTED, b"", None)
    assert referral in exchange.arrived()


def test_a_consent_taken_back_is_never_sent_again_and_never_replayed(exchange: RelayingExchange) -> None:
    def taken_and_cut(letter: Letter) -> None:
        take_back(exchange, referral)
        raise Undelivered("unreachable", "nobody is there")

    (referral,) = exchange.promise()
    exchange.lane(lambda courier: Meddler(courier, before=taken_and_cut)).deliver_due()
    row = exchange.row(referral)
    assert (row.delivery, row.body, row.problem) == (Delivery.DEAD, b"", CONSENT_WITHDRAWN)
    exchange.agency.advance(2 * LEASE)
    exchange.lane().deliver_due()
    assert exchange.row(referral).delivery is Delivery.DEAD
    assert referral not in exchange.arrived()
    with exchange.database.writing() as tx:
        assert not replay(tx, referral, "console")
    with exchange.database.reading() as reader:
        assert dead_letters(reader) == []
        assert relay_state(reader, exchange.agency.now).dead == 0


def test_a_subject_taken_back_after_it_was_claimed_does_not_leave(sqlite_exchange: RelayingExchange) -> None:
    """Asked once more right before it is sent: a batch may have waited behind others."""
    (referral,) = sqlite_exchange.promise()
    lane = sqlite_exchange.lane()
    with sqlite_exchange.database.writing() as tx:
        claimed = claim(tx, AGENCY)
    assert claimed is not None
    take_back(sqlite_exchange, referral)
    subject = replace(claimed, tier="identified")
    assert lane._hands.carry(lane.sender, lane.pinned.peer, [subject], float("inf")) == [(subject, None)]
    assert referral not in sqlite_exchange.arrived()


def test_a_receipt_written_by_hand_of_our_own_would_be_taken(sqlite_exchange: RelayingExchange) -> None:
    """The counterpart of the refusals above: what they alter is really what makes the difference."""
    agency = sqlite_exchange.agency
    (referral,) = sqlite_exchange.promise()
    body = sqlite_exchange.row(referral).body

    def write(answer: Answer) -> Answer:
        envelope = replace(
            agency.demo.envelope(MessageType.RECEIPT), sender=AGENCY, recipient=sqlite_exchange.settings.vasp
        )
        written = write_receipt(envelope, receipt_for(referral, body, agency.now))
        key = load_identity(agency.settings.keys).private[Purpose.RECEIPTS]
        headers = sign_message(key, envelope, written, agency.now).headers()
        return Answer(200, {name.lower(): value for name, value in headers.items()}, written)

    sqlite_exchange.lane(altered(write)).deliver_due()
    assert sqlite_exchange.row(referral).delivery is Delivery.RECEIPTED
