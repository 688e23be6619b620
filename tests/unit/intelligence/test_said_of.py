"""What lists say of a destination, as three features: closed words, which say so where lists contradict each other."""

from pathlib import Path

import pytest

from breather.domain.asset import Network
from breather.domain.catalogue import CATALOGUE, FROM_LISTS
from breather.domain.entry import ACTOR, Category, Claim, Standing
from breather.domain.feature import FeatureValue, Unknown
from breather.domain.instant import DAY, Millis
from breather.domain.withdrawal import Destination
from breather.intelligence.known import NOTHING_KNOWN, Ruled
from breather.intelligence.said_of import LABEL, LISTED, PLACE, said_of
from tests.lists import NOW, eth, known

HERE = Destination(Network.ETHEREUM, eth(1))
UNKNOWN = Unknown.NOT_PROVIDED


def says(category: Category, *, allows: bool = False, actor: str | None = None) -> Claim:
    return Claim("ETH", eth(1), category, "named", allows=allows, actor=actor)


def whois(actor: str, *places: str) -> Claim:
    return Claim(ACTOR, actor, Category.EXCHANGE, "Northern", jurisdictions=places)


SCAM, SANCTIONED, ALLOWED = says(Category.SCAM), says(Category.SANCTIONED), says(Category.EXCHANGE, allows=True)
NORTHERN = says(Category.EXCHANGE, actor="northern")


@pytest.mark.parametrize(
    ("lists", "listed", "label", "place"),
    [
        ({"a": [Claim("ETH", eth(2), Category.SCAM)]}, "none", "none", "none"),
        ({"a": [Claim("BSC", eth(1), Category.SCAM)]}, "none", "none", "none"),
        ({"a": [SCAM]}, "scam", "none", "none"),
        ({"a": [SCAM], "b": [SANCTIONED]}, "sanctioned", "none", "none"),
        ({"a": [SCAM], "b": [ALLOWED]}, "disputed", "exchange", UNKNOWN),
        ({"a": [SCAM], "b": [says(Category.EXCHANGE)]}, "scam", "exchange", UNKNOWN),
        ({"a": [says(Category.MIXER)]}, "none", "mixer", UNKNOWN),
        ({"a": [says(Category.MIXER)], "b": [says(Category.EXCHANGE)]}, "none", "several", UNKNOWN),
        ({"a": [says(Category.SERVICE)], "b": [says(Category.EXCHANGE)]}, "none", "exchange", UNKNOWN),
        ({"a": [says(Category.SERVICE)], "b": [says(Category.OTHER)]}, "none", "several", UNKNOWN),
        ({"a": [says(Category.BLOCKED)]}, "none", "blocked", UNKNOWN),
        ({"a": [NORTHERN], "b": [whois("northern", "MO")]}, "none", "exchange", "MO"),
        ({"a": [NORTHERN], "b": [whois("northern", "MO", "HK")]}, "none", "exchange", "several"),
        ({"a": [NORTHERN], "b": [whois("northern", "Atlantis")]}, "none", "exchange", UNKNOWN),
        ({"a": [NORTHERN], "b": [whois("another", "MO")]}, "none", "exchange", UNKNOWN),
    ],
)
def test_the_words(tmp_path: Path, lists: dict[str, list[Claim]], listed: str, label: str, place: FeatureValue) -> None:
    said = said_of(known(tmp_path, lists), HERE, NOW)
    assert said.features == {LISTED: listed, LABEL: label, PLACE: place}
    for name, value in said.features.items():
        assert isinstance(value, Unknown) or value in CATALOGUE[name].values
    assert said.accused == (listed in {"scam", "sanctioned"})


def test_every_feature_of_lists_is_said_and_no_other(tmp_path: Path) -> None:
    for intelligence in (None, NOTHING_KNOWN, known(tmp_path, {"a": [SCAM]})):
        assert tuple(said_of(intelligence, HERE, NOW).features) == FROM_LISTS


def test_lists_that_cannot_be_opened_are_a_failure_and_no_list_is_nobody_asked(tmp_path: Path) -> None:
    """Neither is *nothing is said*: that takes a list in force."""
    assert set(said_of(None, HERE, NOW).features.values()) == {Unknown.FAILED}
    assert set(said_of(NOTHING_KNOWN, HERE, NOW).features.values()) == {UNKNOWN}
    expired = known(tmp_path, {"a": [SCAM]}, {"a": NOW})
    assert set(said_of(expired, HERE, NOW).features.values()) == {UNKNOWN}
    assert said_of(expired, HERE, Millis(NOW - DAY)).features[LISTED] == "scam"
    half = known(tmp_path / "half", {"a": [SCAM], "b": [Claim("ETH", eth(2), Category.SCAM)]}, {"a": NOW})
    assert said_of(half, HERE, NOW).features[LISTED] == "none"


def test_what_is_contested_or_withdrawn_here_is_no_accusation_that_stands(tmp_path: Path) -> None:
    for standing, word in ((Standing.CONTESTED, "disputed"), (Standing.WITHDRAWN, "none")):
        ruled = {("a", "ETH", eth(1)): Ruled(standing, "our own wallet")}
        said = said_of(known(tmp_path / word, {"a": [SCAM]}, rulings=ruled), HERE, NOW)
        assert (said.features[LISTED], said.accused) == (word, False)


def test_everything_that_is_in_force_is_kept_also_what_a_value_leaves_out(tmp_path: Path) -> None:
    said = said_of(known(tmp_path, {"a": [SCAM], "b": [SANCTIONED], "c": [ALLOWED]}), HERE, NOW)
    assert [(entry.source, entry.standing.value) for entry in said.entries] == [
        ("a", "questioned"), ("b", "questioned"), ("c", "stands"),
    ]  # fmt: skip


def test_a_stellar_address_that_carries_a_number_is_found_as_its_account(tmp_path: Path) -> None:
    account = "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ"
    muxed = "MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAAAACJUQ"
    lists = known(tmp_path, {"a": [Claim("XLM", account, Category.SCAM)]})
    for address in (account, muxed):
        assert said_of(lists, Destination(Network.STELLAR, address), NOW).features[LISTED] == "scam"
