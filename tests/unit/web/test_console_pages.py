"""The pages of the console: what they say, what they never say, and that nothing in them is ever but text."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breather.domain.friction import Friction
from breather.exchange.recorded import features_out
from breather.storage.exchange.console_record import DecisionFilter
from breather.web.exchange.console_pages import (
    address_of,
    list_address,
    render_decisions,
    render_login,
    render_missing,
    render_status,
    render_withdrawal,
    shares,
)
from breather.web.exchange.console_view import LoginView, TimelineEntry, Wording
from breather.web.exchange.console_words import NOTE_HEADINGS
from tests import console_rows as stored
from tests import console_views as views

HOSTILE = "<script>alert(1)</script>\"'&"
PAGES = (
    render_login(views.LOGIN),
    render_decisions(views.decisions()),
    render_withdrawal(views.withdrawal()),
    render_status(views.status()),
    render_missing(views.FRAME, "wd-9999"),
)


class Text(HTMLParser):
    """The words of a page, and every tag with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def parsed(page: str) -> Text:
    reader = Text()
    reader.feed(page)
    return reader


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", " ".join(parsed(page).words))


def row_of(page: str, withdrawal: str) -> str:
    """The words of one row of the list."""
    found = re.search(rf'<tr role="row">(?:(?!<tr).)*?/{withdrawal}".*?</tr>', page, re.DOTALL)
    assert found
    return text_of(found.group())


@pytest.mark.parametrize("page", PAGES)
def test_no_page_has_script_or_inline_style(page: str) -> None:
    """The content policy would refuse them, and the page would then lack what they did."""
    for tag, attributes in parsed(page).tags:
        assert tag not in {"script", "style"}
        assert "style" not in attributes
        assert not any(name.startswith("on") for name in attributes)


@pytest.mark.parametrize("page", PAGES)
def test_no_page_asks_anything_of_another_site(page: str) -> None:
    for _, attributes in parsed(page).tags:
        for name in ("href", "src", "action"):
            assert (attributes.get(name) or "/").startswith(("/", "#"))


@pytest.mark.parametrize("page", PAGES)
def test_every_id_on_a_page_is_unique(page: str) -> None:
    ids = [attributes["id"] for _, attributes in parsed(page).tags if "id" in attributes]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("page", PAGES[1:])
def test_the_only_thing_that_can_be_posted_is_logging_out(page: str) -> None:
    forms = [attributes for tag, attributes in parsed(page).tags if tag == "form"]
    assert [form["action"] for form in forms if form["method"] == "post"] == ["/console/logout"]
    assert 'name="csrf" value="csrf-value"' in page


@pytest.mark.parametrize("page", PAGES[:4])
def test_the_mode_is_on_every_page(page: str) -> None:
    """Nobody may mistake an exercise for the real thing."""
    assert '<span class="mode mode-test">test</span>' in page


def test_login_says_why_the_last_try_failed() -> None:
    page = render_login(LoginView("Demo Exchange", "live", "c", "That password is not right."))
    assert 'role="alert"' in page
    assert "That password is not right." in page
    assert 'role="alert"' not in render_login(views.LOGIN)


@pytest.mark.parametrize(
    ("withdrawal", "says"),
    [
        (
            "wd-1019",
            "5,000 USDT TRON MO conflict macau-pj-trial 1 cooling-off investment running 2 undetermined",
        ),
        ("wd-1017", "1.2 ETH ETH HK no campaign none – none clear"),
        ("wd-1016", "hold fake-police held watched help asked"),
        ("wd-1015", "questions raised to cooling-off"),
        ("wd-1014", "stopped reduced"),
        ("wd-1013", "1.23456789 BTC BTC"),
        ("wd-1011", "45,000 USDT TRON MO macau-pj-trial 1 cooling-off investment lapsed"),
        ("wd-1010", "unknown no campaign none – none clear degraded 1 undetermined"),
    ],
)
def test_a_row_says_in_words_what_its_colours_say(withdrawal: str, says: str) -> None:
    assert says in row_of(render_decisions(views.decisions()), withdrawal)


def test_an_outcome_equal_to_the_state_is_said_once() -> None:
    assert row_of(render_decisions(views.decisions()), "wd-1011").count("lapsed") == 1


def test_the_counts_of_the_last_day_lead_to_their_decisions() -> None:
    page = render_decisions(views.decisions())
    assert "Last 24 hours 1,617 decisions" in text_of(page)
    for friction, count in (("none", "1,204"), ("notice", "311"), ("cooling_off", "57"), ("hold", "3")):
        assert f'<a href="/console?friction={friction}"><b>{count}</b>' in page


