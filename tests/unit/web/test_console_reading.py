"""What the console makes of stored rows and of what people type: filters, words, a withdrawal's page."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breather.domain.amount import format_units
from breather.domain.cooling_off import State
from breather.domain.friction import Friction
from breather.domain.instant import DAY, HOUR, MINUTE, SECOND, Millis
from breather.exchange.recorded import features_out
from breather.storage.exchange.console_reader import NEWEST
from breather.storage.exchange.console_record import DecisionFilter
from breather.web.exchange import console_words as words
from breather.web.exchange.console_list import read_filter
from breather.web.exchange.console_status import status_view
from tests import console_rows as stored
from tests import console_views as views


def test_an_empty_query_asks_for_everything_newest_first() -> None:
    assert read_filter({}) == (DecisionFilter(), NEWEST, "")


def test_every_part_of_a_query_arrives() -> None:
    query = {
        "friction": "cooling_off",
        "decision": "intervene",
        "state": "running",
        "customer": " c-1 ",
        "withdrawal": "wd-1",
        "before": "42",
    }
    wanted = DecisionFilter(Friction.COOLING_OFF, "intervene", "running", "c-1", "wd-1")
    assert read_filter(query) == (wanted, 42, "")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"friction": "cooling-off"}, "did you mean 'cooling_off'?"),
        ({"state": "laps"}, "state 'laps' is not known; did you mean 'lapsed'?"),
        ({"decision": "freeze"}, "decision 'freeze' is not known"),
        ({"customer": "x" * 129}, "customer is not an id: it has 1 to 128"),
        ({"withdrawal": "x" * 65}, "withdrawal is not an id: it has 1 to 64"),
        ({"withdrawal": "a\0b"}, "U+0000"),
        ({"before": "-1"}, "before is not a journal number"),
        ({"before": "9" * 19}, "before is not a journal number"),
        ({"before": "٣"}, "before is not a journal number"),
    ],
)
def test_what_is_not_understood_is_left_out_and_said(query: dict[str, str], said: str) -> None:
    wanted, before, problem = read_filter(query)
    assert (wanted, before) == (DecisionFilter(), NEWEST)
    assert said in problem


@settings(max_examples=200)
@given(st.dictionaries(st.sampled_from(["friction", "decision", "state", "customer", "before", "x"]), st.text()))
def test_no_query_breaks_the_filter(query: dict[str, str]) -> None:
    wanted, before, _ = read_filter(query)
    assert 0 <= before <= NEWEST
    assert wanted.state in ("", *State)
    assert "\0" not in wanted.customer


@pytest.mark.parametrize(
    ("millis", "said"),
    [
        (0, "0 s"),
        (999, "0 s"),
        (90 * SECOND, "1 min 30 s"),
        (HOUR, "1 h"),
        (HOUR + 5 * SECOND, "1 h"),
        (DAY + 2 * HOUR + 3 * MINUTE, "1 d 2 h"),
        (-2 * MINUTE, "2 min"),
    ],
)
def test_durations_keep_their_two_largest_units(millis: int, said: str) -> None:
    assert words.duration(millis) == said


@pytest.mark.parametrize(("at", "said"), [(5_000, "in 5 s"), (-5_000, "5 s ago"), (400, "now")])
def test_moments_relative_to_now(at: int, said: str) -> None:
    assert words.relative(stored.NOW + at, stored.NOW) == said


@settings(max_examples=200)
@given(st.integers(1, 10**33))
def test_amounts_are_exact(units: int) -> None:
    """Grouping must never lose a digit: an analyst compares amounts by eye."""
    assert words.amount(str(units), "ETH", "ETH").replace(",", "") == format_units(units, 18)


def test_an_asset_that_is_no_longer_known_is_shown_in_base_units() -> None:
    assert words.amount("1234567", "LUNA", "LUNA") == "1,234,567 base units"
    assert words.amount("1234567", "BTC", "TRON") == "1,234,567 base units"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (True, "true"),
        (False, "false"),
        (5000.0, "5,000"),
        (0.8196721, "0.8197"),
        (12.3456, "12.35"),
        (123.456, "123.46"),
        (1e-9, "1e-09"),
        (1e300, f"{1e300:,.2f}"),
        ("USDT", "USDT"),
    ],
)
def test_feature_values_for_reading(value: object, said: str) -> None:
    assert words.feature_text(value) == said


@pytest.mark.parametrize(
    ("body", "members"),
    [
        ({"reason": "x", "sure": None, "far": False}, (("reason", "x"), ("sure", "none"), ("far", "no"))),
        ({"answers": {"a": True}}, ()),
        ({str(number): 1 for number in range(7)}, ()),
        ({"reason": "x" * 300}, ()),
        ([1, 2], ()),
    ],
)
def test_only_small_flat_bodies_are_shown_in_one_line(body: object, members: object) -> None:
    assert words.flat_members(json.dumps(body).encode()) == members


@settings(max_examples=100)
@given(st.binary(max_size=60))
def test_any_stored_bytes_can_be_shown(raw: bytes) -> None:
    assert isinstance(words.pretty(raw), str)
    assert isinstance(words.flat_members(raw), tuple)


def test_the_twelve_steps_have_names_and_nothing_else_has() -> None:
    assert [words.step_name(number) for number in (0, 1, 6, 7, 12, 13)] == [
        "",
        "Submit",
        "Intervene",
        "Breathe",
        "Measure",
        "",
    ]


def test_words_inside_text_literals_are_not_features_of_a_rule() -> None:
    """`deposit_kind = 'amount_usd'` names one feature, not two."""
    view = views.withdrawal(stored.file(stored.row(decision=stored.decision(hits=["paid-by-chip-dealer"]))))
    named = [feature.name for feature in view.hits[0].named]
    assert named == ["destination_customers", "asset", "deposit_kind"]


def test_answers_fill_in_features_and_add_hits() -> None:
    answered = {
        "answers": {"answer_told_what_to_say": True},
        "friction": "hold",
        "typology": "fake-police",
        "hits": ["first-large-to-new-address", "someone-on-the-screen"],
        "undetermined": {"most-of-balance": {"balance_share": "not_provided"}},
        "why": ["answers-coached"],
    }
    view = views.withdrawal(stored.file(stored.row(answered=json.dumps(answered).encode())))
    assert [(rule.id, rule.after_answers) for rule in view.hits] == [
        ("first-large-to-new-address", False),
        ("first-in-seven-days", False),
        ("someone-on-the-screen", True),
    ]
    assert [rule.id for rule in view.misses] == ["paid-by-chip-dealer"], "it ran again, and is nothing else now"
    assert [rule.id for rule in view.undetermined] == ["most-of-balance"]
    assert (view.typology, view.why) == ("fake-police", ("answers-coached",))
    answers = dict(view.features)["From the customer's answers"]
    assert [(line.name, line.value) for line in answers] == [("answer_told_what_to_say", "true")]


def test_a_destination_is_taken_apart_into_address_and_memo() -> None:
    view = views.withdrawal(stored.file(stored.row(destination="TRON:Tabc:12:34")))
    assert (view.address, view.memo) == ("Tabc", "12:34")


def test_values_of_a_later_release_are_left_out() -> None:
    record = stored.decision(features=[*features_out(stored.FEATURES), 0.5])
    assert views.withdrawal(stored.file(stored.row(decision=record))).features == views.withdrawal().features


def test_a_withdrawal_without_a_pause_shows_none() -> None:
    assert views.withdrawal(stored.file(stored.row(pause=None, pause_asset=None))).pause is None


def test_a_settled_pause_no_longer_lapses() -> None:
    settled = stored.row(resolution="confirm", resolved_by="ev-1", resolved_at=stored.NOW, resolved_actor="key pay")
    pause = views.withdrawal(stored.file(settled)).pause
    assert pause is not None
    assert (pause.resolution, pause.actor, pause.lapses_at) == ("confirm", "key pay", None)


def test_an_open_hold_is_told_from_one_that_ended() -> None:
    ended = replace(stored.HOLD, ends_at=Millis(stored.NOW - 1))
    view = views.withdrawal(stored.file(holds=(stored.HOLD, stored.LIFTED, ended)))
    assert [hold.open for hold in view.holds] == [True, False, False]


@pytest.mark.parametrize(
    ("changes", "standing", "soon"),
    [
        ({}, "active", True),
        ({"ends_at": stored.NOW + 8 * DAY}, "active", False),
        ({"starts_at": stored.NOW + 1}, "waiting", False),
        ({"ends_at": stored.NOW}, "ended", False),
        ({"retired_at": stored.NOW}, "retired", False),
        ({"retired_at": stored.NOW + 1}, "active", True),
    ],
)
def test_the_standing_of_a_campaign(changes: dict[str, int], standing: str, soon: bool) -> None:
    view = status_view(views.FRAME, (), (stored.campaign(**changes),), {})
    assert (view.campaigns[0].standing, view.campaigns[0].soon) == (standing, soon)


@pytest.mark.parametrize(
    ("left", "standing"), [(-1, "expired"), (0, "expired"), (DAY, "expires soon"), (8 * DAY, "valid")]
)
def test_the_standing_of_a_pack(left: int, standing: str) -> None:
    view = status_view(views.FRAME, (), (stored.campaign(),), {"5f" * 32: Millis(stored.NOW + left)})
    assert view.campaigns[0].pack_standing == standing


def test_a_pack_of_unknown_expiry_is_not_called_valid() -> None:
    assert status_view(views.FRAME, (), (stored.campaign(),), {}).campaigns[0].pack_standing == "expiry unknown"
    lost = stored.campaign(pack=None)
    assert status_view(views.FRAME, (), (lost,), {}).campaigns[0].pack_standing == "not stored"
