"""What cannot be right: each a problem document that names the place and what would be right, and nothing is stored."""

from collections.abc import Iterator
from typing import Any

import httpx
import msgspec
import pytest

from tests.exchange_process import ExchangeProcess
from tests.integration.exchange.withdrawals import ADDRESS, counts, withdrawal

NUL = "\0"

# (what is changed, the place, a part of the message or of the suggestion)
VALUES: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"destination": {"address": ADDRESS[:-1] + "Q"}}, "/destination/address", "checksum"),
    ({"destination": {"address": "0x52908400098527886E0F7030069857D2E4169EE7"}}, "/destination/address", "TRON"),
    ({"destination": {"address": ""}}, "/destination/address", "at least 1"),
    ({"destination": {"address": "T" * 300}}, "/destination/address", "at most 200"),
    ({"destination": {"adress": ADDRESS}}, "/destination/adress", "'address'"),
    ({"destination": None}, "/destination", "an object"),
    ({"amount": "-1"}, "/amount", "more than zero"),
    ({"amount": "0"}, "/amount", "more than zero"),
    ({"amount": "0.000000"}, "/amount", "more than zero"),
    ({"amount": "9" * 24}, "/amount", "the most"),
    ({"amount": "9" * 60}, "/amount", "at most 50"),
    ({"amount": "1.1234567"}, "/amount", "at most 6"),
    ({"amount": "5e3"}, "/amount", "without signs or exponents"),
    ({"amount": "5,000"}, "/amount", "decimal number"),
    ({"amount": "٥٠٠٠"}, "/amount", "decimal number"),
    ({"amount": "5000\n"}, "/amount", "decimal number"),
    ({"amount": 5000}, "/amount", "in quotes"),
    ({"amount_usd": "-5"}, "/amount_usd", "more than zero"),
    ({"amount_usd": "1000000000000"}, "/amount_usd", "the most"),
    ({"asset": "USTD"}, "/asset", "'USDT'"),
    ({"asset": "usdt"}, "/asset", "'USDT'"),
    ({"asset": 7}, "/asset", "must be one of"),
    ({"asset": "BTC"}, "/network", "it is on BTC"),
    ({"network": "TRN"}, "/network", "'TRON'"),
    ({"residence": {"kyc": "XX"}}, "/residence/kyc", "ISO 3166-1"),
    ({"residence": {"phone": "mo"}}, "/residence/phone", "'MO'"),
    ({"residence": {"nationality": "MO"}}, "/residence/nationality", "known are"),
    ({"locale": "english please"}, "/locale", "BCP 47"),
    ({"kind": "interactiv"}, "/kind", "'interactive'"),
    ({"custommer": {"ref": "c"}}, "/custommer", "'customer'"),
    ({"customer": {"ref": ""}}, "/customer/ref", "at least 1"),
    ({"customer": {"ref": "a\x1bb"}}, "/customer/ref", "U+001B"),
    ({"customer": {"ref": "a\u202eb"}}, "/customer/ref", "U+202E"),
    ({"destination": {"address": ADDRESS, "memo": "7"}}, "/destination/memo", "TRON addresses take no memo"),
    ({"session": {"remote_access": "no"}}, "/session/remote_access", "true or false"),
    ({"session": {"security_changed_at": "yesterday"}}, "/session/security_changed_at", "write it like"),
    ({"account": {"opened_at": "2026-02-30T00:00:00Z"}}, "/account/opened_at", ""),
    ({"account": {"opened_at": "2026-02-03T00:00:00"}}, "/account/opened_at", ""),
    ({"account": {"balance_usd": "much"}}, "/account/balance_usd", "decimal number"),
    ({"account": {"last_deposit_kind": "fiatt"}}, "/account/last_deposit_kind", "'fiat'"),
    ({"id": ""}, "/id", "at least 1"),
    ({"id": "a" * 65}, "/id", "at most 64"),
    ({"id": "a/b"}, "/id", "another form"),
    ({"id": "bad-1\n"}, "/id", "another form"),
    ({"id": None}, "/id", "in quotes"),
)


@pytest.fixture(autouse=True)
def nothing_stored(service: ExchangeProcess) -> Iterator[None]:
    """Around every test of this module."""
    before = counts(service)
    yield
    assert counts(service) == before


def errors_of(reply: httpx.Response) -> list[dict[str, str]]:
    assert reply.status_code == 422, reply.text
    problem = reply.json()
    assert problem["type"] == "urn:breather:problem:invalid"
    errors: list[dict[str, str]] = problem["errors"]
    return errors


