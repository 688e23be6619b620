"""`breather campaign shadow`, `stop-shadow` and `list`, as an operator uses them."""

from pathlib import Path

import pytest

from breather.samples import sample_campaign
from tests.unit.test_cli import CAMPAIGN, Operator, copied, operator, replaced

__all__ = ["operator"]


@pytest.fixture
def second(operator: Operator) -> Path:
    """Version 2 in a folder, with version 1 in force."""
    operator.run("signing-key", "create")
    operator.run("campaign", "activate", str(sample_campaign(CAMPAIGN)))
    folder = copied(operator, sample_campaign(CAMPAIGN), "second")
    replaced(folder / "campaign.toml", "\nversion = 1\n", "\nversion = 2\n")
    return folder


def test_it_is_begun_listed_and_stopped(operator: Operator, second: Path) -> None:
    begun = operator.run("campaign", "shadow", str(second))
    assert begun.exit_code == 0, begun.output
    assert "macau-pj-trial version 2 is the shadow of macau-pj-trial version 1 in MO" in begun.stdout
    assert "activate these files as they are" in begun.stdout
    listed = operator.run("campaign", "list", COLUMNS="140").stdout
    assert "shadow, running" in listed
    assert "active" in listed
    stopped = operator.run("campaign", "stop-shadow", CAMPAIGN)
    assert "version 2 runs as a shadow in MO no more" in stopped.stdout
    assert "shadow, stopped" in operator.run("campaign", "list", COLUMNS="140").stdout
    entries = "SELECT step, kind, actor, withdrawal FROM journal WHERE kind LIKE 'shadow%' ORDER BY number"
    assert operator.rows(entries) == [(0, "shadow-begun", "operator", None), (0, "shadow-stopped", "operator", None)]


def test_the_doctor_knows_of_it(operator: Operator, second: Path) -> None:
    operator.run("campaign", "shadow", str(second))
    said = " ".join(operator.run("doctor", COLUMNS="200").stdout.split())
    assert "version 2 (MO) runs as a shadow of version 1" in said


def test_what_is_wrong_is_said_and_nothing_is_written(operator: Operator, second: Path) -> None:
    assert "which is active" in operator.refused("campaign", "shadow", str(sample_campaign(CAMPAIGN)))
    assert "no shadow of 'macau' runs" in operator.refused("campaign", "stop-shadow", "macau")
    replaced(second / "campaign.toml", 'when = "destination_is_new AND', 'when = "destination_is_nwe AND')
    assert "Did you mean 'destination_is_new'" in operator.refused("campaign", "shadow", str(second))
    assert operator.rows("SELECT * FROM shadow") == []


def test_the_sample_is_no_shadow_in_live_mode(operator: Operator, second: Path) -> None:
    live = {"BREATHER_MODE": "live", "BREATHER_PUBLIC_URL": "https://b.example"}
    operator.refused("campaign", "shadow", str(second), **live)
    assert operator.rows("SELECT * FROM shadow") == []


def test_other_files_under_its_version_are_never_activated(operator: Operator, second: Path) -> None:
    operator.run("campaign", "shadow", str(second))
    replaced(second / "campaign.toml", "interruptions_per_thousand = 60", "interruptions_per_thousand = 61")
    assert "ran as a shadow with other files" in operator.refused("campaign", "activate", str(second))
    replaced(second / "campaign.toml", "interruptions_per_thousand = 61", "interruptions_per_thousand = 60")
    assert "is active in MO" in operator.run("campaign", "activate", str(second)).stdout
    assert operator.rows("SELECT stopped_for FROM shadow") == [("activated",)]
