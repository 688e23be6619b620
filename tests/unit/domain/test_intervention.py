"""Step 6: the highest friction wins, and what is shown is narrower than what is suspected (guarantees H5 and H7)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breather.domain.campaign import Screenless
from breather.domain.catalogue import CATALOGUE, INTELLIGENCE, NOT_YET
from breather.domain.feature import FeatureValue, Phase, Unknown
from breather.domain.friction import Friction
from breather.domain.intervention import (
    BEYOND_BEHAVIOUR,
    MOST_REASONS,
    NOTHING,
    Decision,
    Intervention,
    intervene,
    shown,
    suspected,
)
from breather.domain.ruling import Rule, Rulebook, Ruling, rule_on
from breather.domain.typology import Typology
from breather.domain.withdrawal import Kind
from tests.unit.domain.strategies import ORDINARY, campaign, rule

BEHAVIOUR, SEEN = "amount_usd >= 0", "on_call"
RULES = st.builds(
    rule,
    st.text("abc", min_size=1, max_size=3),
    st.sampled_from([BEHAVIOUR, SEEN, "answer_met_online", "amount_usd >= 0 AND remote_access"]),
    st.sampled_from([friction for friction in Friction if friction]),
    st.sampled_from(Typology),
)
CHOSEN = st.lists(RULES, max_size=5).map(tuple)


def asked(hits: tuple[Rule, ...], screenless: Screenless = Screenless.PROCEED, **changed: FeatureValue) -> Intervention:
    features = {**ORDINARY, **NOT_YET, **changed}
    return intervene(campaign(*hits, screenless=screenless), Ruling(hits, (), {}), features)


@given(CHOSEN)
def test_the_highest_friction_that_was_asked_for_wins(hits: tuple[Rule, ...]) -> None:
    found = asked(hits)
    assert found.friction == max((hit.friction for hit in hits), default=Friction.NONE)
    assert (found == NOTHING) == (not hits)


@given(CHOSEN)
def test_one_more_hit_never_lowers_it(hits: tuple[Rule, ...]) -> None:
    for fewer in (hits[:index] + hits[index + 1 :] for index in range(len(hits))):
        assert asked(fewer).friction <= asked(hits).friction


@given(CHOSEN)
def test_what_is_shown_rests_on_more_than_behaviour(hits: tuple[Rule, ...]) -> None:
    found = asked(hits)
    if found.shown not in (None, Typology.GENERAL):
        assert any(hit.typology is found.shown and hit.when.features & BEYOND_BEHAVIOUR for hit in hits)
    if not any(hit.when.features & BEYOND_BEHAVIOUR for hit in hits) and hits:
        assert found.shown is Typology.GENERAL


@given(CHOSEN)
def test_the_reasons_are_the_strongest_first_and_each_once(hits: tuple[Rule, ...]) -> None:
    why = asked(hits).why
    assert len(set(why)) == len(why) <= MOST_REASONS
    if hits:
        strongest = max(hit.friction for hit in hits)
        assert why[0] in {hit.why for hit in hits if hit.friction is strongest}


def test_behaviour_alone_shows_the_general_alert_and_keeps_its_suspicion() -> None:
    found = asked((rule("a", BEHAVIOUR, Friction.COOLING_OFF, Typology.INVESTMENT),))
    assert (found.suspected, found.shown) == (Typology.INVESTMENT, Typology.GENERAL)


def test_somebody_in_the_session_shows_the_specific_alert() -> None:
    found = asked((rule("a", SEEN, Friction.COOLING_OFF, Typology.FAKE_POLICE),))
    assert (found.suspected, found.shown) == (Typology.FAKE_POLICE, Typology.FAKE_POLICE)


def test_typologies_that_conflict_show_the_general_alert() -> None:
    police = rule("a", SEEN, Friction.COOLING_OFF, Typology.FAKE_POLICE)
    task = rule("b", "answer_paid_tasks", Friction.COOLING_OFF, Typology.TASK_JOB)
    assert suspected((police, task)) is shown((police, task)) is Typology.GENERAL


def test_a_weaker_conflict_and_a_general_rule_say_nothing_against_it() -> None:
    police = rule("a", SEEN, Friction.COOLING_OFF, Typology.FAKE_POLICE)
    task = rule("b", "answer_paid_tasks", Friction.QUESTIONS, Typology.TASK_JOB)
    general = rule("c", SEEN, Friction.HOLD, Typology.GENERAL)
    assert suspected((police, task, general)) is Typology.FAKE_POLICE


def test_only_answers_the_session_and_intelligence_are_more_than_behaviour() -> None:
    submitted = {name for name in BEYOND_BEHAVIOUR if CATALOGUE[name].phase is Phase.SUBMIT}
    assert submitted == {"remote_access", "screen_shared", "on_call"} | INTELLIGENCE
    assert {"destination_confirmed", "destination_resembles"} <= INTELLIGENCE


def test_a_confirmed_destination_is_shown_as_what_it_is() -> None:
    known = rule("known", "destination_confirmed", Friction.HOLD, Typology.KNOWN_ADDRESS)
    large = rule("large", BEHAVIOUR, Friction.COOLING_OFF, Typology.INVESTMENT)
    found = asked((large, known), destination_confirmed=True)
    assert (found.friction, found.suspected, found.shown) == (Friction.HOLD,) + (Typology.KNOWN_ADDRESS,) * 2


@pytest.mark.parametrize(
    ("days", "friction"),
    [
        (0.0, Friction.NONE),
        (6.999, Friction.NONE),
        (7.0, Friction.NOTICE),
        (Unknown.NO_HISTORY, Friction.NOTICE),
        (Unknown.FAILED, Friction.NOTICE),
    ],
)
def test_a_notice_comes_once_in_seven_days(days: FeatureValue, friction: Friction) -> None:
    assert asked((rule("a", BEHAVIOUR, Friction.NOTICE),), days_since_notice=days).friction is friction


@pytest.mark.parametrize("friction", [Friction.QUESTIONS, Friction.COOLING_OFF, Friction.HOLD])
def test_the_budget_of_notices_holds_nothing_stronger_back(friction: Friction) -> None:
    assert asked((rule("a", BEHAVIOUR, friction),), days_since_notice=0.0).friction is friction


@pytest.mark.parametrize("friction", Friction)
@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.INTERACTIVE])
def test_where_nobody_stands_before_a_screen_the_campaign_answers(kind: Kind, friction: Friction) -> None:
    hits = (rule("a", BEHAVIOUR, friction),) if friction else ()
    held = asked(hits, Screenless.HOLD, kind=kind.value).friction
    assert held is (Friction.HOLD if friction >= Friction.COOLING_OFF else Friction.NONE)
    assert asked(hits, Screenless.PROCEED, kind=kind.value) == NOTHING


def test_the_answer_to_the_vasp_is_read_from_the_friction() -> None:
    words = [Decision.of(friction).value for friction in Friction]
    assert words == ["proceed", "intervene", "intervene", "intervene", "hold"]


def test_unknown_is_not_false_and_only_a_failure_degrades() -> None:
    rules = Rulebook([rule("call", "on_call", Friction.HOLD), rule("not", "NOT on_call", Friction.HOLD)])
    for unknown in Unknown:
        ruling = rule_on(rules, {**ORDINARY, **NOT_YET, "on_call": unknown}, Phase.SUBMIT)
        assert ruling.hits == ruling.misses == ()
        assert ruling.undetermined == {"call": {"on_call": unknown}, "not": {"on_call": unknown}}
        assert ruling.degraded == (unknown is Unknown.FAILED)


def test_a_rule_waits_for_the_latest_phase_that_it_names() -> None:
    rules = Rulebook([rule("early", "TRUE", Friction.NOTICE), rule("late", "TRUE OR answer_met_online", Friction.HOLD)])
    features = {**ORDINARY, **NOT_YET}
    assert [hit.id for hit in rule_on(rules, features, Phase.SUBMIT).hits] == ["early"]
    assert [hit.id for hit in rule_on(rules, features, Phase.ANSWER).hits] == ["early", "late"]
