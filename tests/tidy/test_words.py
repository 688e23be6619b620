"""The words of docs/glossary.md are the words of the code."""

import ast
import re
from collections.abc import Iterator
from itertools import pairwise

from tests.tidy.source import ROOT, Module, package

GLOSSARY = ROOT / "docs" / "glossary.md"
# Names given by others: an HTTP header, and what frameworks call their own arguments.
GIVEN = frozenset({"user_agent"})


def never_words() -> frozenset[str]:
    """The words in code style in the last column of the glossary's tables."""
    rows = [line for line in GLOSSARY.read_text(encoding="utf-8").splitlines() if line.startswith("| **")]
    return frozenset(word for row in rows for word in re.findall(r"`(\w+)`", row.split("|")[3]))


def words_of(name: str) -> list[str]:
    """`openUserPage` and `open_user_page` are open, user, page; also each neighbouring pair, joined."""
    parts = [part.lower() for part in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]
    return parts + [first + second for first, second in pairwise(parts)]


def names_of(module: Module) -> Iterator[tuple[int, str]]:
    """Names that this module gives: its own, classes, functions, arguments, variables and attributes."""
    yield 1, module.path.stem
    for node in ast.walk(module.tree):
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield node.lineno, name
            case ast.arg(arg=name):
                yield node.lineno, name
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield node.lineno, name
            case _:
                pass


def test_the_glossary_names_words_to_avoid() -> None:
    assert {"user", "wallet", "blacklist", "redflag"} <= never_words()


def test_no_name_uses_a_word_that_the_glossary_avoids() -> None:
    never = never_words()
    wrong = [
        each.at(line, f"{name}: {', '.join(sorted(never & set(words_of(name))))}")
        for each in package()
        for line, name in names_of(each)
        if name not in GIVEN and never & set(words_of(name))
    ]
    assert not wrong, "see docs/glossary.md for the word to use"


def test_a_name_is_taken_apart_into_words() -> None:
    assert words_of("openUserPage") == ["open", "user", "page", "openuser", "userpage"]
    assert "redflag" in words_of("RED_FLAG")
    assert "user" not in words_of("superuserful")
