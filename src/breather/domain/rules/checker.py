"""Types: which parts are numbers, texts and conditions, and whether they stand where such a part belongs.

The whole tree is checked, and every error reported; a name that is no feature causes no second error.
"""

from collections.abc import Mapping

from breather.domain.feature import ValueType
from breather.domain.finding import nearest
from breather.domain.rules import tree
from breather.domain.rules.error import MOST_SUGGESTED, ExpressionError

_KINDS: Mapping[ValueType, str] = {
    ValueType.NUMBER: "a number",
    ValueType.BOOLEAN: "a condition, true or false",
    ValueType.TEXT: "a text",
}
_MOST_VALUES_LISTED = 12


def check(node: tree.Node) -> list[ExpressionError]:
    """Every type error of a whole expression, which must be a condition."""
    checker = _Checker()
    checker.condition(node)
    return checker.errors


def kind_of(node: tree.Node) -> ValueType | None:
    """The type of a part, from its own form alone; None where it names what is no feature."""
    match node:
        case tree.Missing():
            return None
        case tree.FeatureUse(feature):
            return feature.type
        case tree.NumberLiteral() | tree.Negative() | tree.Arithmetic() | tree.Ratio():
            return ValueType.NUMBER
        case tree.TextLiteral():
            return ValueType.TEXT
        case _:
            return ValueType.BOOLEAN


def constant_of(left: tree.Node, right: tree.Node) -> tuple[tree.Node, bool]:
    """Of a checked comparison of conditions: the condition that is compared, and the constant it is compared with."""
    tested, constant = (left, right) if isinstance(right, tree.BooleanLiteral) else (right, left)
    assert isinstance(constant, tree.BooleanLiteral)
    return tested, constant.value


class _Checker:
    def __init__(self) -> None:
        self.errors: list[ExpressionError] = []
        self._nearest: dict[tuple[str, tuple[str, ...]], str] = {}

    def condition(self, node: tree.Node) -> None:
        match kind_of(node):
            case ValueType.NUMBER:
                shown = node.feature.name if isinstance(node, tree.FeatureUse) else "..."
                self._refuse(node, f"this is a number, not a condition; compare it, as in {shown} > 0")
            case ValueType.TEXT:
                self._refuse(node, "this is a text, not a condition; compare it with =, <> or IN")
            case _:
                pass
        self._inside(node)

    def number(self, node: tree.Node, what: str) -> None:
        kind = kind_of(node)
        if kind is not None and kind is not ValueType.NUMBER:
            self._refuse(node, f"{what} takes numbers, and this is {_KINDS[kind]}")
        self._inside(node)

    def _inside(self, node: tree.Node) -> None:
        """The parts of a node, each in the place that the node gives it."""
        match node:
            case tree.All(parts) | tree.Any(parts):
                for part in parts:
                    self.condition(part)
            case tree.Not(operand):
                self.condition(operand)
            case tree.Comparison():
                self._comparison(node)
            case tree.Membership():
                self._membership(node)
            case tree.Between(operand, low, high):
                for part in (operand, low, high):
                    self.number(part, "BETWEEN")
            case tree.IsNull(operand):
                self._null_test(operand)
            case tree.Negative(operand):
                self.number(operand, "-")
            case tree.Arithmetic(sign, left, right):
                self.number(left, sign)
                self.number(right, sign)
            case tree.Ratio(over, under):
                self.number(over, "ratio")
                self.number(under, "ratio")
            case _:
                pass

    def _comparison(self, node: tree.Comparison) -> None:
        left, right = kind_of(node.left), kind_of(node.right)
        self._inside(node.left)
        self._inside(node.right)
        if left is None or right is None:
            return
        if left is not right:
            message = f"{node.sign} compares two of a kind; left is {_KINDS[left]}, right is {_KINDS[right]}"
            self._refuse(node, message)
        elif left is ValueType.TEXT:
            self._texts(node)
        elif left is ValueType.BOOLEAN:
            self._booleans(node)

    def _texts(self, node: tree.Comparison) -> None:
        if node.sign not in ("=", "<>"):
            self._refuse(node, f"{node.sign} orders numbers; texts have only =, <>, IN and NOT IN")
        match node.left, node.right:
            case tree.TextLiteral(), tree.TextLiteral():
                self._refuse(node, "these are two constants; the name of a feature stands without quotes")
            case (tree.FeatureUse() as use, tree.TextLiteral() as text):
                self._known_value(use, text)
            case (tree.TextLiteral() as text, tree.FeatureUse() as use):
                self._known_value(use, text)
            case (tree.FeatureUse(one), tree.FeatureUse(other)):
                if one.values and other.values and not set(one.values) & set(other.values):
                    self._refuse(node, f"{one.name} and {other.name} have no value in common")
            case _:
                pass

    def _booleans(self, node: tree.Comparison) -> None:
        if node.sign not in ("=", "<>"):
            self._refuse(node, f"{node.sign} orders numbers; conditions have only = and <>")
        elif not any(isinstance(side, tree.BooleanLiteral) for side in (node.left, node.right)):
            self._refuse(node, f"{node.sign} compares a condition with TRUE or FALSE only; use AND, OR")

    def _membership(self, node: tree.Membership) -> None:
        self._inside(node.operand)
        kind = kind_of(node.operand)
        if kind is ValueType.BOOLEAN:
            self._refuse(node.operand, "IN takes a number or a text on its left, and this is a condition")
            return
        for option in node.options:
            found = kind_of(option)
            if found is ValueType.BOOLEAN:
                self._refuse(option, "a list holds numbers or texts, not TRUE or FALSE")
            elif kind is not None and found is not None and found is not kind:
                self._refuse(option, f"the list is compared with {_KINDS[kind]}, and this is {_KINDS[found]}")
            elif isinstance(node.operand, tree.FeatureUse) and isinstance(option, tree.TextLiteral):
                self._known_value(node.operand, option)
            elif isinstance(node.operand, tree.TextLiteral):
                self._refuse(node.operand, "this is a constant; the name of a feature stands without quotes")
                return

    def _null_test(self, operand: tree.Node) -> None:
        feature_or_number = isinstance(operand, tree.FeatureUse) or kind_of(operand) is ValueType.NUMBER
        if not feature_or_number and not isinstance(operand, tree.Missing):
            self._refuse(operand, "IS NULL asks whether a feature or a number is known, and this is neither")
        self._inside(operand)

    def _known_value(self, use: tree.FeatureUse, text: tree.TextLiteral) -> None:
        values = use.feature.values
        if not values or text.value in values:
            return
        left_out = len(values) - _MOST_VALUES_LISTED
        more = f" and {left_out} more" if left_out > 0 else ""
        listed = ", ".join(values[:_MOST_VALUES_LISTED]) + more
        near = self._nearest_value(text.value, values)
        message = f"{use.feature.name} is never '{text.value[:40]}'; its values are {listed}"
        self._refuse(text, message, f"'{near}'" if near else "")

    def _nearest_value(self, value: str, values: tuple[str, ...]) -> str:
        asked = (value, values)
        if asked not in self._nearest and len(self._nearest) < MOST_SUGGESTED:
            spellings = (value, value.lower(), value.upper())
            self._nearest[asked] = next(filter(None, (nearest(each, values) for each in spellings)), "")
        return self._nearest.get(asked, "")

    def _refuse(self, node: tree.Node, message: str, suggestion: str = "") -> None:
        self.errors.append(ExpressionError(node.at, node.length, message, suggestion))
