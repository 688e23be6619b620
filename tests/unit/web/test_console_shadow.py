"""The page that compares a shadow with the active version: what is added up, what is said, what is never left out."""

import re

import msgspec
import pytest

from breather.domain.friction import Friction
from breather.domain.shadow import Change
from breather.storage.exchange.console_reader import NEWEST
from breather.storage.exchange.shadow_reader import WordsRow
from breather.web.exchange.console_pages import render_shadow, render_withdrawal
from breather.web.exchange.console_shadow import Found, compared, read_choice, shadow_said
from tests import console_views as views
from tests.shadow_rows import SHADOW, SUBMITTED, said_rows


def said(page: str) -> str:
    text = re.sub(r"<[^>]+>", " ", page)
    return re.sub(r"\s+", " ", text)


def submitted() -> list[WordsRow]:
    return [row for row in said_rows() if row.phase == "submit"]


def test_every_withdrawal_is_in_one_friction_and_one_change_of_each_version() -> None:
    found = compared(submitted())
    assert found.seen == 48_211 + 9_804 + 1_307 + 212 + 30 + 8 + 3
    assert sum(found.active.frictions.values()) == sum(found.shadow.frictions.values()) == found.seen
    assert found.changes == {Change.NO_LONGER: 212, Change.NEWLY: 38, Change.BOTH: 1_310}
    assert found.active.interrupted == found.changes[Change.NO_LONGER] + found.changes[Change.BOTH]
    assert found.shadow.interrupted == found.changes[Change.NEWLY] + found.changes[Change.BOTH]
    assert found.active.frictions[Friction.QUESTIONS] == 212


def test_what_failed_is_counted_apart() -> None:
    assert compared(submitted()).failed == {"ZeroDivisionError": 2}


def test_rules_of_both_are_there_and_where_they_differ_most_comes_first() -> None:
    first, second, *_ = compared(submitted()).rules
    assert (first.id, first.hits) == ("fiat-to-stablecoin-out", (212, 0))
    assert (second.id, second.hits) == ("paid-by-chip-dealer", (0, 38))


def test_nothing_seen_is_no_division() -> None:
    assert compared([]).seen == 0
    assert "No withdrawal has been seen by both yet." in said(render_shadow(views.shadow(found=Found())))


def test_where_none_ran_it_says_how_one_is_begun() -> None:
    assert "breather campaign shadow FOLDER" in said(render_shadow(views.no_shadow()))


def test_the_page_names_both_and_what_a_shadow_cannot_know() -> None:
    page = said(render_shadow(views.shadow()))
    for words in (
        "beside the active 2",
        "38 newly interrupted",
        "212 no longer interrupted",
        "59,575 withdrawals seen",
    ):
        assert words in page
    assert "30 stopped, 171 proceeded, 11 neither so far" in page
    assert "of the newest 1,000: 155 stopped" not in page
    assert "What a shadow cannot know" in page
    assert "counted from alerts that were really shown" in page


def test_the_list_keeps_the_shadow_and_the_change_from_page_to_page() -> None:
    page = render_shadow(views.shadow("no-longer"))
    assert "/console/shadow?shadow=4001&amp;change=no-longer&amp;before=4100" in page


def test_what_is_not_all_is_said() -> None:
    part = Found(said_rows(), whole=False)
    assert "Not everything is counted here." in said(render_shadow(views.shadow(found=part)))


@pytest.mark.parametrize(
    ("query", "choice"),
    [
        ({}, (None, "newly", NEWEST)),
        ({"shadow": "12", "change": "both", "before": "40"}, (12, "both", 40)),
        ({"shadow": "x", "change": "all", "before": "-1"}, (None, "newly", NEWEST)),
        ({"shadow": "٣", "before": "9" * 19}, (None, "newly", NEWEST)),
    ],
)
def test_what_is_not_understood_is_left_out(query: dict[str, str], choice: tuple[int | None, str, int]) -> None:
    assert read_choice(query) == choice


def test_a_withdrawals_page_says_what_the_shadow_said() -> None:
    page = said(render_withdrawal(views.beside_a_shadow()))
    assert "Would ask for questions the active version: cooling-off" in page
    assert "After the answers hold" in page
    assert "The customer met nothing of it." in page
    assert "without effect" not in said(render_withdrawal(views.withdrawal()))


def test_hostile_names_of_rules_are_only_text() -> None:
    words = msgspec.json.decode(SUBMITTED)
    words["shadow"]["hits"] = ["<script>alert(1)</script>"]
    found = shadow_said(SHADOW, msgspec.json.encode(words), None)
    assert "<script>" not in render_withdrawal(views.withdrawal(shadow=found))
    row = WordsRow("submit", "0", msgspec.json.encode(words), 1)
    assert "<script>" not in render_shadow(views.shadow(found=Found([row])))
