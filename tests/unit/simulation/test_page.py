"""Her browser on the real page, rendered in this process: what is offered is pressed, what is asked is answered."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from breather.domain.catalogue import CATALOGUE
from breather.domain.cooling_off import State
from breather.domain.feature import Phase
from breather.domain.typology import Typology
from breather.protocol.pack import read_folder, read_pack
from breather.samples import sample_pack
from breather.simulation.page import QUESTIONS, AlertPage, BrokenPage, Browser, Reply
from breather.simulation.victim import answers
from tests.served_world import URL, ServedWorld, served_world
from tests.unit.exchange.world import asked_for


class InProcess(Browser):
    """The same browser, with the application itself instead of a connection."""

    def __init__(self, served: ServedWorld) -> None:
        super().__init__()
        self.served = served
        self.asked: list[str] = []

    def ask(self, origin: str, method: str, target: str, cookie: str, body: str | None = None) -> Reply:
        self.served.cookies = dict(re.findall(r"([^=; ]+)=([^;]*)", cookie))
        self.asked.append(f"{method} {target.partition('?')[0]}")
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
        reply = self.served.ask(method, target, content=body, headers=headers)
        cookies = tuple(each.partition(";")[0] for each in reply.headers.get_list("set-cookie"))
        return Reply(reply.status_code, reply.headers.get("location", ""), cookies, reply.text)

    def link(self, withdrawal: str) -> str:
        url: str = self.served.api("POST", f"/v1/withdrawals/{withdrawal}/links", {}).json()["url"]
        return url


@pytest.fixture
def served(tmp_path: Path) -> Iterator[ServedWorld]:
    """w1 meets a pause, and w2 of another customer a notice."""
    with served_world(tmp_path) as found:
        found.world.assess(asked_for("w1", 5_000))
        found.world.assess(asked_for("w2", 20, customer="ben"))
        yield found


@pytest.fixture
def browser(served: ServedWorld) -> InProcess:
    return InProcess(served)


def opened(browser: InProcess, withdrawal: str) -> AlertPage:
    return browser.open(browser.link(withdrawal))


def test_a_link_is_exchanged_once_for_a_page(browser: InProcess) -> None:
    link = browser.link("w1")
    page = browser.open(link)
    assert browser.asked == [f"GET {link.removeprefix(URL)}", "GET /alert"]
    assert page.offers("stop")
    assert page.offers("help")
    with pytest.raises(BrokenPage, match="answered 410"):
        browser.open(link)


def test_a_notice_is_acknowledged_and_then_no_longer_offered(browser: InProcess, served: ServedWorld) -> None:
    page = opened(browser, "w2")
    assert page.press("acknowledge")
    assert served.world.state("w2") is State.RELEASED
    assert not page.press("acknowledge")


def test_every_question_is_answered_as_she_means_it(browser: InProcess, served: ServedWorld) -> None:
    page = opened(browser, "w1")
    said = answers(Typology.INVESTMENT, lies=False, shared=False)
    assert page.answer(said)
    answered = served.world.view("w1").answered
    assert answered is not None
    assert len(answered.answers) > 2
    assert answered.answers == {name: said[name] for name in answered.answers}
    assert served.world.state("w1") is State.RUNNING
    assert not page.answer(said), "nothing is asked twice"


def test_a_question_that_nobody_told_her_about_gets_the_last_of_its_options(
    browser: InProcess, served: ServedWorld
) -> None:
    assert opened(browser, "w1").answer({})
    answered = served.world.view("w1").answered
    assert answered is not None
    assert set(answered.answers.values()) <= {False, "none"}


@pytest.mark.parametrize(("act", "state"), [("stop", State.STOPPED), ("help", State.OFFERED)])
def test_an_act_is_one_form_and_what_the_page_says_next(
    browser: InProcess, served: ServedWorld, act: str, state: State
) -> None:
    page = opened(browser, "w1")
    before = page.text
    assert page.press(act)
    assert browser.asked[-2:] == [f"POST /alert/{act}", "GET /alert"]
    assert page.text != before
    assert served.world.state("w1") is state


def test_in_a_watched_session_nothing_is_left_but_to_stop(browser: InProcess, served: ServedWorld) -> None:
    page = opened(browser, "w1")
    assert page.press("listening")
    assert not page.answer(answers(None, lies=False, shared=True))
    assert not page.press("help")
    assert page.press("stop")
    assert served.world.state("w1") is State.STOPPED


def test_a_form_without_its_own_value_is_of_no_use(browser: InProcess, served: ServedWorld) -> None:
    page = opened(browser, "w1")
    page.text = re.sub(r'name="csrf" value="[^"]+"', 'name="csrf" value="guessed"', page.text)
    with pytest.raises(BrokenPage, match="answered 410"):
        page.press("stop")
    assert served.world.state("w1") is State.OFFERED


def test_two_pages_in_one_browser_keep_apart(browser: InProcess, served: ServedWorld) -> None:
    first, second = opened(browser, "w1"), opened(browser, "w2")
    assert first.press("stop")
    assert second.press("acknowledge")
    assert (served.world.state("w1"), served.world.state("w2")) == (State.STOPPED, State.RELEASED)


def test_the_questions_are_those_of_the_sample_pack() -> None:
    pack = read_pack(read_folder(sample_pack("macau-pj")))
    assert {question.id: question.feature for question in pack.questions} == QUESTIONS
    assert all(CATALOGUE[feature].phase is Phase.ANSWER for feature in QUESTIONS.values())
