"""The alert inside the exchange's page: of another site, framed by nobody else, opened once, in four languages.

And what the frame cannot do for anybody: without a clearance the exchange pays nothing, whatever is posted to it.
"""

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from breather.client import Breather
from breather.demo.site import create_site
from breather.protocol.pack import read_folder, read_pack
from breather.samples import sample_pack
from tests.acceptance.alert_site import served
from tests.acceptance.stage import HOUR, MINUTE, SPENT, Stage, raised
from tests.acceptance.story import DESKTOP, PHONE, Person, settle

PACK = read_pack(read_folder(sample_pack("macau-pj")))
PEOPLE = {"zh-Hant": "c-mei", "zh-Hans": "c-wei", "pt": "c-joana", "en": "c-alex"}
FORGED = {
    "customer": "c-mei",
    "next": "x",
    "asset": "USDT/TRON",
    "address": "TVp1t7idoJ8SLY9csGUMAHDNjwuox9zWWi",
    "amount": "5000",
    "decision": "proceed",
    "friction": "none",
    "state": "released",
    "status": "paid",
    "clearable": "true",
    "clearance": "eyJhbGciOiJub25lIn0.e30.",
    "transaction_id": "f" * 64,
    "session_started_at": "2027-01-01T00:00:00.000Z",
    "authenticated_at": "2027-01-01T00:00:00.000Z",
}
# Those that end something: after them there would be less to forge with.
ENDING = ("/sign-out", "/sign-in", "/withdrawals/{withdrawal}/stop", "/withdrawals/{withdrawal}/sign-in-again")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with raised(tmp_path_factory.mktemp("frame")) as found:
        yield found


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport=PHONE, reduced_motion="reduce")
    yield opened
    opened.close()


@pytest.fixture
def person(context: BrowserContext, stage: Stage) -> Person:
    return Person(stage, context.new_page())


def a_link(stage: Stage, withdrawal: str) -> str:
    made = stage.breather.post(f"/v1/withdrawals/{withdrawal}/links", {})
    assert made.status_code == 201
    return str(made.json()["url"])


def screen_of(page: Page) -> str:
    return page.locator("html").get_attribute("data-screen") or ""


@pytest.mark.parametrize("locale", PEOPLE)
def test_the_first_screen_is_in_her_language(person: Person, browser: Browser, stage: Stage, locale: str) -> None:
    person.sign_in(PEOPLE[locale])
    person.withdraw()
    person.sees("alert")
    text = PACK.text(locale)
    alert = person.alert
    expect(alert.locator("html")).to_have_attribute("lang", locale)
    assert alert.locator(".warning").inner_text() == text.first_screen
    assert alert.locator(".agency").inner_text() == text.agency_name
    assert alert.locator(".sample").inner_text() == text.sample_mark
    assert alert.locator(".number").all_inner_texts() == ["8800 7777", "993"]
    assert alert.locator("a[href^='tel:']").count() == 0
    for size in (PHONE, DESKTOP):
        person.page.set_viewport_size(size)
        settle(person.page)
        stop, *others = person.buttons()
        assert stop.area > max(other.area for other in others)
        assert stop.top < min(other.top for other in others)
    person.pictures(f"alert-{locale}")


def test_the_picture_of_a_desktop(browser: Browser, stage: Stage) -> None:
    """For the README; on a desktop the alert stands below the exchange's own lines."""
    with browser.new_context(viewport=DESKTOP, reduced_motion="reduce") as context:
        person = Person(stage, context.new_page())
        person.sign_in("c-alex")
        person.withdraw("10000")
        person.sees("alert")
        person.screen("alert-desktop-en")


def test_the_frame_is_of_another_site_and_its_cookie_stays_there(
    person: Person, context: BrowserContext, stage: Stage
) -> None:
    person.sign_in("c-alex")
    withdrawal = person.withdraw("10000")
    person.sees("alert")
    assert (urlsplit(person.page.url).hostname, urlsplit(person.frame.url).hostname) == ("localhost", "127.0.0.1")
    cookies = context.cookies(stage.breather.url)
    kept = next(cookie for cookie in cookies if cookie["name"].startswith("__Host-breather-alert-"))
    assert (kept["httpOnly"], kept["secure"], kept["sameSite"]) == (True, True, "None")
    assert "http://localhost" in str(kept.get("partitionKey")), "it belongs to the frame in this exchange's pages"
    # The same browser, the same address, but not inside the exchange: there the cookie does not exist.
    alone = context.new_page()
    alone.goto(f"{stage.breather.url}/alert")
    assert screen_of(alone) == "expired"
    opened = httpx.get(a_link(stage, withdrawal), follow_redirects=False, trust_env=False)
    assert opened.status_code == 303
    assert opened.headers["set-cookie"].partition("; ")[2] == "Path=/; Secure; HttpOnly; SameSite=None; Partitioned"
    assert opened.headers["referrer-policy"] == "no-referrer"


def test_nobody_else_can_frame_it(person: Person, stage: Stage) -> None:
    person.sign_in("c-alex")
    withdrawal = person.withdraw("10000")
    shown = stage.breather.call("GET", "/alert", key="")
    assert f"frame-ancestors {stage.site}" in shown.headers["content-security-policy"]
    with served() as thief:
        said: list[str] = []
        person.page.on("console", lambda message: said.append(message.text))
        thief.plain["/"] = f'<!doctype html><title>A thief</title><iframe src="{a_link(stage, withdrawal)}"></iframe>'
        person.page.goto(thief.origin)
        person.page.wait_for_load_state("networkidle")
        inside = person.page.locator("iframe").element_handle().content_frame()
        assert inside is not None
        assert inside.locator("button").count() == 0
        assert any("frame-ancestors" in line for line in said)