@pytest.mark.parametrize(("changed", "pointer", "says"), VALUES, ids=lambda value: str(value)[:40])
def test_a_wrong_value_is_named(service: ExchangeProcess, changed: dict[str, Any], pointer: str, says: str) -> None:
    errors = errors_of(service.post("/v1/withdrawals", withdrawal("bad-1", **changed)))
    found = [error for error in errors if error["pointer"] == pointer]
    assert found, errors
    assert any(says in f"{error['message']} {error.get('suggestion', '')!r}" for error in found), found


def test_everything_wrong_is_named_at_once(service: ExchangeProcess) -> None:
    body = withdrawal("bad-2", amount="-1", residence={"kyc": "XX", "ip": "YY"}, locale="?")
    pointers = {error["pointer"] for error in errors_of(service.post("/v1/withdrawals", body))}
    assert pointers == {"/amount", "/residence/kyc", "/residence/ip", "/locale"}


def test_everything_missing_is_named_at_once(service: ExchangeProcess) -> None:
    pointers = {error["pointer"] for error in errors_of(service.post("/v1/withdrawals", {}))}
    assert pointers == {"/id", "/customer", "/asset", "/network", "/amount", "/destination"}
    assert errors_of(service.post("/v1/withdrawals", [])) == errors_of(service.post("/v1/withdrawals", b"[]"))


# (the bytes, a part of what is said)
SYNTAX: tuple[tuple[bytes, str], ...] = (
    (b"{", "Line 1"),
    (b'{"id":"bad-3",}', "Line 1"),
    (b"{'id':'bad-3'}", "Line 1"),
    (b'{"id":"a","id":"b"}', "twice"),
    (b'{"customer":{"ref":"a","\\u0072ef":"b"}}', "twice"),
    (b'{"id":"bad\\u0000"}', "U+0000"),
    (b'{"id":"bad' + NUL.encode() + b'"}', "U+0000"),
    (b'{"id":"\xff\xfe"}', "UTF-8"),
    (b"\xef\xbb\xbf{}", "BOM"),
    (b'{"id":"\\ud800"}', "surrogate"),
    (b'{"amount":NaN}', "NaN"),
    (b'{"amount":-Infinity}', "Infinity"),
    (b'{"amount":1e999}', "too large"),
    (b'{"amount":' + b"9" * 5000 + b"}", "5000 digits"),
    (b"[" * 30_000, "nested"),
    (b'{"id":"' + b"]" * 30_000 + b'","a":' + b"[" * 30_000 + b"}", "nested"),
    (b'{"a":' * 17 + b"1" + b"}" * 17, "nested"),
)


@pytest.mark.parametrize(("body", "says"), SYNTAX, ids=lambda value: str(value)[:40])
@pytest.mark.parametrize("path", ["/v1/withdrawals", "/v1/withdrawals/wd/events", "/v1/withdrawals/wd/links"])
def test_what_is_not_json_with_one_meaning(service: ExchangeProcess, path: str, body: bytes, says: str) -> None:
    reply = service.post(path, body)
    assert reply.status_code == 400, reply.text
    problem = reply.json()
    assert problem["type"] == "urn:breather:problem:syntax"
    assert says in problem["detail"]


def test_a_megabyte_is_not_read(service: ExchangeProcess) -> None:
    body = msgspec.json.encode(withdrawal("bad-4", locale="x" * 1_000_000))
    reply = service.post("/v1/withdrawals", body)
    assert reply.status_code == 413
    assert "65536" in reply.json()["detail"]


def test_a_megabyte_of_undeclared_length_is_not_read_either(service: ExchangeProcess) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(1_000):
            yield b"x" * 1_000

    headers = {"Authorization": f"Bearer {service.key}"}
    with httpx.Client(trust_env=False) as client:
        try:
            reply = client.post(f"{service.url}/v1/withdrawals", content=pieces(), headers=headers)
        except (httpx.WriteError, httpx.ReadError):
            return  # cut off while it was still sending: as good an answer
    assert reply.status_code == 413


def test_just_under_the_limit_is_read(service: ExchangeProcess) -> None:
    body = msgspec.json.encode(withdrawal("bad-5", amount="-1"))
    assert service.post("/v1/withdrawals", body + b" " * (65_536 - len(body))).status_code == 422
    assert service.post("/v1/withdrawals", body + b" " * (65_537 - len(body))).status_code == 413


