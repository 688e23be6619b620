"""Whatever msgspec refuses is explained, with its place; what it takes is not."""

from typing import Annotated, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Meta, inspect

from breather.domain.finding import Finding
from breather.web.exchange.bodies import EVENT_BODIES, LinkBody, WithdrawalBody
from breather.web.problems import Problem
from breather.web.shape import explain, read_shape

FULL: dict[str, Any] = {
    "id": "wd-1",
    "customer": {"ref": "c"},
    "asset": "USDT",
    "network": "TRON",
    "amount": "1",
    "destination": {"address": "T", "memo": None},
    "amount_usd": "1",
    "kind": "api",
    "locale": "pt",
    "residence": {"kyc": "MO", "document": None, "phone": "MO", "ip": "MO"},
    "account": {"opened_at": "x", "balance_usd": "1", "last_deposit_at": None, "last_deposit_kind": "card"},
    "session": {"new_device": True, "remote_access": None, "screen_shared": False, "on_call": None},
}
PLACES = [
    "",
    *FULL,
    *(f"{outer}/{inner}" for outer, value in FULL.items() if isinstance(value, dict) for inner in value),
]
WRONG = [None, True, 0, -1, 1.5, "", "x" * 600, "wd-1\n", [], {}, {"strange": 1}, ["a"], "usdt"]


def refused(value: Any, shape: type = WithdrawalBody) -> list[Finding]:
    with pytest.raises(Problem) as caught:
        read_shape(msgspec.json.encode(value), shape)
    assert caught.value.status == 422
    return list(caught.value.errors)


def changed(place: str, value: Any) -> Any:
    if not place:
        return value
    outer, _, inner = place.partition("/")
    if not inner:
        return {**FULL, outer: value}
    return {**FULL, outer: {**FULL[outer], inner: value}}


@pytest.mark.parametrize("value", WRONG, ids=lambda value: repr(value)[:20])
@pytest.mark.parametrize("place", PLACES)
def test_it_explains_exactly_what_msgspec_refuses(place: str, value: Any) -> None:
    """And points into the part that is wrong, never at the whole."""
    body = changed(place, value)
    findings = list(explain(body, inspect.type_info(WithdrawalBody), ""))
    try:
        msgspec.convert(body, WithdrawalBody)
    except msgspec.ValidationError:
        assert findings
        assert all(finding.pointer.startswith(f"/{place}" if place else "") for finding in findings)
        assert all(finding.message and "None" not in finding.message for finding in findings)
    else:
        assert not findings


@given(st.dictionaries(st.sampled_from([*FULL, "asett", "x"]), st.sampled_from([*WRONG, *FULL.values()])))
@settings(max_examples=300)
def test_no_body_is_refused_without_a_place(body: dict[str, Any]) -> None:
    try:
        read_shape(msgspec.json.encode(body), WithdrawalBody)
    except Problem as problem:
        assert problem.errors
        assert all(finding.pointer for finding in problem.errors)


def test_an_unknown_key_is_suggested_and_escaped() -> None:
    (finding,) = refused({**FULL, "amout": "1"})
    assert (finding.pointer, finding.code, finding.suggestion) == ("/amout", "unknown-key", "amount")
    (finding,) = refused({**FULL, "a/b~c": 1})
    assert finding.pointer == "/a~1b~0c"
    (finding,) = refused({**FULL, "k" * 5000: 1})
    assert len(finding.pointer) < 100


def test_a_form_is_explained_in_words() -> None:
    (finding,) = refused({**FULL, "id": "a b"})
    assert "1 to 64 of A-Z" in finding.message


def test_every_event_body_is_explained_too() -> None:
    for body in EVENT_BODIES:
        findings = list(explain({}, inspect.type_info(body), ""))
        assert "/id" in [finding.pointer for finding in findings]


def test_nothing_at_all_is_an_empty_object() -> None:
    assert read_shape(b"", LinkBody) == LinkBody()


class Numbers(msgspec.Struct):
    few: Annotated[int, Meta(ge=1, le=3, description="a few")]


@pytest.mark.parametrize(
    ("value", "code"), [(0, "range"), (4, "range"), ("1", "type"), (True, "type"), (None, "type"), (1.5, "type")]
)
def test_whole_numbers(value: object, code: str) -> None:
    (finding,) = refused({"few": value}, Numbers)
    assert (finding.pointer, finding.code) == ("/few", code)
