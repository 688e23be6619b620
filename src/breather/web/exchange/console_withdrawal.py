"""From the rows of one withdrawal to its page: why it was decided so, what was done, what happened since."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from breather.domain.catalogue import CATALOGUE
from breather.domain.cooling_off import Hold, Pause
from breather.domain.feature import Features, Phase, Unknown
from breather.domain.friction import Friction
from breather.domain.instant import Millis
from breather.domain.place import STRENGTH
from breather.exchange.record import Arm, Place, decode_answered, decode_record
from breather.exchange.recorded import features_in
from breather.storage.exchange.console_record import JournalRow, WithdrawalFile
from breather.storage.exchange.referrals import ReferralRow
from breather.web.exchange import console_words as words
from breather.web.exchange.console_destination import list_line, resemblance
from breather.web.exchange.console_list import decision_line
from breather.web.exchange.console_relay import referral_line
from breather.web.exchange.console_view import (
    FeatureLine,
    Frame,
    HoldView,
    PauseView,
    PlaceView,
    RuleLine,
    RuleText,
    ShadowSaid,
    TimelineEntry,
    WithdrawalView,
    Wording,
)

_PHASES: Mapping[Phase, str] = {
    Phase.SUBMIT: "When submitted",
    Phase.ANSWER: "From the customer's answers",
    Phase.CONFIRM: "At confirmation",
}
_LITERAL = re.compile(r"'(?:[^']|'')*'")
_NAME = re.compile(r"[a-z_][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class _Ruled:
    """What the rules made of it: at submission, and again with the answers where there are any."""

    hits: tuple[str, ...]
    undetermined: Mapping[str, Mapping[str, str]]
    after_answers: frozenset[str]
    features: Features
    typology: str
    alert: bool
    why: tuple[str, ...]


def withdrawal_view(
    frame: Frame,
    file: WithdrawalFile,
    entries: Iterable[JournalRow],
    wording: Wording,
    referrals: Iterable[ReferralRow] = (),
    shadow: ShadowSaid | None = None,
) -> WithdrawalView:
    """`wording` is what the frozen campaign version and its pack say."""
    row = file.decided.row
    stored = decode_record(row.decision)
    ruled = _ruled(row.decision, row.answered)
    _, _, rest = row.destination.partition(":")
    address, _, memo = rest.partition(":")
    naming = {rule: _names_in(text.when) for rule, text in wording.rules.items()}
    features = {name: _feature(ruled, name, naming) for name in ruled.features}

    def line(rule: str) -> RuleLine:
        return _rule(rule, wording.rules.get(rule), naming.get(rule, frozenset()), features, ruled)

    pause = row.cooling_off()
    lists = tuple(list_line(said) for said in stored.lists)
    return WithdrawalView(
        frame=frame,
        line=decision_line(file.decided),
        address=address,
        memo=memo,
        locale=stored.locale or "",
        typology=ruled.typology,
        asked=Friction.from_word(stored.asked) if stored.asked else None,
        arm=stored.assignment.arm if stored.assignment else "",
        assignment=_assignment_text(stored.assignment),
        excluded=tuple(stored.assignment.excluded) if stored.assignment else (),
        place=place_view(stored.place),
        hits=tuple(line(rule) for rule in ruled.hits),
        undetermined=tuple(line(rule) for rule in ruled.undetermined),
        misses=tuple(line(rule) for rule in _misses(wording, ruled, row.answered is not None)),
        features=_by_phase(features),
        alert=wording.alert,
        alert_missing=ruled.alert and wording.alert is None,
        why=ruled.why,
        pause=_pause(pause, file) if pause else None,
        holds=tuple(_hold(hold, frame.now) for hold in file.holds),
        broadcast=(row.transaction_id or "", row.broadcast_at) if row.broadcast_at is not None else None,
        cleared_until=row.cleared_until,
        timeline=tuple(_entry(entry) for entry in entries),
        submitted=words.pretty(row.submitted),
        referrals=tuple(referral_line(one) for one in referrals),
        consent=(row.consented_at, row.consent_text or "") if row.consented_at is not None else None,
        shadow=shadow,
        resembles=None if stored.resembles is None else resemblance(stored.resembles, ruled.features),
        lists=lists,
        contradict=len({one.accuses for one in lists}) > 1,
    )


def place_view(place: Place) -> PlaceView:
    """Every kind of evidence in its order of strength, the missing ones too: unknown is not false."""
    kinds = (*STRENGTH, *(kind for kind in place.evidence if kind not in STRENGTH))
    return PlaceView(
        code=place.code or "",
        because=place.because or "",
        evidence=tuple(
            (kind, place.evidence.get(kind) or "", kind == place.because, kind in place.conflicts) for kind in kinds
        ),
    )


def _ruled(decision: bytes, answered: bytes | None) -> _Ruled:
    """Answers only add: what was a hit at submission stays one, and its features are frozen."""
    first = decode_record(decision)
    again = None if answered is None else decode_answered(answered)
    if again is None:
        return _Ruled(
            hits=tuple(first.hits),
            undetermined=first.undetermined,
            after_answers=frozenset(),
            features=features_in(first.features),
            typology=first.typology or "",
            alert=first.alert is not None,
            why=tuple(first.why),
        )
    later = tuple(rule for rule in again.hits if rule not in first.hits)
    hits = (*first.hits, *later)
    return _Ruled(
        hits=hits,
        undetermined={rule: why for rule, why in again.undetermined.items() if rule not in hits},
        after_answers=frozenset(later),
        features={**features_in(first.features), **again.answers},
        typology=again.typology or first.typology or "",
        alert=first.alert is not None or again.alert is not None,
        why=tuple(again.why or first.why),
    )


def _misses(wording: Wording, ruled: _Ruled, answered: bool) -> Iterator[str]:
    """What ran and is not recorded otherwise."""
    ran = Phase.ANSWER if answered else Phase.SUBMIT
    for rule, text in wording.rules.items():
        if text.phase <= ran and rule not in ruled.hits and rule not in ruled.undetermined:
            yield rule


def _names_in(expression: str) -> frozenset[str]:
    """The features that a rule's text names; words inside text literals are not names."""
    return frozenset(_NAME.findall(_LITERAL.sub("''", expression))) & CATALOGUE.keys()


