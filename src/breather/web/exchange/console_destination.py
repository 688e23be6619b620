"""What the page of a withdrawal says of its destination: what it resembles, and what lists said. For analysts alone."""

import re
from dataclasses import dataclass

from breather.domain.entry import HARMFUL, Category, Standing
from breather.domain.feature import Features
from breather.exchange.record import Listed, Resembled


@dataclass(frozen=True, slots=True)
class ResemblanceView:
    """`parts` are those of the destination's address, each with whether it differs from `known`, which she paid."""

    grade: str
    network: str
    known: str
    parts: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class ListLine:
    """What one list said of the destination; `standing` with its reason, "" where it simply stands. `alarms`: it
    accuses, and nobody disputes it.
    """

    list: str
    category: str
    label: str
    confidence: str
    standing: str
    accuses: bool
    alarms: bool


def list_line(said: Listed) -> ListLine:
    label = said.label + (f" [{said.actor}]" if said.actor else "")
    accuses, stands = Category(said.category) in HARMFUL, said.standing == Standing.STANDS
    standing = "" if stands else f"{said.standing}: {said.because}" if said.because else said.standing
    return ListLine(said.list, said.category, label, said.confidence, standing, accuses, accuses and stands)


def resemblance(found: Resembled, features: Features) -> ResemblanceView:
    parts = re.split(r"[\[\]]", found.marked)
    marked = tuple((part, place % 2 == 1) for place, part in enumerate(parts) if part)
    return ResemblanceView(str(features["destination_resembles"]), found.network, found.known, marked)
