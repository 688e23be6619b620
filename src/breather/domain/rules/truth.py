"""The three answers of a rule, and how SQL combines them."""

from collections.abc import Mapping
from enum import IntEnum


class Truth(IntEnum):
    """What a rule said about one withdrawal. The numbers are stored and never change; they are no order."""

    MISS = 0
    HIT = 1
    UNDETERMINED = 2


def both(one: Truth, other: Truth) -> Truth:
    """SQL's AND: a false part decides it; else an unknown part leaves it open (Kleene's strong logic)."""
    if Truth.MISS in (one, other):
        return Truth.MISS
    return Truth.UNDETERMINED if Truth.UNDETERMINED in (one, other) else Truth.HIT


def either(one: Truth, other: Truth) -> Truth:
    """SQL's OR: a true part decides it; else an unknown part leaves it open."""
    return opposite(both(opposite(one), opposite(other)))


def opposite(truth: Truth) -> Truth:
    """SQL's NOT: the opposite of unknown is unknown."""
    return _OPPOSITES[truth]


_OPPOSITES: Mapping[Truth, Truth] = {
    Truth.MISS: Truth.HIT,
    Truth.HIT: Truth.MISS,
    Truth.UNDETERMINED: Truth.UNDETERMINED,
}
