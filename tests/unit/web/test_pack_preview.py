"""The preview shows every word of a pack, at both widths, and needs nothing from anywhere."""

import re
from dataclasses import replace
from html import escape

import pytest

from breather.domain.pack import AlertText
from breather.domain.typology import Typology
from breather.web.pack_preview import WIDTHS, direction, render_preview
from tests.unit.pack.builders import sample

PAGE = render_preview(sample())


@pytest.mark.parametrize("locale", sample().locales)
def test_every_alert_is_there_at_every_width(locale: str) -> None:
    text = sample().text(locale)
    for variants in text.alerts.values():
        for alert in variants:
            assert PAGE.count(f"<h4>{escape(alert.title)}</h4>") == len(WIDTHS)
            assert PAGE.count(f"<p>{escape(alert.body)}</p>") == len(WIDTHS)


@pytest.mark.parametrize("locale", sample().locales)
def test_every_other_sentence_is_there(locale: str) -> None:
    text = sample().text(locale)
    watched, reminders = text.watched, text.reminders.values()
    said = [text.heading, text.first_screen, text.officers_never, text.sample_mark, *text.why.values()]
    said += [tip for tips in text.tips.values() for tip in tips]
    said += [word for question in text.questions.values() for word in (question.text, *question.options.values())]
    said += [word for contact in text.contacts.values() for word in (contact.what_for, contact.hours)]
    said += [watched.nothing_sent, watched.hang_up, watched.stop]
    said += [word for reminder in reminders for word in (reminder.subject, reminder.body)]
    assert [sentence for sentence in said if str(escape(sentence)) not in PAGE] == []


def test_the_page_loads_nothing_runs_nothing_and_links_nowhere() -> None:
    assert not re.search(r"<(?:script|img|link|iframe|form|input)|https?:|src=|url\(|@import", PAGE)
    assert {target[0] for target in re.findall(r'href="([^"]*)"', PAGE)} == {"#"}
    assert "default-src &#39;none&#39;" in PAGE or "default-src 'none'" in PAGE


def test_what_an_author_writes_stays_text() -> None:
    text = sample().text("en")
    hostile = replace(text, alerts={**text.alerts, Typology.GENERAL: (AlertText("<script>", 'a"b'),) * 3})
    page = render_preview(replace(sample(), texts={**sample().texts, "en": hostile}))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize(("locale", "expected"), [("ar", "rtl"), ("zh-Hant", "ltr"), ("ta", "ltr"), ("en-GB", "ltr")])
def test_the_direction_is_that_of_the_script(locale: str, expected: str) -> None:
    assert direction(locale) == expected
