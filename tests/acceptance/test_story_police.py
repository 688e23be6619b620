"""The whole story, between processes: a referral reaches the officer's page, and what the police find comes back.

She is at the first exchange; a referral of the second lies beside hers in the inbox. A test here leaves the next one
nothing but what it made, so each withdraws to an address of its own.
"""

import re
import time
from collections.abc import Iterator, Mapping

import pytest
from playwright.sync_api import Browser, Page, expect

from breather.demo.invented import tron_address
from breather.domain.disposition import Disposition
from breather.domain.instant import MINUTE
from breather.web.texts import texts_for
from tests.acceptance.relay_stage import FIRST, SECOND, RelayStage, raised_together
from tests.acceptance.story import DESKTOP, PHONE, Person, picture, press
from tests.acceptance.story import PICTURES as SHOTS
from tests.agency_process import PASSWORD

ON_TIME_SECONDS = 2.0
CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}")
FINDINGS = tuple(each.value for each in Disposition)
# What would give the finding away, in any of the languages: no text that is new on her page may hold any of it.
GIVEAWAYS: Mapping[str, tuple[str, ...]] = {
    "en": ("confirm", "scam", "fraud", "crime", "report", "proved", "proven", "found", "finding", "known", "list"),
    "pt": (
        "confirm",
        "burla",
        "fraude",
        "crime",
        "denúncia",
        "comprov",
        "prova",
        "apurad",
        "conclu",
        "conhecid",
        "lista",
    ),
    "zh-Hant": ("證實", "證明", "確認", "確定", "核實", "屬實", "查實", "騙", "詐", "罪", "舉報", "名單", "警"),
    "zh-Hans": ("证实", "证明", "确认", "确定", "核实", "属实", "查实", "骗", "诈", "罪", "举报", "名单", "警"),
}
# Each piece of text on the page in one language, as [text, where]: on the card, in the hold's own words, or elsewhere.
PIECES = """async locale => {
  const address = new URL(location.href);
  address.searchParams.set("locale", locale);
  const reply = await fetch(address, { credentials: "same-origin" });
  const page = new DOMParser().parseFromString(await reply.text(), "text/html");
  page.querySelectorAll(".clause").forEach(each => each.replaceWith(each.textContent));
  page.body.normalize();
  const walker = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const inside = node.parentElement;
    const where = inside.closest(".told") ? "told" : inside.closest("h1, .rules") ? "hold" : "";
    if (node.data.trim()) found.push([node.data.trim().replace(/\\s+/g, " "), where]);
  }
  return found;
}"""


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RelayStage]:
    with raised_together(tmp_path_factory.mktemp("police")) as found:
        yield found


@pytest.fixture
def she(browser: Browser, together: RelayStage) -> Iterator[Person]:
    context = browser.new_context(viewport=PHONE, reduced_motion="reduce")
    yield Person(together.first, context.new_page())
    context.close()


