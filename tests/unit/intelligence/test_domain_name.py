"""Whatever a domain is pasted as comes to one spelling, and to the part that one party registered."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from publicsuffixlist import PublicSuffixList

from breather.intelligence.domain_name import BadDomain, DomainFault, load_suffixes, read_domain


@pytest.fixture(scope="module")
def suffixes() -> PublicSuffixList:
    return load_suffixes()


NAMES = [
    # text, name, registrable, suffix, shown
    ("Example.COM", "example.com", "example.com", "com", "example.com"),
    ("www.example.com.", "www.example.com", "example.com", "com", "www.example.com"),
    ("a.b.example.co.uk", "a.b.example.co.uk", "example.co.uk", "co.uk", "a.b.example.co.uk"),
    # Suffixes of the private section: each name under them is somebody else's.
    ("login.fake-desk.pages.dev", "login.fake-desk.pages.dev", "fake-desk.pages.dev", "pages.dev", ""),
    ("someone.github.io", "someone.github.io", "someone.github.io", "github.io", ""),
    ("x.web.app", "x.web.app", "x.web.app", "web.app", ""),
    # Links, as they are and as analysts write them.
    ("https://www.example.com:8443/path?q=a@b.org#top", "www.example.com", "example.com", "com", ""),
    ("hxxps://pay[.]example(.)com/claim", "pay.example.com", "example.com", "com", ""),
    ("//example.com\\@other.org", "example.com", "example.com", "com", ""),
    ("https://trusted.org@example.com/", "example.com", "example.com", "com", ""),
    ("example.com:443", "example.com", "example.com", "com", ""),
    # International names.
    ("Bücher.example", "xn--bcher-kva.example", "xn--bcher-kva.example", "example", "bücher.example"),
    ("XN--BCHER-KVA.example", "xn--bcher-kva.example", "xn--bcher-kva.example", "example", "bücher.example"),
    ("faß.de", "xn--fa-hia.de", "xn--fa-hia.de", "de", "faß.de"),
    ("ｅｘａｍｐｌｅ。com", "example.com", "example.com", "com", "example.com"),
    ("食狮.公司.cn", "xn--85x722f.xn--55qx5d.cn", "xn--85x722f.xn--55qx5d.cn", "xn--55qx5d.cn", "食狮.公司.cn"),
    ("☃.net", "xn--n3h.net", "xn--n3h.net", "net", "☃.net"),
    ("xn--n3h.net", "xn--n3h.net", "xn--n3h.net", "net", "☃.net"),
    # Nothing that can be read: as it stands.
    ("xn--99999999.com", "xn--99999999.com", "xn--99999999.com", "com", "xn--99999999.com"),
    ("a_b.example.com", "a_b.example.com", "example.com", "com", "a_b.example.com"),
    ("shop.brandnewtld", "shop.brandnewtld", "shop.brandnewtld", "brandnewtld", ""),
]

WRONG = [
    ("", DomainFault.EMPTY, "no domain in this"),
    ("https:///path", DomainFault.EMPTY, "no domain in this"),
    ("ad", DomainFault.SINGLE, "has no dot"),
    ("chromewebdata", DomainFault.SINGLE, "has no dot"),
    ("192.0.2.7", DomainFault.IP_ADDRESS, "an IP address"),
    ("http://192.0.2.7:80/x", DomainFault.IP_ADDRESS, "an IP address"),
    ("http://[2001:db8::1]/", DomainFault.IP_ADDRESS, "an IP address"),
    ("pages.dev", DomainFault.SUFFIX, "others register their names under"),
    ("co.uk", DomainFault.SUFFIX, "others register their names under"),
    ("example..com", DomainFault.FORM, "an empty part"),
    (".example.com", DomainFault.FORM, "an empty part"),
    ("example.com..", DomainFault.FORM, "an empty part"),
    ("-a.com", DomainFault.LABEL, "letters, digits and hyphens"),
    ("a b.com", DomainFault.LABEL, ""),
    ("a\u200cb.com", DomainFault.LABEL, ""),
    ("a\u202eb.com", DomainFault.LABEL, ""),
    ("^à.com", DomainFault.LABEL, "cannot be part of a domain"),
    ("a" * 64 + ".com", DomainFault.LABEL, "too long"),
    ("ü" * 80 + ".com", DomainFault.LENGTH, "too long"),
    (".".join(["a" * 60] * 5), DomainFault.LENGTH, "at most 253"),
    ("a" * 2_001, DomainFault.LENGTH, "at most 2000"),
]


@pytest.mark.parametrize(("text", "name", "registrable", "suffix", "shown"), NAMES)
def test_every_spelling_comes_to_one(
    suffixes: PublicSuffixList, text: str, name: str, registrable: str, suffix: str, shown: str
) -> None:
    found = read_domain(text, suffixes)
    assert (found.name, found.registrable, found.suffix, found.shown) == (name, registrable, suffix, shown or name)
    assert read_domain(found.name, suffixes) == found


@pytest.mark.parametrize(("text", "code", "part"), WRONG)
def test_what_is_no_domain_is_named(suffixes: PublicSuffixList, text: str, code: DomainFault, part: str) -> None:
    with pytest.raises(BadDomain) as caught:
        read_domain(text, suffixes)
    assert caught.value.code is code
    assert part in caught.value.message


def test_the_registered_label_is_as_people_read_it(suffixes: PublicSuffixList) -> None:
    assert read_domain("a.xn--bcher-kva.co.uk", suffixes).label == "bücher"
    assert read_domain("login.fake-desk.pages.dev", suffixes).label == "fake-desk"


@given(st.text(max_size=80))
@settings(max_examples=300)
def test_any_text_is_a_domain_or_a_reason(suffixes: PublicSuffixList, text: str) -> None:
    for each in (text, f"{text}.com", f"https://{text}/"):
        try:
            found = read_domain(each, suffixes)
        except BadDomain as bad:
            assert bad.message
        else:
            assert found.name.isascii()
            assert found.name == found.name.lower()
            assert f".{found.name}".endswith(f".{found.registrable}")
            assert read_domain(found.name, suffixes) == found
