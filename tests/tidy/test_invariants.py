"""docs/invariants.md names tests; each of them exists."""

import re

import pytest

from tests.tidy.source import ROOT

NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def named_tests() -> list[tuple[str, str]]:
    return NAMED.findall((ROOT / "docs" / "invariants.md").read_text(encoding="utf-8"))


def test_something_is_named() -> None:
    assert len(named_tests()) > 20


@pytest.mark.parametrize(("path", "name"), named_tests())
def test_what_is_named_exists(path: str, name: str) -> None:
    file = ROOT / path
    assert file.is_file(), path
    assert f"def {name}(" in file.read_text(encoding="utf-8") if name else True, f"{path} has no {name}"
