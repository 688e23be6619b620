"""What the relay adds to the alert page, in a real browser: who was told, the consent screen, the alert's code."""

from typing import Any, Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

from breather.web.exchange.alert_page import CODED, Screen, render_alert
from breather.web.exchange.alert_told import Naming, Stage, ToldLine
from tests.acceptance.alert_site import Site
from tests.acceptance.test_alert_states import (
    CUT,
    DESKTOP,
    PHONE,
    PICTURES,
    SMALL_PHONE,
    context,  # noqa: F401  # a fixture, used by its name
    shared,  # noqa: F401  # a fixture, used by its name
    show,
    site,  # noqa: F401  # a fixture, used by its name
)
from tests.alert_views import LOCALES, TOLD, a_view, at

# What stands on a screen only once the police were told, or her name went along.
FULL: Final[dict[str, dict[str, Any]]] = {
    "told": {"told": TOLD[:1], "naming": Naming.OFFERED},
    "agreed": {"told": (TOLD[0], ToldLine(True, Stage.WAITING, at(-1))), "naming": Naming.AGREED},
    "gone": {"told": TOLD, "naming": Naming.GONE},
    "failed": {"told": (ToldLine(False, Stage.FAILED, at(-2)),), "naming": Naming.NOT_OFFERED},
}


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", FULL)
def test_who_was_told_is_accessible_whole_and_pictured(
    site: Site,  # noqa: F811  # the fixture above
    shared: Page,  # noqa: F811  # the fixture above
    name: str,
    locale: str,
) -> None:
    for screen in (Screen.RUNNING, Screen.STOPPED):
        for larger in (False, True):
            shared.set_viewport_size(SMALL_PHONE)
            view = a_view(screen, locale, larger=larger, help_asked_at=at(-3), **FULL[name])
            assert show(site, view, shared) == []
            assert shared.evaluate(CUT) == []
        shared.screenshot(path=PICTURES / f"{screen}-{name}-{locale}-small.png", full_page=True)
        result = Axe().run(shared)
        assert result.violations_count == 0, result.generate_report()


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("locale", LOCALES)
def test_the_two_choices_of_consent_weigh_the_same(
    site: Site,  # noqa: F811  # the fixture above
    shared: Page,  # noqa: F811  # the fixture above
    locale: str,
    size: ViewportSize,
) -> None:
    shared.set_viewport_size(size)
    show(site, a_view(Screen.CONSENT, locale), shared)
    weights = shared.evaluate(
        "() => [...document.querySelectorAll('.choice .other')].map(e => { const s = getComputedStyle(e);"
        "const b = e.getBoundingClientRect(); return [Math.round(b.width), Math.round(b.height),"
        "s.backgroundColor, s.color, s.fontSize, s.fontWeight, s.borderTopColor, s.borderTopWidth]; })"
    )
    assert len(weights) == 2
    assert weights[0] == weights[1]


def test_what_arrives_meanwhile_is_shown_on_the_card_and_the_page_stays_where_it_is(
    site: Site,  # noqa: F811  # the fixture above
    context: BrowserContext,  # noqa: F811  # the fixture above
) -> None:
    """Nobody reloads and nobody comes back to the page: its own script asks while something is on its way."""
    page = context.new_page()
    on_its_way: dict[str, Any] = {"told": FULL["agreed"]["told"], "naming": Naming.AGREED}
    show(site, a_view(Screen.RUNNING, version="first", **on_its_way), page)
    expect(page.locator(".told")).to_contain_text("They have not left yet.")
    page.evaluate("() => { window.stays = true; }")
    site.pages["/alert"] = render_alert(a_view(Screen.RUNNING, version="second", **FULL["gone"]))
    site.state = site.state | {"version": "second"}
    expect(page.locator(".told")).to_contain_text("They have been received", timeout=10_000)
    expect(page.locator(".told")).not_to_contain_text("They have not left yet.")
    assert page.evaluate("() => window.stays"), "the card was exchanged, and the page was not loaded again"
    assert page.locator("html").get_attribute("data-waiting") is None


def test_a_page_without_a_card_is_loaded_again_to_show_one(
    site: Site,  # noqa: F811  # the fixture above
    context: BrowserContext,  # noqa: F811  # the fixture above
) -> None:
    page = context.new_page()
    show(site, a_view(Screen.RUNNING, version="first", told=(), naming=Naming.NOT_OFFERED), page)
    assert page.locator(".told").count() == 0
    site.pages["/alert"] = render_alert(a_view(Screen.RUNNING, version="second", **FULL["told"]))
    site.state = site.state | {"version": "second"}
    page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator(".told")).to_be_visible()


@pytest.mark.parametrize("screen", sorted(CODED))
def test_the_code_is_small_text_on_one_line(
    site: Site,  # noqa: F811  # the fixture above
    shared: Page,  # noqa: F811  # the fixture above
    screen: Screen,
) -> None:
    shared.set_viewport_size(SMALL_PHONE)
    show(site, a_view(screen, "pt", larger=True), shared)
    code, number = (
        shared.evaluate("name => parseFloat(getComputedStyle(document.querySelector(name)).fontSize)", name)
        for name in (".characters", ".number")
    )
    assert code < number
    line = shared.evaluate(
        "() => { const e = document.querySelector('.characters');"
        "return e.getClientRects().length === 1 && e.getBoundingClientRect().right <= innerWidth; }"
    )
    assert line
