"""JSON bytes with one meaning only, read and written.

Duplicate names (which of two readers takes the last?), U+0000 (which databases refuse), NaN, halves of surrogate pairs,
deep nesting and endless numbers are refused before anything is believed about a message (RFC 8259 leaves them open).
What is written is compact, in the order given, on one line. It is never canonicalised: what is signed are these bytes.
"""

import json
import math
import re
from collections.abc import Mapping
from typing import Any, NoReturn

LARGEST = 64 * 1024
DEEPEST = 8
MOST_DIGITS = 20

# Possessive, and content with a text that does not end: no body makes it go over the same characters twice.
_TEXT_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)
_WRITTEN_NULL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


class BadJson(ValueError):
    """The text says what is wrong, as a sentence, and never repeats more than a word of the body."""


def read_json(body: bytes, largest: int = LARGEST) -> dict[str, Any]:
    """One object. BadJson for anything else."""
    if len(body) > largest:
        raise BadJson(f"It has {len(body)} bytes; {largest} is the limit.")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadJson(f"It is not UTF-8 at byte {error.start}.") from None
    if "\0" in text or _WRITTEN_NULL.search(text):
        raise BadJson("It contains U+0000, which cannot be stored.")
    _refuse_depth(text)
    try:
        value = json.loads(
            text, object_pairs_hook=_once, parse_constant=_refuse_constant, parse_float=_finite, parse_int=_whole
        )
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except json.JSONDecodeError as error:
        raise BadJson(f"Line {error.lineno}, column {error.colno}: {error.msg}.") from None
    except UnicodeEncodeError:
        raise BadJson("It contains half of a surrogate pair, which is no character.") from None
    if not isinstance(value, dict):
        raise BadJson("It is JSON, but not an object.")
    return value


def write_json(value: Mapping[str, object]) -> bytes:
    """Compact UTF-8 on one line, members in the order given. ValueError for NaN and infinities."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8")


def _refuse_depth(text: str) -> None:
    """Before parsing, for thousands of brackets would recurse; those inside texts say nothing and are passed over."""
    depth = deepest = 0
    for part in _TEXT_OR_BRACKET.findall(text):
        if part in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif part in "]}":
            depth -= 1
    if deepest > DEEPEST:
        raise BadJson(f"It is nested {deepest} deep; {DEEPEST} is the limit.")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadJson(f"The name {twice[:40]!r} is there twice; which one is meant?")
    return found


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise BadJson(f"The number {text[:40]} is too large.")
    return value


def _whole(text: str) -> int:
    """Reading takes quadratic time, and no number of this protocol comes near so many digits."""
    if len(text) > MOST_DIGITS:
        raise BadJson(f"The number {text[:20]}... has {len(text)} digits; {MOST_DIGITS} is the limit.")
    return int(text)


def _refuse_constant(word: str) -> NoReturn:
    raise BadJson(f"{word} is not JSON.")
