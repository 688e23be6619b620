"""What every screen of the alert page promises: the safe act first, no way to confirm, nothing foreign."""

import re
from dataclasses import fields
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breather.web.exchange.alert_page import (
    STOPPABLE,
    AlertView,
    Clock,
    ContactLine,
    Links,
    Screen,
    clauses,
    clock_of,
    render_alert,
    state_of,
)
from breather.web.texts import texts_for
from tests.alert_views import LOCALES, WORDS, a_view, at
from tests.markup import Element, parse

EVERY = list(product(Screen, LOCALES))
WITH_WITHDRAWAL = [screen for screen in Screen if screen is not Screen.EXPIRED]
ENGLISH = texts_for("en").words


def page(screen: Screen, locale: str = "en", **changes: Any) -> Element:
    return parse(render_alert(a_view(screen, locale, **changes)))


def acts(tree: Element) -> list[str]:
    """Where the page's forms go, in their order, without the query."""
    return [form.attributes["action"].partition("?")[0] for form in tree.all("form")]


# Every screen, every language


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("平台暫時扣起這次提幣。錢還未轉出。", ["平台暫時扣起這次提幣。", "錢還未轉出。"]),
        ("他說「快！」，您等。", ["他說「快！」，", "您等。"]),
        ("沒有標點", []),
        ("只有一句。", []),
        ("Hang up now. Nothing was sent.", []),
    ],
)
def test_chinese_is_kept_together_by_clauses_and_nothing_is_lost(text: str, parts: list[str]) -> None:
    tree = parse(f"<p>{clauses(text)}</p>")
    assert [each.text for each in tree.all("span", class_="clause")] == parts
    assert tree.text.replace(" ", "") == text.replace(" ", "")


def test_a_clause_is_escaped_like_everything() -> None:
    assert "<b>" not in clauses("一<b>，二。") + clauses("<b>")


@pytest.mark.parametrize(("screen", "locale"), EVERY)
def test_says_its_language_direction_and_state(screen: Screen, locale: str) -> None:
    html = page(screen, locale).one("html")
    assert (html.attributes["lang"], html.attributes["dir"]) == (locale, "ltr")
    assert html.attributes["data-screen"] == screen
    assert html.attributes["data-now"] == "2026-11-22T07:38:00.000Z"


@pytest.mark.parametrize(("screen", "locale"), EVERY)
def test_has_one_heading_a_title_and_a_way_out(screen: Screen, locale: str) -> None:
    tree = page(screen, locale)
    heading = tree.one("h1").text.replace(" ", "")
    assert heading
    assert tree.one("title").text.replace(" ", "").startswith(heading)
    leave = tree.one("a", class_="leave")
    assert leave.attributes == {"class": "leave", "href": "/alert/leave", "target": "_top"}


@pytest.mark.parametrize(("screen", "locale"), EVERY)
def test_nothing_is_inline_and_nothing_is_foreign(screen: Screen, locale: str) -> None:
    tree = page(screen, locale)
    for element in tree.all():
        assert "style" not in element.attributes
        assert not [name for name in element.attributes if name.startswith("on")]
        for name in ("href", "src", "action"):
            assert element.attributes.get(name, "/").startswith("/")
            assert not element.attributes.get(name, "/").startswith("//")
    assert not tree.all("style")
    assert [script.text for script in tree.all("script")] == [""]
    assert not tree.all("img")
    assert not tree.all("iframe")


@pytest.mark.parametrize(("screen", "locale"), EVERY)
def test_nothing_confirms(screen: Screen, locale: str) -> None:
    """Confirming comes from the exchange's back end alone (guarantees G1)."""
    allowed = {"/alert/stop", "/alert/help", "/alert/listening", "/alert/answers", "/alert/acknowledge"}
    if screen is Screen.CONSENT:
        allowed = {"/alert/stop", "/alert/consent"}
    assert set(acts(page(screen, locale))) <= allowed
    assert "/alert/confirm" not in render_alert(a_view(screen, locale))


@pytest.mark.parametrize("screen", WITH_WITHDRAWAL)
def test_the_sample_mark_is_on_every_screen_and_goes_with_the_sample(screen: Screen) -> None:
    assert page(screen).one("p", class_="sample").text == WORDS["en"].sample_mark
    assert not page(screen, sample_mark="").all("p", class_="sample")


@pytest.mark.parametrize("screen", Screen)
def test_stopping_is_the_first_and_only_filled_button_where_it_is_possible(screen: Screen) -> None:
    tree = page(screen)
    filled = [button.text for button in tree.all("button", class_="safe")]
    if screen in STOPPABLE:
        assert acts(tree)[0] == "/alert/stop"
        assert tree.all("button")[0].text == ENGLISH["action.stop"]
        assert filled == [ENGLISH["action.stop"]]
    else:
        assert screen is Screen.RELEASED or "/alert/stop" not in acts(tree)
        assert not filled


@pytest.mark.parametrize("screen", Screen)
def test_every_form_carries_the_secret_and_the_language(screen: Screen) -> None:
    for form in page(screen, "pt", larger=True).all("form"):
        assert form.attributes["method"] == "post"
        assert form.attributes["action"].endswith("?locale=pt&size=larger")
        assert form.one("input", name="csrf").attributes["value"] == "c5rf-0123456789"


