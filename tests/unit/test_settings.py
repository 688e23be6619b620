"""Settings: read once, strictly, every mistake at once, and documented."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from breather.domain.finding import Refused
from breather.settings import Settings, as_environment, read_settings
from tests.tidy.source import ROOT


def refused(**environment: str) -> Refused:
    with pytest.raises(Refused) as caught:
        read_settings({f"BREATHER_{name}": value for name, value in environment.items()})
    return caught.value


def test_nothing_set_is_the_defaults() -> None:
    assert read_settings({}) == Settings()


def test_every_setting_is_read_from_its_variable() -> None:
    environment = {
        "BREATHER_DATABASE": "postgresql://breather@/exchange",
        "BREATHER_KEYS": "elsewhere",
        "BREATHER_WITNESS": "beside",
        "BREATHER_INTELLIGENCE": "lists",
        "BREATHER_MODE": "live",
        "BREATHER_VASP": "another",
        "BREATHER_HOST": "0.0.0.0",
        "BREATHER_PORT": "9000",
        "BREATHER_PUBLIC_URL": "https://breather.exchange.example/",
        "BREATHER_EXCHANGE_ORIGINS": "https://www.exchange.example https://m.exchange.example",
        "BREATHER_EXCHANGE_HOME": "https://www.exchange.example/home",
        "BREATHER_DEADLINE_MS": "250",
        "BREATHER_QUEUE": "10",
        "BREATHER_SPOOL": "/var/lib/breather/spool",
        "BREATHER_SPOOL_SLOTS": "100",
        "BREATHER_KEEP_DAYS": "1826",
        "BREATHER_BACKUP_DAYS": "14",
        "BREATHER_LOG_LEVEL": "warning",
        "BREATHER_METRICS": "10.0.0.5:9464",
        "BREATHER_WORKER_SECONDS": "5",
    }
    settings = read_settings(environment)
    assert len(environment) == len(fields(Settings))
    assert all(getattr(settings, field.name) != field.default for field in fields(Settings))
    assert settings.exchange_origins == ("https://www.exchange.example", "https://m.exchange.example")
    assert settings.public_url == "https://breather.exchange.example"
    assert read_settings(as_environment(settings)) == settings


def test_an_unknown_variable_is_refused_with_the_nearest() -> None:
    finding = refused(DATABSE="x").findings[0]
    assert (finding.pointer, finding.suggestion) == ("BREATHER_DATABSE", "BREATHER_DATABASE")


def test_variables_of_others_are_nobody_elses_mistake() -> None:
    assert read_settings({"BREATHER_TEST_CLOCK": "x", "BREATHER_DEMO_PORT": "1", "PORT": "x"}) == Settings()


def test_every_mistake_is_named_at_once() -> None:
    error = refused(PORT="http", MODE="prod", DATABSE="x", DEADLINE_MS="0")
    pointers = {finding.pointer for finding in error.findings}
    assert pointers == {"BREATHER_PORT", "BREATHER_MODE", "BREATHER_DATABSE", "BREATHER_DEADLINE_MS"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "8080.0"),
        ("PORT", "٨٠"),
        ("PORT", ""),
        ("PORT", "000000008080999"),
        ("PORT", "9" * 5000),
        ("MODE", "Live"),
        ("MODE", ""),
        ("VASP", ""),
        ("VASP", "a\nb"),
        ("VASP", "x" * 501),
        ("KEYS", ""),
        ("DATABASE", ""),
        ("PUBLIC_URL", "breather.example"),
        ("PUBLIC_URL", "ftp://breather.example"),
        ("PUBLIC_URL", "https://"),
        ("PUBLIC_URL", "https://breather.example/?a=1"),
        ("PUBLIC_URL", "https://[::1"),
        ("EXCHANGE_HOME", "javascript:alert(1)"),
        ("EXCHANGE_ORIGINS", "https://a.example/path"),
        ("EXCHANGE_ORIGINS", "https://a.example, https://b.example"),
        ("EXCHANGE_ORIGINS", "*"),
        ("EXCHANGE_ORIGINS", "https://a.example;script-src"),
        ("EXCHANGE_ORIGINS", "https://user:secret@a.example"),
        ("DEADLINE_MS", "60001"),
        ("QUEUE", "0"),
        ("KEEP_DAYS", "29"),
        ("KEEP_DAYS", "ever"),
        ("BACKUP_DAYS", "0"),
        ("WITNESS", ""),
        ("WORKER_SECONDS", "0"),
    ],
)
def test_a_value_that_cannot_be_right(name: str, value: str) -> None:
    findings = refused(**{name: value}).findings
    assert [finding.pointer for finding in findings] == [f"BREATHER_{name}"]
    assert findings[0].message


def test_a_misspelt_mode_is_suggested() -> None:
    assert "did you mean live" in refused(MODE="liv").findings[0].message


def test_live_mode_wants_https() -> None:
    assert refused(MODE="live").findings[0].code == "not-https"
    assert read_settings({"BREATHER_MODE": "live", "BREATHER_PUBLIC_URL": "https://b.example"}).mode == "live"


def test_the_document_names_each_setting_with_its_default() -> None:
    text = (ROOT / "docs" / "settings.md").read_text("utf-8")
    for field in fields(Settings):
        section = re.search(rf"^## `BREATHER_{field.name.upper()}`$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
        assert section is not None, field.name
        default = field.default
        written = str(default) if isinstance(default, int | Path) else default or "(empty)"
        assert f"Default: `{written}`" in section[1], field.name
        assert "Example: `" in section[1], field.name
    assert len(re.findall("^## ", text, re.MULTILINE)) == len(fields(Settings))


def test_the_documents_examples_are_accepted() -> None:
    text = (ROOT / "docs" / "settings.md").read_text("utf-8")
    examples = dict(re.findall(r"^Example: `(BREATHER_\w+)=([^`]+)`", text, re.MULTILINE))
    assert len(examples) == len(fields(Settings))
    read_settings(examples)


@pytest.mark.parametrize(
    ("value", "read"),
    [("9464", "127.0.0.1:9464"), ("[::1]:9464", "[::1]:9464"), ("10.0.0.5:1", "10.0.0.5:1"), ("", "")],
)
def test_metrics_are_of_this_machine_unless_said_otherwise(value: str, read: str) -> None:
    settings = read_settings({"BREATHER_METRICS": value})
    assert settings.metrics == read
    assert read_settings(as_environment(settings)) == settings


@pytest.mark.parametrize("value", ["0", "65536", ":9464", "10.0.0.5:", "metrics", "9464 "])
def test_metrics_that_cannot_be_are_refused_with_what_can(value: str) -> None:
    assert "HOST:PORT" in refused(METRICS=value).findings[0].message
