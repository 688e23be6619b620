"""Tier `aggregate` on the wire: one day's counts, in which small cells are not told (guarantee H3).

Nothing is summed up, for a sum beside its parts gives away the part that was kept back. Counts per quarter of an hour
are there for the alert itself: a hotline sees a wave come.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from breather.domain.finding import Finding
from breather.domain.instant import MINUTE, SECOND, Millis, format_instant, parse_instant
from breather.domain.referral import Edition
from breather.domain.typology import Typology
from breather.protocol.envelope import Envelope, MessageType, message_form, read_members, write_message
from breather.protocol.form import Form, Member
from breather.protocol.kind import Day, Instant, Listing, Maybe, Whole, Word
from breather.protocol.message import Message
from breather.protocol.referral import EDITION
from breather.protocol.refusal import Malformed

WHAT = "aggregate"
SMALLEST_CELL = 5
QUARTER = 15 * MINUTE

_COUNT = Maybe(Whole(SMALLEST_CELL))
_CELL = Form(
    (
        Member("typology", Word.among(Typology), "The pattern that the alerts were about."),
        Member("shown", _COUNT, "Withdrawals for which an alert was shown; null if from 1 to 4."),
        Member("stopped", _COUNT, "Of these, how many were stopped; null if from 0 to 4."),
    )
)
_QUARTER = Form(
    (
        Member("starts_at", Instant(), "A full quarter of an hour."),
        Member("shown", _COUNT, "Alerts shown in it; null if from 1 to 4."),
    )
)
FORM = message_form(
    MessageType.AGGREGATE,
    (
        Member("date", Day(), "The day, in UTC."),
        Member("campaign", EDITION, "The exchange's campaign."),
        Member("pack", EDITION, "The agency's pack."),
        Member("cells", Listing(_CELL, 0, len(Typology)), "One for each typology of which anything was shown."),
        Member("quarters", Listing(_QUARTER, 0, 96), "Those in which anything was shown."),
    ),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """None is *too few to tell*, which is not nothing."""

    typology: Typology
    shown: int | None
    stopped: int | None


@dataclass(frozen=True, slots=True)
class Quarter:
    starts_at: Millis
    shown: int | None


@dataclass(frozen=True, slots=True)
class Aggregate:
    day: date
    campaign: Edition
    pack: Edition
    cells: tuple[Cell, ...]
    quarters: tuple[Quarter, ...] = ()


def enough(count: int) -> int | None:
    """The count, or None where it is so small that people could be behind it one by one."""
    return count if count >= SMALLEST_CELL else None


def write_aggregate(envelope: Envelope, aggregate: Aggregate) -> bytes:
    """The body to sign, keep and send. ValueError for counts that are too small, and for what no reader would take."""
    members = {
        "date": aggregate.day.isoformat(),
        "campaign": {"id": aggregate.campaign.id, "version": aggregate.campaign.version},
        "pack": {"id": aggregate.pack.id, "version": aggregate.pack.version},
        "cells": [
            {"typology": cell.typology.value, "shown": cell.shown, "stopped": cell.stopped} for cell in aggregate.cells
        ],
        "quarters": [{"starts_at": format_instant(each.starts_at), "shown": each.shown} for each in aggregate.quarters],
    }
    if findings := _contradictions(aggregate):
        raise ValueError("; ".join(str(finding) for finding in findings))
    return write_message(FORM, envelope, members)


def read_aggregate(message: Message) -> Aggregate:
    """Raises Malformed with every finding."""
    members = message.members
    read_members(FORM, WHAT, members)
    found = Aggregate(
        date.fromisoformat(members["date"]),
        Edition(**members["campaign"]),
        Edition(**members["pack"]),
        tuple(Cell(Typology(each["typology"]), each["shown"], each["stopped"]) for each in members["cells"]),
        tuple(Quarter(parse_instant(each["starts_at"]), each["shown"]) for each in members["quarters"]),
    )
    if findings := _contradictions(found):
        raise Malformed(WHAT, findings)
    return found


def _contradictions(aggregate: Aggregate) -> list[Finding]:
    findings = []
    if _twice(cell.typology for cell in aggregate.cells):
        findings.append(Finding("/cells", "twice", "has a typology twice"))
    if _twice(each.starts_at for each in aggregate.quarters):
        findings.append(Finding("/quarters", "twice", "has a quarter of an hour twice"))
    for place, cell in enumerate(aggregate.cells):
        if cell.stopped is not None and (cell.shown is None or cell.stopped > cell.shown):
            findings.append(Finding(f"/cells/{place}/stopped", "contradiction", "is more than were shown"))
    for place, each in enumerate(aggregate.quarters):
        day = datetime.fromtimestamp(each.starts_at // SECOND, UTC).date()
        if each.starts_at % QUARTER or day != aggregate.day:
            message = f"must be a full quarter of an hour of {aggregate.day}, in UTC"
            findings.append(Finding(f"/quarters/{place}/starts_at", "contradiction", message))
    return findings


def _twice(values: Iterable[object]) -> bool:
    listed = list(values)
    return len(set(listed)) < len(listed)