@pytest.mark.parametrize("screen", Screen)
def test_the_switches_keep_the_screen_the_language_and_the_size(screen: Screen) -> None:
    tree = page(screen, "pt", larger=True)
    chosen = f"screen={screen}&" if screen in {Screen.QUESTIONS, Screen.HELP, Screen.CONSENT} else ""
    switch = tree.one("ul", class_="languages")
    assert [link.attributes["href"] for link in switch.all("a")] == [
        f"/alert?{chosen}locale={tag}&size=larger" for tag in LOCALES
    ]
    assert switch.all("a")[2].attributes["aria-current"] == "true"
    assert tree.one("a", class_="size").attributes["href"] == f"/alert?{chosen}locale=pt"
    assert tree.one("html").attributes["class"] == "larger"


@given(hostile=st.text(alphabet="<>&\"'/=script onload{}%#\u202e", min_size=1, max_size=40))
@settings(max_examples=100)
def test_words_from_outside_are_never_markup(hostile: str) -> None:
    words = {each.name: hostile for each in fields(AlertView) if each.type == "str" and each.name in _FREE}
    view = a_view(
        Screen.HELD,
        **words,
        why=(hostile,),
        tips=(hostile,),
        contacts=(ContactLine(hostile, hostile, hostile),),
        held_reason=hostile,
    )
    tree = parse(render_alert(view))
    assert {element.tag for element in tree.all()} == {element.tag for element in page(Screen.HELD).all()}
    assert [len(tree.all(tag)) for tag in ("script", "form", "a")] == [1, 3, 6]


_FREE = frozenset(
    {
        "agency",
        "heading",
        "sample_mark",
        "first_screen",
        "officers_never",
        "title",
        "amount",
        "network",
        "address",
    }
)


# The numbers to dial


@pytest.mark.parametrize("screen", [screen for screen in WITH_WITHDRAWAL if screen is not Screen.WATCHED])
def test_both_numbers_are_plain_text_to_dial_by_hand(screen: Screen) -> None:
    tree = page(screen)
    assert [number.text for number in tree.all("span", class_="number")] == ["8800 7777", "993"]
    assert WORDS["en"].officers_never in tree.one("section", class_="contacts").text
    assert not [link for link in tree.all("a") if re.search(r"\d{3}", link.text)]
    assert "tel:" not in render_alert(a_view(screen))
    assert tree.one("meta", name="format-detection").attributes["content"].startswith("telephone=no")


def test_contacts_come_first_once_the_money_is_gone() -> None:
    sections = [section.attributes["class"] for section in page(Screen.PROCEEDED).one("main").all("section")]
    assert sections[:2] == ["contacts", "steps"]


# What the view says of itself


def test_only_screens_that_can_still_change_ask_for_news() -> None:
    live = {screen for screen in Screen if "data-live" in page(screen).one("html").attributes}
    assert live == STOPPABLE
    assert "data-live" in page(Screen.STOPPED, clearance_outstanding_until=at(2)).one("html").attributes


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"elapses_at": None}, "offered"),
        ({"elapses_at": at(1)}, "running"),
        ({"elapses_at": at(0)}, "elapsed"),
        ({"elapses_at": at(1), "held_until": at(1)}, "held"),
        ({"elapses_at": at(1), "held_until": at(0)}, "running"),
    ],
)
@pytest.mark.parametrize("screen", [Screen.HELP, Screen.WATCHED])
def test_help_and_watching_are_no_states(screen: Screen, changes: dict[str, Any], state: str) -> None:
    assert state_of(a_view(screen, **changes)) == state


def test_every_screen_has_a_state_that_the_component_knows() -> None:
    known = {"offered", "running", "elapsed", "released", "stopped", "lapsed", "held", "expired"}
    assert {state_of(a_view(screen)) for screen in Screen} == known


@given(left_ms=st.integers(1, 86_400_000), whole=st.integers(0, 86_400))
@settings(max_examples=200)
def test_the_clock_never_promises_an_early_end(left_ms: int, whole: int) -> None:
    view = a_view(Screen.RUNNING, elapses_at=at(0) + left_ms, pause_seconds=whole)
    clock = clock_of(view, texts_for("en"))
    assert clock is not None
    unit_ms = 60_000 if clock.unit.startswith("minute") else 1_000
    assert int(clock.number.replace(",", "")) * unit_ms >= left_ms
    assert 0 <= clock.share <= 100


@pytest.mark.parametrize(
    ("left", "clock"),
    [
        (42.0, Clock("42", "minutes", 70)),
        (41.01, Clock("42", "minutes", 68)),
        (1.0, Clock("60", "seconds", 2)),
        (0.001, Clock("1", "second", 0)),
        (0.0, None),
        (-5.0, None),
    ],
)
def test_the_clock_in_words(left: float, clock: Clock | None) -> None:
    assert clock_of(a_view(Screen.RUNNING, elapses_at=at(left)), texts_for("en")) == clock


def test_links_leave_out_what_is_ordinary() -> None:
    links = Links(a_view(Screen.ALERT))
    assert links.page() == "/alert?locale=en"
    assert links.page(locale="pt", larger=True) == "/alert?locale=pt&size=larger"
    assert links.post("stop") == "/alert/stop?locale=en"
    assert Links(a_view(Screen.ALERT, larger=True)).page(larger=False) == "/alert?locale=en"


def test_a_language_value_cannot_leave_its_place_in_an_address() -> None:
    assert Links(a_view(Screen.ALERT)).page(locale='x"&screen=y') == "/alert?locale=x%22%26screen%3Dy"
