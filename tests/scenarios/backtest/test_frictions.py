"""The table of frictions, read twice: by the decision that is served, and by a backtest of the same features."""

from collections.abc import Iterator
from pathlib import Path

from breather.domain.feature import FeatureValue, Phase, Unknown
from breather.domain.friction import WORDS
from breather.domain.intervention import intervene
from breather.domain.ruling import rule_on
from breather.exchange.backtest import Question, backtest
from tests.unit.backtest.written import ORDINARY, campaign, history, row

TABLE = Path(__file__).with_name("frictions.txt")
# One rule a friction, each on a flag of its own.
FLAGS = {"notice": "new_device", "questions": "on_call", "cooling_off": "screen_shared", "hold": "remote_access"}
TESTED = campaign(
    {word.replace("_", "-"): (word, flag) for word, flag in FLAGS.items()}, {'api = "proceed"': 'api = "hold"'}
)


def cases() -> Iterator[tuple[dict[str, FeatureValue], str]]:
    for line in TABLE.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            hits, kind, days, friction = (cell.strip() for cell in line.split("|"))
            flags: dict[str, FeatureValue] = {flag: word in hits.split() for word, flag in FLAGS.items()}
            known: FeatureValue = Unknown(days) if days in set(Unknown) else float(days)
            yield {**flags, "kind": kind, "days_since_notice": known}, friction


def test_the_table_has_every_friction_and_is_not_empty() -> None:
    found = [friction for _, friction in cases()]
    assert set(found) == set(WORDS)
    assert len(found) > 15


def test_serving_decides_as_the_table_says() -> None:
    wrong = []
    for features, expected in cases():
        known = {**ORDINARY, **features}
        found = intervene(TESTED, rule_on(TESTED.rules, known, Phase.SUBMIT), known).friction.word
        if found != expected:
            wrong.append((features, expected, found))
    assert not wrong


def test_a_backtest_decides_as_the_table_says(tmp_path: Path) -> None:
    """A day a case, so that the friction of each can be read from the report."""
    rows = [row(24 * number, features) for number, (features, _) in enumerate(cases())]
    report = backtest(Question(TESTED, history(tmp_path / "history.parquet", rows)))
    assert [list(day.friction) for day in report.days] == [[expected] for _, expected in cases()]
