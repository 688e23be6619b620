"""A campaign copied to another place: correct, incomplete, and led by the check to where it can be put into force."""

import functools
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner

from breather import cli
from breather.clock import SystemClock
from breather.domain.finding import Refused
from breather.domain.instant import parse_instant
from breather.exchange.activate import check
from breather.exchange.campaign_draft import draft_campaign
from breather.exchange.campaign_file import CAMPAIGN, EXAMPLES, read_campaign, try_campaign
from breather.protocol.pack import read_folder
from breather.protocol.pack_draft import only_zone
from breather.protocol.strict_table import UNFILLED
from breather.samples import SAMPLE_PUBLIC_KEY, sample_pack, sample_relay
from tests.content.campaign_files import FILES, NOW

# Place, its sample pack, and whether its time zone has to be asked for.
PLACES = [
    ("HK", "hongkong-police", False),
    ("SG", "singapore-police", False),
    ("TW", "taiwan-police", False),
    ("MY", "malaysia-police", True),
    ("GB", "uk-police", False),
]
ASKED = [
    "id",
    "pack",
    "pack_version",
    "sample",
    "time_zone",
    "desk.urgent_route_minutes",
    "desk.appeal_days",
    "budget.interruptions_per_thousand",
    "experiment.id",
]


@functools.cache
def drafted(place: str, pack: str) -> Mapping[str, bytes]:
    return draft_campaign(FILES, place, only_zone(place), [pack])


def filled(files: Mapping[str, bytes], answers: Mapping[str, str]) -> dict[str, bytes]:
    """The draft with each gap named in `answers` (its place) filled in."""
    lines, table = [], ""
    for line in files[CAMPAIGN].decode().splitlines():
        if line.startswith("["):
            table = line.strip("[]").partition("]")[0]
        key = line.partition(" = ")[0]
        place = f"{table}.{key}" if table else key
        gap = f'"{UNFILLED}' in line and place in answers
        lines.append(f"{key} = {answers[place]}" if gap else line)
    return {**files, CAMPAIGN: "\n".join(lines).encode()}


def answers_for(pack: str) -> dict[str, str]:
    return {
        "id": '"trial-elsewhere"',
        "pack": f'"{pack}"',
        "pack_version": "1",
        "sample": "true",
        "time_zone": '"Asia/Kuala_Lumpur"',
        "desk.urgent_route_minutes": "45",
        "desk.appeal_days": "30",
        "budget.interruptions_per_thousand": "40",
        "experiment.id": '"trial-elsewhere-1"',
    }


@pytest.mark.parametrize(("place", "pack", "asks_zone"), PLACES)
def test_the_check_leads_through_the_gaps_from_top_to_bottom(place: str, pack: str, asks_zone: bool) -> None:
    files, answers = drafted(place, pack), answers_for(pack)
    left = [key for key in ASKED if asks_zone or key != "time_zone"]
    done: dict[str, str] = {}
    while left:
        _, findings = try_campaign(filled(files, done))
        assert [(each.pointer, each.code) for each in findings] == [(f"{CAMPAIGN}:{key}", "to-fill-in") for key in left]
        key = left.pop(0)
        done[key] = answers[key]
    campaign = read_campaign(filled(files, done))
    assert (campaign.jurisdiction, campaign.version) == (place, 1)


@pytest.mark.parametrize(("place", "pack", "asks_zone"), PLACES)
def test_filled_in_it_can_be_put_into_force_and_its_examples_hold(place: str, pack: str, asks_zone: bool) -> None:
    files = filled(drafted(place, pack), answers_for(pack))
    candidate = check(files, read_folder(sample_pack(pack)), [SAMPLE_PUBLIC_KEY], "test", NOW)
    before, after = read_campaign(FILES), candidate.campaign
    assert [rule.id for rule in after.rules] == [rule.id for rule in before.rules]
    assert after.pause == before.pause
    assert files[EXAMPLES] == FILES[EXAMPLES]


@pytest.mark.parametrize("gap", ASKED)
def test_one_gap_that_is_left_keeps_it_from_force(gap: str) -> None:
    answers = {key: value for key, value in answers_for("malaysia-police").items() if key != gap}
    files = filled(drafted("MY", "malaysia-police"), answers)
    with pytest.raises(Refused) as refusal:
        check(files, read_folder(sample_pack("malaysia-police")), [SAMPLE_PUBLIC_KEY], "test", NOW)
    assert [(each.pointer, each.code) for each in refusal.value.findings] == [(f"{CAMPAIGN}:{gap}", "to-fill-in")]


