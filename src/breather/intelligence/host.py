"""Hosts of scam sites, in one spelling: small letters, ASCII (UTS 46, as `domain_name`), no dot at the end.

The whole host as it was listed, no less. Which names above it are the same owner's is decided by whoever asks, with
`site.names_of`: a list may name `evil.example` and mean each host under it.
"""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from breather.intelligence.domain_name import BadDomain, ascii_name
from breather.intelligence.importers.finding import Reason
from breather.intelligence.listed_address import NotTaken

LONGEST = 253
_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"({_LABEL}\.)+{_LABEL}")


def read_host(text: str) -> str:
    """From a name or an address of a site's first page. Raises NotTaken.

    A page deep inside a site is refused: listing its host would accuse everyone else there (twitter.com/somebody).
    """
    wanted = text.strip()
    if "/" not in wanted and ":" not in wanted and "@" not in wanted and "?" not in wanted and wanted.isascii():
        return _plain(wanted.removesuffix("."))  # the usual form, without the cost of the others
    try:
        parts = urlsplit(wanted if "://" in wanted else f"//{wanted}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise NotTaken(Reason.NOT_A_HOST, "is not the name of a host") from None
    if parts.path.strip("/") or parts.query:
        raise NotTaken(Reason.PAGE_OF_A_HOST, "is a page; to list its whole host would accuse its other pages")
    if parts.username is not None or port not in (None, 80, 443):
        raise NotTaken(Reason.NOT_A_HOST, "names a user or a port; the name alone is right")
    return _plain(host.removesuffix("."))


def _plain(host: str) -> str:
    try:
        plain = host.lower() if host.isascii() else ascii_name(host)
    except BadDomain:
        raise NotTaken(Reason.NOT_A_HOST, "has letters that no host's name can have") from None
    if len(plain) > LONGEST or not _HOST.fullmatch(plain):
        raise NotTaken(Reason.NOT_A_HOST, "is not the name of a host; one is like wallet.example.org")
    last = plain.rpartition(".")[2]
    if last.isdigit():
        try:
            ip_address(plain)
        except ValueError:
            raise NotTaken(Reason.NOT_A_HOST, "is neither a name nor an IP address") from None
    return plain
