"""Every state of the alert page in a real browser: accessible, nothing cut, the safe act biggest.

Views are rendered directly and served with the real headers and static files, without a service behind them.
Pictures go to `build/screenshots/alert/<screen>-<locale>-<device>.png`.
"""

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from breather.domain.instant import format_instant
from breather.web.exchange.alert_page import STOPPABLE, AlertView, Screen, render_alert, state_of
from tests.acceptance.alert_site import Site, served
from tests.alert_views import LOCALES, a_view, at

PICTURES = Path("build/screenshots/alert")
PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
SMALL_PHONE: Final[ViewportSize] = {"width": 360, "height": 640}
DESKTOP: Final[ViewportSize] = {"width": 1280, "height": 900}
# The longest words, and the densest script, each time; the rest with the gallery.
ALWAYS = ("pt", "zh-Hant")
EVERY = [
    pytest.param(screen, locale, marks=() if locale in ALWAYS else pytest.mark.gallery)
    for screen, locale in product(Screen, LOCALES)
]

# Too wide, or text cut off by its own box, at the present width.
CUT = """() => [...document.querySelectorAll("body *")]
  .filter(e => !e.closest("svg, .size") && (e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0
    && getComputedStyle(e).display !== "inline" || e.getBoundingClientRect().right > innerWidth + 1))
  .map(e => e.tagName + "." + e.className)"""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with served() as running:
        yield running


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport=PHONE)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def shared(browser: Browser) -> Iterator[Page]:
    """One page for the many pictures; each starts by going somewhere."""
    opened = browser.new_context(viewport=PHONE, reduced_motion="reduce")
    yield opened.new_page()
    opened.close()


def show(site: Site, view: AlertView, page: Page) -> list[str]:
    """Opens the rendered view; returns what the browser complains about, now and later."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    site.pages["/alert"] = render_alert(view)
    elapses = format_instant(view.elapses_at) if view.elapses_at is not None else None
    site.state = {"state": state_of(view), "now": format_instant(view.now), "elapses_at": elapses}
    page.goto(f"{site.origin}/alert")
    return complaints


@pytest.mark.parametrize(("screen", "locale"), EVERY)
def test_every_screen_is_accessible_whole_and_pictured(site: Site, shared: Page, screen: Screen, locale: str) -> None:
    for device, size in (("phone", PHONE), ("desktop", DESKTOP)):
        shared.set_viewport_size(size)
        complaints = show(site, a_view(screen, locale), shared)
        # The whole page as one window: otherwise the resting button would be pictured across the middle.
        height = shared.evaluate("() => Math.ceil(document.body.getBoundingClientRect().height)")
        shared.set_viewport_size({"width": size["width"], "height": max(height, size["height"])})
        shared.screenshot(path=PICTURES / f"{screen}-{locale}-{device}.png")
        assert shared.evaluate(CUT) == []
        assert complaints == []
    result = Axe().run(shared)
    assert result.violations_count == 0, result.generate_report()


@pytest.mark.parametrize("screen", Screen)
def test_larger_type_and_the_smallest_phone_cut_nothing(site: Site, shared: Page, screen: Screen) -> None:
    shared.set_viewport_size(SMALL_PHONE)
    for locale in ("pt", "zh-Hant"):
        show(site, a_view(screen, locale, larger=True), shared)
        assert shared.evaluate(CUT) == []
    size = shared.evaluate("() => parseFloat(getComputedStyle(document.body).fontSize)")
    assert size >= 23


# What closes or follows may not begin a line; each such place, with the characters before it.
BEGINS_A_LINE = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  const found = [];
  let before = null;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    for (let at = 0; at < node.length; at++) {
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      const box = range.getClientRects()[0];
      if (!box || !box.width) continue;
      if ("。，、；：！？」』）”’".includes(node.data[at]) && before && box.left < before.right - 2) {
        found.push(node.data.slice(Math.max(0, at - 8), at + 2));
      }
      before = box;
    }
  }
  return found;
}"""


@pytest.mark.parametrize("screen", Screen)
@pytest.mark.parametrize("locale", ["zh-Hant", pytest.param("zh-Hans", marks=pytest.mark.gallery)])
def test_no_line_begins_with_a_mark_that_closes(site: Site, shared: Page, screen: Screen, locale: str) -> None:
    for larger in (False, True):
        show(site, a_view(screen, locale, larger=larger), shared)
        for width in (320, 344, 360, 375, 390, 412):
            shared.set_viewport_size({"width": width, "height": 844})
            assert shared.evaluate(BEGINS_A_LINE) == [], f"{width} px, larger: {larger}"


