"""What every module has, and what none has."""

import ast
import re

import pytest

from tests.tidy.source import Module, modules, package, text_files

PATTERN_NAMES = frozenset(
    {
        "utils",
        "util",
        "common",
        "base",
        "manager",
        "service",
        "handler",
        "helpers",
        "helper",
        "misc",
        "core",
        "lib",
    }
)
# What prints for a living.
PRINTERS = frozenset({"cli", "demo", "samples"})
SQL = re.compile(r"\s*(?:SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|PRAGMA|BEGIN|WITH \w+ AS)\s+[A-Z\w*(]")
# Built in two parts, so that this file passes its own test.
UNFINISHED = re.compile(r"\b(?:" + "|".join(["TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK"]) + r")\b")
MACHINE_PATHS = re.compile(r"(?:^|[\s\"'`(=:])/(?:home|root|work|Users)/[\w.]|/tmp/\w|[A-Z]:\\\\?Users")
READ_ONLY = re.compile(r"(?:Final\[)?(?:Mapping|Sequence|Collection|AbstractSet)\b")
MUTABLE_CALLS = frozenset({"list", "dict", "set", "bytearray", "defaultdict", "deque", "Counter", "OrderedDict"})


def everything() -> list[Module]:
    return [*modules("src"), *modules("tests"), *modules("bench")]


def test_every_module_says_what_it_is() -> None:
    silent = [each.name for each in everything() if not ast.get_docstring(each.tree)]
    assert not silent, "no docstring"


def test_no_file_is_named_after_a_pattern() -> None:
    """Not even in part, inside the package; a test may say what it fakes (`fake_service.py`)."""
    named = [
        each.name
        for each in everything()
        if PATTERN_NAMES & {each.path.stem.lower(), each.path.parent.name.lower()}
        or (each in package() and PATTERN_NAMES & set(each.path.stem.lower().split("_")))
    ]
    assert not named, "named after a pattern: name the noun that it holds"


def test_nothing_is_left_unfinished() -> None:
    left = [
        f"{path.name}:{number}"
        for path in text_files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if UNFINISHED.search(line)
    ]
    assert not left, "write an issue instead of a note"


def test_no_file_names_a_machine() -> None:
    named = [
        f"{path.name}:{number}: {line.strip()[:80]}"
        for path in text_files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if MACHINE_PATHS.search(line)
    ]
    assert not named, "an absolute path of somebody's machine"


def test_sql_lives_in_sql_files() -> None:
    """Only storage may hold a statement in Python, and there it is the machinery's own (BEGIN, PRAGMA).

    The demo and the client stand for somebody else's back end, with a small database of its own.
    """
    stray = [
        each.at(node.lineno, repr(node.value[:40]))
        for each in package()
        if each.package not in {"storage", "client", "demo"}
        for node in ast.walk(each.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.match(node.value)
    ]
    assert not stray


def test_only_the_command_line_and_the_demo_print() -> None:
    stray = [
        each.at(node.lineno, "print")
        for each in package()
        if each.package not in PRINTERS
        for node in ast.walk(each.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert not stray


def mutable_globals(module: Module) -> list[str]:
    """Names bound at the top of a module to a list, dict or set, or rebound by `global`."""
    found = [
        module.at(node.lineno, f"global {', '.join(node.names)}")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Global)
    ]
    for statement in module.tree.body:
        if not isinstance(statement, ast.Assign | ast.AnnAssign) or statement.value is None:
            continue
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        names = [ast.unparse(target) for target in targets]
        if isinstance(statement, ast.AnnAssign) and READ_ONLY.match(ast.unparse(statement.annotation)):
            continue
        if names != ["__all__"] and is_mutable(statement.value):
            found.append(module.at(statement.lineno, names[0]))
    return found


def is_mutable(value: ast.expr) -> bool:
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id in MUTABLE_CALLS
    return isinstance(value, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp)


def test_no_module_holds_state() -> None:
    """A list is written as a tuple, a set as a frozenset; a dictionary is annotated `Mapping`, so that mypy
    refuses to change it, or wrapped in MappingProxyType where other packages read it.
    """
    assert not [found for each in package() for found in mutable_globals(each)]


@pytest.mark.parametrize(
    ("text", "is_path"),
    [
        ("see /ho" + "me/ann/breather", True),
        ('"/tm' + 'p/breather"', True),
        ("POST /v1/work/1", False),
        ("a /homepage", False),
    ],
)
def test_the_machine_path_pattern_knows_the_difference(text: str, is_path: bool) -> None:
    assert bool(MACHINE_PATHS.search(text)) is is_path
