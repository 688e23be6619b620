"""The alert page screen by screen: what each says, offers, and must not offer."""

import re
from typing import Any

import pytest

from breather.web.exchange.alert_page import STOPPABLE, Screen, is_stopping, render_alert
from breather.web.texts import texts_for
from tests.alert_views import WORDS, a_view, at
from tests.markup import Element, parse

ENGLISH = texts_for("en").words


def page(screen: Screen, locale: str = "en", **changes: Any) -> Element:
    return parse(render_alert(a_view(screen, locale, **changes)))


def acts(tree: Element) -> list[str]:
    """Where the page's forms go, in their order, without the query."""
    return [form.attributes["action"].partition("?")[0] for form in tree.all("form")]


@pytest.mark.parametrize("screen", [Screen.NOTICE, Screen.ALERT])
def test_the_first_screen_begins_with_the_agencys_warning(screen: Screen) -> None:
    main = page(screen).one("main")
    first = next(element for element in main.all() if element.tag in {"p", "h1"})
    assert first.attributes["class"] == "warning"
    assert first.text == WORDS["en"].first_screen
    assert main.one("h1").text == WORDS["en"].title
    assert WORDS["en"].why in main.text


def test_a_body_of_several_lines_becomes_paragraphs() -> None:
    lead = page(Screen.ALERT, body="One.\n\nTwo.").one("div", class_="lead")
    assert [paragraph.text for paragraph in lead.all("p")] == ["One.", "Two."]


def test_a_notice_can_be_acknowledged_and_nothing_else_can() -> None:
    assert acts(page(Screen.NOTICE)) == [
        "/alert/stop",
        "/alert/listening",
        "/alert/help",
        "/alert/acknowledge",
    ]
    for screen in Screen:
        assert screen is Screen.NOTICE or "/alert/acknowledge" not in acts(page(screen))


def test_an_alert_leads_to_the_questions_last_and_says_what_comes() -> None:
    tree = page(Screen.ALERT)
    assert tree.all("a")[-1].attributes["href"] == "/alert?screen=questions&locale=en"
    assert "a pause of 60 minutes" in tree.text
    assert "then a pause" not in page(Screen.ALERT, pause_seconds=None).text


def test_questions_are_large_choices_in_one_form() -> None:
    form = page(Screen.QUESTIONS).one("div", class_="questions").one("form")
    assert [legend.text for legend in form.all("legend")][:2] == list(WORDS["en"].questions)
    radios = [(radio.attributes["name"], radio.attributes["value"]) for radio in form.all("input", type="radio")]
    assert radios[:4] == [("q.coached", "yes"), ("q.coached", "no"), ("q.secret", "yes"), ("q.secret", "no")]
    assert radios[4:] == [("q.sounds-like", value) for value in ("investment", "fake-police", "fee-to-unlock", "none")]


def test_no_answer_is_chosen_beforehand() -> None:
    assert not [radio for radio in page(Screen.QUESTIONS).all("input") if "checked" in radio.attributes]


def test_missing_answers_are_named_and_given_ones_kept() -> None:
    tree = page(Screen.QUESTIONS, answers_missing=True, answered=(("coached", "no"),))
    assert tree.one("p", role="alert").text == ENGLISH["questions.missing"]
    kept = [radio.attributes for radio in tree.all("input") if "checked" in radio.attributes]
    assert [(radio["name"], radio["value"]) for radio in kept] == [("q.coached", "no")]
    assert [field.attributes.get("class", "") for field in tree.all("fieldset")] == [
        "",
        "unanswered",
        "unanswered",
    ]
    assert not page(Screen.QUESTIONS).all("p", role="alert")


def test_a_running_pause_shows_end_rules_and_remainder() -> None:
    tree = page(Screen.RUNNING)
    assert (tree.one("span", id="count").text, tree.one("span", id="unit").text) == ("42", "minutes")
    assert tree.one("p", class_="ends").text == "The pause ends on Sunday 22 November, 16:20"
    rules = tree.one("section", class_="rules").text
    for promise in (
        "60 minutes",
        "Monday 23 November, 16:20",
        "within 30 minutes",
        "Object to it",
        "Macau time",
    ):
        assert promise in rules
    assert WORDS["en"].why in tree.text
    assert tree.one("a", class_="again").attributes["href"] == "/alert?locale=en"
    assert tree.one("html").attributes["data-elapses"] == "2026-11-22T08:20:00.000Z"


def test_times_are_those_of_the_views_zone() -> None:
    assert "08:20" in page(Screen.RUNNING, time_zone="Europe/London").one("p", class_="ends").text
    assert "下午4:20" in page(Screen.RUNNING, "zh-Hant").one("p", class_="ends").text


