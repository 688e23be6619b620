"""Our rules in the languages of two other engines, so that each finds the same hits.

Neither has SQL's unknown: an order of null and a number is an error there. So NOT is carried inwards to the
comparisons, and each comparison that could meet a null is guarded, and no other: that is the least they need.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress

import cel
import zen

from breather.domain.feature import FeatureValue, Unknown, ValueType
from breather.domain.rules import Expression, tree
from breather.domain.rules.checker import constant_of, kind_of

Row = dict[str, FeatureValue | None]
Engine = Callable[[Row], list[str]]

_OPPOSITE = {"=": "<>", "<>": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


_SIGNS = {"=": "==", "<>": "!="}


@dataclass(frozen=True)
class Dialect:
    every: str
    either: str
    negation: str


CEL = Dialect("&&", "||", "!")
ZEN = Dialect("and", "or", "not ")


def null_row(row: Mapping[str, FeatureValue]) -> Row:
    """The row as the others take it. Made before the clock runs: a favour to them."""
    return {name: None if isinstance(value, Unknown) else value for name, value in row.items()}


def engines(rules: Mapping[str, Expression]) -> dict[str, Engine]:
    """All rules as one expression that makes a list: one each takes both engines more than ten times as long,
    because each evaluation begins by copying the row.
    """
    texts = {dialect: ", ".join(printed(rule.root, dialect) for rule in rules.values()) for dialect in (CEL, ZEN)}
    return {
        "common-expression-language": _hits_of(rules, cel.compile(f"[{texts[CEL]}]").execute),
        "zen-engine": _hits_of(rules, zen.compile_expression(f"[{texts[ZEN]}]").evaluate),
    }


def _hits_of(rules: Iterable[str], run: Callable[[Row], list[bool]]) -> Engine:
    ids = tuple(rules)
    return lambda row: list(compress(ids, run(row)))


def printed(node: tree.Node, dialect: Dialect, wanted: bool = True) -> str:
    """True where the condition is `wanted`, false where it is not or is unknown."""
    match node:
        case tree.BooleanLiteral(value):
            return "true" if value is wanted else "false"
        case tree.FeatureUse(feature):
            return f"{feature.name} == {'true' if wanted else 'false'}"
        case tree.Not(operand):
            return printed(operand, dialect, not wanted)
        case tree.All(parts) | tree.Any(parts):
            word = dialect.every if isinstance(node, tree.All) is wanted else dialect.either
            return "(" + f" {word} ".join(printed(part, dialect, wanted) for part in parts) + ")"
        case tree.IsNull(operand, negated):
            return f"{_value(operand)} {'!=' if negated is wanted else '=='} null"
        case tree.Between(operand, low, high):
            bounds = (tree.Comparison(">=", operand, low), tree.Comparison("<=", operand, high))
            return printed(tree.All(bounds), dialect, wanted)
        case tree.Membership(operand, options, negated):
            listed = f"{_value(operand)} in [{', '.join(map(_value, options))}]"
            if negated is not wanted:
                return f"({listed})"
            return _guarded(f"{dialect.negation}({listed})", [operand], dialect)
        case tree.Comparison(sign, left, right) if kind_of(left) is ValueType.BOOLEAN:
            tested, constant = constant_of(left, right)
            return printed(tested, dialect, wanted is (constant is (sign == "=")))
        case tree.Comparison(sign, left, right):
            sign = sign if wanted else _OPPOSITE[sign]
            written = f"{_value(left)} {_SIGNS.get(sign, sign)} {_value(right)}"
            return written if sign == "=" else _guarded(written, [left, right], dialect)
        case _:
            raise AssertionError(node)


def _guarded(written: str, operands: Sequence[tree.Node], dialect: Dialect) -> str:
    tests = [test for operand in operands for test in _known(operand)]
    return "(" + f" {dialect.every} ".join([*tests, written]) + ")"


def _known(node: tree.Node) -> list[str]:
    match node:
        case tree.FeatureUse(feature):
            return [f"{feature.name} != null"]
        case tree.Ratio(over, under):
            return [*_known(over), *_known(under), f"{_value(under)} != 0.0"]
        case _:
            return []


def _value(node: tree.Node) -> str:
    match node:
        case tree.FeatureUse(feature):
            return feature.name
        case tree.NumberLiteral(value) | tree.TextLiteral(value):
            return repr(value)
        case tree.Ratio(over, under):
            return f"{_value(over)} / {_value(under)}"
        case _:
            raise AssertionError(f"none of the twenty rules needs {node}")
