"""JSON with one meaning, or a problem that says where it has none."""

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breather.web.problems import Problem
from breather.web.strict_json import DEEPEST, LARGEST, MOST_DIGITS, read_json

plain = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=20)
scalars = st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False)
values: st.SearchStrategy[Any] = st.recursive(
    scalars | plain,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(plain, inner, max_size=4),
    max_leaves=15,
)


def refused(body: bytes) -> Problem:
    with pytest.raises(Problem) as caught:
        read_json(body)
    return caught.value


@given(values, st.booleans())
@settings(max_examples=200)
def test_everything_that_has_one_meaning_is_read(value: Any, ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only)
    if "\\u0000" in text:
        return
    assert read_json(text.encode()) == value


@given(st.binary(max_size=200))
@settings(max_examples=200)
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        read_json(body)
    except Problem as problem:
        assert problem.status == 400
        assert problem.detail


@pytest.mark.parametrize("depth", [DEEPEST, DEEPEST + 1])
@pytest.mark.parametrize(("opens", "closes"), [("[", "]"), ('{"a":', "}")])
def test_the_limit_of_depth_is_exact(depth: int, opens: str, closes: str) -> None:
    body = (opens * depth + "1" + closes * depth).encode()
    if depth > DEEPEST:
        assert str(depth) in refused(body).detail
    else:
        read_json(body)


def test_brackets_in_texts_say_nothing() -> None:
    """Neither too much depth, nor, closed, a cover for more of it."""
    assert read_json(json.dumps(["[" * 100, '"[{' * 50]).encode()) == ["[" * 100, '"[{' * 50]
    assert "nested" in refused(b'["' + b"]" * 500 + b'",' + b"[" * 500).detail
    assert "nested" in refused(b'["\\"' + b"]" * 500 + b'",' + b"[" * 500).detail


@pytest.mark.parametrize("unit", [b'"', b'\\"', b"[", b"\\", b'"\\', b'{"', b"0", b"\xc3\xa9", b" "])
def test_no_body_takes_long(unit: bytes) -> None:
    body = (b'["' + unit * LARGEST)[:LARGEST]
    began = time.process_time()
    with pytest.raises(Problem):
        read_json(body)
    assert time.process_time() - began < 1


def test_the_limit_of_size_is_exact() -> None:
    body = b"[]" + b" " * (LARGEST - 2)
    assert read_json(body) == []
    assert refused(body + b" ").status == 413


def test_the_limit_of_digits_is_exact() -> None:
    assert read_json(b"9" * MOST_DIGITS) == int("9" * MOST_DIGITS)
    assert "digits" in refused(b"9" * (MOST_DIGITS + 1)).detail


def test_a_repeated_key_is_named_at_any_depth() -> None:
    assert "'ref'" in refused(b'[{"a":{"ref":1,"b":2,"ref":1}}]').detail
