"""The other ends of the story: she stops, she lets it be, somebody is listening, she asks for help, the desk holds it.

Also a notice, which is over with one press.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.acceptance.stage import HOUR, MINUTE, Stage, raised
from tests.acceptance.story import PHONE, Person, watched_for_refusals

DAY = 24 * HOUR
# More than half of what he has: a pause, whatever he asked for before.
MOST_OF_ALEX = "10000"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with raised(tmp_path_factory.mktemp("ends")) as found:
        yield found


@pytest.fixture
def person(browser: Browser, stage: Stage) -> Iterator[Person]:
    context = browser.new_context(viewport=PHONE, reduced_motion="reduce")
    refused = watched_for_refusals(context)
    yield Person(stage, context.new_page())
    context.close()
    assert refused == []


def nothing_left(stage: Stage, withdrawal: str, customer: str, before: int) -> None:
    """No clearance, no payout, and none to be had."""
    refused = stage.breather.post(f"/v1/withdrawals/{withdrawal}/clearance", {})
    assert refused.status_code == 409
    assert stage.status(withdrawal)[1] is None
    assert stage.held(customer) == before
    assert stage.breather.state(withdrawal)["transaction_id"] is None


def code_of(answered: object) -> str:
    """The last part of a problem's type."""
    return str(answered).rpartition(":")[2]


def confirmed(stage: Stage, withdrawal: str) -> tuple[int, str]:
    """What Breather says to a confirmation in a session that is as new as can be."""
    answered = stage.breather.confirm(withdrawal, f"try-{stage.breather.now}")
    return answered.status_code, code_of(answered.json().get("type", ""))


def test_she_stops(person: Person, stage: Stage) -> None:
    person.sign_in("c-mei")
    before = stage.held("c-mei")
    withdrawal = person.withdraw()
    person.press("stop")
    person.sees("stopped")
    person.is_told("stopped")
    expect(person.alert.locator("h1")).to_have_text("您的錢仍在帳戶內")
    assert person.alert.locator("form").count() == 0, "there is nothing left to press"
    person.pictures("stopped")
    for later in (0, HOUR, DAY):
        stage.breather.advance(later)
        assert confirmed(stage, withdrawal) == (409, "resolved")
        nothing_left(stage, withdrawal, "c-mei", before)
    assert stage.status(withdrawal) == ("stopped", None)
    assert stage.breather.state(withdrawal)["outcome"] == "stopped"


def test_she_stops_at_the_exchange_where_its_script_is_missing(browser: Browser, stage: Stage) -> None:
    """The frame's own Stop is the only one on the page; without the frame, the exchange's own is there."""
    with browser.new_context(viewport=PHONE) as context:
        context.route("**/static/breather-alert.js", lambda route: route.abort())
        person = Person(stage, context.new_page())
        person.sign_in("c-mei")
        withdrawal = person.withdraw()
        stop = person.page.locator("form[action$='/stop'] button")
        expect(stop).to_be_visible()
        stop.click()
        person.is_told("stopped")
        assert stage.breather.state(withdrawal)["state"] == "stopped"


def test_she_lets_it_be(person: Person, stage: Stage) -> None:
    """The pause ends, nobody comes back: a day later it has lapsed, and nothing was ever paid."""
    person.sign_in("c-wei")
    before = stage.held("c-wei")
    withdrawal = person.withdraw()
    person.goes_on_to_the_questions()
    person.answers()
    person.sees("running")
    stage.breather.advance(25 * HOUR - MINUTE)
    assert stage.breather.state(withdrawal)["state"] == "elapsed"
    stage.breather.advance(MINUTE)
    assert confirmed(stage, withdrawal) == (409, "resolved")
    person.page.goto(f"{stage.site}/withdrawals/{withdrawal}")
    person.is_told("lapsed")
    person.sees("lapsed")
    expect(person.alert.locator("h1")).to_have_text("什么都没有转出")
    person.pictures("lapsed")
    nothing_left(stage, withdrawal, "c-wei", before)
    assert stage.status(withdrawal) == ("lapsed", None)
    assert stage.breather.state(withdrawal)["outcome"] == "lapsed"


def shows_only_hang_up_and_stop(person: Person) -> None:
    person.sees("watched")
    expect(person.alert.locator("h1")).to_have_text("甚麼都沒有轉出")
    expect(person.alert.locator(".hang-up")).to_be_visible()
    main = person.alert.locator("main")
    assert main.locator("form").evaluate_all("all => all.map(each => each.getAttribute('action').split('?')[0])") == [
        "/alert/stop"
    ]
    assert main.locator("a, input:not([type=hidden]), .number").count() == 0


