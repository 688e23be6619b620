"""What the VASP's code sees of the relay: what is wanted, the sealed subject, and how each referral stands."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from breather.client import Subject
from breather.client.subject import SubjectWanted
from breather.domain.event import EventKind
from breather.protocol.sealing import SEALED_LIMIT
from tests.integration.exchange.contract import hold_to_contract
from tests.served_world import ServedWorld, served_world
from tests.unit.exchange.world import asked_for, event

NAME = "Chan Siu Ling (invented)"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[ServedWorld]:
    """w1, whose customer asked for help and agreed to be named."""
    with served_world(tmp_path) as found:
        found.world.relay()
        found.world.assess(asked_for("w1", 5000))
        found.world.respond("w1", event(EventKind.HELP, "h"))
        found.world.respond("w1", event(EventKind.CONSENT, "c", consent_text="consent.en.1"))
        yield found


def said(served: ServedWorld) -> dict[str, Any]:
    reply = served.api("GET", "/v1/withdrawals/w1")
    hold_to_contract("GET", "/v1/withdrawals/w1", reply)
    found: dict[str, Any] = reply.json()
    return found


def sealed(served: ServedWorld, **changes: Any) -> dict[str, Any]:
    wanted = SubjectWanted.read(said(served), vasp="vasp-1", mode="test")
    assert wanted is not None
    body = {"id": "s-1", "referral": wanted.referral, "ciphertext": wanted.seal(Subject(name=NAME))}
    return {**body, "keys": list(wanted.keys), **changes}


def post(served: ServedWorld, body: Any, status: int) -> dict[str, Any]:
    reply = served.api("POST", "/v1/withdrawals/w1/subject", body)
    assert reply.status_code == status, reply.text
    hold_to_contract("POST", "/v1/withdrawals/w1/subject", reply)
    found: dict[str, Any] = reply.json()
    return found


def test_a_subject_is_taken_once_and_is_then_not_wanted_any_more(served: ServedWorld) -> None:
    body = sealed(served)
    first = post(served, body, 201)
    assert [(one["tier"], one["state"]) for one in first["referrals"]] == [
        ("pseudonymous", "pending"),
        ("identified", "pending"),
    ]
    assert first["referrals"][1]["id"] == body["referral"]
    assert post(served, body, 200)["referrals"] == first["referrals"]
    assert said(served)["subject_wanted"] is None
    other = {**body, "ciphertext": base64.b64encode(base64.b64decode(body["ciphertext"]) + b"x").decode()}
    assert post(served, other, 409)["type"] == "urn:breather:problem:changed-retry"
    taken = post(served, {**other, "id": "s-2"}, 409)
    assert taken["type"] == "urn:breather:problem:subject-taken"
    assert "new id" not in taken["detail"], "a new id was sent, and does not help"


def test_a_referral_is_pending_then_receipted_and_what_was_found_is_for_the_vasp(served: ServedWorld) -> None:
    (before,) = said(served)["referrals"]
    assert (before["state"], before["received_at"], before["closed_at"]) == ("pending", None, None)
    assert served.deliver() == 1
    (after,) = said(served)["referrals"]
    assert after["state"] == "receipted"
    assert after["received_at"] is not None
    listed = served.api("GET", "/v1/withdrawals?changed_after=0")
    hold_to_contract("GET", "/v1/withdrawals", listed)
    assert listed.json()["changes"][0]["referrals"] == [after]
    assert "subject_wanted" not in listed.json()["changes"][0]


def test_the_vasp_may_take_the_consent_back_for_her(served: ServedWorld) -> None:
    post(served, sealed(served), 201)
    revoked = served.api("POST", "/v1/withdrawals/w1/events", {"id": "r-1", "event": "revoke-consent"})
    assert revoked.status_code == 201
    hold_to_contract("POST", "/v1/withdrawals/w1/events", revoked)
    assert revoked.json()["consented_at"] is None
    assert [one["state"] for one in revoked.json()["referrals"]] == ["pending", "dead"]
    again = served.api("POST", "/v1/withdrawals/w1/events", {"id": "r-2", "event": "revoke-consent"})
    assert (again.status_code, again.json()["type"]) == (409, "urn:breather:problem:no-consent")


def test_nobody_can_consent_through_the_api(served: ServedWorld) -> None:
    reply = served.api("POST", "/v1/withdrawals/w1/events", {"id": "x", "event": "consent"})
    assert reply.status_code == 422
    assert "/event" in reply.text


def test_a_subject_in_the_clear_is_refused_and_not_repeated(served: ServedWorld) -> None:
    clear = base64.b64encode(NAME.encode() + b" " * 2).decode()
    reply = post(served, sealed(served, ciphertext=clear), 422)
    assert reply["type"] == "urn:breather:problem:not-sealed"
    assert NAME not in str(reply)
    assert clear not in str(reply)
    assert said(served)["subject_wanted"] is not None


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"name": NAME}, "/name", "unknown-key"),
        ({"referral": "ref_1"}, "/referral", "form"),
        ({"ciphertext": "not base64"}, "/ciphertext", "form"),
        ({"ciphertext": "YWJ="}, "/ciphertext", "base64"),
        ({"ciphertext": "AAAA" * (SEALED_LIMIT // 3 + 2)}, "/ciphertext", "too-long"),
        ({"keys": []}, "/keys", "length"),
        ({"keys": "0" * 16}, "/keys", "type"),
        ({"keys": ["0" * 16, 7]}, "/keys/1", "type"),
        ({"keys": ["0" * 16, "0" * 16]}, "/keys/1", "repeated"),
        ({"keys": ["0" * 15 + "\n"]}, "/keys/0", "form"),
        ({"keys": [f"{number:016x}" for number in range(21)]}, "/keys", "length"),
    ],
    ids=str,
)
def test_a_wrong_body_is_explained(served: ServedWorld, changes: dict[str, Any], pointer: str, code: str) -> None:
    reply = post(served, sealed(served, **changes), 422)
    assert [(one["pointer"], one["code"]) for one in reply["errors"]] == [(pointer, code)]


def test_the_longest_subject_that_is_allowed_is_read(served: ServedWorld) -> None:
    longest = base64.b64encode(bytes(SEALED_LIMIT)).decode()
    assert post(served, sealed(served, ciphertext=longest), 422)["type"] == "urn:breather:problem:not-sealed"
    over = base64.b64encode(bytes(SEALED_LIMIT + 1)).decode()
    assert post(served, sealed(served, ciphertext=over), 422)["errors"][0]["code"] == "too-long"


def test_it_takes_the_scope_of_responding(served: ServedWorld) -> None:
    served.narrow("read")
    reply = served.api("POST", "/v1/withdrawals/w1/subject", {})
    assert (reply.status_code, reply.json()["scope"]) == (403, "respond")
