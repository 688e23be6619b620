"""The settings of the demo's process: what is missing or wrong is named."""

from pathlib import Path
from typing import Any

import pytest

from breather.demo.process import DemoSettings, now_millis, read_keys, run

ENVIRONMENT = {
    "BREATHER_DEMO_PORT": "8500",
    "BREATHER_DEMO_SERVICE_URL": "http://127.0.0.1:8400",
    "BREATHER_DEMO_API_KEY": "brk_test_" + "A" * 43,
    "BREATHER_DEMO_CLEARANCE_KEYS": "00aa=" + "A" * 43 + "=",
    "BREATHER_DEMO_DATABASE": "demo.db",
}


def test_the_settings_are_read() -> None:
    settings = DemoSettings.read({**ENVIRONMENT, "BREATHER_DEMO_SECRET": "00ff"})
    assert (settings.port, settings.vasp, settings.database) == (8500, "demo-exchange", Path("demo.db"))
    assert settings.clearance_keys == {"00aa": "A" * 43 + "="}
    assert settings.secret == b"\x00\xff"


def test_without_a_secret_each_start_has_another() -> None:
    assert DemoSettings.read(ENVIRONMENT).secret != DemoSettings.read(ENVIRONMENT).secret


def test_settings_do_not_show_their_secrets() -> None:
    shown = repr(DemoSettings.read(ENVIRONMENT))
    assert "brk_test_" not in shown
    assert "secret" not in shown


@pytest.mark.parametrize("name", sorted(ENVIRONMENT))
def test_a_missing_setting_is_named(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        DemoSettings.read({key: value for key, value in ENVIRONMENT.items() if key != name})


@pytest.mark.parametrize(("name", "value"), [("PORT", "http"), ("SECRET", "xyz"), ("CLEARANCE_KEYS", "00aa")])
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"BREATHER_DEMO_{name}"):
        DemoSettings.read({**ENVIRONMENT, f"BREATHER_DEMO_{name}": value})


def test_several_keys_are_separated_by_commas() -> None:
    assert read_keys("a=AA==, b=BB==") == {"a": "AA==", "b": "BB=="}
    for wrong in ("", "a", "=AA", "a=", "a=AA==,"):
        with pytest.raises(ValueError, match="kid=base64"):
            read_keys(wrong)


def test_it_serves_on_this_machine_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served: dict[str, Any] = {}
    monkeypatch.setattr("uvicorn.run", lambda site, **given: served.update(given, site=site))
    run({**ENVIRONMENT, "BREATHER_DEMO_DATABASE": str(tmp_path / "demo.db")})
    assert (served["host"], served["port"], served["access_log"]) == ("127.0.0.1", 8500, False)
    assert (tmp_path / "demo.db").exists()


def test_a_live_key_is_refused(tmp_path: Path) -> None:
    live = {**ENVIRONMENT, "BREATHER_DEMO_API_KEY": "brk_live_" + "A" * 43}
    with pytest.raises(ValueError, match="brk_test_"):
        run(live)


def test_time_is_in_whole_milliseconds() -> None:
    assert isinstance(now_millis(), int)
    assert now_millis() > 1_700_000_000_000