def test_the_filter_shows_what_was_asked_and_the_next_page_keeps_it() -> None:
    wanted = DecisionFilter(Friction.HOLD, "hold", "held", "c & d", "")
    page = render_decisions(views.decisions(wanted, older=77))
    assert '<option value="held" selected>' in page
    assert 'value="c &amp; d"' in page
    older = next(attributes["href"] for _, attributes in parsed(page).tags if attributes.get("rel") == "next")
    assert parse_qs(urlsplit(older or "").query) == {
        "friction": ["hold"],
        "decision": ["hold"],
        "state": ["held"],
        "customer": ["c & d"],
        "before": ["77"],
    }


def test_the_last_page_offers_no_older_one() -> None:
    assert 'rel="next"' not in render_decisions(views.decisions(older=None))


def test_an_empty_list_says_whether_it_is_the_filter_or_the_database() -> None:
    nothing = text_of(render_decisions(views.decisions(older=None, empty=True)))
    assert "No withdrawal has been decided yet." in nothing
    unfit = text_of(render_decisions(views.decisions(DecisionFilter(customer="c"), older=None, empty=True)))
    assert "Nothing here fits this filter." in unfit
    given_up = text_of(render_decisions(views.decisions(DecisionFilter(state="held"), older=9, empty=True)))
    assert "2,000 decisions were looked at" in given_up
    assert "Search further back" in given_up


def test_what_of_a_filter_was_not_understood_is_said() -> None:
    page = render_decisions(views.decisions(problem="state 'laps' is not known; did you mean 'lapsed'?"))
    assert "Left out of the filter: state 'laps' is not known; did you mean 'lapsed'?." in text_of(page)


@pytest.mark.parametrize("withdrawal", ["wd-1", "a/b", "a?b=c&d#e", "ü", "%2e", "x:y~z._", "x" * 64])
def test_any_id_survives_its_address(withdrawal: str) -> None:
    split = urlsplit(address_of(withdrawal))
    assert (split.query, split.fragment) == ("", "")
    assert split.path.count("/") == 3
    assert unquote(split.path.removeprefix("/console/withdrawals/")) == withdrawal


def test_the_address_of_an_empty_filter_is_the_plain_one() -> None:
    assert list_address(DecisionFilter()) == "/console"


@pytest.mark.parametrize(
    "says",
    [
        "A first, unusually large withdrawal to an address never used before",
        "destination_is_new true",
        "amount_over_median unknown: no history",
        "Undetermined paid-by-chip-dealer",
        "deposit_kind unknown: failed",
        "2 hit · 2 undetermined · 1 missed",
        "MO because of kyc kyc MO decided",
        "document not given",
        "ip HK conflicts",
        "Elapses 22 Nov 2026 11:21:05 in 38 min",
        "Covers up to 6,000 USDT",
        "Shared with wd-1002",
        "Hold, ended by desk Customer rang from a number we know",
        "answer by customer link 7 Breathe no. 4,217",
        "decided by key assess-backend 6 Intervene no. 4,211",
        "screen alert locale zh-Hant variant 1",
        "account_age_days 12.35 days Since the account was opened",
        '"amount_usd": "5000.00"',
        "point 0.4211, key 1",
        "司法警察局提示",
        "8800 7777 防詐騙查詢熱線",
        "Pack macau-pj 1, variant 1, zh-Hant; why: new-address-large-amount",
        "to TQ9inventedxAddressxofxNobodyx5bKp",
    ],
)
def test_the_page_of_a_withdrawal_says(says: str) -> None:
    assert says in text_of(PAGES[2])


def test_an_address_that_looks_like_one_she_paid_is_shown_beside_it_with_what_differs() -> None:
    features = features_out({**stored.FEATURES, "destination_resembles": "strong"})
    resembles = {"network": "BSC", "known": "0x12FF78", "marked": "0x12[ab]7[9]"}
    row = stored.row(decision=stored.decision(features=features, resembles=resembles))
    page = render_withdrawal(views.withdrawal(stored.file(row)))
    assert "Strong: 0x12 ab 7 9 resembles 0x12FF78 on BSC" in text_of(page)
    assert "<mark>ab</mark>7<mark>9</mark>" in page
    assert "Looks like an address" not in PAGES[2]


ALARM = '<section class="notice bad"'


def test_what_each_list_said_stands_there_with_its_standing_also_where_they_contradict_each_other() -> None:
    accuses = {"list": "police", "category": "scam", "standing": "questioned", "because": "an allow list names it"}
    names = {"list": "labels", "category": "exchange", "standing": "stands", "label": "Northern", "actor": "northern"}
    for lists, contradict in (([accuses, names], True), ([names], False)):
        page = render_withdrawal(views.withdrawal(stored.file(stored.row(decision=stored.decision(lists=lists)))))
        said = text_of(page)
        assert ALARM not in page, "what is disputed is no alarm"
        assert ("police says scam ; questioned: an allow list names it" in said) == contradict
        assert "labels says exchange Northern [northern]" in said
        assert ("These lists contradict each other." in said) == contradict
    standing = stored.decision(lists=[{**accuses, "standing": "stands", "because": ""}, names])
    assert ALARM in render_withdrawal(views.withdrawal(stored.file(stored.row(decision=standing))))
    assert "What lists said" not in PAGES[2]


