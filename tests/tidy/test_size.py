"""Sizes. The limits only go down: whoever needs more room makes another noun."""

import ast

from tests.tidy.source import Function, Module, modules, size_of_code, size_of_tests

MODULE_LINES = 350
FUNCTION_LINES = 70
PARAMETERS = 6
# Tests to code. Goes up only; 1.2 is the aim.
TESTS_TO_CODE = 1.0


def length(function: Function) -> int:
    """Lines from `def` to the end, without the docstring: prose is not what makes a function long."""
    first = function.body[0]
    prose = 0
    if ast.get_docstring(function) is not None and first.end_lineno is not None:
        prose = first.end_lineno - first.lineno + 1
    return (function.end_lineno or function.lineno) - function.lineno + 1 - prose


def parameters(function: Function) -> int:
    given = function.args
    named = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    stars = [star for star in (given.vararg, given.kwarg) if star is not None]
    return len([each for each in named if each.arg not in {"self", "cls"}]) + len(stars)


def everything() -> list[Module]:
    return [*modules("src"), *modules("tests"), *modules("bench")]


def test_modules_are_short() -> None:
    long = {each.name: count for each in everything() if (count := len(each.text.splitlines())) > MODULE_LINES}
    assert not long, f"over {MODULE_LINES} lines"


def test_functions_are_short() -> None:
    long = [
        each.at(function.lineno, f"{function.name} has {length(function)} lines")
        for each in everything()
        for function in each.functions()
        if length(function) > FUNCTION_LINES
    ]
    assert not long, f"over {FUNCTION_LINES} lines"


def test_functions_take_few_parameters() -> None:
    greedy = [
        each.at(function.lineno, f"{function.name} takes {parameters(function)}")
        for each in [*modules("src"), *modules("bench")]
        for function in each.functions()
        if parameters(function) > PARAMETERS
    ]
    assert not greedy, f"over {PARAMETERS} parameters"


def test_there_are_enough_tests() -> None:
    """The figure itself stands at the end of every test run (tests/tidy/conftest.py)."""
    assert size_of_tests() / size_of_code() >= TESTS_TO_CODE, "lines of tests to lines of code"
