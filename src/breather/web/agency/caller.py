"""Whose request this is, as far as the network tells: for limits only, never for trust and never logged."""

import ipaddress
from collections import OrderedDict

from starlette.requests import Request

from breather.domain.instant import MINUTE, Millis

MOST_ADDRESSES = 20_000


def caller_of(request: Request, proxies: int) -> str:
    """The address, an IPv6 one as its /64 network: whoever has one address of it has all.

    With `proxies` in front, the entry that the outermost of them added; what stands left of it is the caller's word.
    """
    address = request.client.host if request.client else ""
    if proxies:
        given = [part.strip() for each in request.headers.getlist("x-forwarded-for") for part in each.split(",")]
        address = given[-proxies] if len(given) >= proxies else address
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        # All of IPv4 is one /64 there, and would be one caller.
        found = found.ipv4_mapped
    return str(found) if found.version == 4 else str(ipaddress.ip_network((int(found) >> 64 << 64, 64)))


class Allowance:
    """At most `most` a caller in `window` milliseconds, refilled steadily. Used by the event loop alone.

    Only the callers seen last are remembered: a flood of addresses must not fill the memory.
    """

    def __init__(self, most: int, window: int = 10 * MINUTE) -> None:
        self._most = most
        self._each = window / most
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def take(self, caller: str, now: Millis) -> int:
        """0 if it is allowed, and it counts then; otherwise how many milliseconds to wait."""
        full_at = max(self._full_at.pop(caller, 0.0), float(now)) + self._each
        wait = full_at - now - self._most * self._each
        if wait > 0:
            full_at -= self._each
        self._full_at[caller] = full_at
        if len(self._full_at) > MOST_ADDRESSES:
            self._full_at.popitem(last=False)
        return max(0, round(wait))