def test_the_alert_carries_its_language() -> None:
    assert '<blockquote class="alert" lang="zh-Hant">' in PAGES[2]


def test_the_exact_value_of_a_rounded_feature_is_kept() -> None:
    assert '<data value="12.3456789">12.35</data>' in PAGES[2]


def test_the_friction_scale_says_what_was_decided_and_what_it_was_raised_to() -> None:
    raised = stored.row(friction=int(Friction.QUESTIONS), raised_friction=int(Friction.HOLD))
    page = render_withdrawal(views.withdrawal(stored.file(raised, "held")))
    assert 'aria-label="Friction: questions, raised to hold"' in page
    assert page.count('aria-current="true"') == 1
    assert 'aria-label="Friction: cooling-off"' in PAGES[2]


def test_degraded_and_watched_are_said_at_the_top() -> None:
    marked = stored.row(decision=stored.decision(degraded=True), watched_at=stored.NOW)
    page = text_of(render_withdrawal(views.withdrawal(stored.file(marked))))
    assert page.index("Degraded.") < page.index("Rules 2 hit")
    assert page.index("Somebody is listening.") < page.index("Rules 2 hit")
    assert "Degraded." not in text_of(PAGES[2])


def test_an_alert_whose_pack_is_gone_is_said_and_not_silently_left_out() -> None:
    page = text_of(render_withdrawal(views.withdrawal(wording=Wording(views.RULES, None))))
    assert "An alert was chosen, but its pack is not stored here" in page
    quiet = stored.row(decision=stored.plain(Friction.NONE))
    none = text_of(render_withdrawal(views.withdrawal(stored.file(quiet), Wording({}, None))))
    assert "No alert was shown." in none


def test_a_rule_that_the_campaign_no_longer_holds_is_still_shown() -> None:
    page = text_of(render_withdrawal(views.withdrawal(wording=Wording({}, views.ALERT))))
    assert "Hit first-large-to-new-address The stored campaign has no text for this rule." in page


def test_status_says_which_process_is_late_and_what_ends() -> None:
    page = text_of(PAGES[3])
    assert "serve alive last heartbeat 1 s ago" in page
    assert "worker late last heartbeat 1 min 35 s ago" in page
    assert "macau-pj-trial 2 a1a1a1a1a1a1 MO active ends soon" in page
    assert "expired 21 Nov 2026" in page
    assert "not stored expiry unknown" in page


def test_status_of_a_new_installation_says_what_to_do() -> None:
    page = text_of(render_status(replace(views.status(), processes=(), campaigns=())))
    assert "No process has ever reported a heartbeat." in page
    assert "breather campaign activate" in page


def test_hostile_text_stays_text_everywhere() -> None:
    entry = TimelineEntry(1, stored.NOW, 7, HOSTILE, HOSTILE, HOSTILE, ((HOSTILE, HOSTILE),), HOSTILE)
    hold = replace(stored.HOLD, reason=HOSTILE, actor=HOSTILE, withdrawal=HOSTILE)
    hostile = stored.row(
        id=HOSTILE,
        customer=HOSTILE,
        destination=f"TRON:{HOSTILE}:{HOSTILE}",
        decision=stored.decision(
            typology=HOSTILE, locale=HOSTILE, features=features_out({**stored.FEATURES, "asset": HOSTILE})
        ),
    )
    page = render_withdrawal(replace(views.withdrawal(stored.file(hostile, HOSTILE, (hold,))), timeline=(entry,)))
    page += render_missing(views.FRAME, HOSTILE)
    page += render_decisions(views.decisions(DecisionFilter(customer=HOSTILE), problem=HOSTILE))
    assert "<script" not in page
    assert page.count("&lt;script&gt;") > 10


@settings(max_examples=100)
@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=5))
def test_the_shares_fill_the_whole_line_in_order(counts: list[int]) -> None:
    found = shares(counts)
    if sum(counts) == 0:
        assert all(width == 0 for _, width in found)
        return
    begins, width = found[-1]
    assert begins + width == pytest.approx(100, abs=0.01)
    assert [start for start, _ in found] == sorted(start for start, _ in found)


def test_recovery_mode_and_a_clock_that_stands_are_at_the_head_of_every_page() -> None:
    notes = tuple((NOTE_HEADINGS[code], f"because {HOSTILE}") for code in NOTE_HEADINGS)
    frame = replace(views.FRAME, notes=notes)
    page = text_of(render_status(replace(views.status(), frame=frame)))
    for heading in NOTE_HEADINGS.values():
        assert f"{heading} because {HOSTILE}" in page
        assert heading not in text_of(render_status(views.status()))
