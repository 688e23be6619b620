"""The locks name every package by version and hash, agree with each other, and say nothing else."""

import re
import tomllib

import pytest

from tests.tidy.source import ROOT

LOCKS = ("runtime", "development")
PINNED = re.compile(r"^([a-z0-9][a-z0-9-]*)==([^\s;]+)")
LINE = re.compile(r"^(?:[a-z0-9-]+==[^\s;]+(?: ; [^\\]+)? \\|    --hash=sha256:[0-9a-f]{64}(?: \\)?)$")


def lines(lock: str) -> list[str]:
    return (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8").splitlines()


def versions(lock: str) -> dict[str, str]:
    found = [PINNED.match(line) for line in lines(lock)]
    return {match[1]: match[2] for match in found if match}


def required(section: list[str]) -> set[str]:
    names = [re.match(r"[A-Za-z0-9._-]+", each) for each in section]
    return {match[0].lower().replace("_", "-").replace(".", "-") for match in names if match}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_versions_and_hashes_and_nothing_else(lock: str) -> None:
    """No addresses: where packages come from is a matter of the machine that installs them."""
    assert not [line for line in lines(lock) if not LINE.match(line)]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pinned_package_has_a_hash(lock: str) -> None:
    text = lines(lock)
    bare = [a for a, b in zip(text, [*text[1:], ""], strict=True) if PINNED.match(a) and "--hash" not in b]
    assert not bare


def test_what_is_tested_is_what_runs() -> None:
    runtime, development = versions("runtime"), versions("development")
    assert {name: development.get(name) for name in runtime} == runtime


def test_the_locks_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    runtime = required(project["project"]["dependencies"]) | required(groups["build"])
    assert not runtime - set(versions("runtime")), "run `make lock`"
    assert not required(groups["dev"]) - set(versions("development")), "run `make lock`"
    assert "hatchling" in runtime, "the package itself is installed without fetching a build tool"
