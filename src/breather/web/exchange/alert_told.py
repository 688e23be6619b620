"""What the customer reads of the relay: that her exchange told an agency, and whether her name went along.

Sent, received, closed, with their times; never what was found, asked or written there (guarantee H2). Pure.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from breather.domain.instant import Millis
from breather.domain.referral import Tier
from breather.exchange.relay import CONSENT_WITHDRAWN
from breather.storage.exchange.referrals import Delivery, ReferralRow
from breather.web.texts import texts_for

# The wording of the consent screen, in all its languages. Another wording is another text.
CONSENT_TEXT = 1


class Stage(StrEnum):
    """How far one telling has come, as far as she is concerned."""

    WAITING = "waiting"
    FAILED = "failed"
    RECEIVED = "received"
    CLOSED = "closed"


class Naming(StrEnum):
    """Whether her name may go along: not offered; offered; agreed and not yet there; there, for good."""

    NOT_OFFERED = "not-offered"
    OFFERED = "offered"
    AGREED = "agreed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class ToldLine:
    """One telling. `named`: it carries her name, sealed. Instants in milliseconds UTC; None has not happened."""

    named: bool
    stage: Stage
    sent_at: Millis
    received_at: Millis | None = None
    closed_at: Millis | None = None


@dataclass(frozen=True, slots=True)
class Yes:
    """Her consent as it stands: when she gave it, and the id of the referral that it named to carry her name."""

    at: Millis
    referral: str


def told_lines(referrals: Sequence[ReferralRow], yes: Yes | None) -> tuple[ToldLine, ...]:
    """In the order in which they were promised. Her yes is a line of its own while nothing carries it yet."""
    lines = tuple(_line(row) for row in referrals if not _taken_back(row))
    if yes is not None and all(row.id != yes.referral for row in referrals):
        return (*lines, ToldLine(True, Stage.WAITING, yes.at))
    return lines


def naming_of(referrals: Iterable[ReferralRow], yes: Yes | None, *, offered: bool) -> Naming:
    """`offered` says whether she may be asked: the terms allow it, she asked for help, and nobody is watching.

    What arrived for an earlier yes cannot be unsent, and does not forbid another: officers may be unable to open it.
    """
    gone = [row.id for row in referrals if _named(row) and row.delivery is Delivery.RECEIPTED]
    if yes is not None:
        return Naming.GONE if yes.referral in gone else Naming.AGREED
    if offered:
        return Naming.OFFERED
    return Naming.GONE if gone else Naming.NOT_OFFERED


def version_of(told: Sequence[ToldLine], naming: Naming) -> str:
    """A short token that changes when the card does, in no language; the page's script asks for it."""
    return hashlib.sha256(repr((told, naming)).encode()).hexdigest()[:12]


def consent_text(locale: str) -> str:
    """The id of the text that she read, for the record of her consent: `consent.zh-Hant.1`."""
    return f"consent.{texts_for(locale).tag}.{CONSENT_TEXT}"


def _line(row: ReferralRow) -> ToldLine:
    received_at = row.settled_at if row.delivery is Delivery.RECEIPTED else None
    return ToldLine(_named(row), _stage(row), row.promised_at, received_at, row.closed_at)


def _stage(row: ReferralRow) -> Stage:
    if row.closed_at is not None:
        return Stage.CLOSED
    stages = {Delivery.PENDING: Stage.WAITING, Delivery.RECEIPTED: Stage.RECEIVED, Delivery.DEAD: Stage.FAILED}
    return stages[row.delivery]


def _taken_back(row: ReferralRow) -> bool:
    """In time: nothing left, so there is nothing to say."""
    return row.delivery is Delivery.DEAD and row.problem == CONSENT_WITHDRAWN


def _named(row: ReferralRow) -> bool:
    return row.tier == Tier.IDENTIFIED.word
