"""Addresses, networks and hosts as lists print them: repaired where nothing is guessed, refused with the reason."""

import base58
import pytest

from breather.domain.asset import Network
from breather.domain.entry import Category, Confidence
from breather.domain.typology import Typology
from breather.intelligence.host import read_host
from breather.intelligence.importers.finding import Reason
from breather.intelligence.listed_address import NotTaken, read_listed
from breather.intelligence.network_name import network_of
from breather.intelligence.vocabulary import accusation_of, category_of, confidence_of, typology_of
from tests.lists import btc, eth, made, tron

HEX_OF_TRON = "41" + made(2)[:20].hex()
ZERO_BITCOIN = base58.b58encode_check(bytes(21)).decode()
ZERO_TRON = base58.b58encode_check(b"\x41" + bytes(20)).decode()


@pytest.mark.parametrize(
    ("text", "network", "expected"),
    [
        (eth(1).lower(), "ETH", ("ETH", eth(1))),
        (f" {eth(1)}\t", "ethereum", ("ETH", eth(1))),
        ("0X" + eth(1)[2:], "BEP20", ("BSC", eth(1))),
        (HEX_OF_TRON, "TRX", ("TRON", tron(2))),
        (tron(2), "", ("TRON", tron(2))),
        (btc(3), "", ("BTC", btc(3))),
        (tron(2), "USDT", ("TRON", tron(2))),
        (eth(1), "usdc", ("ETH", eth(1))),
        (eth(1), "matic", ("POLYGON", eth(1))),
    ],
)
def test_what_can_be_read_without_a_guess(text: str, network: str, expected: tuple[str, str]) -> None:
    assert read_listed(text, network, None) == expected


@pytest.mark.parametrize(
    ("text", "network", "reason"),
    [
        (eth(1), "", Reason.UNKNOWN_NETWORK),
        (eth(1), "ZEC", Reason.UNKNOWN_NETWORK),
        ("whatever", "", Reason.UNKNOWN_NETWORK),
        ("", "ETH", Reason.NOTHING_TO_FIND),
        (eth(1) + " (AMP ID: 7)", "ETH", Reason.BAD_ADDRESS),
        (eth(1)[:-1], "ETH", Reason.BAD_ADDRESS),
        ("X-avax1abc", "AVAX", Reason.BAD_ADDRESS),
        (tron(1), "BTC", Reason.OTHER_NETWORK),
        ("0x" + "0" * 40, "ETH", Reason.PLACEHOLDER),
        ("0x" + "0" * 36 + "18fe", "BSC", Reason.PLACEHOLDER),
        ("0x000000000000000000000000000000000000dEaD", "ETH", Reason.PLACEHOLDER),
        ("0x" + "e" * 40, "ETH", Reason.PLACEHOLDER),
        (ZERO_BITCOIN, "BTC", Reason.PLACEHOLDER),
        (ZERO_TRON, "TRON", Reason.PLACEHOLDER),
    ],
)
def test_what_cannot_is_refused_with_the_reason(text: str, network: str, reason: Reason) -> None:
    with pytest.raises(NotTaken) as refused:
        read_listed(text, network, None)
    assert refused.value.reason is reason


def test_the_operator_s_network_counts_only_where_the_list_names_none() -> None:
    assert read_listed(eth(1), "", Network.BASE) == ("BASE", eth(1))
    assert read_listed(eth(1), "ETH", Network.BASE) == ("ETH", eth(1))
    with pytest.raises(NotTaken):
        read_listed(eth(1), "ZEC", Network.BASE)


@pytest.mark.parametrize("network", Network)
def test_every_network_is_known_by_its_own_name(network: Network) -> None:
    assert network_of(network.value) is network
    assert network_of(network.name.lower()) is network


def test_a_name_of_nobody_s_network() -> None:
    assert network_of("Certik") is None
    assert network_of("USDT") is None
    assert network_of("") is None


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("Wallet.Example.", "wallet.example"),
        ("https://wallet.example/", "wallet.example"),
        ("http://wallet.example:80", "wallet.example"),
        ("www.wallet.example", "www.wallet.example"),
        ("xn--mnchen-3ya.example", "xn--mnchen-3ya.example"),
        ("münchen.example", "xn--mnchen-3ya.example"),
        ("192.0.2.7", "192.0.2.7"),
        ("_dmarc.wallet.example", "_dmarc.wallet.example"),
    ],
)
def test_hosts_in_one_spelling(text: str, host: str) -> None:
    assert read_host(text) == host


@pytest.mark.parametrize(
    "text",
    ["", "chromewebdata", "a b.example", "-a.example", "a..example", "1.2.3", "x@wallet.example", "wallet.example:8443",
     "http://[::1", "http://[::1]", "a." + "b" * 64 + ".example", "a." * 130 + "example", "wallet.example:port"],
)  # fmt: skip
def test_what_is_no_host(text: str) -> None:
    with pytest.raises(NotTaken) as refused:
        read_host(text)
    assert refused.value.reason is Reason.NOT_A_HOST


@pytest.mark.parametrize("text", ["social.example/somebody", "https://a.example/?id=1"])
def test_a_page_does_not_accuse_its_host(text: str) -> None:
    with pytest.raises(NotTaken) as refused:
        read_host(text)
    assert refused.value.reason is Reason.PAGE_OF_A_HOST


def test_published_words() -> None:
    assert category_of("Mixing-Service") is Category.MIXER
    assert category_of("sushiswap") is Category.OTHER
    assert category_of("darknet market") is Category.DARKNET_MARKET
    assert accusation_of("exchange") is Category.ABUSE
    assert accusation_of("phishing") is Category.PHISHING
    assert [confidence_of(word) for word in ("70", "69", "1", "0", "101", "HIGH", "web_crawl", "sure", "")] == [
        Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW, None, None, Confidence.HIGH, Confidence.LOW, None, None,
    ]  # fmt: skip
    assert typology_of("task-job") is Typology.TASK_JOB
    assert typology_of("phishing") is None


@pytest.mark.parametrize("category", Category)
def test_our_own_words_mean_themselves(category: Category) -> None:
    assert category_of(category.value) is category