def _feature(ruled: _Ruled, name: str, naming: Mapping[str, frozenset[str]]) -> FeatureLine:
    known = CATALOGUE.get(name)
    value = ruled.features[name]
    unknown = str(value) if isinstance(value, Unknown) else ""
    return FeatureLine(
        name=name,
        value="" if unknown else words.feature_text(value),
        exact="" if unknown else words.exact_text(value),
        unknown=words.spaced(unknown),
        unknown_means=words.UNKNOWN_MEANS.get(unknown, ""),
        unit=known.unit if known else "",
        meaning=known.meaning if known else "not in this release's catalogue",
        rules=tuple(rule for rule in ruled.hits if name in naming.get(rule, ())),
    )


def _by_phase(features: Mapping[str, FeatureLine]) -> tuple[tuple[str, tuple[FeatureLine, ...]], ...]:
    order = {name: place for place, name in enumerate(CATALOGUE)}
    ordered = sorted(features.values(), key=lambda line: order.get(line.name, len(order)))
    groups = []
    for phase, title in _PHASES.items():
        lines = tuple(line for line in ordered if _phase_of(line.name) is phase)
        if lines:
            groups.append((title, lines))
    return tuple(groups)


def _phase_of(name: str) -> Phase:
    return CATALOGUE[name].phase if name in CATALOGUE else Phase.SUBMIT


def _rule(
    rule: str,
    text: RuleText | None,
    naming: frozenset[str],
    features: Mapping[str, FeatureLine],
    ruled: _Ruled,
) -> RuleLine:
    unknown = ruled.undetermined.get(rule, {})
    return RuleLine(
        id=rule,
        text=text,
        after_answers=rule in ruled.after_answers,
        named=tuple(features[name] for name in CATALOGUE if name in naming and name in features),
        unknown=tuple((name, words.spaced(why)) for name, why in unknown.items()),
    )


def _assignment_text(arm: Arm | None) -> str:
    return "" if arm is None else f"point {arm.point:.4f}, key {arm.key}"


def _pause(pause: Pause, file: WithdrawalFile) -> PauseView:
    row = file.decided.row
    resolved = pause.resolved
    return PauseView(
        id=pause.id,
        friction=pause.friction,
        covers=f"{words.amount(str(pause.covers_up_to), pause.asset, row.network)} {pause.asset}",
        length=pause.duration,
        offered_at=pause.offered_at,
        started_at=pause.started_at,
        elapses_at=pause.elapses_at(),
        lapses_at=pause.lapses_at(file.holds) if resolved is None and row.stopped_at is None else None,
        resolution=resolved.how.value if resolved else "",
        resolved_at=resolved.at if resolved else None,
        actor=resolved.actor if resolved else "",
        joined=tuple(one for one in file.joined if one != row.id),
    )


def _hold(hold: Hold, now: Millis) -> HoldView:
    return HoldView(
        reason=hold.reason,
        placed_at=hold.placed_at,
        ends_at=hold.ends_at,
        lifted_at=hold.lifted_at,
        actor=hold.actor,
        withdrawal=hold.withdrawal,
        open=hold.is_open(now),
    )


def _entry(row: JournalRow) -> TimelineEntry:
    return TimelineEntry(
        number=row.number,
        at=row.at,
        step=row.step,
        step_name=words.step_name(row.step),
        kind=words.spaced(row.kind),
        actor=row.actor,
        members=words.flat_members(row.body),
        body=words.pretty(row.body),
    )
