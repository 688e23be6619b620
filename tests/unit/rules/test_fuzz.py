"""Ten thousand hostile texts on every run; `make fuzz` feeds a million. And that the fuzz would notice."""

from collections import Counter
from random import Random

import pytest

import tests.fuzz.rules as fuzzing
from breather.domain.rules import decider
from breather.domain.rules.python_text import python_text
from tests.fuzz.hostile_rule import MUTATIONS, SEEDS, hostile_text
from tests.fuzz.rules import fuzz, hostile_texts


def test_ten_thousand_hostile_texts_do_no_harm() -> None:
    report = fuzz(hostile_texts(10_000, Random(20_240_820)), Random(1))
    assert report.texts == 10_000
    # Neither a wall that lets nothing in nor one that is never touched.
    assert report.accepted > 500
    assert len(report.refusals) > 25, sorted(report.refusals)


def test_every_rule_is_a_seed_and_every_mutation_changes_something() -> None:
    random = Random(5)
    changed: Counter[int] = Counter()
    for text in SEEDS * 20:
        for number, mutation in enumerate(MUTATIONS):
            changed[number] += mutation(text, random) != text
    assert all(changed[number] > 20 for number in range(len(MUTATIONS)))


def test_a_seed_gives_the_same_texts_again() -> None:
    one, other = Random(7), Random(7)
    assert [hostile_text(one) for _ in range(50)] == [hostile_text(other) for _ in range(50)]


def test_the_fuzz_notices_an_answer_that_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decider, "python_text", lambda conditions: python_text(conditions).replace(" >= ", " > "))
    with pytest.raises(AssertionError):
        fuzz(iter(["payee_stops >= 0 AND destination_stops >= 1"] * 300), Random(1))


def test_the_fuzz_notices_code_that_reaches_further(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decider, "python_text", lambda conditions: python_text(conditions).replace("None", "open", 1))
    with pytest.raises(AssertionError):
        fuzz(iter(["amount_usd > 5"]), Random(1))


def test_the_fuzz_notices_a_crash_and_shows_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    def crashing(text: str, catalogue: object) -> None:
        raise RecursionError(text[:3])

    monkeypatch.setattr(fuzzing, "read_expression", crashing)
    with pytest.raises(RecursionError) as raised:
        fuzz(iter(["NOT " * 5_000]), Random(1))
    assert "NOT NOT" in raised.value.__notes__[0]


def test_the_fuzz_notices_an_answer_that_comes_late(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzzing, "LONGEST", 1e-9)
    with pytest.raises(AssertionError, match="took"):
        fuzz(iter(["TRUE"]), Random(1))
