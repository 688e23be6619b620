"""The portal and the verify page as people meet them: real pages of a real service, on a desktop and on a phone.

Held: no accessibility violation, nothing refused by the content policy, nothing wider than the screen, and the keyboard
does what the mouse does. Pictures are build output, for looking at.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from breather.domain.alert_code import make_code, minute_of
from breather.domain.asset import Asset, Network
from breather.domain.instant import HOUR, MINUTE
from breather.domain.referral import AmountBand, ReferralBasis
from breather.domain.typology import Typology
from breather.domain.withdrawal import Destination
from tests.agency_process import PASSWORD, AgencyProcess, OfficerPage, running_agency_process
from tests.sending_exchange import OTHER_ADDRESS, REFERRAL

pytestmark = pytest.mark.gallery
PICTURES = Path(__file__).parents[2] / "build" / "screenshots" / "portal"
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
LOOKS = [("desktop", "light"), ("phone", "light"), ("desktop", "dark")]
BITCOIN = Destination(Network.BITCOIN, "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4")
SPARSE = replace(REFERRAL, typology=None, asset=None, amount_band=None, day=None, destination=BITCOIN)
LISTED = replace(
    REFERRAL,
    basis=ReferralBasis.LISTED_DESTINATION,
    destination=Destination(Network.TRON, OTHER_ADDRESS, "104233"),
    typology=Typology.FAKE_POLICE,
    amount_band=AmountBand.TO_50_000,
)


@dataclass(frozen=True)
class Desk:
    """A service with a morning's referrals; `numbers` of those that stand in each way."""

    agency: AgencyProcess
    numbers: dict[str, int]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("portal")
    with running_agency_process(folder, f"sqlite:///{folder / 'agency.db'}") as agency:
        yield Desk(agency, morning(agency))


def morning(agency: AgencyProcess) -> dict[str, int]:
    ng, lei = agency.officer("Ng 4711"), agency.officer("Lei 0815")
    numbers = {}
    for name, exchange, referral in (
        ("replaced", agency.demo, REFERRAL),
        ("decided", agency.other, LISTED),
        ("sparse", agency.other, SPARSE),
        ("theirs", agency.demo, LISTED),
        ("duplicate", agency.demo, REFERRAL),
        ("mine", agency.other, replace(REFERRAL, asset=Asset.TRX, typology=Typology.TASK_JOB)),
        ("waiting", agency.other, REFERRAL),
    ):
        numbers[name] = ng.number_of(exchange.send(referral).envelope.id)
        agency.advance(7 * MINUTE)
    decide(ng, numbers["replaced"], "insufficient", "The address is too new to say.")
    ng.dispose(numbers["replaced"], "confirmed-scam", note="Three complaints with the same address.\nCase 2026/118.")
    decide(lei, numbers["decided"], "not-a-scam", "")
    lei.claim(numbers["theirs"])
    ng.claim(numbers["mine"])
    ng.claim(numbers["duplicate"])
    agency.advance(HOUR)
    return numbers


def decide(officer: OfficerPage, number: int, disposition: str, note: str) -> None:
    officer.claim(number)
    officer.dispose(number, disposition, note=note)


def entered(browser: Browser, agency: AgencyProcess, size: str, scheme: str = "light", scripts: bool = True) -> Page:
    """A page of a browser in which Ng has logged in, by the form."""
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, java_script_enabled=scripts)
    page = context.new_page()
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(f"{agency.url}/portal/login")
    page.fill("#officer", "Ng 4711")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/portal")
    return page


@pytest.fixture(scope="module")
def contexts(browser: Browser, desk: Desk) -> Iterator[dict[tuple[str, str], Page]]:
    pages = {look: entered(browser, desk.agency, *look) for look in LOOKS}
    yield pages
    for page in pages.values():
        page.context.close()


def addresses(desk: Desk) -> dict[str, str]:
    one = {f"referral-{name}": f"/portal/referrals/{number}" for name, number in desk.numbers.items()}
    return {
        "inbox": "/portal",
        "inbox-waiting": "/portal?standing=waiting",
        "inbox-nothing": f"/portal?standing=claimed&before={min(desk.numbers.values())}",
        "destinations": "/portal/destinations",
        "status": "/portal/status",
        "missing": "/portal/referrals/999999",
        **one,
    }


NAMES = (
    "inbox,inbox-waiting,inbox-nothing,destinations,status,missing,referral-replaced,referral-decided,referral-sparse,"
    "referral-theirs,referral-duplicate,referral-mine,referral-waiting"
).split(",")


