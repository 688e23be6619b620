"""Checked trees to DuckDB's SQL, for backtests: the same answers, row for row, as the compiled function.

Left to itself DuckDB differs: 0.1 + 0.2 = 0.3 (decimals), NaN = NaN, and an overflowing integer ends the query.
Hence every constant and column is cast to DOUBLE, and whatever is not finite becomes NULL at every operation.
Columns are made clean once, by `column`, in a subquery; `condition` then names them.
"""

from collections.abc import Mapping

from breather.domain.feature import Feature, ValueType
from breather.domain.rules import tree
from breather.domain.rules.checker import constant_of, kind_of

_TYPES: Mapping[ValueType, str] = {
    ValueType.NUMBER: "DOUBLE",
    ValueType.BOOLEAN: "BOOLEAN",
    ValueType.TEXT: "VARCHAR",
}


def column(feature: Feature) -> str:
    """A stored column as rules read it, under its own name: of the feature's type, and NULL where not finite."""
    cast = stored(feature)
    return f"{_finite_again(cast) if feature.type is ValueType.NUMBER else cast} AS {_quoted(feature.name)}"


def stored(feature: Feature) -> str:
    """A stored column, of the feature's type, with what is not finite still in it: only `duckdb_hits` can use that."""
    return f"CAST({_quoted(feature.name)} AS {_TYPES[feature.type]})"


def stored_column(feature: Feature) -> str:
    """What `duckdb_hits` calls it, beside the clean one."""
    return _quoted(f"{feature.name}__stored")


def condition(node: tree.Node) -> str:
    """True, false or NULL, over columns as `column` makes them. Raises AssertionError for what was not checked."""
    match node:
        case tree.BooleanLiteral(value):
            return "TRUE" if value else "FALSE"
        case tree.FeatureUse(feature):
            return _quoted(feature.name)
        case tree.Not(operand):
            return f"(NOT {condition(operand)})"
        case tree.All(parts):
            return "(" + " AND ".join(condition(part) for part in parts) + ")"
        case tree.Any(parts):
            return "(" + " OR ".join(condition(part) for part in parts) + ")"
        case tree.IsNull(operand, negated):
            return f"({scalar(operand)} IS {'NOT ' if negated else ''}NULL)"
        case tree.Between(operand, low, high):
            return f"({scalar(operand)} BETWEEN {scalar(low)} AND {scalar(high)})"
        case tree.Membership(operand, options, negated):
            listed = ", ".join(scalar(option) for option in options)
            return f"({scalar(operand)} {'NOT ' if negated else ''}IN ({listed}))"
        case tree.Comparison(sign, left, right) if kind_of(left) is ValueType.BOOLEAN:
            tested, wanted = constant_of(left, right)
            return condition(tested) if wanted is (sign == "=") else f"(NOT {condition(tested)})"
        case tree.Comparison(sign, left, right):
            return f"({scalar(left)} {sign} {scalar(right)})"
        case _:
            raise AssertionError(f"checked as a condition and is none: {node}")


def scalar(node: tree.Node) -> str:
    """A number or a text, over columns as `column` makes them. Raises AssertionError for what was not checked."""
    match node:
        case tree.NumberLiteral(value):
            # Between quotes, so that no decimal stands in between: the text is read as the nearest double, as here.
            return f"CAST('{value!r}' AS DOUBLE)"
        case tree.TextLiteral(value):
            return "'" + value.replace("'", "''") + "'"
        case tree.FeatureUse(feature):
            return _quoted(feature.name)
        case tree.Negative(operand):
            return f"(- {scalar(operand)})"
        case tree.Arithmetic(sign, left, right):
            return _finite(f"({scalar(left)} {sign} {scalar(right)})", [left, right])
        case tree.Ratio(over, under):
            return _finite(f"({scalar(over)} / {scalar(under)})", [over, under])
        case _:
            raise AssertionError(f"checked as a number or a text and is neither: {node}")


def _finite(number: str, operands: list[tree.Node]) -> str:
    """NULL where `number` is not finite.

    CASE names it twice, and its text would double with every operation inside another; a list of one names it once,
    and is slower where CASE would do.
    """
    if any(isinstance(operand, tree.Arithmetic | tree.Ratio | tree.Negative) for operand in operands):
        return f"list_filter([{number}], lambda each: isfinite(each))[1]"
    return _finite_again(number)


def _finite_again(number: str) -> str:
    """No comparison here, not even `isfinite(...) = FALSE`: DuckDB decides comparisons by a file's statistics where it
    can, and those leave NaN out.
    """
    return f"CASE WHEN isfinite({number}) THEN {number} END"


def _quoted(name: str) -> str:
    """A feature's name: letters, digits and underscores, which the catalogue's tests hold."""
    return f'"{name}"'
