"""The whole story, as it should go: alert, questions, pause, a new session, a decision, a clearance, one payout.

Breather and the demo exchange are real processes on different sites; the pause is the sample campaign's hour.
"""

import base64
import dataclasses
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from breather.client import ClearanceRefused, Cleared, verify_clearance
from tests.acceptance.stage import MINUTE, SPENT, Stage, raised
from tests.acceptance.story import DESKTOP, PHONE, Person, answer, press, settle, watched_for_refusals

WARNING = "如果有人事先告訴您會出現這個畫面"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with raised(tmp_path_factory.mktemp("pays")) as found:
        yield found


@pytest.fixture
def person(browser: Browser, stage: Stage) -> Iterator[Person]:
    """Twice as sharp: her screens are the pictures of the README."""
    context = browser.new_context(viewport=PHONE, device_scale_factor=2, reduced_motion="reduce")
    refused = watched_for_refusals(context)
    yield Person(stage, context.new_page())
    context.close()
    assert refused == []


def test_from_the_alert_to_one_payout(person: Person, stage: Stage) -> None:
    person.sign_in("c-mei")
    person.pictures("account")
    before = stage.held("c-mei")
    withdrawal = person.withdraw()
    _sees_the_alert(person)
    _goes_through_the_questions(person, withdrawal)
    _cannot_confirm_yet(person, withdrawal)
    _cannot_confirm_in_the_old_session(person, withdrawal)
    person.sign_in("c-mei", withdrawal)
    person.is_told("elapsed")
    person.sees("elapsed")
    person.pictures("confirm")
    assert stage.tokens() == [], "nothing is cleared before she has decided"
    _spends_and_pays_in_one_transaction(person, withdrawal, before)
    _is_paid_once(person, withdrawal, before - 5000)
    _clearance_is_bound(stage, withdrawal)


def _sees_the_alert(person: Person) -> None:
    person.sees("alert")
    alert = person.alert
    expect(alert.locator("html")).to_have_attribute("lang", "zh-Hant")
    expect(alert.locator(".warning")).to_contain_text(WARNING)
    assert alert.locator(".number").all_inner_texts() == ["8800 7777", "993"]
    expect(alert.locator(".sample")).to_be_visible()
    assert alert.locator("a[href^='tel:'], a[href^='sms:'], a[href^='mailto:']").count() == 0
    for number in alert.locator(".number").all():
        assert number.evaluate("each => each.closest('a, button')") is None, "nothing is there to dial with"
    for device in (PHONE, DESKTOP):
        person.page.set_viewport_size(device)
        settle(person.page)
        _stop_is_first_and_biggest(person)
    person.page.set_viewport_size(PHONE)
    person.page.reload()
    person.sees("alert")
    person.screen("alert-phone-zh-Hant")
    _stop_is_in_view(person)


def _stop_is_first_and_biggest(person: Person) -> None:
    stop, *others = person.buttons()
    assert stop.text.startswith("停止")
    assert stop.area > max(other.area for other in others)
    assert stop.top < min(other.top for other in others)
    assert all(stop.area > 3 * own.area for own in person.own_buttons()), "one Stop, and nothing else of that weight"


def _stop_is_in_view(person: Person) -> None:
    stop = person.alert.locator("button.safe").bounding_box()
    assert stop is not None
    assert stop["y"] + stop["height"] <= PHONE["height"], "she would have to look for it"


def _goes_through_the_questions(person: Person, withdrawal: str) -> None:
    person.goes_on_to_the_questions()
    person.pictures("questions")
    person.screen("questions-phone-zh-Hant")
    _stop_is_in_view(person)
    person.answers()
    person.sees("running")
    expect(person.alert.locator("#count")).to_have_text("60")
    assert abs(person.page.locator("breather-alert").evaluate("each => each.getBoundingClientRect().top")) < 2
    person.page.reload()
    person.is_told("running")
    person.sees("running")
    stop, *others = person.buttons()
    assert stop.area > max(other.area for other in others)
    person.stage.breather.advance(18 * MINUTE)
    person.looks_again()
    expect(person.alert.locator("#count")).to_have_text("42")
    person.pictures("running")
    person.screen("running-phone-zh-Hant")
    _stop_is_in_view(person)
    assert person.stage.breather.state(withdrawal)["state"] == "running"


