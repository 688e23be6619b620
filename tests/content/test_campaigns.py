"""Campaigns as content: the sample holds, and each single mistake is named."""

import re

import pytest

from breather.domain.finding import Refused
from breather.domain.friction import Friction
from breather.domain.instant import DAY, parse_instant
from breather.exchange.activate import check
from breather.exchange.campaign_examples import run_examples, warnings_of_examples
from breather.exchange.campaign_file import CAMPAIGN, EXAMPLES, read_campaign, warnings_of
from breather.protocol.pack import sign_pack
from breather.samples import SAMPLE_KEY, SAMPLE_PUBLIC_KEY, sample_campaign, sample_names
from tests.content.campaign_files import FILES, NOW, PACK, checked, edited, findings_of


@pytest.mark.parametrize("name", sample_names("campaigns"))
def test_a_sample_passes_the_check_with_its_pack(name: str) -> None:
    folder = sample_campaign(name)
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    campaign = checked(files).campaign
    assert campaign.id == name
    assert campaign.sample
    assert campaign.experiment.holdout == 0


def test_the_sample_is_what_the_first_release_promises() -> None:
    campaign = checked(FILES).campaign
    assert len(campaign.rules) >= 10
    assert len({feature for rule in campaign.rules for feature in rule.when.features}) >= 20
    assert campaign.length == 31 * DAY
    first = campaign.rule("first-in-seven-days")
    assert (first.friction, campaign.budget.notice_every) == (Friction.NOTICE, 7 * DAY)


def test_a_rule_that_needs_history_warns_that_no_newcomer_hits_it() -> None:
    warned = {finding.message.split()[1] for finding in warnings_of(checked(FILES).campaign)}
    assert "much-larger-than-usual" in warned
    assert not {"first-in-seven-days", "first-large-to-new-address", "new-account-empties-itself"} & warned


# One mistake, where it is found, its code, and the suggestion that comes with it.
MISTAKES = [
    ("amount_usd >= 1000", "amout_usd >= 1000", "rule[2].when", "bad-expression", "amount_usd"),
    ("amount_usd >= 1000", "amount_usd >=", "rule[2].when", "bad-expression", ""),
    ("amount_usd >= 1000", "amount_usd = 'much'", "rule[2].when", "bad-expression", ""),
    ("appeal_days = 30", "appeal_days = 30\nappeal_hours = 3", "desk.appeal_hours", "unknown-key", "appeal_days"),
    ("[budget]", "[budjet]", "budjet", "unknown-key", "budget"),
    ('typology = "investment"', 'typology = "investmet"', "rule[2].typology", "unknown-word", "investment"),
    ('typology = "investment"', 'typology = "mule"', "rule[2].typology", "refused-typology", ""),
    ('friction = "cooling_off"', 'friction = "cooling-off"', "rule[2].friction", "unknown-word", "cooling_off"),
    ('friction = "notice"', 'friction = "none"', "rule[1].friction", "unknown-word", "notice"),
    ('jurisdiction = "MO"', 'jurisdiction = "XX"', "jurisdiction", "unknown-place", ""),
    ('jurisdiction = "MO"', 'jurisdiction = "mo"', "jurisdiction", "unknown-place", "MO"),
    ('jurisdiction = "MO"', 'jurisdiction = "HK"', "jurisdiction", "other-jurisdiction", "MO"),
    ('id = "rising-steps"', 'id = "split-to-one-address"', "rule", "repeated-id", ""),
    ('id = "rising-steps"', 'id = "Rising steps"', "rule[7].id", "bad-id", ""),
    ('pause = "60m"', 'pause = "25h"', "cooling_off.pause", "bad-duration", ""),
    ('pause = "60m"', 'pause = "45s"', "cooling_off.pause", "bad-duration", ""),
    ('pause = "60m"', 'pause = "60"', "cooling_off.pause", "bad-duration", ""),
    ('pause = "60m"', 'pause = "-1h"', "cooling_off.pause", "bad-duration", ""),
    ('lapses_after = "24h"', 'lapses_after = "23h"', "cooling_off.lapses_after", "bad-duration", ""),
    ('maximum = "72h"', 'maximum = "73h"', "hold.maximum", "bad-duration", ""),
    ('at_end = "confirm" ', 'at_end = "release" ', "cooling_off.at_end", "unknown-word", ""),
    ("joins_up_to_percent = 120", "joins_up_to_percent = 99", "cooling_off.joins_up_to_percent", "wrong-type", ""),
    ("holdout_percent = 0", "holdout_percent = 1", "experiment.holdout_percent", "wrong-type", ""),
    ('why = "rising-amounts"', 'why = "rising-amount"', "rule[7].why", "unknown-why", "rising-amounts"),
    ("pack_version = 1", "pack_version = 2", "pack", "other-pack", ""),
    ('pack = "macau-pj"', 'pack = "macau-pc"', "pack", "other-pack", ""),
    ("sample = true", "sample = false", "sample", "sample-pack", ""),
    ("sample = true", 'sample = "yes"', "sample", "wrong-type", ""),
    ("Asia/Macau", "Asia/Macao City", "time_zone", "unknown-time-zone", ""),
    ("Asia/Macau", "../../etc/passwd", "time_zone", "unknown-time-zone", ""),
    ('api = "proceed"', 'api = "wait"', "screenless.api", "unknown-word", ""),
    ('fiat = "proceed"', "", "screenless.fiat", "missing-key", ""),
    ("version = 1", "version = 1\nversion = 2", "", "not-toml", ""),
]


