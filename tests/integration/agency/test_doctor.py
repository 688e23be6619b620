"""`breather doctor --service agency`: each thing that is wrong has been wrong once, here."""

from pathlib import Path

from breather.domain.instant import DAY, Millis
from breather.operate import agency_examination
from breather.peering import make_identity
from breather.protocol.identity_folder import FOLDER
from breather.settings import AgencySettings
from tests.agency_process import AgencyProcess, prepared_agency
from tests.integration.agency.test_sealed import IDENTIFIED


def wrong(agency: AgencyProcess) -> str:
    return "\n".join(sign.what for sign in agency_examination(agency.settings, agency.clock) if sign.wrong)


def test_an_empty_folder_gets_told_how_to_begin(tmp_path: Path) -> None:
    settings = AgencySettings(database=f"sqlite:///{tmp_path / 'agency.db'}", keys=tmp_path / "keys")
    agency = AgencyProcess(tmp_path, settings)
    agency.set_time(agency.now)
    [sign] = agency_examination(settings, agency.clock)
    assert sign.wrong
    assert "breather identity create --service agency" in sign.remedy
    assert not (tmp_path / "agency.db").exists(), "looking creates nothing"


def test_everything_that_is_wrong_is_said(tmp_path: Path) -> None:
    with prepared_agency(tmp_path, f"sqlite:///{tmp_path / 'agency.db'}") as agency:
        assert wrong(agency) == "the worker has never run"
        agency.introduce("silent-exchange", 'tier = "off"\n[fields]\n')
        assert "the relay terms with silent-exchange stop at off" in wrong(agency)
        agency.introduce("asking-exchange", IDENTIFIED)
        assert "no officer's key is listed and in date, so asking-exchange can seal no subject" in wrong(agency)
        agency.start()
        agency.demo.send()
        assert "that demo-exchange has numbered" not in wrong(agency)
        agency.demo.referral()
        agency.demo.send()
        assert "1 of the 3 referrals that demo-exchange has numbered are not here" in wrong(agency)
        agency.set_time(Millis(agency.now + 80 * DAY))
        assert "the key list expires at" in wrong(agency)
        assert "the key list of demo-exchange expires at" in wrong(agency)
        agency.set_time(Millis(agency.now + 11 * DAY))
        assert "exchanges believe nothing that is signed here" in wrong(agency)
        assert "the key list of demo-exchange has expired" in wrong(agency)
        (agency.settings.keys / FOLDER / "feeds.private").unlink()
        assert "there is no feeds.private in the key folder" in wrong(agency)


def test_an_agency_that_knows_nobody_can_do_nothing(tmp_path: Path) -> None:
    settings = AgencySettings(database=f"sqlite:///{tmp_path / 'agency.db'}", keys=tmp_path / "keys")
    agency = AgencyProcess(tmp_path, settings)
    agency.set_time(agency.now)
    make_identity(settings, agency.clock)
    found = wrong(agency)
    for part in ("no exchange is pinned", "no alert-code slot", "the portal has no password"):
        assert part in found