def _cannot_confirm_yet(person: Person, withdrawal: str) -> None:
    """Nothing to press, and Breather refuses a forged form, naming the instant from which it would count."""
    assert person.page.locator("form[action$='/confirm'], form[action$='/payout']").count() == 0
    person.page.goto(f"{person.stage.site}/withdrawals/{withdrawal}")
    person.posts("/authenticate", next=withdrawal)
    assert person.posts(f"/withdrawals/{withdrawal}/confirm").endswith("note=not-elapsed")
    assert person.posts(f"/withdrawals/{withdrawal}/payout").endswith("note=not-cleared")
    refused = person.stage.breather.confirm(withdrawal, "too-early")
    assert refused.status_code == 409
    assert refused.json()["type"].endswith(":not-elapsed")
    assert refused.json()["elapses_at"] == person.stage.breather.state(withdrawal)["elapses_at"]


def _cannot_confirm_in_the_old_session(person: Person, withdrawal: str) -> None:
    """The pause is over, and who was watching an hour ago may still be: the session has to be a new one."""
    person.page.goto(f"{person.stage.site}/withdrawals/{withdrawal}")
    person.sees("running")
    person.stage.breather.advance(42 * MINUTE)
    person.looks_again()
    person.is_told("elapsed")
    person.sees("elapsed")
    person.pictures("elapsed")
    assert person.page.locator("form[action$='/confirm']").count() == 0
    posted = person.alert.locator("form").evaluate_all("all => all.map(each => each.getAttribute('action'))")
    assert [re.sub(r"page=[0-9a-f]{8}&", "", action) for action in posted] == [
        "/alert/stop?locale=zh-Hant",
        "/alert/listening?locale=zh-Hant",
        "/alert/help?locale=zh-Hant",
    ], "the link can never confirm"
    person.posts("/authenticate", next=withdrawal)
    led_to = person.posts(f"/withdrawals/{withdrawal}/confirm")
    assert "/sign-in" in led_to
    assert led_to.endswith("note=session-too-old")
    assert person.stage.status(withdrawal) == ("open", None)


def _spends_and_pays_in_one_transaction(person: Person, withdrawal: str, before: int) -> None:
    """The books fail in the midst of the payout: then nothing of it happened, the spending included."""
    stage = person.stage
    stage.books(
        "CREATE TRIGGER power_cut BEFORE UPDATE OF status ON withdrawal WHEN NEW.status = 'paid' "
        "BEGIN SELECT RAISE(ABORT, 'the power is cut'); END"
    )
    person.page.locator("form[action$='/confirm'] button").click()
    expect(person.page.locator("body")).to_contain_text("Internal Server Error")
    assert len(stage.tokens()) == 1
    assert stage.books(SPENT) == []
    assert (stage.status(withdrawal), stage.held("c-mei")) == (("open", None), before)
    stage.books("DROP TRIGGER power_cut")
    person.page.goto(f"{stage.site}/withdrawals/{withdrawal}")
    person.is_told("released")
    person.page.locator("form[action$='/payout'] button").click()
    person.is_told("paid")
    person.pictures("paid")


