"""Beginning, stopping and ending a shadow: one in a jurisdiction, and for good what it was."""

from collections.abc import Callable
from typing import Any

import pytest

from breather.domain.finding import Refused
from breather.domain.instant import DAY, Millis, parse_instant
from breather.exchange.activate import Candidate, activate, check
from breather.exchange.begin_shadow import begin_shadow
from breather.exchange.campaign_file import read_campaign
from breather.exchange.snapshot import Identity, Snapshot, read_snapshot
from breather.exchange.stop_shadow import stop_shadow
from breather.protocol.pack import read_folder
from breather.samples import SAMPLE_PUBLIC_KEY, sample_campaign, sample_pack
from breather.storage.exchange.shadow_reader import newest_shadows
from tests.unit.exchange.world import World

NOW = parse_instant("2026-11-22T10:43:00Z")
CAMPAIGN = "macau-pj-trial"
FILES = read_folder(sample_campaign(CAMPAIGN))
PACK = read_folder(sample_pack("macau-pj"))


def version(number: int, *changes: tuple[str, str]) -> Candidate:
    text = FILES["campaign.toml"].decode().replace("version = 1", f"version = {number}", 1)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return check({**FILES, "campaign.toml": text.encode()}, PACK, [SAMPLE_PUBLIC_KEY], "test", NOW)


STRICTER = ("interruptions_per_thousand = 60", "interruptions_per_thousand = 50")


@pytest.fixture
def active(world: World) -> World:
    """With version 1 in force."""
    world.now = NOW
    world.write(lambda tx: activate(tx, version(1), "operator"))
    return world


def begin(world: World, candidate: Candidate) -> int:
    return world.write(lambda tx: begin_shadow(tx, candidate, "operator")).number


def codes(act: Callable[[], Any]) -> list[str]:
    with pytest.raises(Refused) as refusal:
        act()
    return [finding.code for finding in refusal.value.findings]


def snapshot(world: World) -> Snapshot:
    return world.read(lambda reader: read_snapshot(reader, Identity("vasp-1", "test", {1: b"k"})))


def standings(world: World) -> list[tuple[int, str]]:
    return [(row.version, row.standing) for row in world.read(newest_shadows)]


def test_it_runs_beside_the_active_version_and_every_process_is_told(active: World) -> None:
    before = snapshot(active)
    number = begin(active, version(2))
    after = snapshot(active)
    assert before.generation < after.generation
    assert before.shadows == {}
    shadow = after.shadows[CAMPAIGN, 1]
    assert (shadow.number, shadow.campaign.version) == (number, 2)
    assert (CAMPAIGN, 2) not in after.campaigns, "it was never in force"
    head = active.read(lambda reader: reader.one("journal_head"))
    assert head is not None
    assert number == head["number"]


def test_without_a_campaign_in_force_there_is_nothing_to_run_beside(world: World) -> None:
    world.now = NOW
    assert codes(lambda: begin(world, version(2))) == ["no-campaign"]


def test_nor_once_it_has_ended(active: World) -> None:
    active.now = Millis(NOW + 31 * DAY)
    assert codes(lambda: begin(active, version(2))) == ["no-campaign"]


def test_what_is_active_is_no_shadow_of_itself(active: World) -> None:
    assert codes(lambda: begin(active, version(1))) == ["is-active"]


def test_what_could_not_be_activated_is_no_shadow(active: World) -> None:
    assert codes(lambda: begin(active, version(1, STRICTER))) == ["known-version"]
    active.write(lambda tx: activate(tx, version(3), "operator"))
    assert codes(lambda: begin(active, version(2))) == ["older-version"]
    other = version(4, ('id = "macau-pj-trial"', 'id = "macau-pj-other"'))
    assert codes(lambda: begin(active, other)) == ["second-campaign"]


def test_one_at_a_time(active: World) -> None:
    begin(active, version(2))
    assert codes(lambda: begin(active, version(3))) == ["second-shadow"]
    assert standings(active) == [(2, "running")]


def test_a_version_that_was_a_shadow_means_those_files_for_good(active: World) -> None:
    """What was compared is what is put into force, or the comparison was of something else."""
    begin(active, version(2))
    active.write(lambda tx: stop_shadow(tx, CAMPAIGN, "operator"))
    assert codes(lambda: begin(active, version(2, STRICTER))) == ["shadowed-version"]
    assert codes(lambda: active.write(lambda tx: activate(tx, version(2, STRICTER), "operator"))) == [
        "shadowed-version"
    ]
    begin(active, version(2))
    assert standings(active) == [(2, "running"), (2, "stopped")]


def test_activated_it_ends_as_a_shadow(active: World) -> None:
    begin(active, version(2))
    active.write(lambda tx: activate(tx, version(2), "operator"))
    assert standings(active) == [(2, "activated")]
    assert snapshot(active).shadows == {}


def test_another_version_put_into_force_ends_it(active: World) -> None:
    """It was compared with what is active no more, and its version is an older one now."""
    begin(active, version(2))
    active.write(lambda tx: activate(tx, version(3), "operator"))
    assert standings(active) == [(2, "superseded")]


def test_none_of_that_name_runs(active: World) -> None:
    begin(active, version(2))
    with pytest.raises(LookupError, match="did you mean 'macau-pj-trial'"):
        active.write(lambda tx: stop_shadow(tx, "macau-trial", "operator"))


def test_one_that_cannot_be_read_keeps_no_service_from_starting(active: World, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(active, version(2))

    def of_another_release(found: Any) -> Any:
        campaign = read_campaign(found)
        if campaign.version == 2:
            raise Refused("the campaign cannot be read", [])
        return campaign

    monkeypatch.setattr("breather.exchange.snapshot.read_campaign", of_another_release)
    found = snapshot(active)
    assert (found.shadows, len(found.campaigns)) == ({}, 1)
