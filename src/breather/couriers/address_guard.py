"""Which addresses this service talks to: the public internet's, and no others (guarantee F5). Pure.

A name that an agency gave us may resolve to anything: to this machine, to the cloud's metadata, to a router. Python's
`is_global` is not used: it takes multicast, site-local, 6to4 and NAT64 for global, and changes with Python's version.
IPv6 is allowed only inside 2000::/3, where all global unicast is (RFC 4291); ranges as in the IANA registries of
special-purpose addresses, where those for protocols are refused even if they can be reached.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

LOOPBACK_4 = IPv4Network("127.0.0.0/8")
LOOPBACK_6 = IPv6Network("::1/128")
GLOBAL_UNICAST_6 = IPv6Network("2000::/3")

REFUSED_4: tuple[tuple[IPv4Network, str], ...] = tuple(
    (IPv4Network(network), what)
    for network, what in (
        ("0.0.0.0/8", "unspecified (this network)"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "shared by a carrier's customers"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved for protocols"),
        ("192.0.2.0/24", "for documentation"),
        ("192.31.196.0/24", "a sink for stray questions (AS112)"),
        ("192.52.193.0/24", "for multicast tunnels (AMT)"),
        ("192.88.99.0/24", "a relay of 6to4"),
        ("192.168.0.0/16", "private"),
        ("192.175.48.0/24", "a sink for stray questions (AS112)"),
        ("198.18.0.0/15", "for benchmarks"),
        ("198.51.100.0/24", "for documentation"),
        ("203.0.113.0/24", "for documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)
REFUSED_6: tuple[tuple[IPv6Network, str], ...] = tuple(
    (IPv6Network(network), what)
    for network, what in (
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("::ffff:0:0/96", "an IPv4 address inside IPv6"),
        ("::ffff:0:0:0/96", "an IPv4 address inside IPv6"),
        ("::/96", "an IPv4 address inside IPv6"),
        ("64:ff9b::/96", "an IPv4 address behind NAT64"),
        ("64:ff9b:1::/48", "an IPv4 address behind NAT64"),
        ("100::/64", "for discarding"),
        ("2001::/32", "an IPv4 address behind Teredo"),
        ("2001:2::/48", "for benchmarks"),
        ("2001::/23", "reserved for protocols"),
        ("2001:db8::/32", "for documentation"),
        ("2002::/16", "an IPv4 address behind 6to4"),
        ("2620:4f:8000::/48", "a sink for stray questions (AS112)"),
        ("3ffe::/16", "of an experiment that is over"),
        ("3fff::/20", "for documentation"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)


def refused_because(address: str, allow_loopback: bool = False) -> str | None:
    """What keeps this IP address from being talked to, in a few words; None if nothing does.

    `allow_loopback` lets 127.0.0.0/8 and ::1 through, in their plain spelling, and nothing else.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return "no IP address"
    if isinstance(found, IPv6Address) and found.scope_id is not None:
        return "of one interface only"
    if allow_loopback and _is_loopback(found):
        return None
    if isinstance(found, IPv4Address):
        return next((what for network, what in REFUSED_4 if found in network), None)
    what = next((what for network, what in REFUSED_6 if found in network), None)
    if what is None and found not in GLOBAL_UNICAST_6:
        return "reserved"
    return what


def refused_among(addresses: Iterable[str], allow_loopback: bool = False) -> tuple[str, str] | None:
    """The first address of a name that is refused, and why. One is enough: whoever mixes them in has a reason."""
    for address in addresses:
        if (because := refused_because(address, allow_loopback)) is not None:
            return address, because
    return None


def _is_loopback(address: IPv4Address | IPv6Address) -> bool:
    return address in LOOPBACK_4 if isinstance(address, IPv4Address) else address in LOOPBACK_6
