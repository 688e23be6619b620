"""JSON as it may come in: UTF-8, one meaning only, nothing that cannot be stored.

The usual decoders let duplicate keys pass (the last wins, or the first, depending on who reads), and U+0000, which
PostgreSQL cannot store. Both are refused here, with the rest of RFC 8259's grey zone: NaN, infinities, lone surrogates.
"""

import json
import math
import re
from typing import Any

from breather.web.problems import Problem, syntax

LARGEST = 64 * 1024
DEEPEST = 16
MOST_DIGITS = 30

# Possessive, and content with a text that does not end: no body makes it go over the same characters twice.
_TEXT_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)


def read_json(body: bytes) -> Any:
    """Raises Problem: 413 beyond 64 KiB, 400 for what is not JSON with one meaning."""
    if len(body) > LARGEST:
        raise too_large()
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise syntax(f"It is not UTF-8 at byte {error.start}.") from None
    if "\0" in text or "\\u0000" in text:
        raise syntax("It contains U+0000, which cannot be stored; leave the character out.")
    _refuse_depth(text)
    try:
        if text.startswith("\ufeff"):
            raise ValueError("It begins with a byte order mark (BOM); leave it out.")
        value = _decoder.decode(text)
    except json.JSONDecodeError as error:
        raise syntax(f"Line {error.lineno}, column {error.colno}: {error.msg}.") from None
    except ValueError as error:
        raise syntax(str(error)) from None
    if "\\u" in text:  # only an escape can make half of a pair: most bodies need no second look
        try:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError:
            raise syntax("It contains half of a surrogate pair, which is no character.") from None
    return value


def too_large(most: int = LARGEST) -> Problem:
    return Problem(413, "too-large", "The body is too large", f"At most {most} bytes are read; about 1,000 are needed.")


def _refuse_depth(text: str) -> None:
    """Before parsing: thousands of brackets would recurse. Those inside texts say nothing and are passed over."""
    if text.count("[") + text.count("{") <= DEEPEST:
        return  # most bodies: as few brackets as this cannot be nested deeper
    depth = deepest = 0
    for part in _TEXT_OR_BRACKET.findall(text):
        if part in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif part in "]}":
            depth -= 1
    if deepest > DEEPEST:
        raise syntax(f"It is nested {deepest} deep; {DEEPEST} is the limit.")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"The key {twice[:40]!r} is there twice; which one is meant?")
    return found


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"The number {text[:40]} is too large.")
    return value


def _whole(text: str) -> int:
    """Amounts are texts; no number of this API comes near so many digits, and reading them takes quadratic time."""
    if len(text) > MOST_DIGITS:
        raise ValueError(f"The number {text[:20]}... has {len(text)} digits; {MOST_DIGITS} is the limit.")
    return int(text)


def _refuse_constant(word: str) -> Any:
    raise ValueError(f"{word} is not JSON.")


_decoder = json.JSONDecoder(
    object_pairs_hook=_once, parse_constant=_refuse_constant, parse_float=_finite, parse_int=_whole
)
