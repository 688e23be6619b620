"""What the customer reads of the relay: sent, received, closed; never a finding; and nothing in a watched session."""

import hashlib
from typing import Any

import pytest

from breather.domain.disposition import Disposition
from breather.storage.exchange.referrals import ReferralRow
from breather.web.exchange.alert_page import CODED, STOPPABLE, Screen, render_alert
from breather.web.exchange.alert_told import (
    CONSENT_TEXT,
    Naming,
    Stage,
    ToldLine,
    Yes,
    consent_text,
    naming_of,
    told_lines,
    version_of,
)
from breather.web.texts import all_texts, texts_for
from tests.alert_views import CODE, LOCALES, NOW, TOLD, WORDS, a_view, at
from tests.console_rows import DEAD, TAKEN_BACK, WAITING, referral
from tests.markup import Element, parse

ENGLISH = texts_for("en").words
TELLING = {Screen.NOTICE, Screen.ALERT, Screen.RUNNING, Screen.ELAPSED, Screen.HELD, Screen.HELP}
TELLING |= {Screen.STOPPED, Screen.LAPSED, Screen.RELEASED, Screen.PROCEEDED}


def page(screen: Screen, locale: str = "en", **changes: Any) -> Element:
    return parse(render_alert(a_view(screen, locale, **changes)))


def acts(tree: Element) -> list[str]:
    return [form.attributes["action"].partition("?")[0] for form in tree.all("form")]


# From the rows to the lines


OPEN: dict[str, Any] = {"closed_at": None, "disposition": None}
ARRIVED = referral(tier="identified")
YES = Yes(NOW, WAITING.id)


@pytest.mark.parametrize(
    ("row", "stage"),
    [
        (WAITING, Stage.WAITING),
        (DEAD, Stage.FAILED),
        (referral(**OPEN), Stage.RECEIVED),
        (referral(), Stage.CLOSED),
    ],
)
def test_a_referral_is_sent_received_closed(row: ReferralRow, stage: Stage) -> None:
    (line,) = told_lines([row], None)
    received = row.settled_at if row.state == "receipted" else None
    assert line == ToldLine(row.tier == "identified", stage, row.promised_at, received, row.closed_at)


@pytest.mark.parametrize("finding", Disposition)
def test_the_finding_changes_nothing_that_she_reads(finding: Disposition) -> None:
    assert told_lines([referral(disposition=finding.value)], None) == told_lines([referral()], None)


def test_her_yes_is_a_line_until_something_carries_it() -> None:
    assert told_lines([referral()], YES)[1:] == (ToldLine(True, Stage.WAITING, NOW),)
    assert [line.named for line in told_lines([referral(), WAITING], YES)] == [False, True]
    assert told_lines([], None) == ()


def test_what_was_taken_back_in_time_leaves_no_line() -> None:
    assert told_lines([TAKEN_BACK], None) == ()
    again = told_lines([TAKEN_BACK], Yes(NOW, "ref_another"))
    assert again == (ToldLine(True, Stage.WAITING, NOW),)


def test_a_second_yes_is_a_line_beside_what_arrived_for_the_first() -> None:
    lines = told_lines([ARRIVED], YES)
    assert [(line.named, line.stage) for line in lines] == [(True, Stage.CLOSED), (True, Stage.WAITING)]


@pytest.mark.parametrize(
    ("rows", "yes", "offered", "naming"),
    [
        ([], None, False, Naming.NOT_OFFERED),
        ([referral()], None, True, Naming.OFFERED),
        ([referral()], YES, False, Naming.AGREED),
        ([WAITING], YES, False, Naming.AGREED),
        ([TAKEN_BACK], None, True, Naming.OFFERED),
        ([ARRIVED], Yes(NOW, ARRIVED.id), False, Naming.GONE),
        ([ARRIVED], None, False, Naming.GONE),
        ([ARRIVED], None, True, Naming.OFFERED),
        ([ARRIVED], YES, False, Naming.AGREED),
    ],
)
def test_her_name_is_offered_agreed_or_gone(
    rows: list[ReferralRow], yes: Yes | None, offered: bool, naming: Naming
) -> None:
    assert naming_of(rows, yes, offered=offered) is naming


