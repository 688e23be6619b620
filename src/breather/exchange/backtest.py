"""Backtest: what a campaign version would have done to a recorded past, before anybody is alerted.

Nothing is written and nothing is served: the question holds all there is, the report is the answer.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

from breather.domain.campaign import Campaign
from breather.domain.feature import Unknown
from breather.domain.finding import Finding, Refused
from breather.domain.friction import INTERRUPTS, Friction
from breather.domain.instant import MINUTE
from breather.exchange.backtest_report import (
    LIMIT_OF_LABELS,
    LIMITS,
    Accuracy,
    Changes,
    Cost,
    Day,
    Labelled,
    Moved,
    Overlap,
    Report,
    RuleFound,
)
from breather.exchange.local_day import leads
from breather.measurement.proportion import proportion
from breather.storage.backtest.history import History
from breather.storage.backtest.version import BITS, FAILED, Version, unknown_column

SAMPLE = 10
STAGES = ("opening", "hits by day", "friction", "undetermined", "overlap", "changes", "labels")
NO_FINITE_RESULT = "no_finite_result"
_DAY_ZERO = date(1970, 1, 1)
# DuckDB's integers have 63 bits for patterns of hits.
_BITS_A_MASK = 62


@dataclass(frozen=True, slots=True)
class Question:
    """`against` is another version for the same jurisdiction, `labels` a file that says what was a scam."""

    campaign: Campaign
    history: Path
    against: Campaign | None = None
    labels: Path | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    """The history laid out for the question: `version` is the one asked about."""

    history: History
    version: Version
    other: Version | None

    @property
    def ids(self) -> list[str]:
        return [rule.id for rule in self.version.rules]


def backtest(question: Question, begun: Callable[[str], None] = lambda stage: None) -> Report:
    """`begun` is told each of STAGES. Raises Refused with every finding, and FileNotFoundError."""
    campaign, against = question.campaign, question.against
    if against is not None and against.jurisdiction != campaign.jurisdiction:
        message = f"is for {against.jurisdiction}, and {campaign.id} for {campaign.jurisdiction}"
        raise Refused("the versions cannot be compared", [Finding(against.id, "other-jurisdiction", message)])
    version = Version(campaign, "c")
    other = None if against is None else Version(against, "a")
    begun(STAGES[0])
    with History(question.history, [each for each in (version, other) if each is not None]) as history:
        history.refuse_repeated()
        history.judge(
            [each for each in (version, other) if each is not None],
            leads(history.first, history.last, campaign.time_zone),
        )
        if question.labels is not None:
            history.label(question.labels)
        return _report(_Asked(history, version, other), question, begun)


def rule_days(history: History, version: Version) -> dict[date, tuple[int, list[int]]]:
    """By day: withdrawals, and hits of each rule that runs at submission, in the campaign's order."""
    rows = history.all("rule_days", hits=", ".join(["0", *(_sum(each) for each in version.hits())]))
    return {_DAY_ZERO + timedelta(days=day): (count, list(hits)) for day, count, _, *hits in rows}


