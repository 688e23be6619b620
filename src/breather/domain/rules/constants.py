"""What constants alone give away: a division by zero, a test with one outcome, a limit outside a feature's range.

The language allows all of it, and a campaign in force that has it goes on as it is: these are for whoever writes a
rule. Nothing is said of what only values can tell.
"""

import math
import operator
from collections.abc import Callable, Iterator, Mapping

from breather.domain.feature import Feature, ValueType
from breather.domain.rules import tree
from breather.domain.rules.error import ExpressionError
from breather.domain.rules.expression import Expression

_ARITHMETIC: Mapping[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}
_COMPARED: Mapping[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def pointless(expression: Expression) -> list[ExpressionError]:
    """Parts that constants settle, in the order of the text: what is never known, never true, or always."""
    found = [error for part in tree.parts_of(expression.root) for error in _settled(part)]
    return sorted(found, key=lambda error: error.at)


def outside(expression: Expression) -> list[ExpressionError]:
    """Constants that a feature is compared with and that lie outside what it can be, in the order of the text."""
    found = [error for part in tree.parts_of(expression.root) for error in _out_of_range(part)]
    return sorted(found, key=lambda error: error.at)


def range_of(feature: Feature) -> tuple[float, float]:
    """The least and the greatest value, by its unit: shares are 0 to 1, all other numbers begin at 0."""
    return 0.0, 1.0 if feature.unit == "0..1" else math.inf


def range_words(feature: Feature) -> str:
    low, high = range_of(feature)
    return f"{low:g} or more ({feature.unit})" if high == math.inf else f"from {low:g} to {high:g}"


def _value(node: tree.Place) -> float | None:
    """The number that a part of constants is; None where it names a feature, or overflows, or divides by zero."""
    found: float | None = None
    match node:
        case tree.NumberLiteral(value):
            found = value
        case tree.Negative(operand):
            inner = _value(operand)
            found = None if inner is None else -inner
        case tree.Arithmetic(sign, left, right):
            one, other = _value(left), _value(right)
            found = None if one is None or other is None else _ARITHMETIC[sign](one, other)
        case tree.Ratio(over, under):
            one, other = _value(over), _value(under)
            found = None if one is None or not other else one / other
        case _:
            pass
    return found if found is not None and math.isfinite(found) else None


def _settled(node: tree.Place) -> Iterator[ExpressionError]:
    match node:
        case tree.Ratio(_, under) if _value(under) == 0:
            divides = "this divides by zero, so the ratio is never known; divide by a feature, or by another number"
            yield ExpressionError(under.at, under.length, divides)
        case tree.Comparison(sign, left, right):
            one, other = _value(left), _value(right)
            if one is not None and other is not None:
                yield _two_constants(node, _COMPARED[sign](one, other))
        case tree.Between(operand, low, high):
            one, least, most = _value(operand), _value(low), _value(high)
            if least is not None and most is not None and least > most:
                wanted = f"the lower limit stands first: BETWEEN {most:.12g} AND {least:.12g}"
                yield ExpressionError(node.at, node.length, f"nothing lies between these limits; {wanted}")
            elif one is not None and least is not None and most is not None:
                yield _two_constants(node, least <= one <= most)
        case _:
            pass


def _two_constants(node: tree.Place, holds: bool) -> ExpressionError:
    always = "always true" if holds else "never true"
    return ExpressionError(
        node.at, node.length, f"these are all constants, so this is {always}; compare a feature, or leave it out"
    )


def _out_of_range(node: tree.Place) -> Iterator[ExpressionError]:
    """A constant is the place of the error."""
    match node:
        case tree.Comparison(_, left, right):
            pairs: list[tuple[tree.Place, tree.Place]] = [(left, right), (right, left)]
        case tree.Between(operand, low, high):
            pairs = [(operand, low), (operand, high)]
        case tree.Membership(operand, options):
            pairs = [(operand, option) for option in options]
        case _:
            return
    for use, constant in pairs:
        value = _value(constant)
        if not isinstance(use, tree.FeatureUse) or use.feature.type is not ValueType.NUMBER or value is None:
            continue
        low_end, high_end = range_of(use.feature)
        if not low_end <= value <= high_end:
            message = f"{use.feature.name} is never {value:.12g}; it is {range_words(use.feature)}"
            share = high_end == 1 and 1 < value <= 100
            yield ExpressionError(constant.at, constant.length, message, f"{value / 100:.12g}" if share else "")
