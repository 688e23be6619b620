"""`docs/packs.md` says of packs what is so."""

import re

import pytest
from typer.main import get_command

from breather import cli
from breather.domain.typology import Typology
from breather.protocol import pack_words
from breather.protocol.pack_checks import SOON
from breather.protocol.pack_language import has_lists
from breather.samples import sample_names, sample_pack
from tests.tidy.source import ROOT

TEXT = (ROOT / "docs" / "packs.md").read_text(encoding="utf-8")
ROWS = {
    "title": pack_words.TITLE,
    "body": pack_words.BODY,
    "reason": pack_words.WHY,
    "tip": pack_words.TIP,
    "question": pack_words.QUESTION,
    "option": pack_words.OPTION,
    "label": pack_words.LABEL,
    "subject": pack_words.SUBJECT,
}


@pytest.mark.parametrize("name", ROWS)
def test_the_limits_are_those_that_are_checked(name: str) -> None:
    [row] = re.findall(rf"^\| {name}[^|]*\| (\d+) \| (\d+) \| (\d+) \|$", TEXT, re.MULTILINE)
    limit = ROWS[name]
    assert tuple(map(int, row)) == (limit.of("en"), limit.of("zh-Hant"), limit.of("ta"))


def test_every_command_and_option_in_it_exists() -> None:
    commands = get_command(cli.app).commands  # type: ignore[attr-defined]  # a group; typer's own type hides it
    for group, name, rest in re.findall(r"breather (pack|campaign) ([a-z]+)([^`#\n]*)", TEXT):
        options = {option for parameter in commands[group].commands[name].params for option in parameter.opts}
        assert set(re.findall(r"--[a-z]+", rest)) <= options, name


def test_every_typology_and_every_sample_is_named() -> None:
    assert [typology for typology in Typology if f"`{typology}`" not in TEXT] == []
    places = {
        "macau-pj": "Macau",
        "hongkong-police": "Hong Kong",
        "singapore-police": "Singapore",
        "taiwan-police": "Taiwan",
        "malaysia-police": "Malaysia",
        "uk-police": "the United Kingdom",
    }
    assert set(places) == set(sample_names("packs"))
    told = TEXT.partition("## The samples")[2]
    for name, place in places.items():
        assert place in told
        assert place in (sample_pack(name) / "README.md").read_text(encoding="utf-8")


def test_the_languages_with_lists_and_the_days_of_warning_are_those_it_names() -> None:
    named = {"English": "en", "Portuguese": "pt", "Chinese": "zh-Hant", "Malay": "ms", "Tamil": "ta"}
    assert all(language in TEXT and has_lists(locale) for language, locale in named.items())
    assert f"within {SOON // 86_400_000} days" in TEXT
