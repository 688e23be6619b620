"""Where letters to one peer go: an address as it is written into the peer's pin, checked before it is used."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlsplit

from breather.domain.finding import Finding

_URL = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+(/[A-Za-z0-9._~/-]*)?")
_PORTS: Mapping[str, int] = MappingProxyType({"https": 443, "http": 80})


@dataclass(frozen=True, slots=True)
class DeliverTo:
    """`url` is what the paths of the protocol follow. `allow_loopback`: this machine will do (test mode only)."""

    url: str
    allow_loopback: bool = False

    @property
    def tls(self) -> bool:
        return self.url.startswith("https://")

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        parts = urlsplit(self.url)
        return parts.port or _PORTS[parts.scheme]

    @property
    def path(self) -> str:
        return urlsplit(self.url).path.rstrip("/")


def check_address(address: DeliverTo, mode: str) -> list[Finding]:
    """What keeps this address from being used in `mode`; empty if nothing does. Which IP it leads to is seen later."""
    findings = []
    try:
        right = _URL.fullmatch(address.url) is not None and bool(address.host) and address.port > 0
    except ValueError:
        right = False
    if not right:
        message = "must be an address such as https://relay.police.example, without query, fragment, name or password"
        return [Finding("courier.url", "no-address", message)]
    if mode == "live" and not address.tls:
        findings.append(Finding("courier.url", "not-https", "must be https in live mode"))
    if mode == "live" and address.allow_loopback:
        findings.append(Finding("courier.allow_loopback", "loopback", "is for test mode only"))
    return findings
