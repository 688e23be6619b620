"""How much stands between a withdrawal and its broadcast. The highest friction asked for wins."""

from collections.abc import Mapping
from enum import IntEnum
from typing import Final


class Friction(IntEnum):
    """Ordered on purpose, and cumulative: a cooling-off includes the questions and the notice."""

    NONE = 0
    NOTICE = 1
    QUESTIONS = 2
    COOLING_OFF = 3
    HOLD = 4

    @property
    def word(self) -> str:
        """The name used in files, in the API and in storage."""
        return self.name.lower()

    @classmethod
    def from_word(cls, word: str) -> "Friction":
        """The friction of that name; KeyError for any other word."""
        return _BY_WORD[word]


# A notice is no interruption: she reads it, and nothing is asked of her.
INTERRUPTS: Final = Friction.QUESTIONS

_BY_WORD: Mapping[str, Friction] = {friction.word: friction for friction in Friction}
WORDS: tuple[str, ...] = tuple(_BY_WORD)
