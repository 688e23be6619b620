"""The console's door over HTTP: who gets in, who does not, and what an address that means nothing is answered with."""

import re
from collections.abc import Iterator

import httpx
import pytest

from breather.operate import set_password
from tests.exchange_process import ExchangeProcess

PASSWORD = "a long password for these tests"


@pytest.fixture
def browser(service: ExchangeProcess) -> Iterator[httpx.Client]:
    """At the door, with the password set; no redirect is followed unseen."""
    set_password(service.settings, service.clock, PASSWORD)
    with httpx.Client(base_url=service.url, trust_env=False, timeout=20) as client:
        yield client


def csrf(page: httpx.Response) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found is not None
    return found[1]


def entered(browser: httpx.Client, password: str = PASSWORD) -> httpx.Response:
    mark = csrf(browser.get("/console/login"))
    return browser.post("/console/login", data={"csrf": mark, "password": password})


@pytest.mark.parametrize("path", ["/console", "/console/status", "/console/withdrawals/nobody"])
def test_a_stranger_is_sent_to_the_door(browser: httpx.Client, path: str) -> None:
    reply = browser.get(path)
    assert (reply.status_code, reply.headers["location"]) == (303, "/console/login")


def test_a_wrong_password_opens_nothing(browser: httpx.Client) -> None:
    assert entered(browser, "another long password of theirs").status_code == 403
    assert browser.get("/console").status_code == 303


def test_a_form_from_elsewhere_opens_nothing(browser: httpx.Client) -> None:
    browser.get("/console/login")
    assert browser.post("/console/login", data={"csrf": "guessed", "password": PASSWORD}).status_code == 403


def test_leaving_ends_the_session_itself(browser: httpx.Client) -> None:
    assert entered(browser).status_code == 303
    session = dict(browser.cookies)
    page = browser.get("/console")
    assert page.status_code == 200
    assert browser.post("/console/logout", data={"csrf": csrf(page)}).status_code == 303
    browser.cookies.update(session)
    assert browser.get("/console").status_code == 303


def test_a_new_password_ends_every_session(browser: httpx.Client, service: ExchangeProcess) -> None:
    entered(browser)
    set_password(service.settings, service.clock, PASSWORD)
    assert browser.get("/console").status_code == 303


@pytest.mark.parametrize("name", ["nobody", "%00", "a%00b", "..%2f..", "%ff"])
def test_what_does_not_exist_is_missing_and_no_fault(browser: httpx.Client, name: str) -> None:
    entered(browser)
    assert browser.get(f"/console/withdrawals/{name}").status_code == 404


def test_the_longest_reference_of_a_customer_can_be_looked_for(browser: httpx.Client) -> None:
    entered(browser)
    page = browser.get("/console", params={"customer": "c" * 128})
    assert page.status_code == 200
    assert "is not an id" not in page.text
    assert "is not an id" in browser.get("/console", params={"customer": "c" * 129}).text
