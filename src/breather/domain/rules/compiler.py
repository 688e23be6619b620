"""A checked tree to nested functions. SQL's three-valued logic, with None for unknown on the way.

Every number is a finite double: NaN, an infinity, or an integer too large for a double is unknown after every
operation, not only at the end, so that no later operation can turn it back into an answer.
"""

import operator
from collections.abc import Callable, Mapping
from typing import TypeAlias, TypeVar

from breather.domain.feature import Features, FeatureValue, Unknown, ValueType
from breather.domain.rules import tree
from breather.domain.rules.checker import kind_of

Condition: TypeAlias = Callable[[Features], bool | None]
_Number: TypeAlias = Callable[[Features], float | None]
_Text: TypeAlias = Callable[[Features], str | None]
_T = TypeVar("_T", float, str)

_INFINITY = float("inf")
_ARITHMETIC: Mapping[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}
_ORDERS: Mapping[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_EQUALITIES: Mapping[str, Callable[[str, str], bool]] = {"=": operator.eq, "<>": operator.ne}


def condition(node: tree.Node) -> Condition:
    """The function of a checked condition: True, False, or None for unknown.

    The function raises KeyError for a needed value that is absent, and TypeError for one of another type than
    its feature's: both are mistakes of the program, not properties of a withdrawal.
    """
    match node:
        case tree.BooleanLiteral(value):
            return lambda _: value
        case tree.FeatureUse():
            return _boolean_feature(node.feature.name)
        case tree.All(parts):
            return _decided_by(False, [condition(part) for part in parts])
        case tree.Any(parts):
            return _decided_by(True, [condition(part) for part in parts])
        case tree.Not(operand):
            return _equal_to(False, condition(operand))
        case tree.IsNull(operand, negated):
            return _null_test(operand, negated)
        case tree.Between(operand, low, high):
            return _between(_number(operand), _number(low), _number(high))
        case tree.Membership():
            return _membership(node)
        case tree.Comparison():
            return _comparison(node)
        case _:
            raise AssertionError(f"checked as a condition and is none: {node}")


def _decided_by(decisive: bool, parts: list[Condition]) -> Condition:
    """AND is decided by a false part, OR by a true one, however many others are unknown."""
    exhausted = not decisive

    def joined(values: Features) -> bool | None:
        known = True
        for part in parts:
            held = part(values)
            if held is decisive:
                return decisive
            if held is None:
                known = False
        return exhausted if known else None

    return joined


def _equal_to(wanted: bool, inner: Condition) -> Condition:
    if wanted:
        return inner

    def negated(values: Features) -> bool | None:
        held = inner(values)
        return None if held is None else not held

    return negated


def _null_test(operand: tree.Node, negated: bool) -> Condition:
    match kind_of(operand):
        case ValueType.NUMBER:
            number = _number(operand)
            return lambda values: (number(values) is None) is not negated
        case ValueType.TEXT:
            text = _text(operand)
            return lambda values: (text(values) is None) is not negated
        case _:
            inner = condition(operand)
            return lambda values: (inner(values) is None) is not negated


def _between(operand: _Number, low: _Number, high: _Number) -> Condition:
    """`x >= low AND x <= high`: one bound can refuse x although the other is unknown."""

    def within(values: Features) -> bool | None:
        number, least, most = operand(values), low(values), high(values)
        if number is None:
            return None
        if (least is not None and number < least) or (most is not None and number > most):
            return False
        return None if least is None or most is None else True

    return within


def _membership(node: tree.Membership) -> Condition:
    found = not node.negated
    options: frozenset[float | str] = frozenset(option.value for option in node.options)
    operand = _text(node.operand) if kind_of(node.operand) is ValueType.TEXT else _number(node.operand)

    def listed(values: Features) -> bool | None:
        value = operand(values)
        return None if value is None else (value in options) is found

    return listed


def _comparison(node: tree.Comparison) -> Condition:
    match kind_of(node.left):
        case ValueType.NUMBER:
            return _compared(_number(node.left), _ORDERS[node.sign], _number(node.right))
        case ValueType.TEXT:
            return _compared(_text(node.left), _EQUALITIES[node.sign], _text(node.right))
        case _:
            tested, constant = node.left, node.right
            if not isinstance(constant, tree.BooleanLiteral):
                tested, constant = constant, tested
            assert isinstance(constant, tree.BooleanLiteral)
            return _equal_to(constant.value is (node.sign == "="), condition(tested))


def _compared(
    left: Callable[[Features], _T | None],
    order: Callable[[_T, _T], bool],
    right: Callable[[Features], _T | None],
) -> Condition:
    def compared(values: Features) -> bool | None:
        one = left(values)
        if one is None:
            return None
        other = right(values)
        return None if other is None else order(one, other)

    return compared


def _number(node: tree.Node) -> _Number:
    match node:
        case tree.NumberLiteral(value):
            return lambda _: value
        case tree.FeatureUse():
            return _number_feature(node.feature.name)
        case tree.Negative(operand):
            inner = _number(operand)
            return lambda values: None if (number := inner(values)) is None else -number
        case tree.Arithmetic(sign, left, right):
            return _calculated(_number(left), _ARITHMETIC[sign], _number(right))
        case tree.Ratio(over, under):
            return _calculated(_number(over), _divided, _number(under))
        case _:
            raise AssertionError(f"checked as a number and is none: {node}")


def _calculated(left: _Number, operation: Callable[[float, float], float], right: _Number) -> _Number:
    def calculated(values: Features) -> float | None:
        one, other = left(values), right(values)
        if one is None or other is None:
            return None
        result = operation(one, other)
        return result if -_INFINITY < result < _INFINITY else None

    return calculated


def _divided(over: float, under: float) -> float:
    return over / under if under != 0 else _INFINITY  # not finite, hence unknown


def _text(node: tree.Node) -> _Text:
    match node:
        case tree.TextLiteral(value):
            return lambda _: value
        case tree.FeatureUse():
            return _text_feature(node.feature.name)
        case _:
            raise AssertionError(f"checked as a text and is none: {node}")


def _number_feature(name: str) -> _Number:
    def read(values: Features) -> float | None:
        value = values[name]
        number = value if type(value) is float else _as_double(name, value)
        return number if number is not None and -_INFINITY < number < _INFINITY else None

    return read


def _as_double(name: str, value: FeatureValue) -> float | None:
    if isinstance(value, Unknown):
        return None
    # A bool is an int to Python, and would silently count as 0 or 1.
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{name} is a number, not {value!r}")
    try:
        return float(value)
    except OverflowError:
        return None


def _boolean_feature(name: str) -> Condition:
    def read(values: Features) -> bool | None:
        value = values[name]
        if isinstance(value, Unknown):
            return None
        if not isinstance(value, bool):
            raise TypeError(f"{name} is true or false, not {value!r}")
        return value

    return read


def _text_feature(name: str) -> _Text:
    def read(values: Features) -> str | None:
        value = values[name]
        if isinstance(value, Unknown):
            return None
        if not isinstance(value, str):
            raise TypeError(f"{name} is a text, not {value!r}")
        return value

    return read
