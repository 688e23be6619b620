"""An officer's morning: a referral appears by itself, is claimed and decided by keyboard, and the exchange is told."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from breather.domain.instant import HOUR
from tests.acceptance.test_portal_look import entered
from tests.agency_process import AgencyProcess, running_agency_process

ON_TIME_SECONDS = 2.0


@pytest.fixture(scope="module")
def agency(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AgencyProcess]:
    folder = tmp_path_factory.mktemp("story")
    with running_agency_process(folder, f"sqlite:///{folder / 'agency.db'}") as found:
        yield found


@pytest.fixture
def page(browser: Browser, agency: AgencyProcess) -> Iterator[Page]:
    opened = entered(browser, agency, "desktop")
    yield opened
    opened.context.close()


def test_a_referral_appears_without_a_reload_in_under_two_seconds(page: Page, agency: AgencyProcess) -> None:
    page.evaluate("window.neverReloaded = true")
    before = page.locator("tbody tr").count()
    began = time.monotonic()
    agency.demo.send()
    expect(page.locator("tbody tr")).to_have_count(before + 1, timeout=10_000)
    assert time.monotonic() - began < ON_TIME_SECONDS
    assert page.evaluate("window.neverReloaded") is True
    expect(page.locator("#said")).to_have_text("One referral has arrived.")
    assert "new" in (page.locator("tbody tr").first.get_attribute("class") or "")


def test_what_arrives_does_not_take_the_focus_away(page: Page, agency: AgencyProcess) -> None:
    agency.demo.send()
    expect(page.locator("tbody tr.new")).to_have_count(1, timeout=10_000)
    link = page.locator("tbody a").first
    link.focus()
    held = page.evaluate("document.activeElement.href")
    agency.other.send()
    expect(page.locator("tbody tr.new")).to_have_count(1, timeout=10_000)
    expect(page.locator("#said")).to_have_text("One referral has arrived.")
    assert page.evaluate("document.activeElement.href") == held


def test_a_colleagues_act_is_seen_too(page: Page, agency: AgencyProcess) -> None:
    colleague = agency.officer("Lei 0815")
    number = colleague.number_of(agency.demo.send().envelope.id)
    row = page.locator(f"#r{number}")
    expect(row).to_contain_text("waiting", timeout=10_000)
    colleague.claim(number)
    expect(row).to_contain_text("by Lei 0815", timeout=10_000)


def test_claimed_and_decided_by_keyboard_and_the_exchange_is_told(page: Page, agency: AgencyProcess) -> None:
    after = agency.demo.pull().through
    sent = agency.demo.send()
    number = agency.officer("Chan").number_of(sent.envelope.id)
    page.goto(f"{agency.url}/portal/referrals/{number}")
    page.get_by_role("button", name="Claim").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#p-confirmed-scam")
    page.locator("#p-confirmed-scam").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "note"
    page.keyboard.type("Seen twice this week.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".decided")).to_contain_text("Confirmed scam")
    expect(page.locator(".decided .note")).to_have_text("Seen twice this week.")
    assert agency.demo.dispositions(after) == [(sent.envelope.id, "confirmed-scam")]


def test_a_duplicate_asks_of_which_one_only_when_it_is_chosen(page: Page, agency: AgencyProcess) -> None:
    first, second = agency.demo.send(), agency.demo.send()
    officer = agency.officer("Ng 4711")
    number = officer.number_of(second.envelope.id)
    officer.claim(number)
    page.goto(f"{agency.url}/portal/referrals/{number}")
    expect(page.locator("#duplicate_of")).to_be_hidden()
    page.locator("#p-duplicate").check()
    expect(page.locator("#duplicate_of")).to_be_visible()
    page.locator("#duplicate_of").select_option(first.envelope.id)
    page.get_by_role("button", name="Decide").click()
    expect(page.locator(".decided")).to_contain_text(f"Duplicate of {first.envelope.id}")


def test_everything_works_without_scripts(browser: Browser, agency: AgencyProcess) -> None:
    page = entered(browser, agency, "phone", scripts=False)
    try:
        before = page.locator("tbody tr").count()
        agency.demo.send()
        page.get_by_role("link", name="Look again").click()
        assert page.locator("tbody tr").count() == before + 1
        page.locator("tbody a").first.click()
        page.get_by_role("button", name="Claim").click()
        page.locator("#p-insufficient").check()
        page.get_by_role("button", name="Decide").click()
        expect(page.locator(".stands")).to_contain_text("Insufficient")
    finally:
        page.context.close()


def test_a_session_that_ends_leads_to_the_door(page: Page, agency: AgencyProcess) -> None:
    """Last in this file: it moves the clock by a shift."""
    agency.advance(9 * HOUR)
    page.wait_for_url("**/portal/login", timeout=15_000)
