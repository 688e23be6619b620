"""The analysts' console of a running service: log in, find a withdrawal, read why, look at the status, log out."""

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from breather.operate import set_password
from tests.acceptance.stage import HOUR, Stage, raised
from tests.acceptance.story import DESKTOP, PHONE, PICTURES, Person, picture

PASSWORD = "a long password for the console"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with raised(tmp_path_factory.mktemp("console")) as found:
        set_password(found.breather.settings, found.breather.clock, PASSWORD)
        yield found


@pytest.fixture(scope="module")
def withdrawal(stage: Stage, browser: Browser) -> str:
    """One whose pause is running after its questions, and one that was stopped, before anybody looks."""
    with browser.new_context(viewport=PHONE) as context:
        person = Person(stage, context.new_page())
        person.sign_in("c-wei")
        person.withdraw()
        person.press("stop")
        person.is_told("stopped")
        person.sign_in("c-mei")
        found = person.withdraw()
        person.goes_on_to_the_questions()
        person.answers(coached="yes")
        person.sees("running")
        return found


@pytest.fixture
def page(browser: Browser, stage: Stage, withdrawal: str) -> Iterator[Page]:
    with browser.new_context(viewport=DESKTOP, device_scale_factor=2) as context:
        refused: list[str] = []
        context.on("console", lambda said: refused.append(said.text) if "Policy" in said.text else None)
        yield context.new_page()
        assert refused == []


def log_in(page: Page, stage: Stage, password: str = PASSWORD) -> None:
    page.goto(f"{stage.breather.url}/console")
    page.wait_for_url("**/console/login")
    page.locator("#password").fill(password)
    page.get_by_role("button", name="Log in").click()


def test_a_wrong_password_opens_nothing(page: Page, stage: Stage) -> None:
    log_in(page, stage, "a long password for the consola")
    expect(page.locator("#problem")).to_have_text("That is not the password.")
    for path in ("/console", "/console/status", "/console/withdrawals/wd-1"):
        page.goto(stage.breather.url + path)
        assert page.url.endswith("/console/login")


def test_from_the_list_to_the_reasons(page: Page, stage: Stage, withdrawal: str) -> None:
    log_in(page, stage)
    expect(page.locator(".counts .total")).to_have_text("2 decisions")
    picture(page, DESKTOP, PICTURES / "story" / "console-decisions-desktop.png")
    page.locator("#f-state").select_option("running")
    page.get_by_role("button", name="Filter").click()
    assert page.locator("tbody tr").count() == 1
    page.locator("tbody a.id", has_text=withdrawal).click()
    expect(page.locator("h1")).to_have_text(withdrawal)
    hits = page.locator("article.hit h3 .id").all_inner_texts()
    assert {"first-large-to-new-address", "new-account-empties-itself", "told-how-to-answer"} <= set(hits)
    expect(page.locator("article.hit .because").first).to_be_visible()
    assert "Hit after the answers" in " ".join(page.locator("article.hit .verb").all_inner_texts())
    assert "soon-after-security-change" in page.locator("article.open h3 .id").all_inner_texts()
    page.locator("details.misses summary").click()
    expect(page.locator("details.misses")).to_contain_text("split-to-one-address")
    row = page.locator("table.features tr", has=page.locator("th", has_text="account_age_days"))
    expect(row.locator("data")).to_have_text("9")
    expect(row.locator(".by")).to_contain_text("new-account-empties-itself")
    timeline = page.locator(".timeline .act strong").all_inner_texts()
    assert [kind for kind in timeline if kind in {"decided", "opened", "answer"}][-1] == "answer"
    expect(page.locator("#alert blockquote")).to_contain_text("8800 7777")
    page.locator("details.misses summary").click()
    page.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0); }")
    page.screenshot(path=PICTURES / "console-withdrawal.png")
    for device, size in (("desktop", DESKTOP), ("phone", PHONE)):
        picture(page, size, PICTURES / "story" / f"console-withdrawal-{device}.png")


# `serve` leaves its own heartbeat a second after it began.
NO_WORKER = re.compile(r"No process has ever reported a heartbeat\.|The worker has never run\.")


def test_an_unknown_withdrawal_is_said_to_be_unknown(page: Page, stage: Stage) -> None:
    log_in(page, stage)
    page.wait_for_url("**/console")
    page.goto(f"{stage.breather.url}/console/withdrawals/wd-unknown")
    expect(page.locator("main")).to_contain_text("wd-unknown")


def test_the_status_shows_the_worker_and_the_campaign(page: Page, stage: Stage) -> None:
    log_in(page, stage)
    page.wait_for_url("**/console")
    page.goto(f"{stage.breather.url}/console/status")
    expect(page.locator("main")).to_contain_text(NO_WORKER)
    expect(page.locator("tbody tr.active")).to_contain_text("macau-pj-trial")
    worker = stage.breather.spawn("worker")
    try:
        until = time.monotonic() + 20
        while page.locator(".processes li.alive").filter(has_text="worker").count() == 0:
            assert worker.poll() is None, "the worker ended"
            assert time.monotonic() < until, "the worker leaves no heartbeat"
            page.reload()
    finally:
        worker.terminate()
        assert worker.wait(20) == 0
    expect(page.locator(".processes li.alive").filter(has_text="worker")).to_contain_text("worker")
    stage.breather.advance(HOUR)
    page.reload()
    expect(page.locator(".processes li.late").filter(has_text="worker")).to_contain_text("worker")


def test_after_logging_out_the_old_cookie_is_worth_nothing(page: Page, stage: Stage) -> None:
    log_in(page, stage)
    page.wait_for_url("**/console")
    kept = page.context.cookies()
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/console/login")
    page.context.add_cookies([{**cookie} for cookie in kept])  # type: ignore[typeddict-item]  # what it gave, given back
    page.goto(f"{stage.breather.url}/console")
    assert page.url.endswith("/console/login")
