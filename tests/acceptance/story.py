"""A person before the demo exchange: what she presses, what she is shown, and the pictures of it.

Nothing here goes by the words of a page, so the same steps work in every language.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import BrowserContext, Frame, FrameLocator, Locator, Page, ViewportSize, expect

from tests.acceptance.stage import Stage
from tests.tidy.source import ROOT

PICTURES = ROOT / "build" / "screenshots"
PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
DESKTOP: Final[ViewportSize] = {"width": 1280, "height": 900}
DEVICES: Mapping[str, ViewportSize] = {"phone": PHONE, "desktop": DESKTOP}

# Buttons, and links that look like one, with their areas; in the order of the page.
BOXES = """() => [...document.querySelectorAll("button, a.safe, a.other, a.plain")]
  .filter(each => each.offsetParent !== null)
  .map(each => ({ text: each.innerText.trim(), area: each.offsetWidth * each.offsetHeight,
    top: each.getBoundingClientRect().top, bottom: each.getBoundingClientRect().bottom }))"""


@dataclass(frozen=True)
class Box:
    """A button as it stands on its page, in pixels."""

    text: str
    area: float
    top: float
    bottom: float


class Person:
    """`page` is at the demo exchange. `alert` is the frame of Breather's page in it."""

    def __init__(self, stage: Stage, page: Page) -> None:
        self.stage = stage
        self.page = page

    @property
    def alert(self) -> FrameLocator:
        return self.page.frame_locator("breather-alert iframe")

    @property
    def frame(self) -> Frame:
        handle = self.page.locator("breather-alert iframe").element_handle()
        found = handle.content_frame()
        assert found is not None
        return found

    def sign_in(self, customer: str, withdrawal: str = "") -> None:
        self.page.goto(f"{self.stage.site}/sign-in" + (f"?next={withdrawal}" if withdrawal else ""))
        self.choose(customer)

    def choose(self, customer: str) -> None:
        """On the page where one signs in."""
        self.page.locator(f"form:has(input[value='{customer}']) button").click()
        self.page.wait_for_url(lambda url: "/sign-in" not in url)

    def withdraw(self, amount: str = "", address: str = "") -> str:
        """The form as it comes, unless something else is given. Returns the exchange's id of the withdrawal."""
        self.page.goto(self.stage.site)
        for name, value in (("amount", amount), ("address", address)):
            if value:
                self.page.locator(f"#{name}").fill(value)
        return self.continues()

    def continues(self) -> str:
        """The form as it has been filled in. Returns the exchange's id of the withdrawal."""
        self.page.locator("form.withdraw button.main").click()
        self.page.wait_for_url(re.compile(r"/withdrawals/wd-"))
        return self.page.url.rsplit("/", 1)[1].partition("?")[0]

    def sees(self, screen: str) -> None:
        """Breather's page in the frame has come to this screen."""
        expect(self.alert.locator("html")).to_have_attribute("data-screen", screen)

    def is_told(self, shown: str) -> None:
        """The exchange's own page has come to this state."""
        expect(self.page.locator("main")).to_have_attribute("data-state", shown)

    def press(self, act: str) -> None:
        """Once the frame stands still: until then, what is aimed at a button may land beside it."""
        settle(self.page)
        press(self.alert.locator("body"), act)

    def goes_on_to_the_questions(self) -> None:
        """While the frame still grows to its height, a click may land beside the link; a person clicks again."""
        asked = self.alert.locator("html[data-screen='questions']")
        for _ in range(3):
            if asked.count() == 0:
                self.alert.locator("a[href*='screen=questions']").click()
            with suppress(AssertionError):
                expect(asked).to_have_count(1, timeout=3000)
                break
        self.sees("questions")

    def answers(self, **said: str) -> None:
        """No to everything, but for `said` (a question's id with _ for -), and sends it."""
        answer(self.alert.locator("body"), **said)

    def looks_again(self) -> None:
        """What a browser does when she comes back to the page: the frame's own clock asks the server."""
        self.frame.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")

    def posts(self, path: str, **fields: str) -> str:
        """A forged form, with her cookies and the token of the page before her. Returns the address it led to."""
        csrf = self.page.locator("input[name=csrf]").first.get_attribute("value") or ""
        answered = self.page.request.post(f"{self.stage.site}{path}", form={"csrf": csrf, **fields})
        return answered.url

    def buttons(self) -> list[Box]:
        """Of the alert, in its order."""
        return [Box(**box) for box in self.frame.evaluate(BOXES)]

    def own_buttons(self) -> list[Box]:
        """Of the exchange's page around it."""
        return [Box(**box) for box in self.page.evaluate(BOXES)]

    def pictures(self, name: str) -> None:
        """The whole page on a phone and on a desktop, as `story/<name>-<device>.png`."""
        for device, size in DEVICES.items():
            picture(self.page, size, PICTURES / "story" / f"{name}-{device}.png")
        self.page.set_viewport_size(PHONE)
        settle(self.page)

    def screen(self, name: str) -> None:
        """What fits on the screen with the alert at its top, as `<name>.png`: for the README."""
        settle(self.page)
        self.page.locator("breather-alert").evaluate("each => each.scrollIntoView({ block: 'start' })")
        self.page.screenshot(path=PICTURES / f"{name}.png")


def press(within: Locator, act: str) -> None:
    """A button of the alert, by what its form does: stop, help, listening, acknowledge."""
    within.locator(f"form[action^='/alert/{act}'] button").click()


def answer(within: Locator, **said: str) -> None:
    given = {name.replace("_", "-"): value for name, value in said.items()}
    for field in within.locator("fieldset").all():
        values = field.locator("input").evaluate_all("all => all.map(each => [each.name.slice(2), each.value])")
        usual = "none" if values[0][0] == "sounds-like" else "no"
        field.locator(f"input[value='{given.get(values[0][0], usual)}']").check()
    within.locator("form[action^='/alert/answers'] button").click()


def settle(page: Page) -> None:
    """Until the frame is as wide as its place and as tall as its page: both travel between processes."""
    place = page.locator("breather-alert iframe")
    if place.count() == 0:
        return
    frame = place.element_handle().content_frame()
    assert frame is not None
    frame.wait_for_function("wide => innerWidth === wide", arg=place.evaluate("each => each.clientWidth"))
    # Two frames later the observer of its size has spoken, and the frame has taken that size.
    frame.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    height = frame.evaluate("() => Math.max(320, Math.ceil(document.body.getBoundingClientRect().height))")
    expect(place).to_have_css("height", f"{height}px")


def picture(page: Page, size: ViewportSize, path: Path) -> None:
    """The whole page in one window: of a frame of another site, only what is inside the window is painted."""
    page.set_viewport_size(size)
    settle(page)
    height = page.evaluate("() => document.documentElement.scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": max(height, size["height"])})
    settle(page)
    page.screenshot(path=path, scale="css")


def watched_for_refusals(context: BrowserContext) -> list[str]:
    """What the browser refuses for the pages' own policies, now and later."""
    refused: list[str] = []
    context.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
    return refused
