"""The portal's cookies: over https no other host can plant them, and no other service here shares their names."""

import pytest
from starlette.requests import Request

from breather.web.agency.officer import COOKIE, Officers
from breather.web.agency.portal_door import DOOR_COOKIE
from breather.web.agency.site import Site
from breather.web.exchange import console


def officers(url: str) -> Officers:
    return Officers(Site(None, "Police", url, "UTC", 0))  # type: ignore[arg-type]  # cookies need no running agency


@pytest.mark.parametrize("name", [COOKIE, DOOR_COOKIE])
def test_over_https_the_prefix_keeps_other_hosts_out(name: str) -> None:
    header = officers("https://police.example").cookie(name, "value", 60)
    assert header == f"__Host-{name}=value; Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure"


def test_only_the_prefixed_one_is_read_there() -> None:
    request = Request({"type": "http", "headers": [(b"cookie", f"{COOKIE}=planted; __Host-{COOKIE}=own".encode())]})
    assert officers("https://police.example").cookie_of(request, COOKIE) == "own"
    assert officers("http://127.0.0.1:8090").cookie_of(request, COOKIE) == "planted"


def test_two_services_on_one_host_do_not_share_a_name() -> None:
    """Cookies ignore ports."""
    assert {COOKIE, DOOR_COOKIE}.isdisjoint({console.COOKIE, console.DOOR_COOKIE})
