"""Step 5, assign: which arm of the campaign's experiment a customer belongs to, and who is never held out.

The arm is a keyed, versioned hash of the customer: stable over her withdrawals, unknowable from outside, independent
between experiments. Exclusions are those of guarantees H8.
"""

import hmac
from dataclasses import dataclass
from enum import StrEnum

from breather.domain.friction import Friction
from breather.domain.typology import Typology
from breather.domain.withdrawal import CustomerRef

NEVER_HELD_OUT = frozenset({Typology.FEE_TO_UNLOCK, Typology.FAKE_POLICE, Typology.KNOWN_ADDRESS})


class Arm(StrEnum):
    ALERT = "alert"
    HOLDOUT = "holdout"


@dataclass(frozen=True, slots=True)
class Experiment:
    """`holdout` is a share between 0 and 1; `key_version` names the secret the hash is keyed with."""

    id: str
    key_version: int
    holdout: float


@dataclass(frozen=True, slots=True)
class Assignment:
    """`point` in [0, 1) is what the arm was read from. `excluded` says why a held-out customer was not held out."""

    arm: Arm
    key_version: int
    point: float
    excluded: tuple[str, ...]


def point_of(experiment: Experiment, customer: CustomerRef, key: bytes) -> float:
    """A uniform number in [0, 1) with 53 bits, from HMAC-SHA256 over experiment and customer."""
    message = f"breather/assignment/v1\n{experiment.id}\n{experiment.key_version}\n{customer}".encode()
    digest = hmac.digest(key, message, "sha256")
    return (int.from_bytes(digest[:8]) >> 11) * 2.0**-53


@dataclass(frozen=True, slots=True)
class Told:
    """What others say of the destination: an agency confirmed it as a scam; a list in force accuses it."""

    confirmed: bool = False
    listed: bool = False


def exclusions(
    friction: Friction, typologies: frozenset[Typology], told: Told, watched: bool, stopped_before: bool
) -> tuple[str, ...]:
    """Why this withdrawal may not be held out, whatever the hash says."""
    reasons = []
    if friction is Friction.HOLD:
        reasons.append("hold")
    reasons.extend(sorted(typology.value for typology in typologies & NEVER_HELD_OUT))
    if told.confirmed:
        reasons.append("confirmed-destination")
    if told.listed:
        reasons.append("listed-destination")
    if watched:
        reasons.append("watched-session")
    if stopped_before:
        reasons.append("stopped-before")
    return tuple(reasons)


def assign(experiment: Experiment, customer: CustomerRef, key: bytes, excluded: tuple[str, ...]) -> Assignment:
    point = point_of(experiment, customer, key)
    held_out = point < experiment.holdout and not excluded
    return Assignment(Arm.HOLDOUT if held_out else Arm.ALERT, experiment.key_version, point, excluded)
