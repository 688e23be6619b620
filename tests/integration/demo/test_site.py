"""The demo site as a site: who may see what, which forms count, what every answer carries."""

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from breather.demo.invented import CUSTOMERS, OTHER_CUSTOMERS, OTHER_EXCHANGE
from breather.demo.texts import LOCALES, read_texts
from tests.integration.demo.browser import ORIGIN, SITE, Browser, World


def test_every_page_says_that_everything_is_invented_in_the_customers_locale(world: World, browser: Browser) -> None:
    texts = read_texts()
    for customer in CUSTOMERS:
        browser.sign_in(customer.ref)
        shown = browser.get("/").text
        assert f'<html lang="{customer.locale}">' in shown
        assert texts["invented"][customer.locale] in shown
        assert texts["site"][customer.locale] in shown
    assert "Every customer here is invented" in Browser(world.site).get("/sign-in").text


def test_every_answer_carries_the_policy_that_lets_only_breather_in(browser: Browser) -> None:
    for path in ("/sign-in", "/", "/withdrawals/none"):
        policy = browser.get(path).headers["content-security-policy"]
        assert f"script-src 'self' {ORIGIN};" in policy
        assert f"frame-src {ORIGIN}" in policy
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert browser.get(path).headers["cache-control"] == "no-store"


def test_no_page_has_a_script_or_a_style_of_its_own(world: World, browser: Browser) -> None:
    browser.sign_in("c-mei")
    withdrawal = browser.withdraw()
    for path in ("/", "/sign-in", f"/withdrawals/{withdrawal}"):
        shown = browser.get(path).text
        assert "<style" not in shown
        assert " style=" not in shown
        assert "<script>" not in shown
        assert " on" not in "".join(part.split(">")[0] for part in shown.split("<button")[1:])


def test_the_cookie_is_named_for_the_demo_and_hidden_from_scripts(browser: Browser) -> None:
    cookie = browser.get("/sign-in").headers["set-cookie"]
    assert cookie.startswith("demo-exchange=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


def test_two_of_these_on_one_host_keep_their_sessions_apart(world: World, browser: Browser, tmp_path: Path) -> None:
    """Cookies know no ports: the browser sends each site the cookies of both."""
    second = World(world.fake, f"http://127.0.0.1:{urlsplit(ORIGIN).port}", tmp_path / "second.db", OTHER_EXCHANGE)
    other = Browser(second.site)
    other.cookies = browser.cookies
    browser.sign_in("c-mei")
    other.sign_in("c-lam")
    assert "阿美 Mei" in browser.get("/").text
    assert "阿琳 Lam" in other.get("/").text
    assert set(browser.cookies) == {"demo-exchange", OTHER_EXCHANGE}


def test_the_second_exchange_says_that_it_is_another_with_other_customers(world: World, tmp_path: Path) -> None:
    second = World(world.fake, "http://127.0.0.1:1", tmp_path / "second.db", OTHER_EXCHANGE)
    door = Browser(second.site).get("/sign-in").text
    assert "Second Demo Exchange" in door
    assert {one.ref for one in CUSTOMERS if one.ref in door} == set()
    for customer in OTHER_CUSTOMERS:
        browser = Browser(second.site)
        browser.sign_in(customer.ref)
        assert read_texts()[f"site@{OTHER_EXCHANGE}"][customer.locale] in browser.get("/").text
    assert Browser(second.site).post("/sign-in", customer="c-mei").status_code == 403
    intruder = Browser(second.site)
    intruder.get("/sign-in")
    assert intruder.post("/sign-in", customer="c-mei").status_code == 404, "she is a customer of the other one"


def test_signing_in_changes_the_cookie_and_signing_out_ends_the_session(browser: Browser) -> None:
    browser.get("/sign-in")
    before = browser.cookies["demo-exchange"]
    browser.sign_in("c-mei")
    within = browser.cookies["demo-exchange"]
    assert within != before
    browser.post("/sign-out")
    browser.cookies["demo-exchange"] = within
    assert browser.get("/").headers["location"] == "/sign-in"


def test_nobody_sees_or_moves_anothers_withdrawal(world: World, browser: Browser) -> None:
    browser.sign_in("c-mei")
    withdrawal = browser.withdraw()
    world.fake.withdrawals[withdrawal].state = "released"
    other = Browser(world.site)
    other.sign_in("c-alex")
    assert other.get(f"/withdrawals/{withdrawal}").status_code == 404
    for act in ("payout", "stop", "confirm", "ask", "sign-in-again"):
        assert other.post(f"/withdrawals/{withdrawal}/{act}").status_code == 404
    assert world.paid() == []
    assert world.status(withdrawal) == "open"


@pytest.mark.parametrize("path", ["/", "/withdrawals/wd-1"])
def test_who_is_not_signed_in_is_asked_to(browser: Browser, path: str) -> None:
    assert browser.get(path).headers["location"] == "/sign-in"


def test_a_form_that_is_not_ours_does_nothing(world: World, browser: Browser) -> None:
    browser.sign_in("c-mei")
    withdrawal = browser.withdraw()
    token = browser.csrf
    for wrong in ("", "0" * 64, token[:-1], "é"):
        browser.csrf = wrong
        assert browser.post(f"/withdrawals/{withdrawal}/stop").status_code == 403
    stranger = Browser(world.site)
    stranger.get("/sign-in")
    browser.csrf = stranger.csrf
    assert browser.post(f"/withdrawals/{withdrawal}/stop").status_code == 403
    assert world.status(withdrawal) == "open"
    browser.csrf = token
    assert browser.post(f"/withdrawals/{withdrawal}/stop").status_code == 303


def raw(world: World, browser: Browser, **sent: Any) -> int:
    async def send() -> int:
        transport = httpx.ASGITransport(world.site)
        async with httpx.AsyncClient(transport=transport, base_url=SITE, cookies=browser.cookies) as client:
            return (await client.post("/sign-out", **sent)).status_code

    return asyncio.run(send())


def test_a_form_sent_from_another_origin_does_nothing(world: World, browser: Browser) -> None:
    browser.sign_in("c-mei")
    form = {"csrf": browser.csrf}
    for origin in ("http://evil.example", "null", ORIGIN, "https://localhost:8500"):
        assert raw(world, browser, data=form, headers={"Origin": origin}) == 403
    assert raw(world, browser, data=form, headers={"Origin": SITE}) == 303


def test_bodies_that_are_no_form_of_ours_are_refused(world: World, browser: Browser) -> None:
    browser.sign_in("c-mei")
    assert raw(world, browser, content=b"x" * 20_000) == 413
    assert raw(world, browser, content=b"\xff\xfe=1") == 400
    assert raw(world, browser, content=b"&".join(b"a=1" for _ in range(40))) == 400
    assert browser.get("/").status_code == 200


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"amount": "-1"}, "bad-amount"),
        ({"amount": "1e3"}, "bad-amount"),
        ({"amount": "0"}, "bad-amount"),
        ({"amount": "0.0000001"}, "bad-amount"),
        ({"amount": "6100.000001"}, "bad-amount"),
        ({"amount": ""}, "bad-amount"),
        ({"asset": "DOGE/TRON"}, "bad-asset"),
        ({"address": " "}, "bad-address"),
        ({"address": "T" * 129}, "bad-address"),
    ],
)
def test_a_form_that_cannot_be_right_is_shown_again_with_what_would_be(
    world: World, browser: Browser, fields: dict[str, str], key: str
) -> None:
    browser.sign_in("c-mei")
    answer = browser.post("/withdrawals", **{"asset": "USDT/TRON", "address": "T1", "amount": "1", **fields})
    assert answer.status_code == 400
    assert read_texts()[f"note.{key}"]["zh-Hant"] in answer.text
    assert world.fake.requests == []