@pytest.mark.parametrize(("old", "new", "place", "code", "suggestion"), MISTAKES, ids=[row[1] for row in MISTAKES])
def test_each_mistake_is_named_with_what_would_be_right(
    old: str, new: str, place: str, code: str, suggestion: str
) -> None:
    found = findings_of(edited((old, new)))
    pointer = f"{CAMPAIGN}:{place}" if place else CAMPAIGN
    mine = [finding for finding in found if (finding.pointer, finding.code) == (pointer, code)]
    assert mine, f"only {[str(finding) for finding in found]}"
    assert mine[0].suggestion == suggestion
    assert mine[0].message


def test_every_mistake_is_named_at_once() -> None:
    found = findings_of(edited(('pause = "60m"', 'pause = "9d"'), ('"investment"', '"investmet"'), ('"MO"', '"XX"')))
    assert {finding.code for finding in found} == {"bad-duration", "unknown-word", "unknown-place"}


def test_what_does_not_depend_on_a_broken_rule_is_named_beside_it() -> None:
    examples = edited(("hits = []", 'hits = ["rising-step"]'), ('expect = "none"', 'expect = "nothing"'), file=EXAMPLES)
    rules = edited(("payee_rising_steps >= 2", "payee_rising_step >= 2"), ('"rising-amounts"', '"rising-amount"'))
    found = findings_of({**rules, EXAMPLES: examples[EXAMPLES]})
    assert sorted((finding.code, finding.suggestion) for finding in found) == [
        ("bad-expression", "payee_rising_steps"),
        ("unknown-rule", "rising-steps"),
        ("unknown-why", "rising-amounts"),
        ("unknown-word", "notice"),
    ]


@pytest.mark.parametrize(
    ("condition", "marked", "said"),
    [
        ("ratio(amount_usd, 0) > 2", "0", "divides by zero"),
        ("ratio(amount_usd, 3 - 3) > 2", "3 - 3", "divides by zero"),
        ("amount_usd BETWEEN 500 AND 100", "amount_usd BETWEEN 500 AND 100", "BETWEEN 100 AND 500"),
        ("on_call OR 1 > 2", "1 > 2", "never true"),
        ("on_call OR 2 * 2 > 3", "2 * 2 > 3", "always true"),
        ("on_call AND 5 BETWEEN 6 AND 7", "5 BETWEEN 6 AND 7", "never true"),
    ],
)
def test_what_constants_settle_is_refused_at_its_place(condition: str, marked: str, said: str) -> None:
    files = edited(("payee_rising_steps >= 2", condition))
    found = [finding for finding in findings_of(files) if finding.code == "pointless-constant"]
    (message,) = [finding.message for finding in found]
    assert ("rule rising-steps: " in message, said in message) == (True, True)
    _, shown, carets = message.split("\n")
    at = carets.index("^")
    assert shown[at : at + carets.count("^")] == marked
    assert read_campaign(files).rules, "a campaign in force that has it goes on"


