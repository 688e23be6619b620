"""The decision record: the variable part of a decision, from which every answer about it is rendered again.

Fixed content is not in it: a campaign version names the pack and all its rules; those that are neither hits nor
undetermined were misses.
"""

from collections.abc import Sequence

import msgspec

from breather.domain.assignment import Assignment
from breather.domain.entry import Entry
from breather.domain.place import Placement
from breather.domain.ruling import Ruling
from breather.exchange.recorded import StoredValue


class AlertChoice(msgspec.Struct, frozen=True):
    """Which words of the campaign's pack were due to be seen: they can be rendered again exactly."""

    typology: str
    variant: int


class PauseOffer(msgspec.Struct, frozen=True, omit_defaults=True):
    """`covers_up_to` in base units, times in milliseconds. `joined`: another withdrawal opened the pause."""

    id: str
    covers_up_to: str
    duration: int
    lapses_at: int
    joined: bool = False


class Place(msgspec.Struct, frozen=True, omit_defaults=True):
    code: str | None
    because: str | None
    evidence: dict[str, str]
    conflicts: list[str] = []


class Arm(msgspec.Struct, frozen=True, omit_defaults=True):
    arm: str
    key: int
    point: float
    excluded: list[str] = []


class Resembled(msgspec.Struct, frozen=True):
    """For analysts alone: which address that she paid the destination looks like, and where it differs from it."""

    network: str
    known: str
    marked: str


class Listed(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that a list in force said of the destination when this was decided; the fields are those of `Entry`."""

    list: str
    category: str
    standing: str
    label: str = ""
    confidence: str = ""
    actor: str = ""
    because: str = ""


class DecisionRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """`features` as `recorded.py` stores them. `asked` is what the rules asked for, where what was done differs: a
    holdout, or something open on the pair. `stand_in` says why a stand-in was what it was; empty for a decision.
    """

    decision: str
    friction: str
    place: Place
    features: list[StoredValue]
    locale: str | None = None
    campaign: tuple[str, int] | None = None
    degraded: bool = False
    assignment: Arm | None = None
    typology: str | None = None
    hits: list[str] = []
    undetermined: dict[str, dict[str, str]] = {}
    asked: str | None = None
    alert: AlertChoice | None = None
    why: list[str] = []
    pause: PauseOffer | None = None
    covered_by: str | None = None
    resembles: Resembled | None = None
    lists: list[Listed] = []
    stand_in: list[str] = []


class AnsweredRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the rules made of the answers. Friction may only have risen."""

    answers: dict[str, bool | str]
    friction: str
    typology: str | None = None
    hits: list[str] = []
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


def lists_of(entries: Sequence[Entry]) -> list[Listed]:
    """All of them, also those that contradict what the features say."""
    return [
        Listed(
            entry.source,
            entry.claim.category.value,
            entry.standing.value,
            entry.claim.label,
            entry.claim.confidence or "",
            entry.claim.actor or "",
            entry.because,
        )
        for entry in entries
    ]


def undetermined_of(ruling: Ruling) -> dict[str, dict[str, str]]:
    return {rule: {name: why.value for name, why in unknown.items()} for rule, unknown in ruling.undetermined.items()}