def test_the_version_follows_the_card_and_says_no_finding() -> None:
    """Each stage is another version; each finding is the same."""
    stages = [told_lines([row], None) for row in (referral(state="pending", settled_at=None, **OPEN), referral(**OPEN))]
    closed = {version_of(told_lines([referral(disposition=each.value)], None), Naming.GONE) for each in Disposition}
    seen = {version_of(lines, Naming.GONE) for lines in stages}
    assert len(closed) == 1
    assert len(seen | closed) == 3
    assert version_of((), Naming.OFFERED) != version_of((), Naming.AGREED)


@pytest.mark.parametrize("screen", Screen)
def test_the_pages_script_learns_the_version_and_whether_something_is_on_its_way(screen: Screen) -> None:
    attributes = page(screen, version="0123", told=(ToldLine(False, Stage.WAITING, at(0)),)).one("html").attributes
    assert attributes["data-version"] == "0123"
    assert "data-waiting" in attributes
    assert "data-version" not in page(screen).one("html").attributes
    assert "data-waiting" not in page(screen, told=TOLD).one("html").attributes


def test_after_a_yes_that_arrived_it_is_not_said_that_nothing_was_sent() -> None:
    assert ENGLISH["consent.lead"] in page(Screen.CONSENT, told=TOLD[:1]).text
    assert ENGLISH["consent.lead"] not in page(Screen.CONSENT, told=TOLD).text


# The consent's text


FIRST = {
    "en": "0eeffb59323360db",
    "pt": "9dde260de8173658",
    "zh-Hans": "cc765577163390d8",
    "zh-Hant": "49c2d49c54b8ac6d",
}


def read_on_the_consent_screen(tag: str) -> str:
    words = all_texts()[tag].words
    parts = [f"{key}={words[key]}" for key in sorted(words) if key.startswith("consent.")]
    return "\n".join([*parts, words["action.decline"], words["action.agree"]])


@pytest.mark.parametrize("tag", sorted(FIRST))
def test_another_wording_is_another_text(tag: str) -> None:
    """Whoever changes the words raises CONSENT_TEXT and writes the new hashes here: the old consents keep theirs."""
    digest = hashlib.sha256(read_on_the_consent_screen(tag).encode()).hexdigest()[:16]
    assert (CONSENT_TEXT, digest) == (1, FIRST[tag])


def test_the_record_names_the_text_that_was_really_read() -> None:
    assert [consent_text(tag) for tag in ("zh-Hant", "pt-PT", "fr")] == [
        "consent.zh-Hant.1",
        "consent.pt.1",
        "consent.en.1",
    ]


# The card


@pytest.mark.parametrize("screen", sorted(TELLING))
def test_every_screen_says_who_was_told_and_only_then(screen: Screen) -> None:
    card = page(screen, told=TOLD[:1], naming=Naming.NOT_OFFERED).one("section", class_="told")
    assert card.one("p", class_="whom").text == WORDS["en"].agency
    assert ENGLISH["told.address"] in card.text
    assert "Sent Sunday 22 November, 15:36 Received Sunday 22 November, 15:36" in card.text
    assert not page(screen, told=(), naming=Naming.NOT_OFFERED).all("section", class_="told")


def test_a_closed_one_says_closed_and_nothing_else() -> None:
    (closed,) = told_lines([referral()], None)
    card = page(Screen.STOPPED, told=(closed,)).one("section", class_="told")
    assert ENGLISH["told.closed"] in card.text
    for finding in Disposition:
        assert finding.value.replace("-", " ") not in card.text.lower()