@pytest.mark.parametrize(
    ("condition", "said", "suggestion"),
    [
        ("balance_share >= 50", "balance_share is never 50; it is from 0 to 1", "0.5"),
        ("-3 < payee_stops", "payee_stops is never -3; it is 0 or more (count)", ""),
        ("days_since_stop IN (3, -1)", "days_since_stop is never -1; it is 0 or more (days)", ""),
        ("amount_usd BETWEEN -5 AND 10", "amount_usd is never -5; it is 0 or more (USD)", ""),
        ("balance_share BETWEEN 0 AND 1 OR amount_usd > 0", "", ""),
    ],
)
def test_a_constant_that_a_feature_never_is_is_warned_of(condition: str, said: str, suggestion: str) -> None:
    campaign = read_campaign(edited(("payee_rising_steps >= 2", condition)))
    found = [finding for finding in warnings_of(campaign) if finding.code == "out-of-range"]
    assert [finding.suggestion for finding in found] == ([suggestion] if said else [])
    assert all(finding.message.startswith(f"rule rising-steps: {said}\n") for finding in found)


def test_a_value_of_an_example_that_a_feature_never_has_is_warned_of() -> None:
    assert not warnings_of_examples(FILES)
    changed = (
        ("balance_share = 0.05", "balance_share = 5"),
        ("given = { amount_usd = 90 }", "given = { payee_stops = -1 }"),
    )
    found = warnings_of_examples(edited(*changed, file=EXAMPLES))
    assert [(finding.pointer, finding.message) for finding in found] == [
        (f"{EXAMPLES}:ordinary.balance_share", "balance_share is never 5; it is from 0 to 1"),
        (f"{EXAMPLES}:example[1].given.payee_stops", "payee_stops is never -1; it is 0 or more (count)"),
    ]


def test_an_empty_rule_is_only_said_to_lack_what_it_lacks() -> None:
    found = findings_of({**FILES, CAMPAIGN: FILES[CAMPAIGN] + b"\n[[rule]]\n[[rule]]\n"})
    assert {finding.code for finding in found} == {"missing-key"}
    assert len({finding.pointer for finding in found}) == len(found) == 12


def test_a_long_list_of_values_says_how_many_are_left_out() -> None:
    (found,) = findings_of(edited(("amount_usd >= 1000 AND", "amount_usd >= 1000 AND asset = 'USTD' AND")))
    assert re.search(r"its values are USDT, .*\w and [0-9]+ more\. Did you mean 'USDT'\?", str(found))


def test_every_error_of_every_rule_is_named_with_its_rule_and_its_file() -> None:
    found = findings_of(
        edited(
            ("amount_usd >= 1000 AND", "amout_usd >= 'x' AND asset = 'USTD' AND"),
            ("payee_rising_steps >= 2", "payee_rising_step != 2"),
            ("answer_sounds_like = 'task-job'", "answer_sounds_like = 'task-jobs' OR (SELECT 1)"),
        )
    )
    shown = [(finding.pointer, finding.message.split(":")[0], finding.suggestion) for finding in found]
    assert shown == [
        (f"{CAMPAIGN}:rule[2].when", "rule first-large-to-new-address", "amount_usd"),
        (f"{CAMPAIGN}:rule[2].when", "rule first-large-to-new-address", "'USDT'"),
        (f"{CAMPAIGN}:rule[7].when", "rule rising-steps", "payee_rising_steps"),
        (f"{CAMPAIGN}:rule[7].when", "rule rising-steps", "<>"),
        (f"{CAMPAIGN}:rule[20].when", "rule paid-for-tasks", ""),
    ]


