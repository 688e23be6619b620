"""Features: named, typed, computed facts about a withdrawal, each known, or unknown with the class of its absence.

A feature's meaning never changes; a new meaning is a new name (`features.lock` holds every name ever published).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum


class ValueType(StrEnum):
    NUMBER = "number"
    BOOLEAN = "boolean"
    TEXT = "text"


class Phase(IntEnum):
    """When a feature is first known. A rule runs from the latest phase that it names."""

    SUBMIT = 0
    ANSWER = 1
    CONFIRM = 2

    @property
    def word(self) -> str:
        return self.name.lower()


class Unknown(StrEnum):
    """Why a value is not known. Only `failed` makes a decision degraded."""

    NOT_PROVIDED = "not_provided"
    NO_HISTORY = "no_history"
    NOT_YET = "not_yet"
    FAILED = "failed"


FeatureValue = float | bool | str | Unknown
Features = Mapping[str, FeatureValue]


@dataclass(frozen=True, slots=True)
class Feature:
    """One row of the catalogue. `unit` is empty where the value has none; `values` closes the vocabulary of a text."""

    name: str
    type: ValueType
    unit: str
    phase: Phase
    meaning: str
    unknown_when: str
    values: tuple[str, ...] = ()
