"""JSON is read only where every reader would read the same, and written on one line in the order given."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breather.protocol.json_text import DEEPEST, LARGEST, BadJson, read_json, write_json


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b'{"a":1,"a":2}', "'a' is there twice"),
        (b'{"a":{"b":1,"b":1}}', "'b' is there twice"),
        (b'{"a":"\\u0000"}', r"U\+0000"),
        (b'{"a":"\\\\\\u0000"}', r"U\+0000"),
        (b'{"a\\u0000":1}', r"U\+0000"),
        (b'{"a":NaN}', "NaN is not JSON"),
        (b'{"a":-Infinity}', "-Infinity is not JSON"),
        (b'{"a":1e999}', "too large"),
        (b'{"a":' + b"9" * 21 + b"}", "21 digits"),
        (b'{"a":"\\ud800"}', "surrogate"),
        (b'{"a":"\xff"}', "UTF-8 at byte 6"),
        (b"[]", "not an object"),
        (b'"text"', "not an object"),
        (b"", "Line 1, column 1"),
        (b'{"a":1} {"a":2}', "Extra data"),
        (b"\xef\xbb\xbf{}", "BOM|Unexpected"),
        (b"{" * 3000, "nested 3000 deep"),
        (b'{"a":' * (DEEPEST + 1) + b"1" + b"}" * (DEEPEST + 1), "nested"),
        (b'{"a":"' + b"x" * LARGEST + b'"}', "is the limit"),
    ],
)
def test_what_two_readers_could_read_differently_is_refused(body: bytes, says: str) -> None:
    with pytest.raises(BadJson, match=says):
        read_json(body)


def test_what_only_looks_so_is_read() -> None:
    assert read_json(rb'{"a":"\\u0000","b":"[[[[[[[[[[[["}') == {"a": "\\u0000", "b": "[" * 12}
    deepest = b'{"a":' * DEEPEST + b"1" + b"}" * DEEPEST
    assert read_json(deepest)


def test_it_is_written_on_one_line_in_order() -> None:
    written = write_json({"b": "a\nb", "a": ["澳門", None, True]})
    assert written == '{"b":"a\\nb","a":["澳門",null,true]}'.encode()
    with pytest.raises(ValueError, match="JSON"):
        write_json({"a": float("nan")})


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs", "Cc"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=100)
@given(st.dictionaries(st.sampled_from("abcd"), values))
def test_what_is_written_reads_back(value: dict[str, object]) -> None:
    try:
        assert read_json(write_json(value)) == value
    except BadJson as problem:
        assert "nested" in str(problem)


@settings(max_examples=200)
@given(st.binary(max_size=80) | st.text('{}[]":,\\u0a1 ').map(str.encode))
def test_no_bytes_crash_it(body: bytes) -> None:
    try:
        assert isinstance(read_json(body), dict)
    except BadJson as problem:
        assert str(problem).endswith(".")
