"""Documents that are promised exist, their links lead somewhere, and no setting is undocumented."""

import importlib
import importlib.util
import re
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from tests.tidy.source import ROOT, text_files

PROMISED = (
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "README.md",
    "SECURITY.md",
    "docs/flow.md",
    "docs/glossary.md",
    "docs/adr/0001-record-decisions.md",
)
SETTINGS_LIMIT = 20
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")


def documents() -> list[Path]:
    return [path for path in text_files() if path.suffix == ".md"]


def setting_names() -> list[str]:
    """The fields of `breather.settings.Settings`, whether a dataclass or a msgspec Struct."""
    settings = importlib.import_module("breather.settings").Settings
    if is_dataclass(settings):
        return [field.name for field in fields(settings)]
    return list(getattr(settings, "__struct_fields__", settings.__annotations__))


@pytest.mark.parametrize("name", PROMISED)
def test_a_promised_document_is_there(name: str) -> None:
    assert (ROOT / name).is_file()


def test_links_between_files_lead_somewhere() -> None:
    broken = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in documents()
        for pair in LINK.findall(path.read_text(encoding="utf-8"))
        for target in [pair[0] or pair[1]]
        if "://" not in target and not target.startswith(("#", "mailto:"))
        if not (path.parent / target.partition("#")[0]).exists()
    ]
    assert not broken


def test_every_setting_is_documented() -> None:
    """By its environment variable, in docs/settings.md or the README; and there are few of them."""
    if importlib.util.find_spec("breather.settings") is None:
        return
    names = setting_names()
    written = [ROOT / "docs" / "settings.md", ROOT / "README.md"]
    text = "\n".join(path.read_text(encoding="utf-8") for path in written if path.is_file())
    missing = [name for name in names if not re.search(rf"\bBREATHER_{name.upper()}\b", text)]
    assert not missing, "not in docs/settings.md"
    assert 0 < len(names) <= SETTINGS_LIMIT


def test_decisions_are_numbered_without_gaps_and_say_what_was_rejected() -> None:
    records = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert [path.name[:4] for path in records] == [f"{number:04d}" for number in range(1, len(records) + 1)]
    for path in records:
        text = path.read_text(encoding="utf-8")
        headings = re.findall(r"^## (.+)$", text, flags=re.MULTILINE)
        assert headings == ["Context", "Decision", "Rejected", "Consequences"], path.name


def test_the_changelog_has_a_place_for_the_next_release() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## \[Unreleased\]$", text, flags=re.MULTILINE)


def test_what_runs_is_executable() -> None:
    for name in (".ci/run", "tests/browser/provide"):
        assert (ROOT / name).stat().st_mode & 0o111, name
