"""The decision record: the variable part of a decision, from which every answer about it is rendered again.

Fixed content is not in it: the pack is named by its hash, rules by their ids under a campaign version.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from breather.domain.assignment import Assignment
from breather.domain.feature import Features, FeatureValue, Unknown
from breather.domain.place import Placement
from breather.domain.ruling import Ruling


class AlertChoice(msgspec.Struct, frozen=True):
    """Which words were due to be seen: they can be rendered again exactly."""

    pack: str
    typology: str
    variant: int


class PauseOffer(msgspec.Struct, frozen=True):
    """`covers_up_to` in base units, times in milliseconds. `joined`: another withdrawal opened the pause."""

    id: str
    covers_up_to: str
    duration: int
    lapses_at: int
    joined: bool


class Place(msgspec.Struct, frozen=True):
    code: str | None
    because: str | None
    evidence: dict[str, str]
    conflicts: list[str]


class Arm(msgspec.Struct, frozen=True):
    arm: str
    key: int
    point: float
    excluded: list[str]


class DecisionRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """`asked` is what the rules asked for, where what was done differs: a holdout, or something open on the pair."""

    decision: str
    friction: str
    place: Place
    features: dict[str, Any]
    locale: str | None = None
    campaign: tuple[str, int] | None = None
    degraded: bool = False
    assignment: Arm | None = None
    typology: str | None = None
    hits: list[str] = []
    misses: list[str] = []
    undetermined: dict[str, dict[str, str]] = {}
    asked: str | None = None
    alert: AlertChoice | None = None
    why: list[str] = []
    pause: PauseOffer | None = None
    covered_by: str | None = None


class AnsweredRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the rules made of the answers. Friction may only have risen."""

    answers: dict[str, bool | str]
    friction: str
    typology: str | None = None
    hits: list[str] = []
    misses: list[str] = []
    undetermined: dict[str, dict[str, str]] = {}
    alert: AlertChoice | None = None
    why: list[str] = []


_records = msgspec.json.Decoder(DecisionRecord)
_answered = msgspec.json.Decoder(AnsweredRecord)


def decode_record(stored: bytes) -> DecisionRecord:
    return _records.decode(stored)


def decode_answered(stored: bytes) -> AnsweredRecord:
    return _answered.decode(stored)


def place_of(placement: Placement) -> Place:
    return Place(placement.code, placement.because, dict(placement.evidence), list(placement.conflicts))


def arm_of(assignment: Assignment) -> Arm:
    return Arm(assignment.arm.value, assignment.key_version, round(assignment.point, 6), list(assignment.excluded))


def undetermined_of(ruling: Ruling) -> dict[str, dict[str, str]]:
    return {rule: {name: why.value for name, why in unknown.items()} for rule, unknown in ruling.undetermined.items()}


def features_out(features: Features) -> dict[str, Any]:
    """Known values as they are; an unknown one as `{"unknown": class}`, so that it is never mistaken for a text."""
    return {name: {"unknown": value.value} if isinstance(value, Unknown) else value for name, value in features.items()}


def features_in(stored: Mapping[str, Any]) -> dict[str, FeatureValue]:
    """Back from the record: what was frozen at submission. Whole numbers come back as the doubles they were."""
    return {name: _value_in(value) for name, value in stored.items()}


def _value_in(value: Any) -> FeatureValue:
    if isinstance(value, dict):
        return Unknown(value["unknown"])
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, bool | float | str):
        return value
    raise TypeError(f"{value!r} is not a feature's value")
