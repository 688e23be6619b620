"""Which addresses are talked to: every range of the registries, at its ends, beside them, and against `is_global`."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breather.couriers.address_guard import GLOBAL_UNICAST_6, REFUSED_4, REFUSED_6, refused_among, refused_because

PUBLIC = ("1.1.1.1", "8.8.8.8", "203.0.112.255", "223.255.255.255", "2606:4700:4700::1111", "2a00:1450:4001::1")
# Typed here from the registries once more, so that a range lost from the table is noticed.
EXPECTED = {
    "0.0.0.0": "unspecified", "0.1.2.3": "unspecified", "10.1.2.3": "private", "100.64.0.1": "shared",
    "100.127.255.255": "shared", "127.0.0.1": "loopback", "127.255.255.254": "loopback",
    "169.254.169.254": "link-local",
    "172.16.0.1": "private", "172.31.255.255": "private", "192.0.0.1": "reserved", "192.0.2.9": "documentation",
    "192.88.99.1": "6to4", "192.168.1.1": "private", "198.18.0.1": "benchmarks", "198.19.255.255": "benchmarks",
    "198.51.100.7": "documentation", "203.0.113.7": "documentation", "224.0.0.1": "multicast",
    "239.255.255.255": "multicast", "240.0.0.1": "reserved", "255.255.255.255": "reserved",
    "::": "unspecified", "::1": "loopback", "::ffff:127.0.0.1": "IPv4", "::ffff:8.8.8.8": "IPv4", "::7f00:1": "IPv4",
    "64:ff9b::7f00:1": "NAT64", "64:ff9b::808:808": "NAT64", "64:ff9b:1::1": "NAT64", "64:ff9b:1:ffff::1": "NAT64",
    "100::1": "discarding", "2001::1": "Teredo", "2001:0:ffff::1": "Teredo", "2001:2::1": "benchmarks",
    "2001:10::1": "protocols", "2001:20::1": "protocols", "2001:db8::1": "documentation", "2002:7f00:1::1": "6to4",
    "2002:808:808::1": "6to4", "3fff::1": "documentation", "3fff:fff:ffff::1": "documentation", "5f00::1": "reserved",
    "fc00::1": "private", "fd12:3456::1": "private", "fe80::1": "link-local", "febf::1": "link-local",
    "fec0::1": "site-local", "feff::1": "site-local", "ff02::1": "multicast", "ff0e::1": "multicast",
    "4000::1": "reserved",
}  # fmt: skip
# What Python calls global on this version or another: the reason why it is not asked.
LET_THROUGH = ("224.0.0.1", "192.88.99.1", "64:ff9b::7f00:1", "2002:7f00:1::1", "fec0::1", "ff0e::1")


@pytest.mark.parametrize(("address", "because"), EXPECTED.items())
def test_each_special_address_is_refused_by_its_name(address: str, because: str) -> None:
    found = refused_because(address)
    assert found is not None
    assert because in found


@pytest.mark.parametrize("address", PUBLIC)
def test_the_public_internet_is_talked_to(address: str) -> None:
    assert refused_because(address) is None


@pytest.mark.parametrize(("network", "what"), [*REFUSED_4, *REFUSED_6])
def test_each_range_is_refused_from_end_to_end_and_no_further(network: IPv4Network | IPv6Network, what: str) -> None:
    for address in (network[0], network[-1], network[network.num_addresses // 2]):
        assert refused_because(str(address)) is not None, what
    whole = [each for each, _ in (REFUSED_4 if network.version == 4 else REFUSED_6)]
    highest = 2**network.max_prefixlen
    for number in (int(network[0]) - 1, int(network[-1]) + 1):
        if not 0 <= number < highest:
            continue
        neighbour = IPv4Address(number) if network.version == 4 else IPv6Address(number)
        inside = any(neighbour in each for each in whole) or (
            neighbour.version == 6 and neighbour not in GLOBAL_UNICAST_6
        )
        assert (refused_because(str(neighbour)) is not None) == inside, f"{neighbour}, beside {network}"


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6), st.ip_addresses(v=6, network="2000::/3")))
def test_whatever_is_talked_to_is_global_for_python_too(address: IPv4Address | IPv6Address) -> None:
    if refused_because(str(address)) is None:
        assert address.is_global
        assert not address.is_multicast
        assert address.version == 4 or address in GLOBAL_UNICAST_6


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_hidden_in_an_ipv6_one_is_refused_whatever_it_is(inner: IPv4Address) -> None:
    number = int(inner)
    for base in ("::ffff:0:0", "::", "64:ff9b::", "64:ff9b:1::", "::ffff:0:0:0"):
        assert refused_because(str(IPv6Address(int(ip_address(base)) + number))) is not None
    six_to_four = IPv6Address((0x2002 << 112) | (number << 80))
    assert refused_because(str(six_to_four)) is not None


@pytest.mark.parametrize("address", LET_THROUGH)
def test_what_a_shorter_check_would_let_through(address: str) -> None:
    assert refused_because(address) is not None


@pytest.mark.parametrize(
    "text", ["", "localhost", "1.1.1", "0x7f.1", "127.1", "2130706433", "1.1.1.1 ", "1.1.1.1/8", "[::1]"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    assert refused_because(text, allow_loopback=True) == "no IP address"


def test_loopback_where_it_is_allowed_is_only_this_machine_in_its_plain_spelling() -> None:
    assert refused_because("127.0.0.1", allow_loopback=True) is None
    assert refused_because("::1", allow_loopback=True) is None
    for address in ("::ffff:127.0.0.1", "64:ff9b::7f00:1", "0.0.0.0", "::", "10.0.0.1", "169.254.169.254", "::1%lo"):
        assert refused_because(address, allow_loopback=True) is not None


def test_an_address_of_one_interface_is_refused() -> None:
    assert refused_because("2606:4700::1%eth0") == "of one interface only"


def test_one_refused_address_refuses_them_all() -> None:
    assert refused_among(PUBLIC) is None
    assert refused_among([*PUBLIC, "10.0.0.1"]) == ("10.0.0.1", "private")
    assert refused_among(["127.0.0.1", "8.8.8.8"], allow_loopback=True) is None
    assert refused_among([]) is None
