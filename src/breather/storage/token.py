"""Just enough of SQL's lexical grammar to find parameters, types and ends of statements without being fooled.

A colon inside a string, a `::` cast or a semicolon in a comment is what naive replacement gets wrong.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto

from breather.storage.failure import QueryMistake


class Kind(Enum):
    STRING = auto()
    QUOTED = auto()
    COMMENT = auto()
    CAST = auto()
    PARAMETER = auto()
    WORD = auto()
    NUMBER = auto()
    SPACE = auto()
    SYMBOL = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """`text` is the source, character for character."""

    kind: Kind
    text: str


PATTERN = re.compile(
    r"""
      (?P<STRING>'(?:[^']|'')*')
    | (?P<QUOTED>"(?:[^"]|"")*")
    | (?P<COMMENT>--[^\n]*|/\*.*?\*/)
    | (?P<CAST>::)
    | (?P<PARAMETER>:[A-Za-z_]\w*)
    | (?P<WORD>[A-Za-z_]\w*)
    | (?P<NUMBER>\d+(?:\.\d+)?)
    | (?P<SPACE>\s+)
    | (?P<SYMBOL>->>?|[<>!]=|<>|\|\||.)
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)
# Left alone by the pattern, these can only be the beginning of something that never ends.
UNENDED = ("'", '"')


def tokens(sql: str, origin: str) -> Iterator[Token]:
    """Every character of `sql` in exactly one token. Raises QueryMistake for a string without end."""
    position = 0
    while match := PATTERN.match(sql, position):
        token = Token(Kind[match.lastgroup or "SYMBOL"], match.group())
        if token.kind is Kind.SYMBOL and (token.text in UNENDED or sql.startswith("/*", position)):
            line = sql.count("\n", 0, position) + 1
            raise QueryMistake(f"{origin}, line {line}: what begins with {token.text} has no end")
        yield token
        position = match.end()


def statements(source: Iterable[Token]) -> Iterator[tuple[Token, ...]]:
    """Split at semicolons; comments are dropped, white space becomes one blank, empty statements are
    skipped."""
    current: list[Token] = []
    for token in source:
        if token.text == ";":
            yield from _finished(current)
            current = []
        elif token.kind not in (Kind.COMMENT, Kind.SPACE):
            current.append(token)
        elif current and current[-1].kind is not Kind.SPACE:
            current.append(Token(Kind.SPACE, " "))
    yield from _finished(current)


def _finished(current: list[Token]) -> Iterator[tuple[Token, ...]]:
    while current and current[-1].kind is Kind.SPACE:
        current.pop()
    if current:
        yield tuple(current)


def text_of(source: Iterable[Token]) -> str:
    return "".join(token.text for token in source)
