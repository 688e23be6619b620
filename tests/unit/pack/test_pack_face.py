"""The names that the rest of the code uses, and the order of steps that keeps an exchange safe."""

from pathlib import Path

import pytest

from breather.domain.catalogue import CATALOGUE
from breather.domain.feature import Phase, ValueType
from breather.domain.finding import Refused
from breather.domain.pack import NONE_OF_THESE, QuestionKind
from breather.domain.typology import Typology
from breather.protocol import pack as face
from breather.protocol.pack_checks import COACHING_FEATURE, SOUNDS_LIKE_FEATURE
from breather.protocol.pack_reading import ANSWER_FEATURES
from breather.samples import SAMPLE_PUBLIC_KEY, sample_pack
from tests.unit.pack.builders import NOW, sample


def test_public_names() -> None:
    assert sorted(face.__all__) == [
        "PackFiles",
        "check_pack",
        "from_blob",
        "manifest",
        "pack_hash",
        "read_folder",
        "read_pack",
        "sign_pack",
        "to_blob",
        "verify_pack",
        "warnings_of_pack",
    ]


def test_the_steps_from_a_folder_to_a_pack_that_may_serve(tmp_path: Path) -> None:
    files = face.read_folder(sample_pack("macau-pj"))
    assert face.verify_pack(files, [SAMPLE_PUBLIC_KEY], "test") == []
    pack = face.read_pack(files)
    assert face.check_pack(pack, NOW, "test") == []
    stored = face.from_blob(face.to_blob(files))
    assert face.read_pack(stored) == pack
    assert face.pack_hash(stored) == face.pack_hash(files)


def test_an_altered_letter_is_caught_by_verifying_and_not_by_reading() -> None:
    """Reading alone would accept other plain words: the order of the steps matters."""
    files = dict(face.read_folder(sample_pack("macau-pj")))
    files["texts/en.toml"] = files["texts/en.toml"].replace(b"Hang up now.", b"Hang on now.", 1)
    assert face.read_pack(files).text("en").first_screen.count("Hang on now.") == 1
    [finding] = face.verify_pack(files, [SAMPLE_PUBLIC_KEY], "test")
    assert (finding.pointer, finding.code) == ("texts/en.toml", "altered")


def test_a_refusal_prints_every_finding_on_a_line_of_its_own() -> None:
    with pytest.raises(Refused) as caught:
        face.read_pack({})
    assert str(caught.value).splitlines() == [
        "the pack cannot be used",
        "  pack.toml: is missing from the pack",
        "  contacts.toml: is missing from the pack",
        "  questions.toml: is missing from the pack",
    ]


def test_answers_set_features_of_the_catalogue() -> None:
    assert {COACHING_FEATURE, SOUNDS_LIKE_FEATURE} <= set(ANSWER_FEATURES)
    assert {CATALOGUE[name].phase for name in ANSWER_FEATURES} == {Phase.ANSWER}


def test_the_sample_asks_for_every_answer_feature_once() -> None:
    assert sorted(question.feature for question in sample().questions) == sorted(ANSWER_FEATURES)


def test_options_of_a_choice_are_values_of_its_feature() -> None:
    [choice] = [question for question in sample().questions if question.kind is QuestionKind.CHOICE]
    feature = CATALOGUE[choice.feature]
    assert feature.type is ValueType.TEXT
    assert set(choice.options) <= set(feature.values)
    assert set(choice.options) - set(Typology) == {NONE_OF_THESE}


@pytest.mark.parametrize("locale", sample().locales)
def test_every_question_and_contact_has_its_words_in_every_locale(locale: str) -> None:
    text = sample().text(locale)
    for question in sample().questions:
        assert text.questions[question.id].text
        assert tuple(text.questions[question.id].options) == question.options
    for contact in sample().contacts:
        assert text.contacts[contact.id].what_for
        assert text.contacts[contact.id].hours