@pytest.mark.parametrize(
    ("old", "new", "place", "code"),
    [
        ('expect = "none"', 'expect = "notice"', "example[1].expect", "other-friction"),
        ("hits = []", 'hits = ["rising-steps"]', "example[1].hits", "other-hits"),
        ("given = { amount_usd = 90 }", "given = { amout_usd = 90 }", "example[1].given.amout_usd", "unknown-feature"),
        ("given = { amount_usd = 90 }", 'given = { amount_usd = "90" }', "example[1].given.amount_usd", "wrong-type"),
        ("amount_over_median = 1\n", "", "ordinary", "missing-feature"),
        (
            'undetermined = ["much-larger-than-usual", ',
            'undetermined = ["rising-steps", ',
            "example[30].undetermined",
            "other-undetermined",
        ),
        ('{ unknown = "no_history" }', '{ unknown = "perhaps" }', "ordinary.days_since_stop.unknown", "unknown-word"),
        ("[ordinary]", "[usual]\n[ordinary]", "usual", "unknown-key"),
        ('name = "paid for tasks"', 'name = "paid for tasks"\nname = "twice"', "", "not-toml"),
    ],
)
def test_an_example_that_does_not_hold_is_named(old: str, new: str, place: str, code: str) -> None:
    found = findings_of(edited((old, new), file=EXAMPLES))
    pointer = f"{EXAMPLES}:{place}" if place else EXAMPLES
    assert (pointer, code) in [(finding.pointer, finding.code) for finding in found]


def test_every_example_that_does_not_hold_is_named() -> None:
    files = edited(('expect = "none"', 'expect = "hold"'), ('expect = "questions"', 'expect = "hold"'), file=EXAMPLES)
    assert [finding.code for finding in findings_of(files)] == ["other-friction", "other-friction"]


def test_a_rule_that_no_example_hits_is_refused() -> None:
    rule = """
[[rule]]
id = "unproven"
when = "payee_stops >= 90000"
friction = "questions"
typology = "general"
why = "rising-amounts"
because = "Nobody tried it"
"""
    files = {**FILES, CAMPAIGN: FILES[CAMPAIGN] + rule.encode()}
    assert [(finding.code, "unproven" in finding.message) for finding in findings_of(files)] == [
        ("unproven-rule", True)
    ]


def test_no_rule_is_proved_by_examples_that_hit_none() -> None:
    """The file is right, every example holds, and says nothing about any rule."""
    text = FILES[EXAMPLES].decode()
    ordinary = text[: text.index("[[example]]", text.index("[[example]]") + 1)]
    campaign = read_campaign(FILES)
    found = run_examples(campaign, {EXAMPLES: ordinary.encode()})
    assert [finding.code for finding in found] == ["unproven-rule"] * len(campaign.rules)


def test_files_that_do_not_belong_or_are_missing_are_named() -> None:
    codes = [finding.code for finding in findings_of({**FILES, "notes.txt": b""})]
    assert codes == ["unknown-file"]
    assert [finding.code for finding in findings_of({EXAMPLES: FILES[EXAMPLES]})] == ["missing-file"]
    assert [finding.code for finding in findings_of({CAMPAIGN: FILES[CAMPAIGN]})] == ["missing-file"]
    assert [finding.code for finding in findings_of({**FILES, CAMPAIGN: b"\xff"})] == ["not-utf-8"]


DEMO = (('pause = "60m"', 'pause = "20s"\ndemo_stands_for = "60m"'),)


def test_a_pause_of_seconds_says_what_it_stands_for() -> None:
    codes = [finding.code for finding in findings_of(edited(('pause = "60m"', 'pause = "20s"')))]
    assert codes == ["bad-duration"]
    assert checked(edited(*DEMO)).campaign.pause.demo_stands_for == 60 * 60 * 1000


def test_live_mode_refuses_the_sample_and_the_demonstration() -> None:
    """By the mode of the pack's signature; and if that were for live mode, by the campaign itself."""
    assert {finding.pointer for finding in findings_of(FILES, "live")} == {"SIGNATURE"}
    pack = sign_pack(PACK, SAMPLE_KEY, "live")
    with pytest.raises(Refused) as refusal:
        check(edited(*DEMO), pack, [SAMPLE_PUBLIC_KEY], "live", NOW)
    assert {"sample-in-live", "demo-in-live"} <= {finding.code for finding in refusal.value.findings}


def test_a_campaign_does_not_outlive_its_pack() -> None:
    """Good today is not enough: nobody is shown a number that has expired."""
    with pytest.raises(Refused) as refusal:
        checked(FILES, now=parse_instant("2028-12-15T00:00:00Z"))
    assert all("before the campaign ends" in finding.message for finding in refusal.value.findings)
