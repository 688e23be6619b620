"""Choosing from a pack: locale, variant, question, number."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breather.domain.instant import Millis, parse_instant
from breather.domain.pack import AlertText
from breather.domain.typology import Typology
from tests.unit.pack.builders import NOW, sample

LOCALES = """
zh-Hant          zh-Hant     zh-Hans          zh-Hans
zh-MO            zh-Hant     zh-HK            zh-Hant
zh-TW            zh-Hant     zh-CN            zh-Hans
zh-SG            zh-Hans     zh               zh-Hant
zh-Hant-MO       zh-Hant     zh-Hans-HK       zh-Hans
ZH-hant          zh-Hant     zh_CN            zh-Hans
zh-CN-x-private  zh-Hans     zh-Latn          zh-Hant
pt               pt          pt-PT            pt
pt-BR            pt          en-GB            en
en-a-bbb-x-a-ccc en          yue-Hant-HK      zh-Hant
fil-PH           en          de               zh-Hant
*                zh-Hant     -                zh-Hant
"""


@pytest.mark.parametrize(("wanted", "chosen"), list(zip(LOCALES.split()[::2], LOCALES.split()[1::2], strict=True)))
def test_locale_choice(wanted: str, chosen: str) -> None:
    assert sample().choose_locale(wanted) == chosen


@pytest.mark.parametrize("wanted", [None, "", " "])
def test_no_wish_gets_the_default(wanted: str | None) -> None:
    assert sample().choose_locale(wanted) == "zh-Hant"


def test_a_singleton_is_cut_together_with_what_it_introduced() -> None:
    pack = replace(sample(), locale_fallbacks={"en-x": "pt"})
    assert pack.choose_locale("en-x-pirate") == "en"


@given(st.text(max_size=40))
def test_any_wish_gets_a_locale_that_the_pack_has(wanted: str) -> None:
    assert sample().choose_locale(wanted) in sample().locales


def test_text_of_a_foreign_locale_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        sample().text("de")


@given(st.sampled_from(sorted(sample().text("en").alerts)), st.integers(0, 1000))
def test_variants_rotate_and_repeat(typology: Typology, exposure: int) -> None:
    text = sample().text("en")
    count = len(text.alerts[typology])
    shown = [text.alert(typology, exposure + step) for step in range(count + 1)]
    assert {index for index, _ in shown} == set(range(count))
    assert shown[0] == shown[-1]
    assert shown[0][1] != shown[1][1]


def test_the_first_exposure_shows_the_first_variant() -> None:
    text = sample().text("en")
    assert text.alert(Typology.INVESTMENT, 0) == (0, text.alerts[Typology.INVESTMENT][0])


def test_a_typology_without_an_alert_shows_the_general_one() -> None:
    words = sample().text("pt")
    text = replace(words, alerts={key: words.alerts[key] for key in (Typology.GENERAL, Typology.FAKE_POLICE)})
    assert text.alert(Typology.ADDRESS_POISONING, 1) == text.alert(Typology.GENERAL, 1)
    assert text.alert_typology(Typology.ADDRESS_POISONING) is Typology.GENERAL
    assert text.alert_typology(Typology.FAKE_POLICE) is Typology.FAKE_POLICE


def test_rotation_follows_however_many_variants_there_are() -> None:
    alerts = {Typology.GENERAL: tuple(AlertText(f"t{n}", "b") for n in range(5))}
    text = replace(sample().text("en"), alerts=alerts)
    assert [text.alert(Typology.TASK_JOB, n)[0] for n in range(7)] == [0, 1, 2, 3, 4, 0, 1]


def test_tips_of_a_typology_or_the_general_ones() -> None:
    words = sample().text("en")
    text = replace(words, tips={key: words.tips[key] for key in (Typology.GENERAL, Typology.FAKE_POLICE)})
    assert text.tips_for(Typology.FAKE_POLICE) == text.tips[Typology.FAKE_POLICE]
    assert text.tips_for(Typology.ADDRESS_POISONING) == text.tips[Typology.GENERAL]


@pytest.mark.parametrize("typology", list(Typology))
def test_the_coaching_question_is_always_asked_first(typology: Typology) -> None:
    questions = sample().questions_for(typology)
    assert questions[0].feature == "answer_told_what_to_say"
    assert "answer_someone_listening" in {question.feature for question in questions}


@pytest.mark.parametrize("typology", list(Typology))
def test_which_of_these_sounds_like_you_is_asked_for_the_general_alert_only(typology: Typology) -> None:
    features = {question.feature for question in sample().questions_for(typology)}
    assert ("answer_sounds_like" in features) == (typology is Typology.GENERAL)


def test_questions_of_a_typology() -> None:
    ids = [question.id for question in sample().questions_for(Typology.TASK_JOB)]
    assert ids == ["coached", "listening", "release-fee", "met-online", "paid-tasks"]


def test_contacts_are_shown_until_the_end_of_their_last_day() -> None:
    end = parse_instant("2029-01-01T00:00:00Z")
    assert [contact.number for contact in sample().contacts_at(NOW)] == ["8800 7777", "993"]
    assert len(sample().contacts_at(Millis(end - 1))) == 2
    assert sample().contacts_at(end) == ()


def test_one_expired_contact_hides_alone() -> None:
    first, second = sample().contacts
    pack = replace(sample(), contacts=(replace(first, expires_at=NOW), second))
    assert pack.contacts_at(NOW) == (second,)


def test_what_the_agency_has_not_said_is_unknown_and_not_false() -> None:
    enquiry, report = sample().contacts
    assert enquiry.takes_reports is None
    assert report.takes_reports is True
    assert report.from_abroad is None


def test_why_ids_are_those_of_the_default_locale() -> None:
    assert "first-in-seven-days" in sample().why_ids
    assert sample().why_ids == frozenset(sample().text("zh-Hant").why)
