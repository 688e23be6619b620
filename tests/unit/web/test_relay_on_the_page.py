"""The relay as the customer meets it over HTTP: told after help, asked on a screen of its own, never when watched."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from breather.domain.alert_code import read_code
from breather.domain.event import EventKind
from breather.domain.instant import HOUR, MINUTE
from breather.domain.referral import Tier
from breather.web.texts import texts_for
from tests.markup import parse
from tests.served_world import SLOT, ServedWorld, served_world
from tests.unit.exchange.test_subject import sealed
from tests.unit.exchange.world import ANSWERS, asked_for, event

SAY = texts_for("en").words
CONSENT = "?screen=consent&locale=en"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[ServedWorld]:
    """A withdrawal w1 that meets a pause, its page open, and relay terms of every tier."""
    with served_world(tmp_path) as found:
        found.world.relay()
        found.world.assess(asked_for("w1", 5000))
        found.open("w1")
        yield found


def told(html: str) -> str:
    cards = parse(html).all("section", class_="told")
    return cards[0].text if cards else ""


def code_in(html: str) -> str:
    found = parse(html).all("bdi", class_="characters")
    return found[0].text if found else ""


def screen(html: str) -> str:
    return parse(html).one("html").attributes["data-screen"]


def events(served: ServedWorld, kind: EventKind) -> list[Any]:
    rows = served.world.read(lambda reader: reader.all("events_of", withdrawal="w1"))
    return [msgspec.json.decode(row["body"]) for row in rows if row["kind"] == kind.value]


# Telling


def test_after_help_she_reads_who_is_being_told_and_then_that_it_arrived(served: ServedWorld) -> None:
    assert told(served.page()) == ""
    served.press("help")
    page = served.page("?screen=help")
    assert screen(page) == "help"
    assert SAY["told.telling"] in told(page)
    assert told(served.page()) == told(page)
    served.deliver()
    assert SAY["told.address"] in told(served.page("?screen=help"))
    assert SAY["told.received"] in told(served.page())


def version(served: ServedWorld, query: str = "") -> str | None:
    return parse(served.page(query)).one("html").attributes.get("data-version")


def test_the_pages_script_is_told_when_another_card_stands_on_the_page(served: ServedWorld) -> None:
    """What `/alert/state` says is what the page says, in every language; and each step is another."""
    served.press("help")
    seen = []
    for step in ("telling", "told", "agreed"):
        if step == "told":
            served.deliver()
        if step == "agreed":
            served.press("consent")
        asked = served.ask("GET", "/alert/state").json()["version"]
        assert asked == version(served) == version(served, "?locale=pt") == version(served, "?screen=help")
        seen.append(asked)
    assert len(set(seen)) == 3


def test_nothing_is_renewed_where_she_answers_or_decides(served: ServedWorld) -> None:
    served.press("help")
    for query in ("?screen=questions", CONSENT):
        assert screen(served.page(query)) == query[8:].partition("&")[0]
        assert version(served, query) is None


def test_after_a_file_that_nobody_could_open_she_is_asked_anew(served: ServedWorld) -> None:
    """It arrived; the exchange takes her consent back for her; she may agree again, and that is told as another."""
    served.press("help")
    served.press("consent")
    wanted = served.world.wanted("w1")
    assert wanted is not None
    served.world.accept("w1", sealed(wanted))
    served.deliver()
    served.deliver()
    assert SAY["told.kept"] in told(served.page())
    served.world.respond("w1", event(EventKind.REVOKE, "no"))
    page = served.page(CONSENT)
    assert screen(page) == "consent"
    assert SAY["consent.lead"] not in page, "her name was sent already"
    served.press("consent")
    card = told(served.page())
    assert SAY["told.kept"] in card
    assert SAY["told.naming"] in card
    again = served.world.wanted("w1")
    assert again is not None
    assert again.referral != wanted.referral


def test_with_the_relay_off_the_page_says_nothing_about_telling(served: ServedWorld) -> None:
    served.world.relay(Tier.OFF)
    served.press("help")
    for query in ("", "?screen=help", CONSENT):
        assert told(served.page(query)) == ""
        assert code_in(served.page(query)) == ""


# Consent


def test_consent_is_asked_after_help_only_and_recorded_with_the_text_that_she_read(served: ServedWorld) -> None:
    assert screen(served.page(CONSENT)) == "alert"
    served.press("consent")
    assert served.world.standing("w1").consented_at is None
    served.press("help")
    assert screen(served.page("?screen=consent&locale=zh-Hant")) == "consent"
    served.ask("POST", "/alert/consent?locale=zh-Hant", data={"csrf": csrf(served)})
    assert served.world.standing("w1").consented_at == served.world.now
    assert [body["consent_text"] for body in events(served, EventKind.CONSENT)] == ["consent.zh-Hant.1"]
    assert SAY["told.naming"] in told(served.page())
    assert screen(served.page(CONSENT)) == "alert"


def csrf(served: ServedWorld) -> str:
    return parse(served.page()).all("input", name="csrf")[0].attributes["value"]


def test_pressing_twice_agrees_once_and_it_can_be_taken_back_and_given_again(served: ServedWorld) -> None:
    served.press("help")
    for act in ("consent", "consent", "revoke-consent", "revoke-consent", "consent"):
        served.press(act)
    assert len(events(served, EventKind.CONSENT)) == 2
    assert len(events(served, EventKind.REVOKE)) == 1
    assert served.world.wanted("w1") is not None


def test_a_form_from_elsewhere_agrees_to_nothing(served: ServedWorld) -> None:
    served.press("help")
    assert served.press("consent", csrf="guessed").status_code == 410
    assert served.world.standing("w1").consented_at is None


def test_terms_below_identified_ask_for_no_name(served: ServedWorld) -> None:
    served.world.relay(Tier.PSEUDONYMOUS)
    served.press("help")
    assert "screen=consent" not in told_html(served)
    served.press("consent")
    assert served.world.standing("w1").consented_at is None
    assert SAY["told.telling"] in told(served.page())


def told_html(served: ServedWorld) -> str:
    return served.page("?screen=help").partition('class="told"')[2].partition("</section>")[0]


def test_after_stopping_she_may_still_give_her_name_and_is_asked_to_stop_nothing(served: ServedWorld) -> None:
    served.press("help")
    served.press("stop")
    page = served.page(CONSENT)
    assert screen(page) == "consent"
    assert "/alert/stop" not in page
    assert 'data-state="stopped"' in page


# Watched


def test_a_watched_session_reads_of_no_telling_no_code_and_no_question(served: ServedWorld) -> None:
    served.press("help")
    assert code_in(served.page())
    served.press("listening")
    for after in (None, "stop"):
        if after is not None:
            served.press(after)
        for query in ("", "?screen=help", CONSENT):
            page = served.page(query)
            assert (told(page), code_in(page)) == ("", "")
            assert screen(page) == ("stopped" if after else "watched")
            assert "consent" not in page
    served.press("consent", csrf=None)
    assert served.world.standing("w1").consented_at is None


# The code


def test_the_code_is_confirmed_by_the_agencys_key_and_never_changes(served: ServedWorld) -> None:
    first = code_in(served.page())
    found = read_code(first, {SLOT.number: SLOT.key}, served.world.now)
    assert found is not None
    assert (found.slot, found.minute) == (SLOT.number, served.world.now // MINUTE)
    served.world.respond("w1", event(EventKind.ANSWER, "a", answers=ANSWERS))
    served.world.wait(10 * MINUTE)
    assert code_in(served.page()) == first
    served.press("stop")
    assert code_in(served.page()) == first


def test_another_withdrawal_has_another_code(served: ServedWorld) -> None:
    first = code_in(served.page())
    served.world.assess(asked_for("w2", 5000, customer="bea"))
    served.open_again("w2")
    assert code_in(served.page()) not in ("", first)


def test_it_is_shown_for_as_long_as_it_can_be_confirmed(served: ServedWorld) -> None:
    served.press("stop")
    served.world.wait(48 * HOUR - served.world.now % MINUTE)
    served.open_again("w1")
    last = code_in(served.page())
    assert read_code(last, {SLOT.number: SLOT.key}, served.world.now) is not None
    served.world.wait(1)
    assert code_in(served.page()) == ""
    assert read_code(last, {SLOT.number: SLOT.key}, served.world.now) is None


def test_what_was_shown_is_recorded_with_its_code(served: ServedWorld) -> None:
    code = code_in(served.page())
    served.press("listening")
    served.page()
    shown = {body["shown"]["screen"]: body["shown"]["code"] for body in events(served, EventKind.SHOWN)}
    assert shown == {"alert": code, "watched": None}


def test_without_a_slot_there_is_no_code(tmp_path: Path) -> None:
    with served_world(tmp_path, slots={}) as found:
        found.world.relay()
        found.world.assess(asked_for("w1", 5000))
        found.open("w1")
        assert code_in(found.page()) == ""