@pytest.mark.parametrize("screen", sorted(STOPPABLE))
def test_stop_is_the_largest_act_and_seen_without_scrolling(site: Site, shared: Page, screen: Screen) -> None:
    shared.set_viewport_size(PHONE)
    for locale in ("pt", "zh-Hant"):
        show(site, a_view(screen, locale), shared)
        boxes = shared.evaluate(
            "() => [...document.querySelectorAll('button')].map(e => e.getBoundingClientRect())"
            ".map(box => [box.width * box.height, box.height, box.bottom])"
        )
        areas = [area for area, _, _ in boxes]
        assert areas[0] == max(areas)
        assert areas.count(areas[0]) == 1
        assert min(height for _, height, _ in boxes) >= 56
        assert boxes[0][2] <= PHONE["height"]


def test_running_text_is_at_least_eighteen_pixels(site: Site, shared: Page) -> None:
    show(site, a_view(Screen.RUNNING), shared)
    sizes = shared.evaluate(
        "() => [...document.querySelectorAll('main p, main li, main dd, main dt, main button')]"
        ".map(e => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(sizes) >= 18


def test_a_right_to_left_page_mirrors_and_cuts_nothing(site: Site, shared: Page) -> None:
    shared.set_viewport_size(PHONE)
    show(site, a_view(Screen.ALERT), shared)
    shared.evaluate("() => { document.documentElement.dir = 'rtl' }")
    assert shared.evaluate(CUT) == []
    leave, switch = (shared.locator(name).bounding_box() for name in (".leave", ".languages"))
    assert leave is not None
    assert switch is not None
    assert leave["x"] < switch["x"]


def test_the_keyboard_reaches_everything_and_stop_before_other_acts(site: Site, context: BrowserContext) -> None:
    page = context.new_page()
    show(site, a_view(Screen.NOTICE), page)
    reached = []
    for _ in range(30):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("() => document.activeElement.textContent.trim()"))
    acts = page.locator("button").all_text_contents()
    assert [text for text in reached if text in [act.strip() for act in acts]][: len(acts)] == [
        act.strip() for act in acts
    ]


@pytest.mark.parametrize("screen", Screen)
def test_without_javascript_the_page_is_whole(site: Site, browser: Browser, screen: Screen) -> None:
    with browser.new_context(viewport=PHONE, java_script_enabled=False) as plain:
        page = plain.new_page()
        show(site, a_view(screen), page)
        expect(page.locator("h1")).to_be_visible()
        if screen is Screen.RUNNING:
            expect(page.locator("#count")).to_have_text("42")
            expect(page.get_by_text("Counted at 15:38.")).to_be_visible()
        if screen in STOPPABLE:
            page.locator("button").first.click()
            assert site.posted[-1] == "/alert/stop?locale=en csrf=c5rf-0123456789"


def test_answers_are_posted_by_question(site: Site, context: BrowserContext) -> None:
    page = context.new_page()
    show(site, a_view(Screen.QUESTIONS), page)
    for name, value in (("coached", "yes"), ("secret", "no"), ("sounds-like", "fake-police")):
        page.locator(f"input[name='q.{name}'][value='{value}']").check()
    page.get_by_role("button", name="Send my answers").click()
    page.wait_for_url("**/alert")
    path, body = site.posted[-1].split(" ")
    assert path == "/alert/answers?locale=en"
    assert body == "csrf=c5rf-0123456789&q.coached=yes&q.secret=no&q.sounds-like=fake-police"


# The clock


def test_a_wrong_device_clock_changes_nothing(site: Site, context: BrowserContext) -> None:
    context.add_init_script("const real = Date.now; Date.now = () => real() + 86400000;")
    page = context.new_page()
    complaints = show(site, a_view(Screen.RUNNING, "pt"), page)
    expect(page.locator("#count")).to_have_text("42")
    expect(page.locator("#unit")).to_have_text("minutos")
    assert complaints == []


@pytest.mark.parametrize(("locale", "unit"), [("en", "seconds"), ("zh-Hant", "秒"), ("zh-Hans", "秒钟")])
def test_the_last_minute_counts_in_seconds(site: Site, context: BrowserContext, locale: str, unit: str) -> None:
    page = context.new_page()
    show(site, a_view(Screen.RUNNING, locale, elapses_at=at(0.5), pause_seconds=60), page)
    expect(page.locator("#unit")).to_have_text(unit)
    before = page.locator("#count").text_content() or ""
    page.wait_for_function("was => document.getElementById('count').textContent !== was", arg=before)
    assert 20 <= int(page.locator("#count").text_content() or "") <= 30


def test_waking_up_asks_the_server_and_believes_it(site: Site, context: BrowserContext) -> None:
    """A clock that stood still while the phone slept shows 42 minutes; the server knows that 5 are left."""
    page = context.new_page()
    show(site, a_view(Screen.RUNNING), page)
    site.state = site.state | {"now": format_instant(at(37))}
    page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#count")).to_have_text("5")


