"""Every assumption is cited, may be said otherwise in TOML, and is refused by name where it cannot be."""

import re
from dataclasses import Field, fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breather.domain.finding import Refused
from breather.domain.instant import parse_instant
from breather.simulation.parameters import TYPOLOGY_WEIGHTS, Parameters, format_parameters, read_parameters
from breather.simulation.places import PLACES
from breather.simulation.scam import PATTERNS

NUMBERS = [each for each in fields(Parameters) if each.type is int]
DOC = Parameters.__doc__ or ""


def refused(text: str) -> list[str]:
    with pytest.raises(Refused) as caught:
        read_parameters(text)
    return [str(finding) for finding in caught.value.findings]


@pytest.mark.parametrize("name", [each.name for each in fields(Parameters)])
def test_every_parameter_is_explained_in_the_docstring(name: str) -> None:
    if name.replace("_", "-") in list(TYPOLOGY_WEIGHTS)[1:-1]:
        assert "investment ... chip_exchange:" in DOC
        return
    assert re.search(rf"\b{name}\b[^:]*:", DOC), "cite where the default comes from"


def test_every_paragraph_of_the_docstring_grades_its_source() -> None:
    said = re.findall(r"^        (\w[\w, .\n]*?): ([^\n]*(?:\n {12}[^\n]*)*)", DOC, flags=re.MULTILINE)
    assert len(said) > 20
    for names, source in said:
        if names == "jurisdiction":
            assert "(N " in source
            continue
        assert re.search(r"(?:^|[ (])[PNSDI][ ,;.)]", source), names


def test_every_typology_with_a_pattern_has_a_weight() -> None:
    assert list(TYPOLOGY_WEIGHTS) == list(PATTERNS)
    assert Parameters().typology_weights == tuple(TYPOLOGY_WEIGHTS.values())


def test_nothing_said_gives_the_defaults() -> None:
    assert read_parameters("") == Parameters()


def test_what_is_said_replaces_a_default_and_the_command_line_replaces_both() -> None:
    found = read_parameters('coached = 0\ncustomers = 5\njurisdiction = "HK"', {"customers": 6})
    assert found == Parameters(coached=0, customers=6, jurisdiction="HK")


@settings(max_examples=40)
@given(st.sampled_from(NUMBERS), st.data())
def test_parameters_survive_being_written(each: Field[Any], data: st.DataObject) -> None:
    name, low, high = each.name, each.metadata["low"], min(each.metadata["high"], 1_000)
    changed: dict[str, Any] = {name: data.draw(st.integers(low, high))}
    parameters = replace(Parameters(), **changed)
    assert read_parameters(format_parameters(parameters, 3)) == parameters


@pytest.mark.parametrize("each", NUMBERS, ids=lambda each: each.name)
def test_a_number_outside_its_range_is_named(each: Field[Any]) -> None:
    name, high = each.name, each.metadata["high"]
    assert f"it must be from {each.metadata['low']} to {high}" in refused(f"{name} = {high + 1}")[0]
    assert refused(f"{name} = -1")[0].startswith(f"/{name}: is -1")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("custmers = 5", "/custmers: there is no such parameter. Did you mean 'customers'?"),
        ("customers = 5.0", "/customers: is 5.0; it must be a whole number"),
        ("customers = true", "/customers: is True; it must be a whole number"),
        ('customers = "5"', "/customers: is '5'; it must be a whole number"),
        ("jurisdiction = 5", "/jurisdiction: is 5; it must be a text"),
        ('jurisdiction = "mo"', "/jurisdiction: must be one of MO, HK, SG, TW, KR, GB"),
        ('begins = "1.7.2025"', "/begins: is '1.7.2025'; write it like 2025-07-01, from 1980"),
        ('begins = "2025-02-30"', "/begins: is '2025-02-30'; write it like 2025-07-01, from 1980"),
        ('begins = "1975-01-01"', "/begins: is '1975-01-01'; write it like 2025-07-01, from 1980"),
        ("victims_per_100000 = 50000\ndays = 1000", "/victims_per_100000: make more than 80000 cases"),
        (
            "\n".join(f"{typology.replace('-', '_')} = 0" for typology in TYPOLOGY_WEIGHTS),
            "/investment: every typology has weight 0",
        ),
    ],
)
def test_what_cannot_be_is_named_with_what_would_be_right(text: str, said: str) -> None:
    assert refused(text)[0].startswith(said)


def test_what_is_not_toml_is_refused() -> None:
    assert "is not TOML" in refused("customers: 5")[0]


def test_everything_wrong_is_said_at_once() -> None:
    assert len(refused("customers = 0\ndays = 0\ncoached = 1001")) == 3
    assert len(refused("custmers = 1\ndais = 1")) == 2


@pytest.mark.parametrize(("place", "at"), [("MO", "2025-06-30T16:00:00Z"), ("GB", "2025-07-01T00:00:00Z")])
def test_it_begins_at_midnight_where_the_customers_live(place: str, at: str) -> None:
    assert Parameters(jurisdiction=place).begins_at == parse_instant(at)


@pytest.mark.parametrize("code", PLACES)
def test_no_place_is_its_own_neighbour(code: str) -> None:
    neighbours = [other for other, _ in PLACES[code].neighbours]
    assert code not in neighbours
    assert len(set(neighbours)) == len(neighbours)
