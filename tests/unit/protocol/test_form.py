"""Reading and the published schema say the same of every message and of every alteration of one."""

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from breather.domain.finding import Finding
from breather.protocol.form import Form, Member, OnlyWith
from breather.protocol.kind import Base64, Day, Instant, Listing, Maybe, Text, TrueOrFalse, Whole, Word
from tests.unit.protocol import samples
from tests.unit.protocol.documents import FORMS, schema

EVERY = Form(
    (
        Member("text", Text("[a-c]{1,3}", 3, "abc"), "A text."),
        Member("word", Word(("yes", "no")), "A word."),
        Member("whole", Whole(1, 9), "A number."),
        Member("truth", TrueOrFalse(), "True or false."),
        Member("instant", Instant(), "An instant."),
        Member("day", Day(), "A day."),
        Member("bytes", Base64(2, 2), "Bytes."),
        Member("list", Listing(Word(("a", "b")), 1, 2), "A list."),
        Member("maybe", Maybe(Whole()), "Or null."),
        Member("may", Maybe(Whole()), "Or null, even where it may be there."),
    ),
    (OnlyWith("maybe", "word", "yes"), OnlyWith("may", "word", "yes", needed=False)),
)
EMPTY_OR_WRONG: tuple[object, ...] = ([], ["a", "b", "a"], ["c"], "a", {}, None)
GOOD: Mapping[str, Any] = {
    "text": "abc",
    "word": "no",
    "whole": 1,
    "truth": True,
    "instant": "2026-01-31T09:30:00.000Z",
    "day": "2026-01-31",
    "bytes": "AAA=",
    "list": ["a"],
    "maybe": None,
    "may": None,
}


def findings_of(form: Form, value: object) -> list[Finding]:
    findings: list[Finding] = []
    form.check(value, "", findings)
    return findings


def test_a_good_object_has_no_findings() -> None:
    assert findings_of(EVERY, dict(GOOD)) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("text", value) for value in ("", "abca", "abd", "abc\n", 1, None, True)],
        *[("word", value) for value in ("maybe", "", 1, None, ["no"])],
        *[("whole", value) for value in (0, 10, 1.5, "1", True, None)],
        *[("truth", value) for value in (0, 1, "true", None)],
        *[("instant", value) for value in ("2026-01-31T09:30:00Z", "2026-01-31T09:30:00.000+00:00", 1, None)],
        *[("instant", value) for value in ("2026-02-31T09:30:00.000Z", "2026-01-31t09:30:00.000Z", "1")],
        *[("day", value) for value in ("2026-1-31", "2026-02-30", "20260131", 20260131, None)],
        *[("bytes", value) for value in ("AAB=", "AA==", "AAAA", "AAA", "AA A=", "", 1, None)],
        *[("list", value) for value in EMPTY_OR_WRONG],
        *[("maybe", value) for value in ("", -1, 5)],
    ],
)
def test_each_kind_refuses_what_it_is_not_and_points_at_it(name: str, value: object) -> None:
    findings = findings_of(EVERY, {**GOOD, name: value})
    assert findings
    assert all(finding.pointer.startswith(f"/{name}") for finding in findings)


def test_all_findings_come_at_once_with_suggestions() -> None:
    given = {**GOOD, "word": "yess", "whole": 0, "txt": "abc"}
    del given["text"]
    found = {(finding.pointer, finding.code, finding.suggestion) for finding in findings_of(EVERY, given)}
    assert found == {
        ("/word", "unknown-word", "yes"),
        ("/whole", "wrong-value", ""),
        ("/txt", "unknown-member", "text"),
        ("/text", "missing-member", ""),
    }


def test_what_should_have_been_sealed_is_not_repeated() -> None:
    secret = "Chan Tai Man, +853 6600 0000"
    assert secret not in " ".join(map(str, findings_of(EVERY, {**GOOD, "bytes": secret})))


@pytest.mark.parametrize(("word", "may", "good"), [("yes", 1, True), ("yes", None, True), ("no", 1, False)])
def test_a_member_may_be_free_to_be_there_with_another(word: str, may: int | None, good: bool) -> None:
    altered = {**GOOD, "word": word, "maybe": 1 if word == "yes" else None, "may": may}
    assert [finding.code for finding in findings_of(EVERY, altered)] == ([] if good else ["only-with"])
    assert Draft202012Validator(EVERY.schema()).is_valid(altered) is good


@pytest.mark.parametrize(("word", "maybe", "good"), [("yes", 1, True), ("yes", None, False), ("no", 1, False)])
def test_a_member_may_be_there_only_with_another(word: str, maybe: int | None, good: bool) -> None:
    altered = {**GOOD, "word": word, "maybe": maybe}
    assert (findings_of(EVERY, altered) == []) is good
    assert Draft202012Validator(EVERY.schema()).is_valid(altered) is good


def examples() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, sent in samples.messages().items():
        yield str(sent.envelope.type), json.loads(sent.body)
        assert name.startswith(sent.envelope.type)
    yield "changes", json.loads(samples.page())
    yield "key-list", json.loads(samples.signed_list(samples.key_list(samples.AGENCY))[0])


EXAMPLES = tuple(examples())
VALIDATORS = {
    name: Draft202012Validator(schema(name), format_checker=Draft202012Validator.FORMAT_CHECKER) for name in FORMS
}


@pytest.mark.parametrize("name", sorted(FORMS))
def test_each_schema_is_one(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))


@pytest.mark.parametrize(("name", "message"), EXAMPLES)
def test_each_good_message_fits_both(name: str, message: dict[str, Any]) -> None:
    assert findings_of(FORMS[name], message) == []
    assert VALIDATORS[name].is_valid(message)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from places(inner, (*path, key))


def altered(message: dict[str, Any], path: tuple[Any, ...], value: object) -> Any:
    """A copy with `value` at `path`; "remove" and "add" do that to an object's member."""
    if not path:
        return {**message, "extra": 1} if value == "add" else value
    whole = copy.deepcopy(message)
    inside: Any = whole
    for key in path[:-1]:
        inside = inside[key]
    if value == "remove":
        del inside[path[-1]]
    elif value == "add" and isinstance(inside[path[-1]], dict):
        inside[path[-1]]["extra"] = 1
    else:
        inside[path[-1]] = value
    return whole


# Not 1.0, which JSON Schema calls an integer and the reader does not.
ODD: st.SearchStrategy[object] = st.sampled_from(
    [
        *("remove", "add", "", "x", "*", "test", "live", "identified", "duplicate", "AAAA", "feed", "pack", "a" * 64),
        *(None, True, 0, 1, -1, 1.5, 2**53, 2**53 - 1, [], {}, ["pack"], "2026-11-22", "2026-11-22T10:43:00.000Z"),
    ]
)


@settings(max_examples=300)
@given(example=st.sampled_from(EXAMPLES), value=ODD, data=st.data())
def test_reader_and_schema_agree_on_every_alteration(
    example: tuple[str, dict[str, Any]], value: object, data: st.DataObject
) -> None:
    name, message = example
    path = data.draw(st.sampled_from(list(places(message))))
    whole = altered(message, path, value)
    assert (findings_of(FORMS[name], whole) == []) is VALIDATORS[name].is_valid(whole)


def test_every_member_of_every_form_says_what_it_means() -> None:
    for form in FORMS.values():
        assert all(member.meaning.endswith(".") for member in form.members)