def test_the_end_of_the_pause_brings_the_next_screen(site: Site, context: BrowserContext) -> None:
    page = context.new_page()
    show(site, a_view(Screen.RUNNING, elapses_at=at(0.02), pause_seconds=20), page)
    over = a_view(Screen.ELAPSED)
    site.pages["/alert"] = render_alert(over)
    site.state = {"state": "elapsed", "now": format_instant(over.now), "elapses_at": format_instant(over.now)}
    expect(page.locator("h1")).to_have_text("The pause is over. Nothing has been sent.")


def test_a_stop_made_elsewhere_is_noticed(site: Site, context: BrowserContext) -> None:
    page = context.new_page()
    show(site, a_view(Screen.QUESTIONS), page)
    site.pages["/alert"] = render_alert(a_view(Screen.STOPPED))
    site.state = {"state": "stopped", "now": format_instant(at(1)), "elapses_at": None}
    page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("h1")).to_have_text("Your money is still in your account")


# The frame, across sites: `localhost` and `127.0.0.1` are different sites to a browser

EXCHANGE = """<!doctype html><html lang="en"><title>An exchange</title>
<script type="module" src="{origin}/static/breather-alert.js"></script>
<p id="heard"></p><breather-alert link="{origin}/alert"></breather-alert>
<script>
const heard = document.getElementById("heard");
window.opened = 0;
new MutationObserver(changes => changes.forEach(change => change.addedNodes.forEach(
  node => window.opened += node.nodeName === "IFRAME" ? 1 : 0
))).observe(document, { childList: true, subtree: true });
document.addEventListener("breather-state", event => heard.append(event.detail.state + ";"));
</script></html>"""


@pytest.fixture
def exchange(site: Site) -> Iterator[Site]:
    with served() as running:
        running.origin = running.origin.replace("127.0.0.1", "localhost")
        running.plain["/withdraw"] = EXCHANGE.replace("{origin}", site.origin)
        running.plain["/"] = "<!doctype html><title>Home</title><h1>Home</h1>"
        site.ancestors = (running.origin,)
        yield running
        site.ancestors = ()


def test_the_component_frames_the_page_once_and_tells_its_state(
    site: Site, exchange: Site, context: BrowserContext
) -> None:
    page = context.new_page()
    show(site, a_view(Screen.RUNNING), page)
    site.asked.clear()
    page.goto(f"{exchange.origin}/withdraw")
    expect(page.locator("#heard")).to_have_text("running;")
    assert site.asked.count("/alert") == 1, "a link works once: the frame must ask for it once"
    assert page.evaluate("() => window.opened") == 1
    frame = page.locator("breather-alert iframe")
    assert frame.get_attribute("referrerpolicy") == "no-referrer"
    inside = page.frame_locator("breather-alert iframe").locator("body")
    height = inside.evaluate("body => Math.ceil(body.getBoundingClientRect().height)")
    expect(frame).to_have_css("height", f"{height}px")


def test_the_component_believes_only_its_own_frame(site: Site, exchange: Site, context: BrowserContext) -> None:
    page = context.new_page()
    show(site, a_view(Screen.RUNNING), page)
    page.goto(f"{exchange.origin}/withdraw")
    expect(page.locator("#heard")).to_have_text("running;")
    page.evaluate("() => window.postMessage({type: 'breather', state: 'released', height: 400}, '*')")
    page.evaluate("() => new Promise(done => setTimeout(done, 0))")
    expect(page.locator("#heard")).to_have_text("running;")


def test_another_site_cannot_frame_the_page(site: Site, exchange: Site, context: BrowserContext) -> None:
    page = context.new_page()
    show(site, a_view(Screen.RUNNING), page)
    site.ancestors = ("https://exchange.example",)
    page.goto(f"{exchange.origin}/withdraw")
    page.wait_for_load_state("networkidle")
    expect(page.locator("#heard")).to_have_text("")


def test_the_way_out_leaves_the_frame_for_the_exchange(site: Site, exchange: Site, context: BrowserContext) -> None:
    page = context.new_page()
    show(site, a_view(Screen.RUNNING), page)
    site.plain["/alert/leave"] = f'<!doctype html><meta http-equiv="refresh" content="0;url={exchange.origin}/">'
    page.goto(f"{exchange.origin}/withdraw")
    page.frame_locator("breather-alert iframe").get_by_text("Leave this page").click()
    page.wait_for_url(f"{exchange.origin}/")
    expect(page.locator("h1")).to_have_text("Home")


def test_a_link_that_is_no_web_address_is_refused(exchange: Site, context: BrowserContext) -> None:
    page = context.new_page()
    exchange.plain["/withdraw"] = exchange.plain["/withdraw"].replace("</html>", "<script>window.ran = false</script>")
    page.goto(f"{exchange.origin}/withdraw")
    page.evaluate(
        "() => { const made = document.createElement('breather-alert');"
        "made.setAttribute('link', 'javascript:parent.ran=true'); document.body.append(made); }"
    )
    assert page.locator("breather-alert").last.locator("iframe").count() == 0
    assert json.loads(page.evaluate("() => JSON.stringify(window.ran)")) is False