def hold(page: Page, name: str, look: tuple[str, str], folder: Path = PICTURES) -> None:
    """A picture; and it fits, looks like something, and has no accessibility violation."""
    size, scheme = look
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{name}-{size}-{scheme}.png", full_page=True)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgba(0, 0, 0, 0)"
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("look", LOOKS, ids="-".join)
@pytest.mark.parametrize("name", NAMES)
def test_every_page_is_accessible_fits_and_keeps_the_policy(
    contexts: dict[tuple[str, str], Page], desk: Desk, name: str, look: tuple[str, str]
) -> None:
    page, said = contexts[look], list[str]()
    page.on("console", lambda message: said.append(message.text))
    page.goto(desk.agency.url + addresses(desk)[name])
    hold(page, name, look)
    assert [text for text in said if "Content Security Policy" in text] == []


@pytest.mark.parametrize("look", LOOKS, ids="-".join)
def test_the_door_is_accessible_also_when_it_stays_shut(browser: Browser, desk: Desk, look: tuple[str, str]) -> None:
    width, height = SIZES[look[0]]
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=look[1])  # type: ignore[arg-type]
    try:
        page.goto(f"{desk.agency.url}/portal/login")
        assert page.evaluate("document.activeElement.id") == "officer"
        hold(page, "login", look)
        page.fill("#officer", "Ng 4711")
        page.fill("#password", "not the password at all")
        page.keyboard.press("Enter")
        page.wait_for_selector("#problem")
        assert page.evaluate("document.activeElement.id") == "password", "the name is kept, the password is typed again"
        hold(page, "login-refused", look)
    finally:
        page.close()


def test_controls_on_a_phone_are_large_enough_for_a_finger(contexts: dict[tuple[str, str], Page], desk: Desk) -> None:
    page = contexts["phone", "light"]
    for name in ("inbox", "referral-mine", "referral-waiting"):
        page.goto(desk.agency.url + addresses(desk)[name])
        for control in page.locator(
            "main button:visible, main .button:visible, .tabs a:visible, textarea:visible"
        ).all():
            box = control.bounding_box()
            assert box is not None
            assert box["height"] >= 44, control.evaluate("each => each.outerHTML")


def test_the_first_tab_leads_past_the_navigation(contexts: dict[tuple[str, str], Page], desk: Desk) -> None:
    page = contexts["desktop", "light"]
    page.goto(f"{desk.agency.url}/portal")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "t-all"


# The verify page


def verifying(browser: Browser, size: str, scheme: str, scripts: bool = True) -> BrowserContext:
    width, height = SIZES[size]
    return browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=scripts,
    )


@pytest.mark.parametrize("look", [*LOOKS, ("phone", "dark")], ids="-".join)
@pytest.mark.parametrize("locale", ["en", "pt", "zh-Hans", "zh-Hant"])
def test_the_verify_page_is_accessible_in_every_language(
    browser: Browser, verify_agency: AgencyProcess, locale: str, look: tuple[str, str]
) -> None:
    slot = verify_agency.slots["demo-exchange"]
    verify_agency.advance(10 * MINUTE)
    code = make_code(slot.number, minute_of(verify_agency.now), 1, slot.key)
    context, folder = verifying(browser, *look), PICTURES.parent / "verify"
    page = context.new_page()
    try:
        page.goto(f"{verify_agency.url}/verify?locale={locale}")
        hold(page, f"ask-{locale}", look, folder)
        for name, typed in (("confirmed", code), ("again", code.lower()), ("wrong", "0000-0000-0000")):
            page.fill("#code", typed)
            page.keyboard.press("Enter")
            page.wait_for_selector(".answer")
            hold(page, f"{name}-{locale}", look, folder)
    finally:
        context.close()


@pytest.fixture(scope="module")
def verify_agency(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AgencyProcess]:
    folder = tmp_path_factory.mktemp("verify")
    with running_agency_process(folder, f"sqlite:///{folder / 'agency.db'}") as agency:
        yield agency


def test_the_verify_page_needs_no_script(browser: Browser, verify_agency: AgencyProcess) -> None:
    slot = verify_agency.slots["other-exchange"]
    verify_agency.advance(10 * MINUTE)
    code = make_code(slot.number, minute_of(verify_agency.now), 5, slot.key)
    context = verifying(browser, "phone", "light", scripts=False)
    page = context.new_page()
    try:
        page.goto(f"{verify_agency.url}/verify")
        page.get_by_title("Português").click()
        page.fill("#code", code)
        page.get_by_role("button").click()
        assert page.locator("#answer").inner_text() == "Este código está confirmado"
        assert code not in page.url
    finally:
        context.close()
