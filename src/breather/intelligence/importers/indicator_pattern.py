"""STIX patterns that say `this address` or `this host`, and no others.

    [cryptocurrency-wallet:address = '1...']        [domain-name:value = 'a.example' OR domain-name:value = 'b.example']
    [x-wallet:address = 'T...' AND x-wallet:network = 'TRON']

STIX 2.1 has no object for a wallet, so publishers invent one: every type with `wallet`, `crypto` or `address` in its
name is taken, its network from a second comparison. A pattern that demands more than one thing at once (AND,
FOLLOWEDBY, NOT) says nothing about one of them alone, and is refused.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST_PATTERN = 16 * 1024
_COMPARISON = re.compile(r"([a-z0-9-]+):([A-Za-z0-9_.'-]+)\s*=\s*'((?:[^'\\]|\\.)*)'\s*")
_OBSERVATION = re.compile(r"\s*\[((?:[^\]']|'(?:[^'\\]|\\.)*')*)\]\s*")
_ADDRESS_TYPES = ("wallet", "crypto", "address")
_ADDRESS_PATHS = frozenset({"address", "value", "id", "hash", "wallet_address"})
_NETWORK_PATHS = frozenset({"network", "currency", "currency_code", "asset", "symbol", "blockchain", "chain", "coin"})
_NOT_WALLETS = frozenset({"ipv4-addr", "ipv6-addr", "email-addr", "mac-addr", "domain-name", "url"})


class Combined(ValueError):
    """The pattern is none of those that name an address or a host by itself."""


@dataclass(frozen=True, slots=True)
class Named:
    """An address with its network as published ("" if none), or a host (`is_host`)."""

    value: str
    network: str = ""
    is_host: bool = False


def read_pattern(pattern: str) -> Iterator[Named]:
    """What the pattern names. Raises Combined, also for what it does not know at all."""
    if len(pattern) > LONGEST_PATTERN:
        raise Combined(f"the pattern has more than {LONGEST_PATTERN} characters")
    place, found = 0, False
    while place < len(pattern):
        observation = _OBSERVATION.match(pattern, place)
        if observation is None:
            raise Combined("is no comparison of an address or a host, such as [domain-name:value = 'a.example']")
        yield from _alternatives(observation[1])
        found = True
        place = observation.end()
        if pattern[place : place + 3] == "OR ":
            place += 3
        elif place < len(pattern):
            raise Combined("demands more than one thing; an address alone would not be what it means")
    if not found:
        raise Combined("is empty")


def _alternatives(text: str) -> Iterator[Named]:
    """`a OR b OR c`; within one, `a AND b` only where b is a's network."""
    place = 0
    text = text.strip()
    while True:
        compared: list[tuple[str, str, str]] = []
        while True:
            comparison = _COMPARISON.match(text, place)
            if comparison is None:
                raise Combined("is no comparison with = of an address or a host")
            compared.append((comparison[1], comparison[2].rpartition(".")[2], _unescaped(comparison[3])))
            place = comparison.end()
            if text[place : place + 4] != "AND ":
                break
            place += 4
            place += len(text[place:]) - len(text[place:].lstrip())
        yield _named(compared)
        if place >= len(text):
            return
        if text[place : place + 3] != "OR ":
            raise Combined("is not made of comparisons with OR between them")
        place += 3
        place += len(text[place:]) - len(text[place:].lstrip())


def _named(compared: list[tuple[str, str, str]]) -> Named:
    kind, path, value = compared[0]
    if len(compared) == 1 and (kind, path) in {("domain-name", "value"), ("url", "value")}:
        return Named(value, is_host=True)
    networks = [value for _, path, value in compared if path in _NETWORK_PATHS]
    addresses = [value for _, path, value in compared if path in _ADDRESS_PATHS]
    one_object = all(each == kind for each, _, _ in compared) and kind not in _NOT_WALLETS
    if not one_object or not any(word in kind for word in _ADDRESS_TYPES) or len(addresses) != 1 or len(networks) > 1:
        raise Combined(f"{kind}:{path} is neither an address nor a host, or stands with other demands")
    if len(addresses) + len(networks) != len(compared):
        raise Combined("demands more than an address and its network")
    return Named(addresses[0], networks[0] if networks else "")


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