def test_a_demonstrations_pause_says_so() -> None:
    changes: dict[str, Any] = {"pause_seconds": 20, "demo_stands_for_seconds": 3_600, "elapses_at": at(0.25)}
    for screen in (Screen.ALERT, Screen.QUESTIONS, Screen.RUNNING):
        marks = page(screen, **changes).all("p", class_="demo")
        assert [mark.text for mark in marks] == ["Demonstration: 20 seconds stand for 60 minutes."]
        assert not page(screen).all("p", class_="demo")


def test_an_elapsed_pause_sends_her_to_her_exchange_and_offers_no_clock() -> None:
    tree = page(Screen.ELAPSED)
    assert ENGLISH["elapsed.body"] in tree.text
    assert acts(tree) == ["/alert/stop", "/alert/listening", "/alert/help"]
    assert not tree.all("div", class_="clock")


def test_stopped_promises_the_money_only_when_that_is_certain() -> None:
    assert page(Screen.STOPPED).one("h1").text == ENGLISH["stopped.title"]
    waiting = page(Screen.STOPPED, clearance_outstanding_until=at(2))
    assert waiting.one("h1").text == ENGLISH["stopping.title"]
    assert ENGLISH["stopped.title"] not in waiting.text
    assert "after 15:40" in waiting.text
    assert waiting.one("html").attributes["data-again"] == "2026-11-22T07:40:00.000Z"


def test_a_clearance_that_has_run_out_no_longer_counts() -> None:
    assert is_stopping(a_view(Screen.STOPPED, clearance_outstanding_until=at(0.001)))
    assert not is_stopping(a_view(Screen.STOPPED, clearance_outstanding_until=at(0)))
    assert not is_stopping(a_view(Screen.RUNNING, clearance_outstanding_until=at(2)))


def test_help_asked_is_said_above_every_open_screen_and_not_asked_for_twice() -> None:
    for screen in STOPPABLE - {Screen.WATCHED, Screen.HELP, Screen.CONSENT}:
        tree = page(screen, help_asked_at=at(-2))
        assert tree.one("div", role="status").text.startswith("You asked for help at 15:36.")
        assert "/alert/help" not in acts(tree)
        assert "/alert/help" in acts(page(screen))


def test_the_help_screen_asks_first_and_reports_afterwards() -> None:
    before = page(Screen.HELP, help_asked_at=None)
    assert (before.one("h1").text, acts(before)[:2]) == (
        ENGLISH["help.ask_title"],
        ["/alert/stop", "/alert/help"],
    )
    after = page(Screen.HELP)
    assert after.one("h1").text == ENGLISH["help.title"]
    assert "within 30 minutes" in after.text
    assert "/alert/help" not in acts(after)


def test_a_hold_shows_reason_limit_urgent_route_and_appeal() -> None:
    rules = page(Screen.HELD).one("section", class_="rules")
    assert rules.one("dd", dir="auto").text == WORDS["en"].held
    for promise in ("Wednesday 25 November, 15:38", "within 30 minutes", "Object to it"):
        assert promise in rules.text
    assert ENGLISH["held.no_reason"] in page(Screen.HELD, held_reason=None).text
    assert "If it cannot wait" not in page(Screen.HELD, urgent_route_minutes=None).text


def test_a_watched_session_sees_nothing_but_three_things() -> None:
    """Nothing to read out, to answer or to agree to, and no word of the police's help (guarantees G1)."""
    tree = page(Screen.WATCHED, help_asked_at=at(-2), answers_missing=True)
    said = tree.one("main").text
    words = [ENGLISH[key] for key in ("watched.title", "watched.hang_up", "action.stop", "action.stop_note")]
    assert said == " ".join(words)
    assert acts(tree) == ["/alert/stop"]
    assert not re.search(r"\d", said)


def test_a_lapsed_or_released_withdrawal_sends_her_to_the_exchange() -> None:
    for screen in (Screen.LAPSED, Screen.RELEASED):
        link = page(screen).one("p", class_="go").one("a")
        assert (link.attributes["href"], link.attributes["target"]) == ("/alert/leave", "_top")
    assert not acts(page(Screen.LAPSED))


def test_what_was_released_may_still_be_stopped_or_found_to_be_watched() -> None:
    assert acts(page(Screen.RELEASED)) == ["/alert/stop", "/alert/listening"]


def test_an_expired_link_says_nothing_of_any_withdrawal() -> None:
    tree = page(Screen.EXPIRED)
    assert not tree.all("form")
    assert not tree.all("section")
    assert not tree.all("p", class_="agency")
    assert tree.one("a", class_="safe").attributes["href"] == "/alert/leave"


def test_joined_withdrawals_are_counted() -> None:
    assert "covers 3 withdrawals" in page(Screen.RUNNING, joined=3).text
    assert "covers" not in page(Screen.RUNNING, joined=1).text
