"""Receipts, refusals, dispositions and daily counts: each says one thing, and is held against what it answers."""

import json
from dataclasses import replace
from datetime import date

import pytest

from breather.domain.disposition import Disposed, Disposition, check_disposed
from breather.domain.instant import DAY, MINUTE, Millis, parse_instant
from breather.domain.typology import Typology
from breather.protocol.aggregate import (
    SMALLEST_CELL,
    Aggregate,
    Cell,
    Quarter,
    enough,
    read_aggregate,
    write_aggregate,
)
from breather.protocol.disposition import read_disposition, write_disposition
from breather.protocol.envelope import MessageType
from breather.protocol.message import open_message
from breather.protocol.problem import Problem, problem_of, read_problem, write_problem
from breather.protocol.receipt import check_receipt, read_receipt, receipt_for
from breather.protocol.refusal import Malformed, OutsideReplayWindow
from tests.unit.protocol.samples import AGGREGATE, EXCHANGE, NOW, envelope, messages, opened, receiver, signed

REFERRAL = messages()["referral-pseudonymous"]
FIRST, SECOND, FOREIGN = (envelope(MessageType.REFERRAL, number).id for number in (1, 2, 3))
SENDERS = {FIRST: EXCHANGE, SECOND: EXCHANGE, FOREIGN: "other-exchange"}


def test_a_receipt_means_these_bytes_and_nothing_else() -> None:
    receipt = read_receipt(opened(messages()["receipt"]))
    assert receipt == receipt_for(REFERRAL.envelope.id, REFERRAL.body, NOW)
    assert check_receipt(receipt, REFERRAL.envelope.id, REFERRAL.body) == []
    other, altered = (
        check_receipt(receipt, SECOND, REFERRAL.body),
        check_receipt(receipt, FIRST, REFERRAL.body + b" "),
    )
    assert [(finding.code, finding.suggestion) for finding in other] == [("other-message", "")]
    assert [(finding.code, finding.suggestion) for finding in altered] == [("other-bytes", "")]
    assert set(json.loads(messages()["receipt"].body)) == {
        *("type", "version", "mode", "sender", "recipient", "id", "sequence", "about", "sha256", "received_at")
    }


def test_a_clock_problem_is_opened_by_a_wrong_clock_and_answers_one_signature() -> None:
    """The sender's clock is a day behind: it could not open the refusal inside a replay window."""
    theirs = Millis(NOW - DAY)
    why = OutsideReplayWindow(theirs, NOW, 5 * MINUTE)
    about = envelope(MessageType.REFUSAL)
    sent = signed(about, write_problem(about, problem_of(why, FIRST, theirs, NOW)))
    expected = [MessageType.REFUSAL]
    with pytest.raises(OutsideReplayWindow):
        open_message(receiver(EXCHANGE), sent.headers, sent.body, theirs, expected)
    message = open_message(replace(receiver(EXCHANGE), window=None), sent.headers, sent.body, theirs, expected)
    assert read_problem(message, FIRST, theirs) == Problem(FIRST, theirs, "outside-replay-window", True, NOW)
    for about_other, at in ((SECOND, theirs), (FIRST, Millis(theirs + 1))):
        with pytest.raises(Malformed, match="sent was"):
            read_problem(message, about_other, at)


def test_a_disposition_says_what_was_found_and_has_no_room_for_a_note() -> None:
    assert read_disposition(opened(messages()["disposition"])) == Disposed(FIRST, Disposition.CONFIRMED_SCAM, NOW)
    doubled = read_disposition(opened(messages()["disposition-duplicate"]))
    assert doubled == Disposed(SECOND, Disposition.DUPLICATE, NOW, FIRST)
    about = envelope(MessageType.DISPOSITION)
    for name in ("note", "officer", "reason"):
        body = json.dumps({**json.loads(messages()["disposition"].body), name: "x"}).encode()
        with pytest.raises(Malformed, match=f"/{name}"):
            read_disposition(opened(signed(about, body)))


@pytest.mark.parametrize(
    ("disposed", "code"),
    [
        (Disposed(FIRST, Disposition.NOT_A_SCAM, NOW), None),
        (Disposed(SECOND, Disposition.DUPLICATE, NOW, FIRST), None),
        (Disposed("ref_x", Disposition.INSUFFICIENT, NOW), "unknown-referral"),
        (Disposed(SECOND, Disposition.DUPLICATE, NOW), "duplicate-of"),
        (Disposed(SECOND, Disposition.NOT_A_SCAM, NOW, FIRST), "duplicate-of"),
        (Disposed(FIRST, Disposition.DUPLICATE, NOW, FIRST), "duplicate-of"),
        (Disposed(FIRST, Disposition.DUPLICATE, NOW, FOREIGN), "foreign-referral"),
        (Disposed(FIRST, Disposition.DUPLICATE, NOW, "ref_y"), "foreign-referral"),
    ],
)
def test_a_duplicate_is_of_the_same_senders(disposed: Disposed, code: str | None) -> None:
    assert [finding.code for finding in check_disposed(disposed, SENDERS)] == ([code] if code else [])


def test_another_senders_referral_and_an_unknown_one_look_alike() -> None:
    """At the exchange, whose mapping holds its own: neither message nor code tells them apart."""
    ours = {FIRST: EXCHANGE, SECOND: EXCHANGE}
    found = [check_disposed(Disposed(FIRST, Disposition.DUPLICATE, NOW, other), ours) for other in (FOREIGN, "ref_y")]
    assert found[0] == found[1]


def test_a_duplicate_without_its_original_is_not_written() -> None:
    with pytest.raises(ValueError, match="/duplicate_of"):
        write_disposition(envelope(MessageType.DISPOSITION), Disposed(FIRST, Disposition.DUPLICATE, NOW))


def test_daily_counts_read_back() -> None:
    assert read_aggregate(opened(messages()["aggregate"])) == AGGREGATE


def test_few_is_not_none_and_is_not_told() -> None:
    assert [enough(count) for count in (0, 1, SMALLEST_CELL - 1, SMALLEST_CELL, 31)] == [None, None, None, 5, 31]


@pytest.mark.parametrize(
    "wrong",
    [
        replace(AGGREGATE, cells=(Cell(Typology.INVESTMENT, 4, None),)),
        replace(AGGREGATE, cells=(Cell(Typology.INVESTMENT, 9, 0),)),
        replace(AGGREGATE, cells=(Cell(Typology.INVESTMENT, 9, 10),)),
        replace(AGGREGATE, cells=(Cell(Typology.INVESTMENT, None, 10),)),
        replace(AGGREGATE, cells=AGGREGATE.cells * 2),
        replace(AGGREGATE, quarters=AGGREGATE.quarters * 2),
        replace(AGGREGATE, quarters=(Quarter(parse_instant("2026-11-22T10:31:00Z"), 5),)),
        replace(AGGREGATE, quarters=(Quarter(parse_instant("2026-11-23T00:00:00Z"), 5),)),
        replace(AGGREGATE, day=date(2026, 11, 21)),
    ],
)
def test_counts_that_are_small_or_contradict_are_not_written(wrong: Aggregate) -> None:
    with pytest.raises(ValueError, match=r"/cells|/quarters"):
        write_aggregate(envelope(MessageType.AGGREGATE), wrong)


def test_counts_that_contradict_are_not_read_either() -> None:
    members = json.loads(messages()["aggregate"].body)
    members["cells"] *= 2
    with pytest.raises(Malformed, match="typology twice"):
        read_aggregate(opened(signed(envelope(MessageType.AGGREGATE), json.dumps(members).encode())))
