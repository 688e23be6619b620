"""Which answers an expression can give at all while some features stay unknown.

Each part is given the set of answers that it might have, without looking at values: never too few, sometimes
too many. So a rule that is said to be beyond every newcomer is; not every such rule is found.
"""

from collections.abc import Callable
from functools import reduce

from breather.domain.feature import ValueType
from breather.domain.rules import tree
from breather.domain.rules.checker import constant_of, kind_of
from breather.domain.rules.expression import Expression
from breather.domain.rules.truth import Truth, both, either, opposite

_Answers = frozenset[Truth]

_EVERY = frozenset(Truth)
_KNOWN = frozenset({Truth.HIT, Truth.MISS})
_UNKNOWN = frozenset({Truth.UNDETERMINED})


def can_hit(expression: Expression, fixed_unknown: frozenset[str]) -> bool:
    """Whether the expression may be true while all of `fixed_unknown` are unknown. Only False is certain."""
    return Truth.HIT in _condition(expression.root, fixed_unknown)


def _condition(node: tree.Node, fixed: frozenset[str]) -> _Answers:
    match node:
        case tree.BooleanLiteral(value):
            return frozenset({Truth.HIT if value else Truth.MISS})
        case tree.FeatureUse():
            return _operand(node, fixed)
        case tree.Not(operand):
            return _opposites(_condition(operand, fixed))
        case tree.All(parts):
            return reduce(_each_with(both), (_condition(part, fixed) for part in parts))
        case tree.Any(parts):
            return reduce(_each_with(either), (_condition(part, fixed) for part in parts))
        case tree.IsNull(operand, negated):
            tested = frozenset(
                Truth.HIT if truth is Truth.UNDETERMINED else Truth.MISS for truth in _operand(operand, fixed)
            )
            return _opposites(tested) if negated else tested
        case tree.Between(operand, low, high):
            number = _operand(operand, fixed)
            bounds = (_strict(number, _operand(bound, fixed)) for bound in (low, high))
            return reduce(_each_with(both), bounds)
        case tree.Membership(operand):
            return _strict(_operand(operand, fixed), _KNOWN)
        case tree.Comparison():
            return _comparison(node, fixed)
        case _:
            raise AssertionError(f"checked as a condition and is none: {node}")


def _comparison(node: tree.Comparison, fixed: frozenset[str]) -> _Answers:
    if kind_of(node.left) is not ValueType.BOOLEAN:
        return _strict(_operand(node.left, fixed), _operand(node.right, fixed))
    tested, wanted = constant_of(node.left, node.right)
    answers = _condition(tested, fixed)
    return answers if wanted is (node.sign == "=") else _opposites(answers)


def _operand(node: tree.Node, fixed: frozenset[str]) -> _Answers:
    """For a number or a text, whether it can be known (then any comparison may go either way) and unknown."""
    match node:
        case tree.NumberLiteral() | tree.TextLiteral():
            return _KNOWN
        case tree.FeatureUse(feature):
            return _UNKNOWN if feature.name in fixed else _EVERY
        case tree.Negative(operand):
            return _operand(operand, fixed)
        case tree.Arithmetic(_, left, right) | tree.Ratio(left, right):
            # Two known numbers may still overflow, or divide by zero.
            return _strict(_operand(left, fixed), _operand(right, fixed)) | _UNKNOWN
        case _:
            raise AssertionError(f"checked as a number or a text and is neither: {node}")


def _strict(one: _Answers, other: _Answers) -> _Answers:
    """An operation that is unknown as soon as one of its two operands is."""
    if _UNKNOWN in (one, other):
        return _UNKNOWN
    return _KNOWN | (_UNKNOWN & (one | other))


def _each_with(combine: Callable[[Truth, Truth], Truth]) -> Callable[[_Answers, _Answers], _Answers]:
    return lambda ones, others: frozenset(combine(one, other) for one in ones for other in others)


def _opposites(answers: _Answers) -> _Answers:
    return frozenset(opposite(truth) for truth in answers)
