"""A second, naive reading of the language, to hold the first against: plain tuples, no parser, no closures.

A part is a tuple whose first element says what it is. Truth is 0, 1/2 or 1, so that AND is the smaller, OR
the larger and NOT the rest to 1, as Kleene drew it; numbers are floats or None.
"""

import math
from collections.abc import Mapping
from typing import Any, TypeAlias

from breather.domain.feature import FeatureValue, Unknown

Part: TypeAlias = tuple[Any, ...]
Values: TypeAlias = Mapping[str, FeatureValue]
UNKNOWN = 0.5


def truth(part: Part, values: Values) -> float:
    match part:
        case ("constant", value):
            return float(value)
        case ("feature", name):
            value = values[name]
            return UNKNOWN if isinstance(value, Unknown) else float(value)
        case ("AND", *parts):
            return min(truth(inner, values) for inner in parts)
        case ("OR", *parts):
            return max(truth(inner, values) for inner in parts)
        case ("NOT", inner):
            return 1 - truth(inner, values)
        case ("is", sign, inner, constant):
            held = truth(inner, values)
            return held if (sign == "=") == constant else 1 - held
        case ("null", negated, inner):
            known = inner[0] == "feature" and not isinstance(values[inner[1]], Unknown | float | int)
            known = known or number(inner, values) is not None
            return float(known == negated)
        case ("between", inner, low, high):
            least, most = ("compare", ">=", inner, low), ("compare", "<=", inner, high)
            return min(truth(least, values), truth(most, values))
        case ("in", negated, inner, options):
            any_of = max(truth(("compare", "=", inner, option), values) for option in options)
            return 1 - any_of if negated else any_of
        case ("compare", sign, left, right):
            return compared(sign, scalar(left, values), scalar(right, values))
        case _:
            raise AssertionError(part)


def compared(sign: str, one: Any, other: Any) -> float:
    if one is None or other is None:
        return UNKNOWN
    below, above = (False, False) if isinstance(one, str) else (one < other, one > other)
    answers = {
        "=": one == other,
        "<>": one != other,
        "<": below,
        "<=": one == other or below,
        ">": above,
        ">=": one == other or above,
    }
    return float(answers[sign])


def scalar(part: Part, values: Values) -> float | str | None:
    if part[0] == "text":
        return str(part[1])
    if part[0] == "feature" and isinstance(values[part[1]], str):
        return None if isinstance(values[part[1]], Unknown) else str(values[part[1]])
    return number(part, values)


def number(part: Part, values: Values) -> float | None:
    match part:
        case ("number", value):
            return float(value)
        case ("feature", name):
            value = values[name]
            if isinstance(value, str) or abs(value) > 1.7976931348623157e308:
                return None
            result = float(value)
        case ("minus", inner):
            operand = number(inner, values)
            if operand is None:
                return None
            result = 0.0 - operand
        case (sign, left, right):
            one, other = number(left, values), number(right, values)
            if one is None or other is None or (sign == "ratio" and other == 0):
                return None
            if sign == "ratio":
                result = one / other
            else:
                result = {"+": one + other, "-": one - other, "*": one * other}[sign]
        case _:
            raise AssertionError(part)
    return result if math.isfinite(result) else None