@pytest.mark.parametrize(
    ("line", "says", "not_yet"),
    [
        (ToldLine(False, Stage.WAITING, at(0)), "told.telling", "told.address"),
        (ToldLine(True, Stage.WAITING, at(0)), "told.naming", "told.name"),
        (ToldLine(False, Stage.FAILED, at(0)), "told.failed", "told.address"),
        (ToldLine(True, Stage.RECEIVED, at(0), at(0)), "told.name", "told.naming"),
    ],
)
def test_nothing_is_said_to_have_been_sent_before_it_was(line: ToldLine, says: str, not_yet: str) -> None:
    card = page(Screen.RUNNING, told=(line,)).one("section", class_="told").text
    assert ENGLISH[says] in card
    assert ENGLISH[not_yet] not in card


def test_what_she_agreed_to_can_be_taken_back_until_it_was_received() -> None:
    agreed = page(Screen.RUNNING, told=(ToldLine(True, Stage.WAITING, at(0)),), naming=Naming.AGREED)
    assert "/alert/revoke-consent" in acts(agreed)
    gone = page(Screen.RUNNING, told=TOLD, naming=Naming.GONE)
    assert "/alert/revoke-consent" not in acts(gone)
    assert ENGLISH["told.kept"] in gone.one("section", class_="told").text


def test_a_quiet_link_leads_to_the_consent_screen_only_where_it_is_offered() -> None:
    for naming in Naming:
        tree = page(Screen.HELP, naming=naming)
        links = [link.attributes for link in tree.all("a") if "screen=consent" in link.attributes["href"]]
        assert [link["class"] for link in links if link.get("class") != "size"][:1] == (
            ["plain"] if naming is Naming.OFFERED else []
        )


# The consent screen


@pytest.mark.parametrize("locale", LOCALES)
def test_consent_is_two_plain_choices_no_first_and_nothing_chosen(locale: str) -> None:
    tree, words = page(Screen.CONSENT, locale), texts_for(locale).words
    choice = tree.one("section", class_="others choice")
    assert [
        (each.tag, each.text.replace(" ", "") if "zh" in locale else each.text) for each in choice.all(class_="other")
    ] == [
        ("a", words["action.decline"]),
        ("button", words["action.agree"]),
    ]
    assert choice.one("a").attributes["href"] == f"/alert?locale={locale}"
    assert not [each for each in tree.all("input") if each.attributes["type"] != "hidden"]
    assert acts(tree) == ["/alert/stop", "/alert/consent"]
    said = tree.one("section", class_="rules").text
    assert WORDS[locale].agency in said
    for key in ("what_text", "free_text", "calls_text"):
        assert words[f"consent.{key}"] in said


def test_consent_says_that_nobody_rings_and_shows_the_numbers_to_dial() -> None:
    tree = page(Screen.CONSENT)
    assert "They will not ring you. An officer who rings first is not one." in tree.text
    assert [number.text for number in tree.all("span", class_="number")] == ["8800 7777", "993"]


def test_after_the_end_there_is_nothing_to_stop_on_the_consent_screen() -> None:
    tree = page(Screen.CONSENT, ended="stopped")
    assert acts(tree) == ["/alert/consent"]
    assert tree.one("html").attributes["data-state"] == "stopped"
    assert "data-live" not in tree.one("html").attributes


# The code


@pytest.mark.parametrize("screen", Screen)
def test_the_code_stands_where_she_may_be_about_to_dial(screen: Screen) -> None:
    tree = page(screen)
    codes = [each.text for each in tree.all("bdi", class_="characters")]
    assert codes == ([CODE] if screen in CODED else [])
    if screen in CODED:
        contacts = tree.one("section", class_="contacts")
        assert ENGLISH["verify.rule"] in contacts.one("div", class_="alert-code").text
        assert not page(screen, code="").all("div", class_="alert-code")


def test_the_code_is_no_link() -> None:
    for screen in sorted(CODED):
        assert not [link for link in page(screen).all("a") if CODE in link.text + link.attributes["href"]]


def test_a_watched_screen_shows_neither_code_nor_telling_whatever_it_is_given() -> None:
    plain = page(Screen.WATCHED)
    full = page(Screen.WATCHED, code=CODE, told=TOLD, naming=Naming.OFFERED, help_asked_at=at(-2))
    assert full.one("main").text == plain.one("main").text
    assert Screen.WATCHED not in CODED
    assert Screen.WATCHED in STOPPABLE
