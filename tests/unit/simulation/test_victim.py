"""What people do under an alert follows the parameters, and the truth says beforehand what would have stopped them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breather.domain.catalogue import CATALOGUE
from breather.domain.feature import Phase
from breather.domain.friction import Friction
from breather.domain.typology import Typology
from breather.simulation.parameters import Parameters
from breather.simulation.scam import PATTERNS
from breather.simulation.victim import (
    NEVER,
    WAYS,
    End,
    Person,
    answers,
    listed_share,
    react,
    stop_share,
    stops_at,
)

DEFAULTS = Parameters()
VICTIM = Person(Typology.INVESTMENT, coached=False, shared=False, draw=500, way=500_500_500_500)
COACHED = replace(VICTIM, coached=True)
HONEST = replace(VICTIM, typology=None)
PEOPLE = st.builds(
    Person,
    typology=st.sampled_from([None, *PATTERNS]),
    coached=st.booleans(),
    shared=st.booleans(),
    draw=st.integers(0, 999),
    way=st.integers(0, WAYS - 1),
)


@pytest.mark.parametrize(
    ("person", "friction", "share"),
    [
        (VICTIM, Friction.NONE, 50),
        (VICTIM, Friction.NOTICE, 70),
        (VICTIM, Friction.QUESTIONS, 240),
        (VICTIM, Friction.COOLING_OFF, 300),
        (VICTIM, Friction.HOLD, 500),
        # Coaching leaves half of what the alert adds; what happens without one it does not touch.
        (COACHED, Friction.NONE, 50),
        (COACHED, Friction.QUESTIONS, 50 + 95),
        (COACHED, Friction.COOLING_OFF, 50 + 125),
        (HONEST, Friction.NONE, 50),
        (HONEST, Friction.NOTICE, 55),
        (HONEST, Friction.COOLING_OFF, 110),
    ],
)
def test_shares_are_those_of_the_parameters(person: Person, friction: Friction, share: int) -> None:
    assert stop_share(DEFAULTS, person, friction) == share


def test_a_second_showing_does_less_to_a_victim_and_nothing_without_alert() -> None:
    assert stop_share(DEFAULTS, VICTIM, Friction.QUESTIONS, exposure=2) == 50 + 190 * 724 // 1_000
    assert stop_share(DEFAULTS, VICTIM, Friction.NONE, exposure=9) == 50


def test_a_listed_address_stops_most() -> None:
    assert listed_share(DEFAULTS, VICTIM) == 750
    assert listed_share(DEFAULTS, COACHED) == 50 + 350
    assert react(DEFAULTS, VICTIM, Friction.QUESTIONS, listed=True).end is End.STOPPED
    assert react(DEFAULTS, VICTIM, Friction.QUESTIONS).end is End.WENT_ON


@settings(max_examples=60)
@given(PEOPLE, st.integers(1, 5))
def test_more_friction_never_stops_fewer(person: Person, exposure: int) -> None:
    shares = [stop_share(DEFAULTS, person, friction, exposure) for friction in Friction]
    assert shares == sorted(shares)
    assert shares[-1] <= 1_000


@settings(max_examples=100)
@given(PEOPLE)
def test_the_truth_says_what_stops_her(person: Person) -> None:
    victim = np.array([person.typology is not None])
    coached = np.array([person.coached])
    found = int(stops_at(DEFAULTS, np.array([person.draw]), victim, coached)[0])
    for friction in Friction:
        stops = react(DEFAULTS, person, friction).end is End.STOPPED
        assert stops == (found != NEVER and friction >= found)


@settings(max_examples=60)
@given(PEOPLE, st.sampled_from(Friction))
def test_the_same_person_before_the_same_alert_does_the_same(person: Person, friction: Friction) -> None:
    assert react(DEFAULTS, person, friction) == react(DEFAULTS, person, friction)


@settings(max_examples=60)
@given(PEOPLE)
def test_without_an_alert_nobody_answers_lapses_or_asks_for_help(person: Person) -> None:
    reaction = react(DEFAULTS, person, Friction.NONE)
    assert reaction.end is not End.LAPSED
    assert (reaction.answers, reaction.asks_help, reaction.says_listening) == (None, False, False)


@settings(max_examples=60)
@given(PEOPLE, st.sampled_from(Friction))
def test_answers_are_given_where_questions_are_asked(person: Person, friction: Friction) -> None:
    assert (react(DEFAULTS, person, friction).answers is not None) == (friction >= Friction.QUESTIONS)


@pytest.mark.parametrize("typology", [None, *PATTERNS])
def test_answers_are_those_of_the_catalogue_and_of_its_types(typology: Typology | None) -> None:
    for lies in (True, False):
        told = answers(typology, lies, shared=True)
        assert set(told) == {name for name, feature in CATALOGUE.items() if feature.phase is Phase.ANSWER}
        for name, value in told.items():
            allowed = CATALOGUE[name].values
            assert value in allowed if allowed else isinstance(value, bool)


@pytest.mark.parametrize("typology", PATTERNS)
def test_whoever_lies_answers_like_an_honest_customer(typology: Typology) -> None:
    assert answers(typology, lies=True, shared=True) == answers(None, lies=False, shared=False)


@pytest.mark.parametrize("typology", [each for each in PATTERNS if each is not Typology.ADDRESS_POISONING])
def test_whoever_does_not_lie_gives_it_away(typology: Typology) -> None:
    told = answers(typology, lies=False, shared=False)
    assert told != answers(None, lies=False, shared=False)
    assert told["answer_sounds_like"] == typology


def test_only_the_coached_lie_and_as_often_as_the_parameter_says() -> None:
    ways = range(0, WAYS, WAYS // 1_000)
    lies = [react(DEFAULTS, replace(COACHED, draw=999, way=way), Friction.QUESTIONS).lies for way in ways]
    always, never = replace(DEFAULTS, coached_lies=1_000), replace(DEFAULTS, coached_lies=0)
    assert any(lies)
    assert react(always, COACHED, Friction.QUESTIONS).lies
    assert not react(never, COACHED, Friction.QUESTIONS).lies
    assert not react(always, VICTIM, Friction.QUESTIONS).lies
    assert not react(always, replace(HONEST, coached=True), Friction.QUESTIONS).lies


def test_a_liar_does_not_say_that_somebody_listens() -> None:
    everybody = replace(DEFAULTS, says_listening=1_000, coached_lies=1_000)
    assert react(everybody, replace(VICTIM, shared=True), Friction.QUESTIONS).says_listening
    assert not react(everybody, replace(COACHED, shared=True), Friction.QUESTIONS).says_listening
    assert not react(everybody, VICTIM, Friction.QUESTIONS).says_listening


@pytest.mark.parametrize("friction", Friction)
def test_only_a_pause_is_left_to_lapse(friction: Friction) -> None:
    everybody = replace(DEFAULTS, lapses=1_000)
    ends = react(everybody, replace(HONEST, draw=999), friction).end
    assert (ends is End.LAPSED) == (friction >= Friction.COOLING_OFF)


def test_help_is_asked_for_as_often_as_the_parameter_says() -> None:
    assert react(replace(DEFAULTS, asks_help=1_000), HONEST, Friction.NOTICE).asks_help
    assert not react(replace(DEFAULTS, asks_help=0), HONEST, Friction.NOTICE).asks_help
