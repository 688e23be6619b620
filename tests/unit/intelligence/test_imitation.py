"""What can be read as another name is found; what is written in one's own language is left alone."""

import pytest

from breather.intelligence.domain_name import load_suffixes, read_domain
from breather.intelligence.imitation import (
    Brands,
    Imitation,
    Way,
    brands,
    has_mixed_scripts,
    imitated,
    skeleton,
)

SUFFIXES = load_suffixes()


@pytest.fixture(scope="module")
def known() -> Brands:
    own = {"Example Coin": ("examplecoin.com", "examplecoin.us"), "Warm Bank": ("warmbank.test",)}
    return brands({brand: [read_domain(each, SUFFIXES) for each in names] for brand, names in own.items()})


IMITATIONS = [
    ("exаmplecoin.com", "Example Coin", Way.CONFUSABLE),  # a Cyrillic а
    ("xn--exmplecoin-0qi.com", "Example Coin", Way.CONFUSABLE),  # the same, as it is looked up
    ("examplec0in.com", "Example Coin", Way.CONFUSABLE),
    ("exarnplecoin.com", "Example Coin", Way.CONFUSABLE),
    ("exámplecoin.com", "Example Coin", Way.CONFUSABLE),
    ("examp1ecoin.com", "Example Coin", Way.CONFUSABLE),
    ("εxαmplεcoιn.com", "Example Coin", Way.CONFUSABLE),
    ("vvarmbank.test", "Warm Bank", Way.CONFUSABLE),
    ("ԝаrmbаnk.test", "Warm Bank", Way.CONFUSABLE),
    ("examplecoin.co", "Example Coin", Way.SUFFIX),
    ("examplecoin.pages.dev", "Example Coin", Way.SUFFIX),
]


@pytest.mark.parametrize(("text", "brand", "way"), IMITATIONS)
def test_what_reads_like_a_brand_is_found(known: Brands, text: str, brand: str, way: Way) -> None:
    assert imitated(read_domain(text, SUFFIXES), known) == Imitation(brand, way)


@pytest.mark.parametrize(
    "text", ["examplecoin.com", "www.examplecoin.us", "example.com", "examplecoins.com", "examplecoin.fans.example.org"]
)
def test_a_brands_own_names_and_those_of_others_are_left_alone(known: Brands, text: str) -> None:
    assert imitated(read_domain(text, SUFFIXES), known) is None


@pytest.mark.parametrize(
    ("label", "mixed"),
    [
        ("binance", False),
        ("bіnance", True),  # a Cyrillic і
        ("москва", False),
        ("москва-1", False),
        ("abc銀行", False),
        ("ゲームカフェ喫茶", False),
        ("銀行은행", False),
        ("은행カフェ", True),
        ("αbc", True),
        ("bücher", False),
        ("123", False),
    ],
)
def test_scripts_that_nobody_writes_together(label: str, mixed: bool) -> None:
    assert has_mixed_scripts(label) is mixed


def test_a_skeleton_of_a_skeleton_is_the_same() -> None:
    for label in ("exаmplec0in", "warm", "ɯᴡw", "ᴍ1", "Ǉubljana", "ﬁnance"):
        assert skeleton(skeleton(label)) == skeleton(label)
    assert skeleton("finance") == skeleton("ﬁnance")
