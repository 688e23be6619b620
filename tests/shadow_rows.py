"""Invented words of a shadow: a week in which it interrupted a little less, and a rule of its own caught some."""

from dataclasses import replace
from typing import Any

import msgspec

from breather.domain.friction import Friction
from breather.domain.instant import DAY, Millis
from breather.domain.shadow import Change, Word
from breather.exchange.beside import Words
from breather.storage.exchange.console_record import Decided
from breather.storage.exchange.shadow_reader import Outcomes, ShadowRow, WordsRow
from tests.console_rows import NOW, rows

SHADOW = ShadowRow(
    number=4001,
    id="macau-pj-trial",
    version=3,
    hash="b7" * 32,
    jurisdiction="MO",
    beside="macau-pj-trial",
    beside_version=2,
    started_at=Millis(NOW - 7 * DAY),
    started_by="operator",
    stopped_at=None,
    stopped_for=None,
)
ENDED = ShadowRow(
    number=3100,
    id="macau-pj-trial",
    version=2,
    hash="c3" * 32,
    jurisdiction="MO",
    beside="macau-pj-trial",
    beside_version=1,
    started_at=Millis(NOW - 40 * DAY),
    started_by="operator",
    stopped_at=Millis(NOW - 26 * DAY),
    stopped_for="activated",
)


def _said(active: Friction, shadow: Friction, *rules: tuple[str, ...]) -> bytes:
    one, two, unknown = (*rules, (), (), ())[:3]
    return msgspec.json.encode(Words(Word(active, one, unknown), Word(shadow, two, unknown)))


none, notice, questions, cooling, hold = Friction
FIRST, LARGE, CHIP = "first-in-seven-days", "first-large-to-new-address", "paid-by-chip-dealer"
SUBMITTED = _said(cooling, questions, (FIRST, LARGE), (FIRST,), ("most-of-balance",))
ANSWERED = _said(cooling, hold, (FIRST, LARGE), (FIRST, "told-how-to-answer"))
OUTCOMES = {
    Change.NO_LONGER: Outcomes(212, 171, 30),
    Change.NEWLY: Outcomes(38, 36, 0),
    Change.BOTH: Outcomes(1000, 604, 241),
}


def said_rows() -> tuple[WordsRow, ...]:
    found = (
        ("submit", _said(none, none, (), (), ("most-of-balance",)), 48_211),
        ("submit", _said(notice, notice, (FIRST,), (FIRST,)), 9_804),
        ("submit", _said(cooling, cooling, (LARGE, FIRST), (LARGE, FIRST)), 1_307),
        ("submit", _said(questions, notice, ("fiat-to-stablecoin-out", FIRST), (FIRST,)), 212),
        ("submit", _said(none, questions, (), (CHIP,)), 30),
        ("submit", _said(notice, cooling, (FIRST,), (FIRST, CHIP)), 8),
        ("submit", _said(hold, hold, ("confirmed-destination",), ("confirmed-destination",)), 3),
        ("submit", msgspec.json.encode(Words(Word(none, (), ()), problem="ZeroDivisionError")), 2),
        ("answer", ANSWERED, 61),
        ("answer", _said(cooling, cooling, (LARGE,), (LARGE,)), 902),
    )
    return tuple(WordsRow(phase, f"{place:032x}", said, count) for place, (phase, said, count) in enumerate(found))


def changed_rows() -> tuple[Decided, ...]:
    """Those of the invented list that nothing was asked of, as if the shadow had asked."""
    said: dict[str, Any] = {"shadow": SHADOW.number, "shadow_said": f"{4:032x}", "shadow_change": int(Change.NEWLY)}
    quiet = [one for one in rows() if one.row.friction <= Friction.NOTICE]
    return tuple(replace(one, row=replace(one.row, **said)) for one in quiet)
