"""STIX patterns that name one address or host, and those that name something else and are refused."""

import pytest

from breather.intelligence.importers.indicator_pattern import LONGEST_PATTERN, Combined, Named, read_pattern


@pytest.mark.parametrize(
    ("pattern", "named"),
    [
        ("[domain-name:value = 'bad.example']", [Named("bad.example", is_host=True)]),
        ("[url:value='https://bad.example/']", [Named("https://bad.example/", is_host=True)]),
        ("[cryptocurrency-wallet:address = 'T1']", [Named("T1")]),
        ("[x-wallet:address = 'T1' AND x-wallet:network = 'TRON']", [Named("T1", "TRON")]),
        ("[x-wallet:currency_code = 'BTC' AND x-wallet:value = '1a']", [Named("1a", "BTC")]),
        ("[x-crypto-address:value = 'a'  OR  x-crypto-address:value = 'b']", [Named("a"), Named("b")]),
        ("[domain-name:value = 'a.example'] OR [x-wallet:id = 'b']", [Named("a.example", is_host=True), Named("b")]),
        (r"[x-wallet:address = 'it\'s \\ a']", [Named("it's \\ a")]),
        ("[x-wallet:address = 'a]b']", [Named("a]b")]),
        ("[x-wallet:extensions.'made-up'.address = 'a']", [Named("a")]),
    ],
)
def test_what_a_pattern_names(pattern: str, named: list[Named]) -> None:
    assert list(read_pattern(pattern)) == named


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "nonsense",
        "[ipv4-addr:value = '192.0.2.1']",
        "[email-addr:value = 'a@bad.example']",
        "[file:hashes.MD5 = 'abc']",
        "[domain-name:value = 'a.example' AND ipv4-addr:value = '192.0.2.1']",
        "[domain-name:value = 'a.example'] AND [domain-name:value = 'b.example']",
        "[domain-name:value = 'a.example'] FOLLOWEDBY [x-wallet:address = 'b']",
        "[x-wallet:address = 'a' AND x-wallet:address = 'b']",
        "[x-wallet:address = 'a' AND x-wallet:owner = 'b']",
        "[x-wallet:address != 'a']",
        "[x-wallet:address IN ('a', 'b')]",
        "[x-wallet:address = 'a']garbage",
        "[x-wallet:address = 'a' x]",
        "[x-wallet:address = 'a",
        "[NOT x-wallet:address = 'a']",
        "[" + "x" * LONGEST_PATTERN + "]",
    ],
)
def test_what_demands_more_or_something_else_is_refused(pattern: str) -> None:
    with pytest.raises(Combined):
        list(read_pattern(pattern))


@pytest.mark.parametrize("part", ["'", "'\\", "[", "[x:y='a' OR ", "a:b = 'c' AND ", "\\'"])
def test_a_hostile_pattern_takes_no_time(part: str) -> None:
    with pytest.raises(Combined):
        list(read_pattern("[" + part * (LONGEST_PATTERN // len(part) - 1)))
