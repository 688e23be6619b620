"""The places that a constant in a rule may name: those of the registry, and a suggestion where there is none such."""

import pycountry
import pytest

from breather.domain.catalogue import CATALOGUE, GRAVEST_FIRST, LABELS
from breather.domain.entry import HARMFUL, Category
from breather.domain.rules import read_expression
from breather.domain.rules.error import BadExpression
from breather.domain.territory import TERRITORIES


def test_they_are_those_of_the_registry() -> None:
    assert set(TERRITORIES) >= {country.alpha_2 for country in pycountry.countries}
    assert list(TERRITORIES) == sorted(set(TERRITORIES))


def test_every_category_is_an_accusation_or_a_label() -> None:
    assert set(GRAVEST_FIRST) == HARMFUL
    assert len(GRAVEST_FIRST) == len(HARMFUL)
    assert {*GRAVEST_FIRST, *LABELS} == set(Category)


@pytest.mark.parametrize(("written", "meant"), [("mo", "'MO'"), ("nonne", "'none'"), ("severl", "'several'")])
def test_a_place_that_there_is_not_is_named_with_the_nearest(written: str, meant: str) -> None:
    with pytest.raises(BadExpression) as caught:
        read_expression(f"destination_label_place IN ('HK', '{written}')", CATALOGUE)
    assert [error.suggestion for error in caught.value.errors] == [meant]


def test_norway_is_a_place() -> None:
    """In some formats it would be read as false."""
    assert read_expression("destination_label_place = 'NO'", CATALOGUE).features == {"destination_label_place"}