def _report(asked: _Asked, question: Question, begun: Callable[[str], None]) -> Report:
    history, campaign = asked.history, question.campaign
    begun("hits by day")
    by_day = rule_days(history, asked.version)
    withdrawals = sum(count for count, _ in by_day.values())
    if not withdrawals:
        message = f"has {history.withdrawals} withdrawals, and none from {campaign.jurisdiction}"
        raise Refused(f"{question.history} has nothing to test", [Finding("residence_*", "empty-history", message)])
    begun("friction")
    frictions = _frictions(asked)
    friction = sum(frictions.values(), Counter[str]())
    begun("undetermined")
    undetermined, degraded = _undetermined(asked)
    cost = _cost(asked, friction, withdrawals, degraded)
    begun("overlap")
    alone, overlaps = _overlaps(asked)
    begun("changes")
    changes = None if asked.other is None else _changes(asked, asked.other)
    begun("labels")
    labelled, accuracies = (None, dict[str, Accuracy]()) if question.labels is None else _labelled(asked)
    totals = {rule: sum(hits[n] for _, hits in by_day.values()) for n, rule in enumerate(asked.ids)}
    return Report(
        campaign=_name(campaign),
        jurisdiction=campaign.jurisdiction,
        time_zone=campaign.time_zone,
        history=question.history.name,
        first=history.first,
        last=history.last,
        withdrawals=withdrawals,
        elsewhere=history.withdrawals - withdrawals,
        rules=tuple(
            RuleFound(
                id=rule.id,
                friction=rule.friction.word,
                phase=rule.when.phase.word,
                hits=totals.get(rule.id),
                alone=alone[rule.id],
                undetermined=undetermined.get(rule.id, (0, {}))[0],
                undetermined_by=undetermined.get(rule.id, (0, {}))[1],
                accuracy=accuracies.get(rule.id),
            )
            for rule in campaign.rules
        ),
        days=tuple(
            Day(day, count, {rule: n for rule, n in zip(asked.ids, hits, strict=True) if n}, frictions[day])
            for day, (count, hits) in by_day.items()
        ),
        friction={each.word: friction[each.word] for each in Friction},
        cost=cost,
        overlaps=overlaps,
        changes=changes,
        labelled=labelled,
        limits=LIMITS if labelled is None else (*LIMITS, LIMIT_OF_LABELS),
    )


def _frictions(asked: _Asked) -> dict[date, Counter[str]]:
    found: dict[date, Counter[str]] = {}
    for day, friction, count in asked.history.all("friction_days", friction=asked.version.friction):
        found.setdefault(_DAY_ZERO + timedelta(days=day), Counter())[Friction(friction).word] = count
    return found


def _cost(asked: _Asked, friction: Mapping[str, int], withdrawals: int, degraded: int) -> Cost:
    campaign, column = asked.version.campaign, asked.version.friction
    customers, interrupted = asked.history.one("customers", friction=column, interrupts=INTERRUPTS.value)
    (soon,) = asked.history.one("notices_too_soon", friction=column, every=campaign.budget.notice_every)
    interruptions = sum(friction[each.word] for each in Friction if each >= INTERRUPTS)
    return Cost(
        customers=customers,
        customers_interrupted=interrupted,
        interruptions=interruptions,
        per_thousand_withdrawals=1000 * interruptions / withdrawals,
        per_thousand_customers=1000 * interruptions / customers,
        expected_per_thousand_withdrawals=campaign.budget.interruptions_per_thousand,
        pause_minutes=friction[Friction.COOLING_OFF.word] * campaign.pause.duration // MINUTE,
        holds=friction[Friction.HOLD.word],
        notices=friction[Friction.NOTICE.word],
        notices_too_soon=soon,
        degraded=degraded,
    )


def _undetermined(asked: _Asked) -> tuple[dict[str, tuple[int, dict[str, int]]], int]:
    """By rule: how many withdrawals it leaves open, and by class; and how many decisions are degraded."""
    counts, columns = [], [f"{column}_bits" for column in asked.version.columns]
    for column in columns:
        counts += [f"count({column})", *(_sum(f"{column} & {bit} > 0") for bit in BITS.values()), _sum(f"{column} = 0")]
    failed = " OR ".join(f"coalesce({column}, 0) & {FAILED} > 0" for column in columns) or "FALSE"
    counts += [_sum(contradiction) for contradiction in asked.version.contradictions()]
    classes = ", ".join(asked.version.classes()) or "0 AS nothing"
    degraded, *found = asked.history.one("undetermined", counts=", ".join([_sum(failed), *counts]), classes=classes)
    names = [*BITS, NO_FINITE_RESULT]
    width = 1 + len(names)
    by_rule = {}
    for number, rule in enumerate(asked.ids):
        total, *by_class = found[number * width : (number + 1) * width]
        by_rule[rule] = (total, {name: count for name, count in zip(names, by_class, strict=True) if count})
    _refuse_contradictions(asked, found[len(asked.ids) * width :])
    return by_rule, degraded


