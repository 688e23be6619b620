"""`python -m bench rules`: twenty rules over the catalogue, a tenth of it unknown, against two engines in Rust."""

from collections.abc import Callable, Mapping, Sequence
from statistics import median
from time import perf_counter

from bench.figure import Figure
from bench.peers import Engine, Row, engines, null_row
from bench.policy import RULES, rows
from breather.domain.catalogue import CATALOGUE
from breather.domain.feature import FeatureValue
from breather.domain.rules import Expression, Truth, make_decider, read_expression
from tests.unit.rules.interpreter import interpret

TIMED_ROWS = 100
CHECKED_ROWS = 5_000
ROUNDS = 101
SEED = 20_240_820


class Mismatch(Exception):
    """An engine that finds other hits computes something else: its time would say nothing."""


def run() -> list[Figure]:
    rules = {name: read_expression(text, CATALOGUE) for name, text in RULES.items()}
    timed = rows(TIMED_ROWS, SEED)
    nulls = [null_row(row) for row in timed]
    peers = engines(rules)
    _same_hits(rules, timed, nulls, peers)
    decide = make_decider(list(rules), list(rules.values()))
    times = _alternating(
        {"": lambda: [decide(row) for row in timed], **{name: _all_rows(run, nulls) for name, run in peers.items()}}
    )
    ours = times.pop("")
    figures = [_figure("fastest_engine", ours, min(times.values(), key=median))]
    figures += [_figure(name, ours, theirs) for name, theirs in times.items()]
    answers = f"of {CHECKED_ROWS * len(rules)}"
    return [*figures, Figure("policy_mismatches", _mismatches(rules), answers, "interpreter", 0, 0, 0)]


def _all_rows(run: Engine, nulls: Sequence[Row]) -> Callable[[], object]:
    return lambda: [run(row) for row in nulls]


def _alternating(contenders: Mapping[str, Callable[[], object]]) -> dict[str, list[float]]:
    """Microseconds a row, by round. Rounds are short, so that most are not interrupted by whatever else runs."""
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(ROUNDS):
        for name, contend in contenders.items():
            started = perf_counter()
            contend()
            times[name].append((perf_counter() - started) / TIMED_ROWS * 1e6)
    return times


def _figure(against: str, ours: Sequence[float], theirs: Sequence[float]) -> Figure:
    """`spread` is between the quartiles here: a round of half a millisecond is either undisturbed or not."""
    value, other = median(ours), median(theirs)
    ordered = sorted(ours)
    spread = (ordered[len(ours) * 3 // 4] - ordered[len(ours) // 4]) / value
    return Figure(
        "policy_us", round(value, 2), "us", against, round(other, 2), round(other / value, 2), round(spread, 3)
    )


def _same_hits(
    rules: Mapping[str, Expression],
    timed: Sequence[Mapping[str, FeatureValue]],
    nulls: Sequence[Row],
    peers: Mapping[str, Engine],
) -> None:
    for row, null in zip(timed, nulls, strict=True):
        expected = [rule_id for rule_id, rule in rules.items() if interpret(rule.root, row) is Truth.HIT]
        for name, run in peers.items():
            if run(null) != expected:
                raise Mismatch(f"{name}: {run(null)} where {expected} is right")


def _mismatches(rules: Mapping[str, Expression]) -> int:
    """Answers that differ from the plain interpreter's: hit, miss and undetermined, each rule on each row."""
    decide = make_decider(list(rules), list(rules.values()))
    wrong = 0
    for row in rows(CHECKED_ROWS, SEED + 1):
        hits, misses, undetermined = decide(row)
        answers = dict.fromkeys(hits, Truth.HIT) | dict.fromkeys(misses, Truth.MISS)
        answers |= {name: Truth.UNDETERMINED for name, _ in undetermined}
        wrong += sum(answers[name] is not interpret(rule.root, row) for name, rule in rules.items())
    return wrong
