"""One thing wrong with a file or a request body: where, what, and what would be right.

Checks return every finding at once, never only the first: whoever has to correct a file wants to correct it once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class Finding:
    """`pointer` is an RFC 6901 JSON pointer into a body, or `file:place` for a file.

    `code` is stable and for programs, `message` for people, `suggestion` the value that would be right, if one is near.
    """

    pointer: str
    code: str
    message: str
    suggestion: str = ""

    def __str__(self) -> str:
        """The message's first line with the suggestion; its other lines, which show the text, stand under it."""
        said, *shown = self.message.split("\n")
        if self.suggestion:
            # A constant of a rule brings its own quotes.
            meant = self.suggestion if self.suggestion.startswith("'") else repr(self.suggestion)
            said = f"{said.rstrip('.')}. Did you mean {meant}?"
        where = f"{self.pointer}: " if self.pointer else ""
        return "\n      ".join([f"{where}{said}", *shown])


class Refused(Exception):
    """Raised where a whole file cannot be used; carries every finding."""

    def __init__(self, what: str, findings: Iterable[Finding]) -> None:
        self.what = what
        self.findings = tuple(findings)
        lines = "\n".join(f"  {finding}" for finding in self.findings)
        super().__init__(f"{what}\n{lines}" if lines else what)


def nearest(word: str, candidates: Iterable[str]) -> str:
    """The candidate that `word` was probably meant to be, or `""` when none is near enough to suggest."""
    matches = get_close_matches(word[:64], list(candidates), n=1, cutoff=0.6)
    return matches[0] if matches else ""