def _refuse_contradictions(asked: _Asked, counts: Sequence[int]) -> None:
    known = ", ".join(Unknown)
    message = f"rows hold a class beside a value, or another than {known}"
    wrong = [
        Finding(unknown_column(feature.name), "bad-class", f"{count} {message}")
        for feature, count in zip(asked.version.features, counts, strict=True)
        if count
    ]
    if wrong:
        raise Refused("the history contradicts itself", wrong)


def _overlaps(asked: _Asked) -> tuple[Counter[str], tuple[Overlap, ...]]:
    """How often each rule hit alone, and every pair that ever hit together, most often first."""
    columns = asked.version.columns
    parts = [columns[start : start + _BITS_A_MASK] for start in range(0, len(columns), _BITS_A_MASK)] or [()]
    masks = [
        " + ".join(
            [
                "CAST(0 AS BIGINT)",
                *(f"CASE WHEN {c} THEN CAST({1 << n} AS BIGINT) ELSE 0 END" for n, c in enumerate(part)),
            ]
        )
        for part in parts
    ]
    alone: Counter[str] = Counter()
    pairs: Counter[tuple[int, int]] = Counter()
    for *found, count in asked.history.all("patterns", masks=", ".join(masks)):
        pattern = sum(mask << (n * _BITS_A_MASK) for n, mask in enumerate(found))
        hits = [n for n in range(len(columns)) if pattern >> n & 1]
        if len(hits) == 1:
            alone[asked.ids[hits[0]]] += count
        for pair in combinations(hits, 2):
            pairs[pair] += count
    return alone, tuple(Overlap(asked.ids[one], asked.ids[two], count) for (one, two), count in pairs.most_common())


def _changes(asked: _Asked, other: Version) -> Changes:
    history, before, after = asked.history, other.friction, asked.version.friction
    rows = history.all("changes", before=before, after=after)
    friction: dict[str, dict[str, int]] = {}
    for one, two, count in rows:
        friction.setdefault(Friction(one).word, {})[Friction(two).word] = count
    totals = history.one("rule_totals", hits=", ".join(["0", *(_sum(column) for column in other.columns)]))[1:]
    least = INTERRUPTS.value
    return Changes(
        against=_name(other.campaign),
        newly_interrupted=_moved(asked, f"{before} < {least} AND {after} >= {least}"),
        no_longer_interrupted=_moved(asked, f"{before} >= {least} AND {after} < {least}"),
        friction=friction,
        hits={rule.id: count for rule, count in zip(other.rules, totals, strict=True)},
    )


def _moved(asked: _Asked, condition: str) -> Moved:
    count, customers = asked.history.one("moved", condition=condition)
    sample = asked.history.all("sample", condition=condition, most=SAMPLE)
    return Moved(count, customers, tuple(name for (name,) in sample))


def _labelled(asked: _Asked) -> tuple[Labelled, dict[str, Accuracy]]:
    conditions = [f"{asked.version.friction} >= {least.value}" for least in (Friction.NOTICE, INTERRUPTS)]
    conditions += asked.version.columns
    counts = [each for condition in conditions for each in (_sum(condition), _sum(f"{condition} AND scam"))]
    labels, *_ = asked.history.one("label_faults")
    rows, found, scams, *caught = asked.history.one("labelled", counts=", ".join(counts))
    if rows != found:
        message = f"{rows - found} labelled withdrawals stand in the history more than once"
        raise Refused("the labels cannot be used", [Finding("id", "repeated-withdrawal", message)])
    told, interrupted, *rules = (_accuracy(caught[n], caught[n + 1], scams) for n in range(0, len(caught), 2))
    return Labelled(labels, found, scams, told, interrupted), dict(zip(asked.ids, rules, strict=True))


def _accuracy(caught: int, scams_caught: int, scams: int) -> Accuracy:
    return Accuracy(proportion(scams_caught, caught), proportion(scams_caught, scams))


def _sum(condition: str) -> str:
    return f"coalesce(sum(CASE WHEN {condition} THEN 1 ELSE 0 END), 0)"


def _name(campaign: Campaign) -> str:
    return f"{campaign.id}@{campaign.version}"