def test_a_link_opens_once_and_for_a_quarter_of_an_hour(person: Person, context: BrowserContext, stage: Stage) -> None:
    person.sign_in("c-alex")
    withdrawal = person.withdraw("10000")
    link, late = a_link(stage, withdrawal), a_link(stage, withdrawal)
    alone = context.new_page()
    alone.goto(link)
    assert screen_of(alone) == "alert"
    other = context.new_page()
    answered = other.goto(link)
    assert answered is not None
    assert (answered.status, screen_of(other)) == (410, "expired")
    assert other.locator("form").count() == 0
    stage.breather.advance(15 * MINUTE)
    answered = other.goto(late)
    assert answered is not None
    assert (answered.status, screen_of(other)) == (410, "expired")
    other.locator("main a").click()
    other.wait_for_url(f"{stage.site}/")
    alone.reload()
    assert screen_of(alone) == "alert", "what was opened in time stays open"


def test_language_and_size_change_in_place(person: Person, stage: Stage) -> None:
    person.sign_in("c-alex")
    person.withdraw("10000")
    for locale in ("pt", "zh-Hans", "zh-Hant"):
        person.alert.locator(f".languages a[lang='{locale}']").click()
        expect(person.alert.locator("html")).to_have_attribute("lang", locale)
        assert person.alert.locator(".warning").inner_text() == PACK.text(locale).first_screen
    before = person.alert.locator(".warning").evaluate("each => parseFloat(getComputedStyle(each).fontSize)")
    person.alert.locator("a.size").click()
    expect(person.alert.locator("html")).to_have_class("larger")
    after = person.alert.locator(".warning").evaluate("each => parseFloat(getComputedStyle(each).fontSize)")
    assert after > 1.2 * before
    for number in person.alert.locator(".number bdi").all():
        assert number.evaluate("each => each.getClientRects().length") == 1, "a number to dial, on one line"
        assert number.evaluate("each => each.getBoundingClientRect().right < innerWidth - 20")
    person.pictures("larger")
    person.goes_on_to_the_questions()
    expect(person.alert.locator("html")).to_have_attribute("lang", "zh-Hant")
    expect(person.alert.locator("html")).to_have_class("larger")


def test_the_quick_way_out_leads_home_and_the_pause_goes_on(person: Person, stage: Stage) -> None:
    person.sign_in("c-alex")
    withdrawal = person.withdraw("10000")
    person.goes_on_to_the_questions()
    person.answers()
    person.sees("running")
    person.alert.locator("a.leave").click()
    person.page.wait_for_url(f"{stage.site}/")
    assert stage.breather.state(withdrawal)["state"] == "running"
    stage.breather.advance(HOUR)
    assert stage.breather.state(withdrawal)["state"] == "elapsed"


@pytest.mark.parametrize("standing", ["offered", "running", "elapsed", "watched", "stopped"])
def test_without_a_clearance_nothing_is_paid_whatever_is_posted(
    person: Person, stage: Stage, tmp_path: Path, standing: str
) -> None:
    person.sign_in("c-alex")
    before = stage.held("c-alex")
    withdrawal = person.withdraw("10000")
    _bring_to(person, standing)
    paid = stage.books("SELECT id FROM withdrawal WHERE status = 'paid' OR transaction_id IS NOT NULL")
    tokens, spent = stage.tokens(), stage.books(SPENT)
    person.page.goto(f"{stage.site}/withdrawals/{withdrawal}")
    for path, extra in product(_paths(tmp_path), ({}, {"on_call": "yes"}, {"customer": "c-ho"})):
        if path.startswith(("/static", *ENDING[:2])) or path in ENDING or path == "/withdrawals":
            continue
        person.posts(path.replace("{withdrawal}", withdrawal), **{**FORGED, **extra, "next": withdrawal})
        person.page.request.get(stage.site + path.replace("{withdrawal}", withdrawal), params={**FORGED, **extra})
        person.page.request.post(stage.site + path.replace("{withdrawal}", withdrawal), data=FORGED)
    for path in ENDING:
        person.posts(path.replace("{withdrawal}", withdrawal), **FORGED)
    assert stage.books("SELECT id FROM withdrawal WHERE status = 'paid' OR transaction_id IS NOT NULL") == paid
    assert (stage.tokens(), stage.books(SPENT), stage.held("c-alex")) == (tokens, spent, before)
    assert stage.breather.state(withdrawal)["outcome"] != "proceeded"


def _bring_to(person: Person, standing: str) -> None:
    person.sees("alert")
    if standing == "stopped":
        person.press("stop")
        person.is_told("stopped")
        return
    if standing == "watched":
        person.press("listening")
        person.sees("watched")
        return
    if standing == "offered":
        return
    person.goes_on_to_the_questions()
    person.answers()
    person.sees("running")
    if standing == "elapsed":
        person.stage.breather.advance(HOUR)


def _paths(folder: Path) -> list[str]:
    """Every route that the demo exchange has, from the application itself: none can be forgotten here."""
    key = "brk_test_" + "a" * 43
    with Breather("http://127.0.0.1:9", key, vasp="demo-exchange") as unused:
        site = create_site(unused, folder / "unused.db", "http://127.0.0.1:9", lambda: 0, b"unused")
    paths = {str(getattr(route, "path", "")) for route in site.routes}
    assert len({path for path in paths if re.search("payout|confirm", path)}) == 2
    # Confirming in a session that is too old ends it: last, or the others would be sent by nobody.
    return sorted(paths, key=lambda path: path.endswith("/confirm"))
