"""Whoever asks about a site is answered by every name of its owner, and by none that is shared with strangers."""

from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publicsuffixlist import PublicSuffixList

from breather.intelligence.domain_name import BadDomain, load_suffixes
from breather.intelligence.host import read_host
from breather.intelligence.listed_address import NotTaken
from breather.intelligence.site import names_of


@cache
def suffixes() -> PublicSuffixList:
    return load_suffixes()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("evil.example", ["evil.example"]),
        ("Login.Evil.Example.", ["login.evil.example", "evil.example"]),
        ("hxxps://a.b[.]evil[.]example/page?x=1", ["a.b.evil.example", "b.evil.example", "evil.example"]),
        ("login.fake.pages.dev", ["login.fake.pages.dev", "fake.pages.dev"]),
        ("someone.github.io", ["someone.github.io"]),
        ("shop.example.co.uk", ["shop.example.co.uk", "example.co.uk"]),
        ("pages.dev", ["pages.dev"]),
        ("192.0.2.7", ["192.0.2.7"]),
    ],
)
def test_its_host_first_and_what_somebody_registered_last(text: str, names: list[str]) -> None:
    assert list(names_of(text, suffixes())) == names


@pytest.mark.parametrize("text", ["", "nobody", "a b.example", "mail@", "[::1", "-.example"])
def test_what_names_no_site_is_refused(text: str) -> None:
    with pytest.raises((BadDomain, NotTaken)):
        names_of(text, suffixes())


LABELS = st.lists(st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True), min_size=1, max_size=4)


@given(LABELS, st.sampled_from(["example", "com", "co.uk", "github.io", "pages.dev"]))
def test_each_name_is_part_of_the_one_before_and_spelled_as_lists_spell_it(labels: list[str], suffix: str) -> None:
    names = names_of(".".join([*labels, suffix]), suffixes())
    assert len(names) <= len(labels)
    for longer, shorter in pairwise(names):
        assert longer.partition(".")[2] == shorter
    assert [read_host(name) for name in names] == list(names)
    assert suffix not in names


@pytest.mark.parametrize(
    ("listed", "asked"),
    [
        ("straße.example", "xn--strae-oqa.example"),
        ("STRASSE.example", "strasse.example"),
        ("ΒΊΤ.example", "βίτ.example"),
        ("e\u0301vil。example", "évil.example."),
        ("☃.example", "xn--n3h.example"),
    ],
)
def test_lists_and_customers_spell_other_letters_alike(listed: str, asked: str) -> None:
    """As browsers do (UTS 46): straße and strasse are two names, and two owners."""
    assert [read_host(listed)] == list(names_of(asked, suffixes()))
