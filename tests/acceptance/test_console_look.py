"""The console as people meet it: every page in a real browser, on a desktop and on a phone, light and dark.

Held: no accessibility violation, nothing refused by the content policy, nothing wider than the screen, and
the keyboard reaches what the mouse reaches. Pictures are build output, for looking at.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from breather.domain.friction import Friction
from breather.exchange.recorded import features_out
from breather.storage.exchange.console_record import DecisionFilter
from breather.web.exchange.console_pages import (
    render_decisions,
    render_login,
    render_missing,
    render_relay,
    render_shadow,
    render_stand_ins,
    render_status,
    render_withdrawal,
)
from breather.web.exchange.console_shadow import Found
from breather.web.exchange.console_view import LoginView, Wording
from tests import console_rows as stored
from tests import console_views as views
from tests.acceptance.alert_site import Site, served

PICTURES = Path(__file__).parents[2] / "build" / "screenshots" / "console"
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
RARE = DecisionFilter(Friction.HOLD, "hold", "lapsed", "c-lei-0417", "wd-1001")
REFUSED = LoginView("Demo Exchange", "test", "c", "That password is not right.")
MISREAD = "state 'laps' is not known; did you mean 'lapsed'?"
HELD = stored.file(
    stored.row(
        decision=stored.decision(degraded=True, asked="hold"),
        friction=int(Friction.QUESTIONS),
        raised_friction=int(Friction.HOLD),
        watched_at=stored.NOW,
    ),
    state="held",
    holds=(stored.HOLD,),
)
LISTED = stored.file(
    stored.row(
        decision=stored.decision(
            features=features_out({**stored.FEATURES, "destination_resembles": "strong"}),
            resembles={"network": "TRON", "known": "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8", "marked": "TJRab[Qswc]pRTv8"},
            lists=[
                {"list": "police", "category": "scam", "standing": "stands", "confidence": "high"},
                {"list": "wallets", "category": "exchange", "standing": "stands", "label": "Northern"},
                {"list": "reports", "category": "scam", "standing": "contested", "because": "a wallet of theirs"},
            ],
        )
    )
)
QUIET = replace(
    stored.RELAY, oldest_pending=None, waiting={}, failures={}, dead=0, streams=(), set_aside=(), set_aside_count=0
)

PAGES: dict[str, Callable[[], str]] = {
    "login": lambda: render_login(views.LOGIN),
    "login-refused": lambda: render_login(LoginView("Demo Exchange", "test", "c", "That password is not right.")),
    "decisions": lambda: render_decisions(views.decisions()),
    "decisions-empty": lambda: render_decisions(views.decisions(older=None, empty=True)),
    "decisions-none-fit": lambda: render_decisions(
        views.decisions(RARE, problem="state 'laps' is not known", empty=True)
    ),
    "withdrawal": lambda: render_withdrawal(views.withdrawal()),
    "withdrawal-held": lambda: render_withdrawal(views.withdrawal(HELD, Wording({}, None))),
    "withdrawal-listed": lambda: render_withdrawal(views.withdrawal(LISTED)),
    "withdrawal-referred": lambda: render_withdrawal(views.referred()),
    "withdrawal-shadow": lambda: render_withdrawal(views.beside_a_shadow()),
    "shadow": lambda: render_shadow(views.shadow()),
    "shadow-new": lambda: render_shadow(views.shadow(found=Found())),
    "shadow-none": lambda: render_shadow(views.no_shadow()),
    "relay": lambda: render_relay(views.relay()),
    "relay-quiet": lambda: render_relay(views.relay(QUIET, ())),
    "stand-ins": lambda: render_stand_ins(views.stand_ins()),
    "stand-ins-none": lambda: render_stand_ins(views.stand_ins(quiet=True)),
    "status": lambda: render_status(views.status()),
    "missing": lambda: render_missing(views.FRAME, "wd-9999"),
}


LOOKS = [
    pytest.param(("phone", "light"), id="phone-light"),
    pytest.param(("desktop", "light"), id="desktop-light", marks=pytest.mark.gallery),
    pytest.param(("desktop", "dark"), id="desktop-dark", marks=pytest.mark.gallery),
]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with served() as running:
        for name, render in PAGES.items():
            running.pages[f"/{name}"] = render()
        yield running


def _opened(
    browser: Browser, site: Site, name: str, size: str, scheme: str = "light", said: list[str] | None = None
) -> Page:
    """`said` receives what the browser's own console says, refusals of the policy among it."""
    width, height = SIZES[size]
    page = browser.new_page(viewport={"width": width, "height": height})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    if said is not None:
        page.on("console", lambda message: said.append(message.text))
    page.goto(f"{site.origin}/{name}")
    return page


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_accessible_fits_and_keeps_the_policy(
    browser: Browser, site: Site, name: str, look: tuple[str, str]
) -> None:
    size, scheme = look
    said: list[str] = []
    page = _opened(browser, site, name, size, scheme, said)
    try:
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURES / f"{name}-{size}-{scheme}.png", full_page=True)
        assert [text for text in said if "Content Security Policy" in text] == []
        background = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert background != "rgba(0, 0, 0, 0)", "the style sheet was not applied"
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    finally:
        page.close()


def test_the_first_tab_leads_past_the_navigation(browser: Browser, site: Site) -> None:
    page = _opened(browser, site, "decisions", "desktop")
    try:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "content"
        page.keyboard.press("Tab")
        assert re.search("friction=none", page.evaluate("document.activeElement.href"))
    finally:
        page.close()


def test_the_password_has_the_focus_at_once(browser: Browser, site: Site) -> None:
    page = _opened(browser, site, "login", "phone")
    try:
        assert page.evaluate("document.activeElement.id") == "password"
    finally:
        page.close()


def test_controls_on_a_phone_are_large_enough_for_a_finger(browser: Browser, site: Site) -> None:
    for name in ("decisions", "relay"):
        page = _opened(browser, site, name, "phone")
        try:
            for control in page.locator("input:visible, select:visible, main button:visible, .pages a:visible").all():
                box = control.bounding_box()
                assert box is not None
                assert box["height"] >= 44
        finally:
            page.close()
