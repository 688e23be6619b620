"""What a shadow and the active version said, added up: each pair of frictions, each rule, each failure."""

from itertools import product

import msgspec
import pytest

from breather.domain.friction import Friction
from breather.domain.shadow import Change, Word
from breather.exchange.beside import Words
from breather.storage.exchange.shadow_reader import WordsRow
from breather.web.exchange.console_shadow import compared, shadow_said
from tests.shadow_rows import SHADOW

QUIET = {Friction.NONE, Friction.NOTICE}
NOTHING = Word(Friction.NONE, (), ())


def row(active: Word, shadow: Word | None, count: int, problem: str = "") -> WordsRow:
    return WordsRow("submit", "0", msgspec.json.encode(Words(active, shadow, problem)), count)


def word(friction: Friction = Friction.NONE, hits: tuple[str, ...] = (), unknown: tuple[str, ...] = ()) -> Word:
    return Word(friction, hits, unknown)


@pytest.mark.parametrize(("active", "shadow"), list(product(Friction, Friction)))
def test_each_pair_of_frictions_is_one_change_or_none(active: Friction, shadow: Friction) -> None:
    found = compared([row(word(active), word(shadow), 7)])
    change = {
        (True, True): None,
        (True, False): Change.NEWLY,
        (False, True): Change.NO_LONGER,
        (False, False): Change.BOTH,
    }[active in QUIET, shadow in QUIET]
    assert found.changes == {each: 7 if each is change else 0 for each in Change}
    assert (found.active.interrupted, found.shadow.interrupted) == (
        7 * (active not in QUIET),
        7 * (shadow not in QUIET),
    )
    assert found.active.frictions == {each: 7 if each is active else 0 for each in Friction}
    assert found.shadow.frictions == {each: 7 if each is shadow else 0 for each in Friction}


def test_rules_are_counted_for_the_version_that_said_them() -> None:
    found = compared(
        [
            row(word(hits=("a", "b"), unknown=("c",)), word(hits=("a",), unknown=("d", "c")), 3),
            row(word(hits=("a",)), word(hits=("e",)), 10),
        ]
    )
    assert [(rule.id, rule.hits, rule.undetermined) for rule in found.rules] == [
        ("a", (13, 3), (0, 0)),
        ("e", (0, 10), (0, 0)),
        ("b", (3, 0), (0, 0)),
        ("c", (0, 0), (3, 3)),
        ("d", (0, 0), (0, 3)),
    ]
    assert (found.active.undetermined, found.shadow.undetermined) == (3, 3)


def test_a_failure_of_the_shadow_is_in_no_other_count() -> None:
    found = compared([row(word(Friction.HOLD, ("a",)), None, 4, "KeyError"), row(NOTHING, None, 2, "KeyError")])
    assert (found.failed, found.seen, found.rules) == ({"KeyError": 6}, 0, ())
    assert (found.active.interrupted, set(found.changes.values())) == (0, {0})


def test_one_withdrawals_words_are_those_of_each_version_and_phase() -> None:
    first = msgspec.json.encode(Words(word(Friction.NOTICE), word(Friction.HOLD, ("a",), ("b",))))
    after = msgspec.json.encode(Words(word(Friction.QUESTIONS), problem="KeyError"))
    found = shadow_said(SHADOW, first, after)
    assert found is not None
    assert (found.name, found.number) == ("macau-pj-trial 3", 4001)
    assert (found.active, found.shadow, found.hits, found.undetermined) == (
        Friction.NOTICE,
        Friction.HOLD,
        ("a",),
        ("b",),
    )
    assert found.after is not None
    assert (found.after.active, found.after.shadow, found.after.problem) == (Friction.QUESTIONS, None, "KeyError")
    assert shadow_said(None, first, None) is shadow_said(SHADOW, None, after) is None
