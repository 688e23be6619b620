"""Checked trees to the part of DuckDB's SQL that counts hits: true exactly where `duckdb_text.condition` is true.

Where nobody asks whether a rule missed or was undetermined, a number may be compared as it is stored and its being
finite looked at last, in the few rows where all else of the rule holds: to make every number of every row clean first
costs more than the rules themselves. Whatever DuckDB concludes from a file's statistics, which leave NaN out, stays
true so: a comparison that it leaves out is true for every finite number, and the others are sorted out behind it.
"""

from collections.abc import Mapping

from breather.domain.feature import ValueType
from breather.domain.rules import tree
from breather.domain.rules.checker import kind_of
from breather.domain.rules.duckdb_text import condition, scalar, stored_column

_OPPOSITE: Mapping[str, str] = {"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}

# A condition or number, and what has to be finite for it to count.
_Guarded = tuple[str, frozenset[str]]
_LEAF = (tree.FeatureUse, tree.NumberLiteral)


def hit(node: tree.Node) -> str:
    """True where the rule hits; false or NULL elsewhere. Over columns as `column` and `stored` make them.

    Raises AssertionError for what was not checked.
    """
    return _closed(_being(node, True))


def _being(node: tree.Node, wanted: bool) -> _Guarded:
    """True where `node` is `wanted`. Negations go down to the comparisons: behind NOT, a guard would count as a hit."""
    match node:
        case tree.Not(operand):
            return _being(operand, not wanted)
        case tree.All(parts) | tree.Any(parts):
            found = [_being(part, wanted) for part in parts]
            if isinstance(node, tree.All) is wanted:
                return " AND ".join(text for text, _ in found), frozenset().union(*(names for _, names in found))
            return "(" + " OR ".join(_closed(each) for each in found) + ")", frozenset()
        case tree.Between(operand, low, high) if not wanted:
            outside = tree.Comparison("<", operand, low), tree.Comparison(">", operand, high)
            return _being(tree.Any(outside), True)
        case tree.Between(operand, low, high):
            (tested, names), (least, low_names), (most, high_names) = (_number(each) for each in (operand, low, high))
            return f"({tested} BETWEEN {least} AND {most})", names | low_names | high_names
        case tree.Comparison(sign, left, right) if kind_of(left) is ValueType.NUMBER:
            (one, names), (other, more) = _number(left), _number(right)
            return f"({one} {sign if wanted else _OPPOSITE[sign]} {other})", names | more
        case tree.Membership(operand, options, negated) if kind_of(operand) is ValueType.NUMBER:
            tested, names = _number(operand)
            listed = ", ".join(scalar(option) for option in options)
            return f"({tested} {'NOT ' if negated is wanted else ''}IN ({listed}))", names
        case tree.IsNull(tree.FeatureUse(feature), negated) if feature.type is ValueType.NUMBER:
            name = stored_column(feature)
            known = negated is wanted
            return f"isfinite({name})" if known else f"({name} IS NULL OR NOT isfinite({name}))", frozenset()
        case _:
            return condition(node) if wanted else f"(NOT {condition(node)})", frozenset()


def _number(node: tree.Node) -> _Guarded:
    """A feature as it is stored, and one operation on such. Longer sums come from clean numbers: each step of theirs
    would be a guard that repeats the text of those before it.
    """
    match node:
        case tree.FeatureUse(feature):
            name = stored_column(feature)
            return name, frozenset({name})
        case tree.Arithmetic(sign, left, right) if isinstance(left, _LEAF) and isinstance(right, _LEAF):
            return _computed(left, sign, right)
        case tree.Ratio(over, under) if isinstance(over, _LEAF) and isinstance(under, _LEAF):
            return _computed(over, "/", under)
        case _:
            return scalar(node), frozenset()


def _computed(left: tree.Node, sign: str, right: tree.Node) -> _Guarded:
    """The operands are looked at, too: one divided by infinity is 0, and no number here."""
    (one, names), (other, more) = _number(left), _number(right)
    text = f"({one} {sign} {other})"
    return text, names | more | {text}


def _closed(guarded: _Guarded) -> str:
    text, finite = guarded
    return "(" + " AND ".join([text, *(f"isfinite({each})" for each in sorted(finite))]) + ")"