@pytest.mark.parametrize("deadline", ["0", "-1", "1.5", "60001", "soon", "", "9" * 30])
def test_a_deadline_that_is_none(service: ExchangeProcess, deadline: str) -> None:
    headers = {"Breather-Deadline-Ms": deadline}
    reply = service.call("POST", "/v1/withdrawals", withdrawal("bad-6"), headers=headers)
    assert reply.status_code == 400
    assert "1 to 60000" in reply.json()["detail"]


@pytest.mark.parametrize(
    "query", ["changed_after=-1", "changed_after=x", "changed_after=" + "9" * 19, "limit=0", "limit=501", "limit=1e2"]
)
def test_a_question_that_cannot_be_answered(service: ExchangeProcess, query: str) -> None:
    name = query.partition("=")[0]
    assert [error["pointer"] for error in errors_of(service.get(f"/v1/withdrawals?{query}"))] == [f"?{name}"]


# (the event, the place, a part of the message or of the suggestion)
EVENTS: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"id": "e", "event": "confrim"}, "/event", "'confirm'"),
    ({"id": "e"}, "/event", "must be one of"),
    ({"id": "e", "event": ["stop"]}, "/event", "must be one of"),
    ({"event": "stop"}, "/id", "missing"),
    ({"id": "page/stop", "event": "stop"}, "/id", "another form"),
    ({"id": "e", "event": "stop", "reason": "none"}, "/reason", "known are"),
    ({"id": "e", "event": "confirm"}, "/session_started_at", "missing"),
    (
        {"id": "e", "event": "confirm", "session_started_at": "now", "authenticated_at": "now"},
        "/session_started_at",
        "",
    ),
    ({"id": "e", "event": "broadcast", "transaction_id": ""}, "/transaction_id", "at least 1"),
    ({"id": "e", "event": "broadcast", "transaction_id": "ab\n"}, "/transaction_id", "another form"),
    ({"id": "e", "event": "held", "reason": "r", "max_hours": 73}, "/max_hours", "between 1 and 72"),
    ({"id": "e", "event": "held", "reason": "r", "max_hours": "3"}, "/max_hours", "whole number"),
    ({"id": "e", "event": "held", "reason": ""}, "/reason", "at least 1"),
    ({"id": "e", "event": "lifted"}, "/reason", "missing"),
)


@pytest.mark.parametrize(("body", "pointer", "says"), EVENTS, ids=lambda value: str(value)[:60])
def test_an_event_that_is_none(service: ExchangeProcess, body: dict[str, Any], pointer: str, says: str) -> None:
    errors = errors_of(service.event("bad-7", body))
    found = [error for error in errors if error["pointer"] == pointer]
    assert found, errors
    assert any(says in f"{error['message']} {error.get('suggestion', '')!r}" for error in found), found


@pytest.mark.parametrize("body", [{"locale": 5}, {"lang": "pt"}, {"locale": "x" * 36}, {"locale": "not a tag"}])
def test_a_link_that_cannot_be_minted(service: ExchangeProcess, body: dict[str, Any]) -> None:
    assert errors_of(service.post("/v1/withdrawals/bad-8/links", body))


def test_a_clearance_takes_no_wishes(service: ExchangeProcess) -> None:
    assert errors_of(service.post("/v1/withdrawals/bad-9/clearance", {"amount": "1"}))[0]["pointer"] == "/amount"


@pytest.mark.parametrize("name", ["unknown", "%00", "a%00b", "%FF", "a" * 300, "a%20b", "wd%0A", "..%2f..%2fetc"])
def test_an_address_of_nothing(exchange: ExchangeProcess, name: str) -> None:
    headers = {"Authorization": f"Bearer {exchange.key}"}
    found = exchange.client.get(f"{exchange.url}/v1/withdrawals/{name}", headers=headers)
    assert found.status_code == 404, found.text
    assert found.headers["content-type"] == "application/problem+json"


def test_paths_and_methods_that_do_not_exist_are_problems_too(service: ExchangeProcess) -> None:
    assert service.client.get(f"{service.url}/v2/withdrawals").json()["type"] == "urn:breather:problem:not-found"
    refused = service.client.delete(f"{service.url}/v1/withdrawals")
    assert (refused.status_code, refused.json()["type"]) == (405, "urn:breather:problem:method")
