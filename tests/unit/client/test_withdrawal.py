"""What is sent: known things only, in the contract's words."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breather.client import Account, Residence, SessionEvidence, Withdrawal
from breather.client.instant import format_instant, parse_instant
from breather.client.recollection import MOST_ALERTS, Recollection
from breather.client.strictjson import read_object
from tests.unit.client.replies import assessment


def test_what_is_not_known_is_not_sent() -> None:
    body = Withdrawal(id="wd-1", customer="c-1", asset="USDT", network="TRON", amount="5000", address="T").body()
    assert body == {
        "id": "wd-1",
        "customer": {"ref": "c-1"},
        "asset": "USDT",
        "network": "TRON",
        "amount": "5000",
        "destination": {"address": "T", "memo": None},
    }


def test_everything_known_is_sent_with_instants_in_rfc_3339() -> None:
    body = Withdrawal(
        id="wd-1",
        customer="c-1",
        asset="USDT",
        network="TRON",
        amount="5000",
        address="T",
        memo="7",
        amount_usd="5000.00",
        kind="interactive",
        locale="pt",
        residence=Residence(kyc="MO", ip="HK"),
        account=Account(opened_at=0, balance_usd="6100", last_deposit_at=1, last_deposit_kind="fiat"),
        session=SessionEvidence(new_device=True, on_call=False, security_changed_at=1_795_000_000_123),
    ).body()
    assert body["destination"] == {"address": "T", "memo": "7"}
    assert body["residence"] == {"kyc": "MO", "ip": "HK"}
    assert body["account"]["opened_at"] == "1970-01-01T00:00:00.000Z"
    assert body["account"]["last_deposit_at"] == "1970-01-01T00:00:00.001Z"
    assert body["session"] == {
        "new_device": True,
        "on_call": False,
        "security_changed_at": "2026-11-18T11:06:40.123Z",
    }
    assert (body["kind"], body["locale"], body["amount_usd"]) == ("interactive", "pt", "5000.00")


@given(st.integers(0, 253_402_300_799_999))
@settings(max_examples=200)
def test_instants_go_there_and_back(millis: int) -> None:
    assert parse_instant(format_instant(millis)) == millis


def test_an_instant_agrees_with_the_standard_library() -> None:
    moment = datetime(2026, 11, 22, 10, 43, tzinfo=UTC)
    assert parse_instant("2026-11-22T18:43:00+08:00") == moment.timestamp() * 1000
    with pytest.raises(ValueError, match="time zone"):
        parse_instant("2026-11-22T10:43:00")


@pytest.mark.parametrize(
    "data", [b"", b"[]", b'"x"', b"{", b'{"a":1,"a":1}', b'{"a":NaN}', b'{"a":{"b":1,"b":2}}', b"\xff{}"]
)
def test_json_that_could_be_read_in_two_ways_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        read_object(data)


def test_alerts_are_recalled_by_place_then_by_locale() -> None:
    known = Recollection()
    known.keep(assessment("MO", "zh-Hant"))
    known.keep(assessment("MO", "pt"))
    known.keep(assessment("HK", "en"))
    assert known.recall({"residence": {"kyc": "MO"}, "locale": "zh-Hant"}) == {"title": "MO zh-Hant"}
    assert known.recall({"residence": {"kyc": "MO"}, "locale": "fr"}) == {"title": "MO pt"}
    assert known.recall({"residence": {"kyc": None, "phone": "HK", "ip": "MO"}}) == {"title": "HK en"}
    assert known.recall({"residence": {"kyc": "SG", "phone": "HK"}}) is None
    assert known.recall({}) is None
    assert known.recall({"residence": "MO"}) is None


def test_an_alert_is_forgotten_after_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    known = Recollection()
    known.keep(assessment("MO", "pt"))
    now[0] += 24 * 3600 - 1
    assert known.recall({"residence": {"kyc": "MO"}}) is not None
    now[0] += 1
    assert known.recall({"residence": {"kyc": "MO"}}) is None


def test_what_is_remembered_is_bounded() -> None:
    known = Recollection()
    for number in range(MOST_ALERTS + 5):
        known.keep(assessment("MO", f"x-{number}"))
    assert len(known._alerts) == MOST_ALERTS
    assert known.recall({"residence": {"kyc": "MO"}, "locale": "x-0"}) == {"title": f"MO x-{MOST_ALERTS + 4}"}


def test_a_decision_without_an_alert_or_a_place_is_not_remembered() -> None:
    known = Recollection()
    known.keep(assessment(None, "pt"))
    assert known.recall({"residence": {"kyc": None}}) is None
