"""The catalogue against its lock: a published name keeps its type, its phase and its words for good.

python -m tests.content.test_features      adds to the lock what is new; it removes nothing
"""

import re
from importlib.resources import files
from pathlib import Path

import pytest

from breather.domain.catalogue import CATALOGUE, NEWCOMER_UNKNOWN, NOT_YET
from breather.domain.feature import Feature, Phase, Unknown, ValueType
from breather.domain.withdrawal import Residence

LOCK = files("breather.domain").joinpath("features.lock")
# Neither age, sex, nationality nor language may be a feature (guarantee H4).
NEVER = re.compile(r"(?:^|_)(?:age|born|birth|sex|gender|national|nationality|citizen|locale|language|name)(?:_|$)")


def line(feature: Feature) -> str:
    words = f" {','.join(feature.values)}" if feature.values else ""
    return f"{feature.name} {feature.type.value} {feature.phase.word} {feature.unit or '-'}{words}"


def locked() -> dict[str, str]:
    """By name, the whole line."""
    lines = [text for text in LOCK.read_text(encoding="utf-8").splitlines() if text and not text.startswith("#")]
    found = {text.split()[0]: text for text in lines}
    assert len(found) == len(lines), "a name stands there once"
    return found


def test_no_published_feature_disappears() -> None:
    gone = locked().keys() - CATALOGUE.keys()
    assert not gone, "rules in campaigns that were activated name these features"


def test_no_published_feature_changes_its_type_its_phase_or_its_unit() -> None:
    for name, text in locked().items():
        assert text.split()[:4] == line(CATALOGUE[name]).split()[:4], "a new meaning is a new name"


def test_a_closed_vocabulary_only_grows() -> None:
    for name, text in locked().items():
        words = text.split()[4].split(",") if len(text.split()) > 4 else []
        assert set(words) <= set(CATALOGUE[name].values), name


def test_every_feature_is_locked() -> None:
    new = [line(feature) for name, feature in CATALOGUE.items() if locked().get(name) != line(feature)]
    assert not new, "run: python -m tests.content.test_features"


def test_the_lock_is_in_the_order_of_its_names() -> None:
    assert list(locked()) == sorted(locked())


@pytest.mark.parametrize("feature", CATALOGUE.values(), ids=CATALOGUE.keys())
def test_a_feature_says_what_it_means_and_when_it_is_unknown(feature: Feature) -> None:
    assert CATALOGUE[feature.name] is feature
    assert re.fullmatch(r"[a-z][a-z0-9_]{2,39}", feature.name)
    assert len(feature.meaning) > 10
    classes = feature.unknown_when.partition(":")[0]
    assert classes == "never" or Unknown(classes)
    assert bool(feature.values) == (feature.type is ValueType.TEXT)
    assert bool(feature.unit) == (feature.type is ValueType.NUMBER)
    assert (feature.phase is Phase.ANSWER) == feature.name.startswith("answer_")


def test_nobody_is_judged_by_who_she_is() -> None:
    """The age of an account is no age of a person."""
    assert not [name for name in CATALOGUE if NEVER.search(name) and name != "account_age_days"]
    assert {"nationality", "language"}.isdisjoint(Residence.__dataclass_fields__)


def test_what_is_not_yet_known_and_what_newcomers_lack() -> None:
    assert NOT_YET.keys() == {name for name, feature in CATALOGUE.items() if feature.phase > Phase.SUBMIT}
    assert set(NOT_YET.values()) == {Unknown.NOT_YET}
    assert {"days_since_notice", "amount_over_median", "days_since_last_withdrawal"} <= NEWCOMER_UNKNOWN
    assert "amount_usd" not in NEWCOMER_UNKNOWN


if __name__ == "__main__":
    head = [text for text in LOCK.read_text(encoding="utf-8").splitlines() if text.startswith("#")]
    known = locked()
    for name, feature in CATALOGUE.items():
        if name not in known or known[name].split()[:4] == line(feature).split()[:4]:
            known[name] = line(feature)
    Path(str(LOCK)).write_text("\n".join([*head, *(known[name] for name in sorted(known))]) + "\n", encoding="utf-8")
