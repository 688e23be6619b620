"""A body held against the type it should have: every structural error at once, with JSON pointers and suggestions.

The msgspec types are the one source: they decode, they make the OpenAPI document, and here they explain. msgspec itself
names only the first error, which is right for a machine and unkind to the person who has to mend the body.
"""

import re
from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec
from msgspec import inspect

from breather.domain.finding import Finding, nearest
from breather.web.problems import invalid
from breather.web.strict_json import read_json

T = TypeVar("T")


def read_shape(body: bytes, shape: type[T]) -> T:
    """The body as `shape`, or a Problem with everything that does not fit."""
    value = read_json(body or b"{}")
    try:
        return msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        findings = list(explain(value, inspect.type_info(shape), ""))
        raise invalid(findings or [Finding("", "invalid", str(error))]) from None


def explain(value: Any, kind: inspect.Type, pointer: str, meaning: str = "") -> Iterator[Finding]:
    """What of `value` does not fit `kind`; `meaning` says in words what that is."""
    match kind:
        case inspect.Metadata():
            described = (kind.extra_json_schema or {}).get("description", "")
            yield from explain(value, kind.type, pointer, described)
        case inspect.UnionType():
            yield from _explain_optional(value, kind, pointer)
        case inspect.StructType():
            yield from _explain_object(value, kind, pointer)
        case inspect.StrType():
            yield from _explain_text(value, kind, pointer, meaning)
        case inspect.VarTupleType():
            yield from _explain_list(value, kind, pointer)
        case inspect.EnumType():
            words = [str(member.value) for member in kind.cls]
            yield from _explain_word(value, words, pointer)
        case inspect.LiteralType():
            yield from _explain_word(value, [str(word) for word in kind.values], pointer)
        case inspect.BoolType() if not isinstance(value, bool):
            yield _wrong(pointer, "true or false", value)
        case inspect.IntType():
            yield from _explain_integer(value, kind, pointer)


def _explain_optional(value: Any, kind: inspect.UnionType, pointer: str) -> Iterator[Finding]:
    if value is None and kind.includes_none:
        return
    for inner in kind.types:
        if not isinstance(inner, inspect.NoneType):
            yield from explain(value, inner, pointer)


def _explain_object(value: Any, kind: inspect.StructType, pointer: str) -> Iterator[Finding]:
    if not isinstance(value, dict):
        yield _wrong(pointer, "an object", value)
        return
    fields = {field.encode_name: field for field in kind.fields}
    for name in value:
        if name not in fields:
            suggestion = nearest(name, fields)
            known = ", ".join(fields)
            yield Finding(
                f"{pointer}/{_escaped(name)}", "unknown-key", f"is not known here; known are {known}", suggestion
            )
    for name, field in fields.items():
        if name in value:
            yield from explain(value[name], field.type, f"{pointer}/{name}")
        elif field.required:
            yield Finding(f"{pointer}/{name}", "missing", "is missing")


def _explain_list(value: Any, kind: inspect.VarTupleType, pointer: str) -> Iterator[Finding]:
    if not isinstance(value, list):
        yield _wrong(pointer, "a list", value)
    elif not (kind.min_length or 0) <= len(value) <= (kind.max_length or len(value)):
        yield Finding(pointer, "length", f"has {len(value)} members; {kind.min_length} to {kind.max_length} are right")
    else:
        for place, member in enumerate(value):
            yield from explain(member, kind.item_type, f"{pointer}/{place}")


def _explain_text(value: Any, kind: inspect.StrType, pointer: str, meaning: str) -> Iterator[Finding]:
    if not isinstance(value, str):
        yield _wrong(pointer, "a text in quotes", value)
        return
    if kind.min_length is not None and len(value) < kind.min_length:
        yield Finding(pointer, "too-short", f"must have at least {kind.min_length} characters")
    elif kind.max_length is not None and len(value) > kind.max_length:
        yield Finding(pointer, "too-long", f"has {len(value)} characters; at most {kind.max_length} are possible")
    elif kind.pattern is not None and not re.search(kind.pattern, value):
        yield Finding(pointer, "form", f"has another form than this: {meaning or kind.pattern}")


def _explain_integer(value: Any, kind: inspect.IntType, pointer: str) -> Iterator[Finding]:
    if isinstance(value, bool) or not isinstance(value, int):
        yield _wrong(pointer, "a whole number", value)
    elif (kind.ge is not None and value < kind.ge) or (kind.le is not None and value > kind.le):
        yield Finding(pointer, "range", f"must lie between {kind.ge} and {kind.le}")


def _explain_word(value: Any, words: list[str], pointer: str) -> Iterator[Finding]:
    if value not in words:
        suggestion = nearest(value.upper() if words[0].isupper() else value, words) if isinstance(value, str) else ""
        yield Finding(pointer, "unknown-word", f"must be one of {', '.join(words)}", suggestion)


def _wrong(pointer: str, expected: str, value: Any) -> Finding:
    names = {dict: "an object", list: "a list", str: "a text", bool: "a boolean", int: "a number", float: "a number"}
    return Finding(pointer, "type", f"must be {expected}, not {names.get(type(value), 'null')}")


def _escaped(name: str) -> str:
    """RFC 6901, shortened: a hostile key need not be repeated whole."""
    return name[:60].replace("~", "~0").replace("/", "~1")
