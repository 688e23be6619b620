"""A third reading of the language: a checked tree walked node by node, with SQL's own words for what is unknown.

As plain as can be, and slow: it is what the compiled function and the engines of the benchmarks are held to.
"""

import math

from breather.domain.feature import Features, Unknown
from breather.domain.rules import Truth, tree
from breather.domain.rules.truth import both, either, opposite

Scalar = float | str | bool | None


def interpret(node: tree.Node, values: Features) -> Truth:
    answers = {True: Truth.HIT, False: Truth.MISS, None: Truth.UNDETERMINED}
    match node:
        case tree.BooleanLiteral() | tree.FeatureUse():
            held = _scalar(node, values)
            assert held is None or isinstance(held, bool)
            return answers[held]
        case tree.Not(operand):
            return opposite(interpret(operand, values))
        case tree.All(parts):
            truth = Truth.HIT
            for part in parts:
                truth = both(truth, interpret(part, values))
            return truth
        case tree.Any(parts):
            truth = Truth.MISS
            for part in parts:
                truth = either(truth, interpret(part, values))
            return truth
        case tree.IsNull(operand, negated):
            return answers[(_scalar(operand, values) is None) is not negated]
        case tree.Between(operand, low, high):
            number = _scalar(operand, values)
            return both(_compared(">=", number, _scalar(low, values)), _compared("<=", number, _scalar(high, values)))
        case tree.Membership(operand, options, negated):
            truth = Truth.MISS
            for option in options:
                truth = either(truth, _compared("=", _scalar(operand, values), option.value))
            return opposite(truth) if negated else truth
        case tree.Comparison(sign, left, right):
            return _compared(sign, _operand(left, values), _operand(right, values))
        case _:
            raise AssertionError(node)


def _operand(node: tree.Node, values: Features) -> Scalar:
    """What stands beside a sign: a value, or a condition whose answer is one."""
    try:
        return _scalar(node, values)
    except AssertionError:
        return {Truth.HIT: True, Truth.MISS: False, Truth.UNDETERMINED: None}[interpret(node, values)]


def _compared(sign: str, one: Scalar, other: Scalar) -> Truth:
    if one is None or other is None:
        return Truth.UNDETERMINED
    if sign in ("=", "<>"):
        return Truth.HIT if (one == other) is (sign == "=") else Truth.MISS
    assert not isinstance(one, str)
    assert not isinstance(other, str)
    less, same = one < other, one == other
    held = {"<": less, "<=": less or same, ">": not less and not same, ">=": not less}[sign]
    return Truth.HIT if held else Truth.MISS


def _scalar(node: tree.Node, values: Features) -> Scalar:
    match node:
        case tree.NumberLiteral(value) | tree.TextLiteral(value) | tree.BooleanLiteral(value):
            return value
        case tree.FeatureUse(feature):
            value = values[feature.name]
            if isinstance(value, Unknown):
                return None
            return value if isinstance(value, (bool, str)) else _finite(value)
        case tree.Negative(operand):
            number = _scalar(operand, values)
            return None if number is None else -float(number)
        case tree.Arithmetic(sign, left, right):
            one, other = _scalar(left, values), _scalar(right, values)
            if one is None or other is None:
                return None
            one, other = float(one), float(other)
            return _finite({"+": one + other, "-": one - other, "*": one * other}[sign])
        case tree.Ratio(over, under):
            one, other = _scalar(over, values), _scalar(under, values)
            return None if one is None or other is None or other == 0 else _finite(float(one) / float(other))
        case _:
            raise AssertionError(node)


def _finite(number: float) -> float | None:
    try:
        return float(number) if math.isfinite(number) else None
    except OverflowError:  # an integer beyond every double
        return None