@pytest.fixture
def officer(browser: Browser, together: RelayStage) -> Iterator[Page]:
    context = browser.new_context(viewport=DESKTOP, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{together.agency.url}/portal/login")
    page.locator("input[name=officer]").fill("Ng 4711")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form button[type=submit]").click()
    page.wait_for_url(re.compile(r"/portal$"))
    yield page
    context.close()


def referrals(together: RelayStage, withdrawal: str) -> list[dict[str, str | None]]:
    """As the exchange's own API tells of them."""
    found: list[dict[str, str | None]] = together.first.breather.state(withdrawal)["referrals"]
    return found


def asks_for_help(she: Person) -> None:
    """One press on the alert."""
    she.press("help")
    expect(she.alert.locator("form[action^='/alert/help']")).to_have_count(0)


def decides(officer: Page, together: RelayStage, referral: str, disposition: str) -> None:
    """Open it from the inbox, claim it, choose, say why to colleagues, send."""
    number = together.agency.officer("Lei 0815").number_of(referral)
    officer.goto(f"{together.agency.url}/portal/referrals/{number}")
    officer.get_by_role("button", name="Claim").click()
    officer.locator(f"input[value='{disposition}']").check()
    officer.locator("textarea[name=note]").fill("The same address as last week, says the colleague.")
    officer.locator("form[action$='/dispose'] button[type=submit]").click()
    expect(officer.locator(".decided")).to_be_visible()


def closed(together: RelayStage, withdrawal: str) -> bool:
    return all(each["closed_at"] is not None for each in referrals(together, withdrawal))


def pieces(she: Person) -> dict[str, list[tuple[str, str]]]:
    """What stands on her page, by language: the texts, and what they are part of."""
    return {locale: [tuple(each) for each in she.frame.evaluate(PIECES, locale)] for locale in GIVEAWAYS}


def reasons(she: Person) -> dict[str, str]:
    """Why it is held, as the page says it in each language."""
    texts = {locale: [text for text, _ in found] for locale, found in pieces(she).items()}
    return {locale: found[found.index(texts_for(locale).say("held.reason")) + 1] for locale, found in texts.items()}


def is_told_no_finding(she: Person, before: Mapping[str, list[tuple[str, str]]]) -> None:
    """Against her page before: only the card and the hold say anything else, and nothing new gives it away."""
    for locale, now in pieces(she).items():
        stood = {text for text, _ in before[locale]}
        new = [(text, where) for text, where in now if text not in stood]
        beside = [text for text, where in new if not where]
        assert beside == [texts_for(locale).say("part.reminder")], f"{locale}: the alert is put away, and no more"
        assert [text for text, where in new if where == "told"], f"{locale}: she is told that it is closed"
        assert not [
            (text, word)
            for text, _ in new
            for word in (*GIVEAWAYS[locale], "colleague", *FINDINGS)
            if word in text.lower()
        ]


def test_from_her_cry_for_help_to_the_finding_and_back(she: Person, officer: Page, together: RelayStage) -> None:
    address = tron_address("the story of the police")
    she.sign_in("c-mei")
    withdrawal = she.withdraw(address=address)
    assert referrals(together, withdrawal) == []
    asks_for_help(she)
    row = officer.locator("tbody tr", has_text=address[:6])
    expect(row).to_be_visible(timeout=10_000)
    together.until(lambda: referrals(together, withdrawal)[0]["state"] == "receipted", "her referral is receipted")
    she.page.reload()
    she.pictures("help-told")
    picture(officer, DESKTOP, SHOTS / "story" / "inbox-desktop.png")

    before = pieces(she)
    (referral,) = referrals(together, withdrawal)
    assert (referral["tier"], referral["basis"]) == ("pseudonymous", "customer-asked")
    decides(officer, together, str(referral["id"]), "confirmed-scam")
    picture(officer, DESKTOP, SHOTS / "story" / "referral-desktop.png")
    together.until(lambda: closed(together, withdrawal), "what was found is back at the exchange")
    assert referrals(together, withdrawal)[0]["disposition"] == "confirmed-scam"

    she.page.reload()
    expect(she.alert.locator("body")).to_contain_text("處理完畢")
    she.sees("held")
    is_told_no_finding(she, before)
    she.pictures("help-closed")


def test_a_withdrawal_to_what_was_confirmed_is_on_the_officers_page_within_two_seconds(
    she: Person, officer: Page, together: RelayStage
) -> None:
    address = tron_address("confirmed before")
    she.sign_in("c-mei")
    first = she.withdraw(amount="3000", address=address)
    together.first.breather.event(first, {"id": "help-1", "event": "help"})
    together.until(lambda: referrals(together, first)[0]["state"] == "receipted", "the first referral is receipted")
    decides(officer, together, str(referrals(together, first)[0]["id"]), "confirmed-scam")
    together.until(lambda: closed(together, first), "the finding is back")

    officer.goto(f"{together.agency.url}/portal")
    before = officer.locator("tbody tr").count()
    she.sign_in("c-alex")
    she.page.goto(together.first.site)
    she.page.locator("#amount").fill("2000")
    she.page.locator("#address").fill(address)
    pressed = time.monotonic()
    second = she.continues()
    expect(officer.locator("tbody tr")).to_have_count(before + 1, timeout=10_000)
    assert time.monotonic() - pressed < ON_TIME_SECONDS
    assert referrals(together, second)[0]["basis"] == "listed-destination"
    she.sees("held")
    she.pictures("held-confirmed")
    alex = reasons(she)
    she.sign_in("c-mei", first)
    she.sees("held")
    assert reasons(she) == alex, "both pages say the same: that a person looks at it"


def test_what_the_other_exchange_sent_lies_beside_hers(she: Person, officer: Page, together: RelayStage) -> None:
    """The same address from both: seen side by side by the officer, and told to nobody else."""
    address = tron_address("seen by both")
    ids = {}
    for name in (FIRST, SECOND):
        breather = together.exchange(name).breather
        body = {
            "id": "wd-both", "customer": {"ref": f"c-{name}"}, "asset": "USDT", "network": "TRON",
            "amount": "4000", "amount_usd": "4000", "destination": {"address": address},
            "residence": {"kyc": "MO"},
        }  # fmt: skip
        assert breather.post("/v1/withdrawals", body).status_code == 201
        assert breather.event("wd-both", {"id": "help", "event": "help"}).status_code == 201
        ids[name] = breather.state("wd-both")["referrals"][0]["id"]
    expect(officer.locator("tbody tr", has_text=address[:6])).to_have_count(2, timeout=10_000)
    number = together.agency.officer("Lei 0815").number_of(ids[FIRST])
    officer.goto(f"{together.agency.url}/portal/referrals/{number}")
    expect(officer.locator("main")).to_contain_text(SECOND)
    decides(officer, together, ids[FIRST], "confirmed-scam")
    together.until(lambda: closed(together, "wd-both"), "the finding is back at the first")
    elsewhere = together.second.breather.state("wd-both")["referrals"][0]
    assert elsewhere["disposition"] is None, "what was found about one exchange's referral is nobody else's news"


def test_the_code_of_the_alert_is_confirmed_and_a_wrong_one_is_not(
    she: Person, browser: Browser, together: RelayStage
) -> None:
    she.sign_in("c-joana")
    she.withdraw(amount="1500", address=tron_address("with a code"))
    shown = she.alert.locator(".alert-code .characters").inner_text()
    assert CODE.fullmatch(shown)
    wrong = f"{shown[:-1]}{'0' if shown[-1] != '0' else '1'}"
    with browser.new_context(viewport=PHONE, reduced_motion="reduce") as context:
        page = context.new_page()
        shapes = {}
        for code in (shown, wrong):
            page.goto(f"{together.agency.url}/verify?locale=pt")
            page.locator("#code").fill(code)
            page.locator("main form button").click()
            expect(page.locator(".answer")).to_be_visible()
            shapes[code] = page.evaluate("() => [...document.querySelectorAll('main *')].map(each => each.tagName)")
            picture(page, PHONE, SHOTS / "story" / f"verify-{'right' if code == shown else 'wrong'}-phone.png")
            expect(page.locator(".answer.yes")).to_have_count(1 if code == shown else 0)
        assert shapes[shown] == shapes[wrong], "both answers are built alike"


def test_a_watched_session_is_offered_no_code_no_consent_and_no_status(she: Person, together: RelayStage) -> None:
    she.sign_in("c-wei")
    withdrawal = she.withdraw(amount="900", address=tron_address("somebody listens"))
    asks_for_help(she)
    she.press("listening")
    she.sees("watched")
    body = she.alert.locator("body")
    assert body.locator(".alert-code").count() == 0
    assert body.locator(".told").count() == 0
    assert body.locator("a[href*='screen=consent']").count() == 0
    she.frame.goto(f"{she.frame.url.split('?')[0]}?{she.frame.url.partition('?')[2]}&screen=consent")
    assert she.frame.locator("form[action^='/alert/consent']").count() == 0
    refused = together.first.breather.post(f"/v1/withdrawals/{withdrawal}/subject", {"id": "s"})
    assert refused.status_code in (409, 422)


def test_her_name_reaches_an_officer_sealed_and_only_because_she_said_so(
    she: Person, officer: Page, together: RelayStage
) -> None:
    she.sign_in("c-mei")
    withdrawal = she.withdraw(amount="700", address=tron_address("with her name"))
    asks_for_help(she)
    assert together.first.breather.state(withdrawal)["subject_wanted"] is None
    she.alert.locator("a[href*='screen=consent']").click()
    she.sees("consent")
    assert she.alert.locator("input[type=checkbox], input[type=radio]").count() == 0, "nothing is ticked beforehand"
    she.pictures("consent")
    press(she.alert.locator("body"), "consent")

    def sealed() -> list[dict[str, str | None]]:
        return [each for each in referrals(together, withdrawal) if each["tier"] == "identified"]

    together.until(lambda: bool(sealed()) and sealed()[0]["state"] == "receipted", "the sealed referral is receipted")
    number = together.agency.officer("Lei 0815").number_of(str(sealed()[0]["id"]))
    officer.goto(f"{together.agency.url}/portal/referrals/{number}")
    picture(officer, DESKTOP, SHOTS / "story" / "referral-sealed-desktop.png")
    text = officer.locator("main").inner_text()
    assert not any(word in text for word in ("Mei", "+853")), "the agency's own server cannot read it"
    file = officer.request.get(f"{together.agency.url}/portal/referrals/{number}/subject.age").body()
    subject = together.opened(str(sealed()[0]["id"]), file)
    assert "Mei" in (subject.name or "")
    assert together.plaintext_found([str(subject.name), str(subject.telephone), str(subject.mail)]) == []
    together.advance(MINUTE)