def _is_paid_once(person: Person, withdrawal: str, left: int) -> None:
    stage = person.stage
    status, transaction = stage.status(withdrawal)
    assert status == "paid"
    assert transaction is not None
    assert stage.books(SPENT) == [(withdrawal,)]
    assert stage.held("c-mei") == left
    told = stage.breather.state(withdrawal)
    assert (told["outcome"], told["transaction_id"], told["clearable"]) == ("proceeded", transaction, False)
    assert told["resolution"]["event"] == "confirm"
    assert person.posts(f"/withdrawals/{withdrawal}/payout").endswith("note=not-open")
    # Even with books that have forgotten: Breather clears nothing that was broadcast, and the jti stays spent.
    stage.books("UPDATE withdrawal SET status = 'open' WHERE id = ?", withdrawal)
    assert person.posts(f"/withdrawals/{withdrawal}/payout").endswith("note=not-cleared")
    stage.books("UPDATE withdrawal SET status = 'paid' WHERE id = ?", withdrawal)
    assert stage.held("c-mei") == left


def _clearance_is_bound(stage: Stage, withdrawal: str) -> None:
    """Offline: no call to anybody. Every claim is what she asked for, and no other payout fits the token."""
    address = stage.books("SELECT payee FROM withdrawal WHERE id = ?", withdrawal)[0][0]
    asked = Cleared(
        vasp="demo-exchange",
        mode="test",
        withdrawal=withdrawal,
        customer="c-mei",
        asset="USDT",
        network="TRON",
        amount_units=5_000_000_000,
        address=address,
    )
    token, keys, now = stage.tokens()[-1], stage.breather.clearance_keys, stage.breather.now / 1000
    assert verify_clearance(token, keys, asked, now).jti == withdrawal
    for field in dataclasses.fields(Cleared):
        changed: dict[str, Any] = {field.name: 1 if field.name == "amount_units" else "other"}
        other = dataclasses.replace(asked, **changed)
        with pytest.raises(ClearanceRefused):
            verify_clearance(token, keys, other, now)
    with pytest.raises(ClearanceRefused, match="exp"):
        verify_clearance(token, keys, asked, now + 120)
    header, claims, signature = token.split(".")
    said = json.loads(base64.urlsafe_b64decode(claims + "=="))
    for name, value in said.items():
        altered = {**said, name: value + 1 if isinstance(value, int) else f"{value or ''}x"}
        forged = base64.urlsafe_b64encode(json.dumps(altered).encode()).rstrip(b"=").decode()
        with pytest.raises(ClearanceRefused, match="signature"):
            verify_clearance(f"{header}.{forged}.{signature}", keys, asked, now)


def test_the_whole_way_without_javascript(browser: Browser, stage: Stage) -> None:
    with browser.new_context(viewport=PHONE, java_script_enabled=False) as context:
        person = Person(stage, context.new_page())
        person.sign_in("c-alex")
        withdrawal = person.withdraw()
        before = stage.held("c-alex")
        assert person.page.locator("breather-alert iframe").count() == 0
        with context.expect_page() as opened:
            person.page.locator("breather-alert a").click()
        alert = opened.value
        _stands_at(alert, "alert")
        alert.locator("a[href*='screen=questions']").click()
        _stands_at(alert, "questions")
        answer(alert.locator("body"))
        _stands_at(alert, "running")
        expect(alert.locator("#count")).to_have_text("60")
        stage.breather.advance(20 * MINUTE)
        alert.locator("a.again").click()
        expect(alert.locator("#count")).to_have_text("40")
        press(alert.locator("body"), "help")
        expect(alert.locator("[role=status]")).to_be_visible()
        stage.breather.advance(40 * MINUTE)
        alert.locator("a.leave").click()
        alert.wait_for_url(f"{stage.site}/")
        person.page.goto(f"{stage.site}/withdrawals/{withdrawal}")
        person.page.locator("form[action$='/sign-in-again'] button").click()
        person.choose("c-alex")
        person.page.locator("form[action$='/confirm'] button").click()
        person.is_told("paid")
        assert stage.held("c-alex") == before - 5000


def _stands_at(alert: Page, screen: str) -> None:
    expect(alert.locator("html")).to_have_attribute("data-screen", screen)
