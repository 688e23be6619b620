"""What is wrong with an expression, where, and how it is shown to whoever wrote it."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

MOST_SUGGESTED = 20  # different wrong words of one text: to look for the nearest takes longer than all the rest
_WINDOW = 100  # characters of a line that are shown: a line is as long as whatever was pasted into the file


@dataclass(frozen=True, slots=True)
class ExpressionError:
    """One error: `at` and `length` in characters of the text; `suggestion` would be right in its place."""

    at: int
    length: int
    message: str
    suggestion: str = ""

    def __str__(self) -> str:
        return self.message + (f"; did you mean {self.suggestion}?" if self.suggestion else "")


class BadExpression(Exception):
    """Raised instead of an expression; carries every error that was found, in the order of the text."""

    def __init__(self, text: str, errors: Iterable[ExpressionError]) -> None:
        self.text = text
        self.errors = tuple(sorted(dict.fromkeys(errors), key=lambda error: error.at))
        super().__init__("\n".join(f"{pointed(text, error)}\n{error}" for error in self.errors))


def pointed(text: str, error: ExpressionError) -> str:
    """The line of `text` that holds the error, and under it a line of carets: two lines in any case.

    A long line is cut to a window around the error; control characters are shown as a replacement character,
    so that printing a hostile file changes nothing on the reader's terminal.
    """
    at = min(max(error.at, 0), len(text))
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    end = len(text) if end < 0 else end
    first = max(start, at - _WINDOW // 2) if end - start > _WINDOW else start
    last = min(end, first + _WINDOW)
    lead, trail = ("…" if first > start else ""), ("…" if last < end else "")
    shown = lead + _harmless(text[first:last]) + trail
    indent = len(lead) + _width(text[first:at])
    marked = _width(text[at : min(at + error.length, last)])
    return f"{shown}\n{' ' * indent}{'^' * max(1, marked)}"


def _harmless(line: str) -> str:
    if line.isprintable():
        return line
    return "".join(
        " " if character in "\t\r" else character if character.isprintable() else "\N{REPLACEMENT CHARACTER}"
        for character in line
    )


def _width(text: str) -> int:
    """Columns of a terminal: Chinese characters take two, and the caret must still stand under the error."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(character) in ("W", "F") for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) > 0 for character in text)
