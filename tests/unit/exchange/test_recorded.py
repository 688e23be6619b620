"""Features in a record: each at its place for good, and the same when they come back."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from breather.domain.catalogue import CATALOGUE
from breather.domain.feature import Feature, FeatureValue, Phase, Unknown, ValueType
from breather.exchange.recorded import PLACES, features_in, features_out

LOCK = Path(__file__).parents[2] / "content" / "recorded.lock"


def values(feature: Feature) -> st.SearchStrategy[FeatureValue]:
    known: dict[ValueType, st.SearchStrategy[FeatureValue]] = {
        ValueType.BOOLEAN: st.booleans(),
        ValueType.NUMBER: st.floats(allow_nan=False, allow_infinity=False),
        ValueType.TEXT: st.sampled_from(feature.values or ("",)),
    }
    return known[feature.type] | st.sampled_from(Unknown)


def test_every_feature_of_a_submission_has_exactly_one_place() -> None:
    submit = [name for name, feature in CATALOGUE.items() if feature.phase is Phase.SUBMIT]
    assert sorted(PLACES) == sorted(submit)


def test_a_place_is_never_given_to_another_feature() -> None:
    locked = [line for line in LOCK.read_text("utf-8").splitlines() if not line.startswith("#")]
    assert list(PLACES[: len(locked)]) == locked, "stored records are read by these places: add at the end"
    assert len(locked) == len(PLACES), "add what is new to tests/content/recorded.lock"


def test_no_word_of_a_feature_looks_like_an_unknown() -> None:
    assert not [word for feature in CATALOGUE.values() for word in feature.values if word.startswith("?")]


@given(st.fixed_dictionaries({name: values(CATALOGUE[name]) for name in PLACES}))
def test_what_is_stored_comes_back(features: dict[str, FeatureValue]) -> None:
    back = features_in(features_out(features))
    assert back == features
    assert [type(back[name]) for name in PLACES] == [type(features[name]) for name in PLACES]


def test_a_record_that_is_older_than_a_feature_does_not_hold_it() -> None:
    before = features_out(dict.fromkeys(PLACES, Unknown.NO_HISTORY))[:3]
    assert features_in(before) == dict.fromkeys(PLACES[:3], Unknown.NO_HISTORY)
