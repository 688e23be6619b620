"""The names that exchanges depend on. Changing this test means changing other people's code."""

import ast
import sys
from pathlib import Path

import pytest

import breather.client
from breather.client import failure
from breather.client.failure import BreatherError

NAMES = """
Account AlreadySpent Assessment Breather BreatherError Carrier Changes Clearance ClearanceRefused Cleared Conflict
Destination FieldError Friction Link Problem Residence SPENT_SCHEMA SessionEvidence Standing State Subject SubjectWanted
Unavailable Why Withdrawal Word seal_subject spend verify_clearance
"""
METHODS = """
assess broadcast changes clearance close confirm event held help lifted link mode payout revoke_consent send_subject
stop subject_wanted vasp verify withdrawal
"""


def test_the_public_names_are_these() -> None:
    assert sorted(breather.client.__all__) == sorted(NAMES.split())
    assert [name for name in NAMES.split() if not hasattr(breather.client, name)] == []


def test_the_calls_are_these() -> None:
    client = breather.client.Breather("http://127.0.0.1:1", "brk_test_" + "A" * 43, vasp="x")
    assert sorted(name for name in dir(client) if not name.startswith("_")) == METHODS.split()


def test_every_error_is_in_the_drawn_tree_under_its_parent() -> None:
    drawn: dict[str, str] = {}
    above: list[str] = []
    for line in (failure.__doc__ or "").splitlines():
        words = line.replace("├──", "   ").replace("└──", "   ").replace("│", " ")
        name = words.split()[0] if words.split() else ""
        kind = getattr(failure, name, None)
        if isinstance(kind, type) and line.startswith("    "):
            depth = (len(words) - len(words.lstrip())) // 4 - 1
            above[depth:] = [name]
            drawn[name] = above[depth - 1] if depth else "Exception"
    real = {
        name: kind.__mro__[1].__name__
        for name, kind in vars(failure).items()
        if isinstance(kind, type) and issubclass(kind, BreatherError)
    }
    assert drawn == real


def test_the_client_stands_alone() -> None:
    allowed = set(sys.stdlib_module_names) | {"cryptography", "_typeshed"}
    for path in Path(breather.client.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                assert name.startswith("breather.client") or name.split(".")[0] in allowed, f"{path.name}: {name}"


@pytest.mark.parametrize(
    "url",
    ["", "breather", "ftp://breather", "http://", "https://breather/v1", "http://breather?x=1", "//breather"],
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="is not the address of a service"):
        breather.client.Breather(url, "brk_test_" + "A" * 43, vasp="x")


def test_a_key_of_the_other_mode_is_refused_without_repeating_it() -> None:
    secret = "brk_live_" + "S" * 43
    with pytest.raises(ValueError, match="begin with brk_test_") as caught:
        breather.client.Breather("http://127.0.0.1:1", secret, vasp="x")
    assert "SSS" not in str(caught.value)
    with pytest.raises(ValueError, match="test, live"):
        breather.client.Breather("http://127.0.0.1:1", secret, vasp="x", mode="prod")
    with pytest.raises(ValueError, match="API key"):
        breather.client.Breather("http://127.0.0.1:1", "brk_test_a\r\nX: y", vasp="x")


def test_a_link_does_not_show_itself() -> None:
    assert "secret" not in repr(breather.client.Link("https://b/a/secret", 1))
