"""What every page shares: the template environment, the response headers, and the files of `/static`.

Nothing is fetched from anywhere else and nothing is inline, so the policy below can be strict without
exceptions (design 8). Templates escape everything; a missing name is an error, never a gap in a warning.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

# Every page: never stored (a shared phone), never a referrer (the link's address is a secret for 15 minutes).
PAGE_HEADERS: Final = MappingProxyType(
    {
        "Content-Type": "text/html; charset=utf-8",
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex, nofollow",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), display-capture=(), payment=()",
    }
)

# Static files carry no secret. They are readable across origins because an exchange's page, on another site,
# loads the component as a module; their addresses carry a hash of their content, so they may be kept.
STATIC_HEADERS: Final = MappingProxyType(
    {
        "Cache-Control": "public, max-age=86400",
        "X-Content-Type-Options": "nosniff",
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
)

_MEDIA_TYPES: Final = MappingProxyType(
    {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
)


def content_security_policy(frame_ancestors: Sequence[str] = ()) -> str:
    """The policy of one page. `frame_ancestors` are origins, like `https://a.example`; none means no frame.

    Raises ValueError for anything that is not one plain origin: a space or `;` would add directives.
    """
    for origin in frame_ancestors:
        if not origin.startswith(("https://", "http://")) or any(mark in origin for mark in " ;,'\"\r\n\t"):
            raise ValueError(f"{origin!r} is not an origin; write it like https://exchange.example")
    ancestors = " ".join(frame_ancestors) or "'none'"
    return (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        f"form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
    )


def page_headers(frame_ancestors: Sequence[str] = ()) -> dict[str, str]:
    """All headers of an HTML page that the given origins may frame."""
    return {**PAGE_HEADERS, "Content-Security-Policy": content_security_policy(frame_ancestors)}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file of `/static`: its bytes, its media type, and the first 12 hex digits of its SHA-256."""

    name: str
    body: bytes
    media_type: str
    digest: str


@cache
def assets() -> MappingProxyType[str, Asset]:
    """Every file that `/static` serves, by name: a closed list; no request's path reaches the disk."""
    found = {}
    for entry in sorted(resources.files("breather.web").joinpath("static").iterdir(), key=lambda item: item.name):
        suffix = entry.name[entry.name.rfind(".") :]
        if entry.is_file() and suffix in _MEDIA_TYPES:
            body = entry.read_bytes()
            digest = hashlib.sha256(body).hexdigest()[:12]
            found[entry.name] = Asset(entry.name, body, _MEDIA_TYPES[suffix], digest)
    return MappingProxyType(found)


def asset_url(name: str) -> str:
    """The address of a static file, changing with its content so that an upgrade is seen at once.

    Raises KeyError for a name that does not exist: a page without its style sheet must fail in a test.
    """
    return f"/static/{name}?v={assets()[name].digest}"


@cache
def environment() -> Environment:
    """The templates of the package: everything escaped, undefined names refused."""
    made = Environment(
        loader=PackageLoader("breather.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals["asset_url"] = asset_url
    return made