@pytest.mark.parametrize("how", ["button", "answer"])
def test_she_says_that_somebody_is_listening(person: Person, stage: Stage, how: str) -> None:
    person.sign_in("c-mei")
    before = stage.held("c-mei")
    withdrawal = person.withdraw()
    person.goes_on_to_the_questions()
    person.answers(listening="yes" if how == "answer" else "no")
    if how == "button":
        person.sees("running")
        person.press("listening")
    shows_only_hang_up_and_stop(person)
    if how == "button":
        person.pictures("watched")
    stage.breather.advance(2 * HOUR)
    assert confirmed(stage, withdrawal) == (409, "watched")
    person.sign_in("c-mei", withdrawal)
    shows_only_hang_up_and_stop(person)
    expect(person.page.locator(".note")).to_be_visible()
    assert person.page.locator("form[action$='/confirm'], form[action$='/payout']").count() == 0
    assert person.posts(f"/withdrawals/{withdrawal}/confirm").endswith("note=watched")
    nothing_left(stage, withdrawal, "c-mei", before)


def test_the_exchange_notices_a_call_in_the_session(person: Person, stage: Stage) -> None:
    person.sign_in("c-mei")
    before = stage.held("c-mei")
    person.page.locator("input[name=on_call]").check()
    withdrawal = person.continues()
    shows_only_hang_up_and_stop(person)
    stage.breather.advance(2 * HOUR)
    assert confirmed(stage, withdrawal) == (409, "watched")
    person.page.goto(f"{stage.site}/withdrawals/{withdrawal}")
    person.sees("watched")
    assert person.page.locator("form[action$='/confirm'], form[action$='/payout']").count() == 0
    nothing_left(stage, withdrawal, "c-mei", before)


def test_she_asks_for_help(person: Person, stage: Stage) -> None:
    person.sign_in("c-alex")
    withdrawal = person.withdraw(MOST_OF_ALEX)
    person.press("help")
    person.sees("alert")
    expect(person.alert.locator("[role=status]")).to_contain_text("Your exchange has been told.")
    assert person.alert.locator("form[action^='/alert/help']").count() == 0
    assert stage.breather.state(withdrawal)["help_asked_at"] == stage.breather.instant()
    person.goes_on_to_the_questions()
    person.answers()
    person.sees("running")
    expect(person.alert.locator("[role=status]")).to_contain_text("within 30 minutes")
    person.pictures("help")


def test_the_desk_holds_it_and_lifts_the_hold(person: Person, stage: Stage) -> None:
    """Lifted, it is where the clock says, never released: she still has to decide."""
    person.sign_in("c-alex")
    before = stage.held("c-alex")
    withdrawal = person.withdraw(MOST_OF_ALEX)
    person.goes_on_to_the_questions()
    person.answers()
    person.sees("running")
    held = {"id": "held-1", "event": "held", "reason": "A colleague is looking at the address.", "max_hours": 48}
    assert stage.breather.event(withdrawal, held).status_code == 201
    person.looks_again()
    person.sees("held")
    person.is_told("held")
    expect(person.alert.locator("main")).to_contain_text("A colleague is looking at the address.")
    assert person.buttons()[0].text == "Stop this withdrawal"
    person.pictures("held")
    stage.breather.advance(2 * HOUR)
    assert confirmed(stage, withdrawal) == (409, "held")
    nothing_left(stage, withdrawal, "c-alex", before)
    lifted = {"id": "lifted-1", "event": "lifted", "reason": "Nothing was found."}
    assert stage.breather.event(withdrawal, lifted).status_code == 201
    person.looks_again()
    person.sees("elapsed")
    person.is_told("elapsed")
    nothing_left(stage, withdrawal, "c-alex", before)


def test_a_notice_comes_once_in_seven_days(person: Person, stage: Stage) -> None:
    person.sign_in("c-joana")
    before = stage.held("c-joana")
    first = person.withdraw(amount="20")
    person.sees("notice")
    expect(person.alert.locator(".heading")).to_have_text("Aviso da Polícia Judiciária")
    assert person.alert.locator(".number").all_inner_texts() == ["8800 7777", "993"]
    person.pictures("notice")
    nothing_left(stage, first, "c-joana", before)
    person.press("acknowledge")
    person.is_told("released")
    person.page.locator("form[action$='/payout'] button").click()
    person.is_told("paid")
    stage.breather.advance(DAY)
    person.withdraw(amount="20")
    person.is_told("paid")
    assert person.page.locator("breather-alert").count() == 0, "reminded yesterday"
    stage.breather.advance(6 * DAY)
    person.withdraw(amount="20")
    person.sees("notice")
    assert stage.held("c-joana") == before - 40
