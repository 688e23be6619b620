"""Activation: it pins the dates, tells every process, and keeps one campaign to a jurisdiction."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from breather.domain.finding import Finding, Refused
from breather.domain.instant import DAY, Millis
from breather.exchange.activate import activate
from breather.exchange.snapshot import Identity, read_snapshot
from breather.storage.database import Database
from tests.content.campaign_files import FILES, NOW, checked, edited
from tests.unit.exchange.world import World


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    world = World(f"sqlite:///{tmp_path / 'campaigns.db'}")
    world.now = NOW
    yield world.database
    world.close()


def activated(database: Database, files: Mapping[str, bytes]) -> Millis:
    with database.writing() as tx:
        return activate(tx, checked(files), "cli")


def refused(database: Database, files: Mapping[str, bytes]) -> Finding:
    with pytest.raises(Refused) as refusal:
        activated(database, files)
    (finding,) = refusal.value.findings
    return finding


OTHER = (('id = "macau-pj-trial"', 'id = "macau-pj-other"'),)
SECOND = (("version = 1", "version = 2"),)


def test_activation_pins_the_dates_and_tells_every_process(database: Database) -> None:
    assert activated(database, FILES) == NOW + 31 * DAY
    with database.reading() as reader:
        snapshot = read_snapshot(reader, Identity("vasp-1", "test", {1: b"k"}))
        head = reader.one("journal_head")
    assert (snapshot.generation, head) == (1, {"number": 1, "at": NOW})
    active = snapshot.campaign_for("MO", NOW)
    assert active is not None
    assert active.campaign.rules[0].id == "first-in-seven-days"
    assert snapshot.campaign_for("MO", Millis(NOW + 31 * DAY - 1)) is active
    assert snapshot.campaign_for("MO", Millis(NOW + 31 * DAY)) is snapshot.campaign_for("PT", NOW) is None
    assert snapshot.campaign_for(None, NOW) is None


def test_a_second_active_campaign_for_one_jurisdiction_is_refused(database: Database) -> None:
    activated(database, FILES)
    finding = refused(database, edited(*OTHER))
    assert (finding.code, "macau-pj-trial" in finding.message) == ("second-campaign", True)
    with database.reading() as reader:
        assert len(reader.all("all_campaigns")) == 1
        assert reader.one("find_generation") == {"number": 1}


def test_one_version_is_activated_once(database: Database) -> None:
    activated(database, FILES)
    finding = refused(database, edited(('because = "Paid for tasks', 'because = "Is paid for tasks')))
    assert (finding.code, finding.suggestion) == ("known-version", "2")


def test_an_older_version_does_not_come_back_by_itself(database: Database) -> None:
    activated(database, edited(*SECOND))
    finding = refused(database, FILES)
    assert (finding.code, finding.suggestion) == ("older-version", "3")


def test_the_next_version_retires_the_one_before_and_keeps_it_for_what_it_decided(database: Database) -> None:
    activated(database, FILES)
    activated(database, edited(*SECOND))
    with database.reading() as reader:
        snapshot = read_snapshot(reader, Identity("vasp-1", "test", {1: b"k"}))
    active = snapshot.campaign_for("MO", NOW)
    assert active is not None
    assert active.campaign.version == 2
    frozen = snapshot.frozen(("macau-pj-trial", 1))
    assert frozen is not None
    assert (frozen.campaign.version, frozen.period.retired_at) == (1, NOW)
    assert snapshot.frozen(None) is None
