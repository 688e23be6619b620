"""Feeds hostile texts to the rule language. `python -m tests.fuzz.rules [COUNT [SEED]]`, or `make fuzz`: a million.

Whatever the text: an expression or a BadExpression that points into it, and soon. What is accepted is spelt in the
words of the language and no others, runs as code that names nothing else, reads only the features it says, and
answers as a plain walk through its tree does.
"""

import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from types import CodeType

from rich.progress import track

from bench.policy import rows
from breather.domain.catalogue import CATALOGUE
from breather.domain.feature import FeatureValue
from breather.domain.rules import BadExpression, Expression, make_decider, pointed, read_expression
from tests.fuzz.hostile_rule import hostile_text
from tests.unit.rules.decided import TRUTHS_BY_PLACE
from tests.unit.rules.interpreter import interpret

LONGEST = 0.050  # seconds of this thread
AGAIN = 5  # a text that took longer is timed so often again: the machine, too, has slow moments
ROWS = rows(50, seed=4)
# The language once more, from its description and not from its tokenizer.
SPELT = re.compile(r"(?:[ \t\r\n]+|([A-Za-z_][A-Za-z0-9_]*)|[0-9][0-9.eE+-]*|'(?:[^']|'')*'|[-<>=+*(),]+)*")
NAME = re.compile(r"'(?:[^']|'')*'|\b[A-Za-z_][A-Za-z0-9_]*")
WORDS = {"AND", "OR", "NOT", "IN", "BETWEEN", "IS", "NULL", "TRUE", "FALSE", "RATIO"}
RUN = {"number", "boolean", "text", "type", "float", "str", "Unknown", "append", "rule0"}


@dataclass
class Report:
    """`slowest`: seconds, and the text. `refusals` counts errors by their first words."""

    texts: int = 0
    accepted: int = 0
    slowest: tuple[float, str] = (0.0, "")
    refusals: Counter[str] = field(default_factory=Counter)

    def lines(self) -> Iterator[str]:
        seconds, text = self.slowest
        yield f"{self.texts:,} texts: {self.accepted:,} accepted, {self.texts - self.accepted:,} refused"
        yield f"slowest {seconds * 1e3:.1f} ms: {text[:100]!r}, {len(text):,} characters"
        yield f"{len(self.refusals)} kinds of error"


class _Watched(dict[str, FeatureValue]):
    """A row that remembers what was read of it."""

    def __init__(self, row: dict[str, FeatureValue]) -> None:
        super().__init__(row)
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> FeatureValue:
        self.read.add(name)
        return super().__getitem__(name)


def fuzz(texts: Iterator[str], random: Random) -> Report:
    report = Report()
    for text in texts:
        report.texts += 1
        with _showing(text):
            seconds, found = _timed(text)
            if seconds > report.slowest[0]:
                report.slowest = (seconds, text)
            if isinstance(found, BadExpression):
                _check_refusal(text, found, report)
            else:
                report.accepted += 1
                _check_accepted(text, found, random)
    return report


def hostile_texts(count: int, random: Random) -> Iterator[str]:
    return (hostile_text(random) for _ in range(count))


@contextmanager
def _showing(text: str) -> Iterator[None]:
    try:
        yield
    except Exception as problem:
        problem.add_note(f"the text was {text[:3_000]!r}")
        raise


def _timed(text: str) -> tuple[float, Expression | BadExpression]:
    seconds, found = _once(text)
    for _ in range(AGAIN if seconds > LONGEST else 0):
        seconds = min(seconds, _once(text)[0])
    assert seconds <= LONGEST, f"took {seconds * 1e3:.0f} ms"
    return seconds, found


def _once(text: str) -> tuple[float, Expression | BadExpression]:
    """The answer as a campaign's author gets it: the refusal is printed as well."""
    started = time.thread_time()
    found: Expression | BadExpression
    try:
        found = read_expression(text, CATALOGUE)
    except BadExpression as refused:
        found = refused
        str(refused)
    return time.thread_time() - started, found


def _check_refusal(text: str, refused: BadExpression, report: Report) -> None:
    assert refused.errors
    for error in refused.errors:
        report.refusals[" ".join(word for word in error.message.split() if word.isalpha())[:24]] += 1
        assert 0 <= error.at <= error.at + error.length <= len(text)
        shown, marked = pointed(text, error).split("\n")
        assert shown.isprintable()
        assert marked.strip(" ").strip("^") == ""


def _check_accepted(text: str, expression: Expression, random: Random) -> None:
    assert text.isascii() or "'" in text
    assert SPELT.fullmatch(text)
    names = {name for name in NAME.findall(text) if not name.startswith("'")}
    assert {name for name in names if name.upper() not in WORDS} == expression.features <= CATALOGUE.keys()
    decide = make_decider(["rule"], [expression])
    code = getattr(decide, "__code__", None)
    assert isinstance(code, CodeType)
    assert set(code.co_names) <= RUN
    assert not any(isinstance(constant, CodeType) for constant in code.co_consts)
    row = _Watched(random.choice(ROWS))
    answers = decide(row)
    assert row.read <= expression.features
    (truth,) = [truth for truth, found in zip(TRUTHS_BY_PLACE, answers, strict=True) if found]
    assert truth is interpret(expression.root, row)


def main() -> int:
    count, seed = (int(word) for word in (sys.argv[1:] + ["1000000", "1"][len(sys.argv) - 1 :])[:2])
    random = Random(seed)
    texts = track(hostile_texts(count, random), f"{count:,} hostile rules", total=count)
    for line in fuzz(iter(texts), Random(seed + 1)).lines():
        print(line)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
