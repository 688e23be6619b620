"""The agency's settings: strict, documented, and apart from the exchange's."""

import re
from dataclasses import fields

import pytest

from breather.domain.finding import Refused
from breather.settings import AgencySettings, Settings, as_environment, read_agency_settings, read_settings
from tests.tidy.source import ROOT


def test_every_setting_is_documented_with_its_default() -> None:
    text = (ROOT / "docs" / "agency-settings.md").read_text("utf-8")
    for setting in fields(AgencySettings):
        section = text.partition(f"## `BREATHER_AGENCY_{setting.name.upper()}`")[2].partition("\n## ")[0]
        written = "(empty)" if setting.default == "" else setting.default
        assert f"Default: `{written}`" in section, setting.name
    assert len(re.findall(r"^## ", text, re.MULTILINE)) == len(fields(AgencySettings)) <= 20


def test_settings_survive_the_way_through_the_environment() -> None:
    given = AgencySettings(database="sqlite:///x.db", zone="Asia/Macau", proxies=2, name="Judiciary Police")
    assert read_agency_settings(as_environment(given)) == given


def test_each_service_passes_over_the_others_variables() -> None:
    environment = {"BREATHER_VASP": "demo", "BREATHER_AGENCY_ORGANISATION": "macau-pj"}
    assert read_settings(environment) == Settings(vasp="demo")
    assert read_agency_settings(environment) == AgencySettings(organisation="macau-pj")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("BREATHER_AGENCY_ZONE", "Asia/Makao", "Asia/Macau"),
        ("BREATHER_AGENCY_ZONE", "../../etc/passwd", "IANA"),
        ("BREATHER_AGENCY_ZONE", "", "IANA"),
        ("BREATHER_AGENCY_PROXIES", "6", "0 to 5"),
        ("BREATHER_AGENCY_PROXIES", "-1", "0 to 5"),
        ("BREATHER_AGENCY_MODE", "lve", "live"),
        ("BREATHER_AGENCY_ZON", "UTC", "BREATHER_AGENCY_ZONE"),
    ],
)
def test_what_cannot_be_right_is_named(name: str, value: str, says: str) -> None:
    with pytest.raises(Refused, match=says) as caught:
        read_agency_settings({name: value})
    assert [finding.pointer for finding in caught.value.findings] == [name]


def test_live_mode_wants_https() -> None:
    with pytest.raises(Refused, match="https"):
        read_agency_settings({"BREATHER_AGENCY_MODE": "live"})