def test_nothing_of_the_other_place_is_left() -> None:
    text = drafted("HK", "hongkong-police")[CAMPAIGN].decode()
    assert "Macau" not in text
    assert "macau" not in text
    assert "MO" not in text.split('"')


def test_a_sample_pack_for_the_place_is_named_and_comments_stay() -> None:
    text = drafted("HK", "hongkong-police")[CAMPAIGN].decode()
    assert "a sample for it is hongkong-police" in text
    assert "# she decides again, with a clear head" in text
    assert "a sample" not in draft_campaign(FILES, "FR", "Europe/Paris", [])[CAMPAIGN].decode().split("pack_version")[0]


def test_the_relays_terms_are_left_out() -> None:
    """They rest on the law of one place (guarantee H3): in another, the relay is off until somebody turns it on."""
    terms = sample_relay("macau-pj-demo")
    with_relay = {**FILES, CAMPAIGN: FILES[CAMPAIGN] + b"\n" + terms.encode()}
    assert "relay" in tomllib.loads(with_relay[CAMPAIGN].decode())
    made = draft_campaign(with_relay, "HK", "Asia/Hong_Kong", [])
    assert "relay" not in tomllib.loads(made[CAMPAIGN].decode())
    assert made[CAMPAIGN] == draft_campaign(FILES, "HK", "Asia/Hong_Kong", [])[CAMPAIGN]


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("[desk]\nurgent_route_minutes = 30\nappeal_days = 30", "", "desk.urgent_route_minutes"),
        ('time_zone = "Asia/Macau"', '"time_zone" = "Asia/Macau"', "time_zone"),
    ],
)
def test_what_would_keep_the_other_places_value_is_refused(old: str, new: str, place: str) -> None:
    text = FILES[CAMPAIGN].decode()
    assert old in text
    moved = text.replace(old, new)
    if not new:
        moved = moved.replace(
            "[cooling_off]", "desk = {urgent_route_minutes = 30, appeal_days = 30}\n\n[cooling_off]", 1
        )
    with pytest.raises(Refused, match=place):
        draft_campaign({**FILES, CAMPAIGN: moved.encode()}, "HK", "Asia/Hong_Kong", [])


@pytest.mark.parametrize(("place", "suggestion"), [("hk", "HK"), ("XX", ""), ("Hong Kong", "")])
def test_a_place_that_is_none_is_refused(place: str, suggestion: str) -> None:
    with pytest.raises(Refused) as refusal:
        draft_campaign(FILES, place, "", [])
    assert [(each.code, each.suggestion) for each in refusal.value.findings] == [("unknown-place", suggestion)]


def test_the_command_begins_one_and_the_check_exits_with_2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    at = parse_instant("2026-11-22T10:43:00Z")
    monkeypatch.setattr(SystemClock, "now", lambda _: at)
    run = functools.partial(CliRunner().invoke, cli.app, env={"BREATHER_KEYS": str(tmp_path / "keys")})
    made = run(["campaign", "new", "--from", "macau-pj-trial", "--jurisdiction", "HK"])
    assert made.exit_code == 0, made.output
    assert "macau-pj-trial-hk: `breather campaign check macau-pj-trial-hk`" in made.stdout
    checked = run(["campaign", "check", "macau-pj-trial-hk"])
    assert checked.exit_code == 2
    assert checked.stderr.splitlines()[1].strip().startswith("campaign.toml:id: is still to be filled in: ")
    again = run(["campaign", "new", "--from", "macau-pj-trial", "--jurisdiction", "HK"])
    assert (again.exit_code, "choose a new folder" in again.stderr) == (1, True)
    misspelt = run(["campaign", "new", "--from", "macao-pj-trial", "--jurisdiction", "HK"])
    assert "Did you mean 'macau-pj-trial'" in misspelt.stderr
    own = run(["campaign", "new", "--from", "macau-pj-trial-hk", "--jurisdiction", "SG", "mine"])
    assert own.exit_code == 0, own.output
    assert 'jurisdiction = "SG"' in (tmp_path / "mine" / "campaign.toml").read_text("utf-8")
