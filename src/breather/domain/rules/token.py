"""Text to tokens: names, numbers, texts, the words and signs of the language. All else is refused here."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from breather.domain.rules.error import BadExpression, ExpressionError

MOST_CHARACTERS = 2_000
MOST_TOKENS = 200

KEYWORDS = frozenset({"AND", "OR", "NOT", "IN", "BETWEEN", "IS", "NULL", "TRUE", "FALSE"})


class Kind(StrEnum):
    NAME = "name"
    NUMBER = "number"
    TEXT = "text"
    WORD = "word"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """`word` is the keyword in capitals, the sign, the name, the digits, or what a text's quotes enclose."""

    kind: Kind
    word: str
    at: int
    length: int


# Spelled with [0-9] and [A-Za-z] throughout: \d and \w accept the digits and letters of every script.
_PATTERN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![A-Za-z0-9_.]))
    | (?P<badnumber>\.?[0-9][A-Za-z0-9_.]*)
    | (?P<text>'(?:[^']|'')*+')
    | (?P<doubled>"[^"']*")
    | (?P<foreign>!=|==|=<|=>|&&|\|\||--|/\*)
    | (?P<sign><=|>=|<>|[-=<>+*(),])""",
    re.VERBOSE,
)

# What people write in other languages or what an editor makes of a sign, and what it is here.
_MEANT: Mapping[str, str] = {
    "!=": "<>", "==": "=", "=<": "<=", "=>": ">=", "&&": "AND", "||": "OR", "≥": ">=", "≤": "<=", "≠": "<>",
    "−": "-", "–": "-", "×": "*", "（": "(", "）": ")", "，": ",",
}  # fmt: skip

_HINTS: Mapping[str, str] = {
    "--": "-- would begin a comment in SQL; write - (-x) for minus a negative, and explanations in `because`",
    "/*": "comments have no place in an expression; write explanations in `because`",
    "/": "there is no division sign; write ratio(a, b), which is unknown where b is 0",
    "'": "this text has no closing quote; a quote inside a text is written twice, as in 'it''s'",
    '"': "texts stand between single quotes, as in 'text'",
    "’": "texts stand between straight single quotes, as in 'text'",
    "‘": "texts stand between straight single quotes, as in 'text'",
    ";": "an expression is one condition; it ends without a sign",
    "\N{NO-BREAK SPACE}": "this only looks like a space (U+00A0); write a space",
    "%": "there is no remainder and no pattern; the signs are = <> < <= > >= + - *",
}


def tokenize(text: str) -> tuple[list[Token], list[ExpressionError]]:
    """The tokens, closed by one END, and the errors that could be mended on the way (`!=` read as `<>`).

    Raises BadExpression where the text breaks a limit, or holds what nothing sensible can be read for.
    """
    if len(text) > MOST_CHARACTERS:
        message = f"the expression has {len(text)} characters; at most {MOST_CHARACTERS} are allowed"
        raise BadExpression(text, [ExpressionError(MOST_CHARACTERS, 1, message)])
    tokens: list[Token] = []
    mended: list[ExpressionError] = []
    broken = _invisible(text)
    at = 0
    while at < len(text) and not broken:
        at, token, error = _next(text, at)
        if error is not None:
            (mended if error.suggestion else broken).append(error)
        if token is not None:
            tokens.append(token)
        if len(tokens) > MOST_TOKENS:
            message = f"the expression has more than {MOST_TOKENS} words and signs; split it into rules"
            broken.append(ExpressionError(tokens[-1].at, tokens[-1].length, message))
    if broken:
        raise BadExpression(text, mended + broken)
    tokens.append(Token(Kind.END, "", len(text), 0))
    return tokens, mended


def _next(text: str, at: int) -> tuple[int, Token | None, ExpressionError | None]:
    match = _PATTERN.match(text, at)
    if match is None:
        return _refused(text, at, text[at])
    word, length = match.group(), len(match.group())
    match match.lastgroup:
        case "space":
            return at + length, None, None
        case "name" if word.upper() in KEYWORDS:
            return at + length, Token(Kind.WORD, word.upper(), at, length), None
        case "number" if float(word) == float("inf"):
            return at + length, None, ExpressionError(at, length, "this number is too large to be finite")
        case "badnumber":
            message = f"{word[:40]} is not a number; numbers are written like 1000, 0.5 or 1e6"
            return at + length, None, ExpressionError(at, length, message)
        case "text":
            return at + length, Token(Kind.TEXT, word[1:-1].replace("''", "'"), at, length), None
        case "doubled":
            error = ExpressionError(at, length, _HINTS['"'], f"'{word[1:-1]}'")
            return at + length, Token(Kind.TEXT, word[1:-1], at, length), error
        case "foreign":
            return _refused(text, at, word)
        case group:
            kind = Kind.WORD if group == "sign" else Kind(str(group))
            return at + length, Token(kind, word, at, length), None


def _refused(text: str, at: int, sign: str) -> tuple[int, Token | None, ExpressionError | None]:
    """Not part of the language; where it is plain what was meant, the token that was meant comes along."""
    end = at + len(sign)
    if sign in _MEANT:
        error = ExpressionError(at, len(sign), f"{_named(sign)} is not part of the language", _MEANT[sign])
        return end, Token(Kind.WORD, _MEANT[sign], at, len(sign)), error
    message = _HINTS.get(sign) or f"{_named(sign)} is not part of the language"
    # An open quote swallows the rest: whatever follows it cannot be told from the text that it opens.
    return (len(text) if sign in "'\"" else end), None, ExpressionError(at, len(sign), message)


def _invisible(text: str) -> list[ExpressionError]:
    """Control and format characters, refused even in a text: databases refuse them, terminals obey them,
    and readers are deceived by them."""
    for at, character in enumerate(text):
        if unicodedata.category(character) in ("Cc", "Cf", "Cs") and character not in "\t\r\n":
            return [ExpressionError(at, 1, f"{_named(character)} is not allowed anywhere; remove it")]
    return []


def _named(sign: str) -> str:
    if sign.isascii() and sign.isprintable():
        return sign
    points = " ".join(f"U+{ord(character):04X}" for character in sign)
    return f"{sign} ({points})" if sign.isprintable() else points
