"""From what a shadow and the active version said to the page that compares them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from breather.domain.friction import INTERRUPTS, Friction
from breather.domain.shadow import Change, Word
from breather.exchange.beside import Words, decode_words
from breather.storage.exchange.console_reader import NEWEST
from breather.storage.exchange.console_record import Decided
from breather.storage.exchange.shadow_reader import MOST_OUTCOMES, MOST_WORDS, Outcomes, ShadowRow, WordsRow
from breather.web.exchange.console_list import decision_line
from breather.web.exchange.console_view import DecisionLine, Frame, ShadowSaid

CHANGES: Mapping[str, Change] = {"newly": Change.NEWLY, "no-longer": Change.NO_LONGER, "both": Change.BOTH}


@dataclass(frozen=True, slots=True)
class Side:
    """One version's answers: withdrawals by friction, interrupted, with a rule undetermined, and degraded."""

    frictions: Mapping[Friction, int]
    interrupted: int
    undetermined: int
    degraded: int


@dataclass(frozen=True, slots=True)
class RulePair:
    """Hits and undetermined, active then shadow; None where that version has no word of the rule."""

    id: str
    hits: tuple[int, int]
    undetermined: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Compared:
    """One phase: what both saw, without what failed in the shadow. `changes` counts withdrawals by change."""

    seen: int
    failed: Mapping[str, int]
    active: Side
    shadow: Side
    changes: Mapping[Change, int]
    rules: tuple[RulePair, ...]


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """`active` and `shadow` are what each asked for; None where that is not among what was read."""

    line: DecisionLine
    active: Friction | None
    shadow: Friction | None


@dataclass(frozen=True, slots=True)
class ShadowView:
    """`shadow` is None where none ever ran. `whole` is false where more combinations exist than are read."""

    frame: Frame
    shadow: ShadowRow | None
    others: tuple[ShadowRow, ...]
    submitted: Compared
    answered: Compared
    whole: bool
    outcomes: Mapping[Change, Outcomes]
    change: str
    lines: tuple[ChangedLine, ...]
    newest: bool
    older: int | None
    most_words: int = MOST_WORDS
    most_outcomes: int = MOST_OUTCOMES


@dataclass(frozen=True, slots=True)
class Found:
    """What the page reads of one shadow: at most MOST_WORDS combinations, and one page of withdrawals."""

    words: Sequence[WordsRow] = ()
    whole: bool = True
    outcomes: Mapping[Change, Outcomes] | None = None
    decided: Sequence[Decided] = ()
    older: int | None = None


def read_choice(query: Mapping[str, str]) -> tuple[int | None, str, int]:
    """Which shadow (None: the first), which change, and the journal number to go on before; what is not understood is
    as if it were left out.
    """
    number, before = (
        int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None
        for text in (query.get("shadow", ""), query.get("before", ""))
    )
    change = query.get("change", "")
    return number, change if change in CHANGES else "newly", NEWEST if before is None else before


def shadow_view(
    frame: Frame, shadow: ShadowRow | None, known: Iterable[ShadowRow], found: Found, choice: tuple[str, int]
) -> ShadowView:
    """`known` are the newest shadows; `choice` is the change that is listed and where its page begins."""
    said = {row.said: decode_words(row.words) for row in found.words if row.phase == "submit"}
    change, before = choice
    return ShadowView(
        frame=frame,
        shadow=shadow,
        others=tuple(one for one in known if shadow is None or one.number != shadow.number),
        submitted=compared(row for row in found.words if row.phase == "submit"),
        answered=compared(row for row in found.words if row.phase == "answer"),
        whole=found.whole,
        outcomes=found.outcomes or {each: Outcomes(0, 0, 0) for each in Change},
        change=change,
        lines=tuple(_line(one, said.get(one.row.shadow_said or "")) for one in found.decided),
        newest=before == NEWEST,
        older=found.older,
    )


def shadow_said(shadow: ShadowRow | None, submitted: bytes | None, answered: bytes | None) -> ShadowSaid | None:
    """For the page of one withdrawal: `submitted` and `answered` are the stored words. None where no shadow saw it."""
    if shadow is None or submitted is None:
        return None
    after = None if answered is None else _said(shadow, decode_words(answered), None)
    return _said(shadow, decode_words(submitted), after)


def _said(shadow: ShadowRow, words: Words, after: ShadowSaid | None) -> ShadowSaid:
    word = words.shadow
    return ShadowSaid(
        name=f"{shadow.id} {shadow.version}",
        number=shadow.number,
        active=words.active.friction,
        shadow=None if word is None else word.friction,
        hits=() if word is None else word.hits,
        undetermined=() if word is None else word.undetermined,
        problem=words.problem,
        after=after,
    )


def compared(rows: Iterable[WordsRow]) -> Compared:
    """The combinations of one phase, added up."""
    failed: Counter[str] = Counter()
    pairs: list[tuple[Word, Word, int]] = []
    for row in rows:
        words = decode_words(row.words)
        if words.shadow is None:
            failed[words.problem] += row.withdrawals
        else:
            pairs.append((words.active, words.shadow, row.withdrawals))
    changes: Counter[Change] = Counter()
    for active, shadow, count in pairs:
        interrupts = active.friction >= INTERRUPTS, shadow.friction >= INTERRUPTS
        if any(interrupts):
            changes[Change.BOTH if all(interrupts) else Change.NO_LONGER if interrupts[0] else Change.NEWLY] += count
    return Compared(
        seen=sum(count for _, _, count in pairs),
        failed=failed,
        active=_side((active, count) for active, _, count in pairs),
        shadow=_side((shadow, count) for _, shadow, count in pairs),
        changes={each: changes[each] for each in Change},
        rules=_rules(pairs),
    )


def _side(words: Iterable[tuple[Word, int]]) -> Side:
    frictions: Counter[Friction] = Counter()
    undetermined = degraded = 0
    for word, count in words:
        frictions[word.friction] += count
        undetermined += count if word.undetermined else 0
        degraded += count if word.degraded else 0
    interrupted = sum(count for friction, count in frictions.items() if friction >= INTERRUPTS)
    return Side({each: frictions[each] for each in Friction}, interrupted, undetermined, degraded)


def _rules(pairs: Iterable[tuple[Word, Word, int]]) -> tuple[RulePair, ...]:
    """Every rule that ever hit or was undetermined; where the two differ most first."""
    counts: dict[str, list[int]] = {}
    for active, shadow, count in pairs:
        for place, rules in enumerate((active.hits, shadow.hits, active.undetermined, shadow.undetermined)):
            for rule in rules:
                counts.setdefault(rule, [0, 0, 0, 0])[place] += count
    found = [RulePair(rule, (one[0], one[1]), (one[2], one[3])) for rule, one in counts.items()]
    return tuple(sorted(found, key=lambda rule: (-abs(rule.hits[1] - rule.hits[0]), -max(rule.hits), rule.id)))


def _line(decided: Decided, words: Words | None) -> ChangedLine:
    shadow = None if words is None or words.shadow is None else words.shadow.friction
    return ChangedLine(decision_line(decided), None if words is None else words.active.friction, shadow)