@pytest.mark.parametrize(("customer", "amount"), [("c-mei", "5000"), ("c-joana", "1920"), ("c-alex", "5000")])
def test_the_form_comes_filled_in_with_what_can_be_sent(browser: Browser, customer: str, amount: str) -> None:
    browser.sign_in(customer)
    shown = browser.get("/").text
    assert f'name="amount" value="{amount}"' in shown


def test_after_signing_in_one_lands_on_this_site_only(world: World, browser: Browser) -> None:
    for wrong in ("//evil.example", "https://evil.example", "../x", "a b", "é"):
        browser.get("/sign-in")
        assert browser.post("/sign-in", customer="c-mei", next=wrong).headers["location"] == "/"
    browser.get("/sign-in")
    assert browser.post("/sign-in", customer="c-nobody").status_code == 404


def test_the_same_site_serves_its_own_style_and_script(browser: Browser) -> None:
    assert browser.get("/static/site.css").headers["content-type"].startswith("text/css")
    assert "breather-state" in browser.get("/static/site.js").text
    assert browser.get("/static/icon.svg").headers["content-type"].startswith("image/svg+xml")
    assert browser.get("/static/../site.py").status_code == 404


def test_the_work_between_requests_delivers_follows_and_survives_an_outage(world: World, browser: Browser) -> None:
    from breather.demo.site import catch_up

    browser.sign_in("c-mei")
    withdrawal = browser.withdraw()
    world.breather.stop(withdrawal, "by-link")
    world.fake.broken = True
    catch_up(world.site.state.site)
    assert world.status(withdrawal) == "open"
    world.fake.broken = False
    catch_up(world.site.state.site)
    assert world.status(withdrawal) == "stopped"


def test_the_work_between_requests_begins_and_ends_with_the_site(world: World) -> None:
    async def live() -> None:
        async with world.site.router.lifespan_context(world.site):
            for _ in range(500):
                if world.fake.requests:
                    return
                await asyncio.sleep(0.01)

    asyncio.run(live())
    assert world.fake.requests[0][1].startswith("/v1/withdrawals?changed_after=0")


def test_every_text_is_in_every_locale() -> None:
    for key, texts in read_texts().items():
        assert tuple(texts) == LOCALES, key
        assert all(text.strip() for text in texts.values()), key
