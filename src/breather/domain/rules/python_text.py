"""Checked trees to the text of one Python function: the only place that writes Python, and only from these templates.

Into the text go names that the catalogue gives, constants as `repr` writes them, and numbered variables; nothing of
what an analyst typed is copied. Every value is read once: a finite double, a text or a truth, or None for unknown.
A condition becomes two plain Boolean expressions, when it is true and when it is false (NOT exchanges them); where
neither holds it is unknown. So three-valued logic costs no more than Python's own `and` and `or`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from breather.domain.feature import Feature, ValueType
from breather.domain.rules import tree
from breather.domain.rules.checker import constant_of, kind_of

NAME = "decide"

_HEAD = f"def {NAME}(values):\n    hits, misses, undetermined = [], [], []\n"
_TAIL = "    return hits, misses, undetermined\n"
# A double less itself is 0, but for NaN and the infinities, which are unknown.
_READ: Mapping[ValueType, str] = {
    ValueType.NUMBER: """\
    {variable} = values[{name}]
    if type({variable}) is not float or {variable} - {variable} != 0.0:
        {variable} = None if type({variable}) is Unknown else number({name}, {variable})
""",
    ValueType.BOOLEAN: """\
    {variable} = values[{name}]
    if {variable} is not True and {variable} is not False:
        {variable} = None if type({variable}) is Unknown else boolean({name}, {variable})
""",
    ValueType.TEXT: """\
    {variable} = values[{name}]
    if type({variable}) is not str:
        {variable} = None if type({variable}) is Unknown else text({name}, {variable})
""",
}
_CALCULATED = """\
    {variable} = {formula} if {known} else None
    if {variable} is not None and {variable} - {variable} != 0.0:
        {variable} = None
"""
# Most rules miss most withdrawals, so that is asked first.
_RULE = """\
    if {false}:
        misses.append(rule{number})
    elif {true}:
        hits.append(rule{number})
    else:
        unknown = {{}}
{notes}        undetermined.append((rule{number}, unknown))
"""
_NOTE = """\
        if {variable} is None and type(found := values[{name}]) is Unknown:
            unknown[{name}] = found
"""
_SIGNS: Mapping[str, tuple[str, str]] = {
    "=": ("==", "!="),
    "<>": ("!=", "=="),
    "<": ("<", ">="),
    "<=": ("<=", ">"),
    ">": (">", "<="),
    ">=": (">=", "<"),
}


class _Sides(NamedTuple):
    """When a condition is true, and when it is false, as two Python expressions."""

    true: str
    false: str

    def when(self, wanted: bool) -> "_Sides":
        return self if wanted else _Sides(self.false, self.true)


class _Value(NamedTuple):
    """A constant, or the variable that holds a value; `known` are the tests that it is known: one, or none."""

    text: str
    known: tuple[str, ...]


def python_text(conditions: Sequence[tree.Node]) -> str:
    """`def decide(values)`, which returns the `rule<n>` that hit, those that missed, and those undetermined.

    The last come as pairs with what was `Unknown`, by feature and in the order of the names.
    """
    writer = _Writer()
    for number, condition in enumerate(conditions):
        writer.rule(number, condition)
    return writer.text()


class _Writer:
    """Collects statements; a part that was written before is used again by its variable."""

    def __init__(self) -> None:
        self._reads: list[str] = []
        self._rules: list[str] = []
        self._variables: dict[str, str] = {}  # by what each holds: a feature's name, or a formula over variables

    def text(self) -> str:
        return _HEAD + "".join(self._reads) + "".join(self._rules) + _TAIL

    def rule(self, number: int, condition: tree.Node) -> None:
        sides = self._condition(condition)
        features = sorted(tree.features_in(condition), key=lambda feature: feature.name)
        notes = (_NOTE.format(variable=self._feature(feature), name=repr(feature.name)) for feature in features)
        self._rules.append(_RULE.format(number=number, true=sides.true, false=sides.false, notes="".join(notes)))

    def _condition(self, node: tree.Node) -> _Sides:
        match node:
            case tree.BooleanLiteral(value):
                return _Sides("True", "False").when(value)
            case tree.FeatureUse(feature):
                variable = self._feature(feature)
                return _Sides(f"{variable} is True", f"{variable} is False")
            case tree.Not(operand):
                return self._condition(operand).when(False)
            case tree.All(parts):
                return _every([self._condition(part) for part in parts])
            case tree.Any(parts):
                return _every([self._condition(part).when(False) for part in parts]).when(False)
            case tree.IsNull(operand, negated):
                return _null_test(self._value(operand)).when(not negated)
            case tree.Between(operand, low, high):
                number = self._value(operand)
                bounds = (_compared(number, ">=", self._value(low)), _compared(number, "<=", self._value(high)))
                return _every(bounds)
            case tree.Membership(operand, options, negated):
                return _listed(self._value(operand), options).when(not negated)
            case tree.Comparison(sign, left, right) if kind_of(left) is ValueType.BOOLEAN:
                tested, wanted = constant_of(left, right)
                return self._condition(tested).when(wanted is (sign == "="))
            case tree.Comparison(sign, left, right):
                return _compared(self._value(left), sign, self._value(right))
            case _:
                raise AssertionError(f"checked as a condition and is none: {node}")

    def _value(self, node: tree.Node) -> _Value:
        match node:
            case tree.NumberLiteral(value) | tree.TextLiteral(value):
                return _Value(repr(value), ())
            case tree.FeatureUse(feature):
                return self._variable(self._feature(feature))
            case tree.Negative(operand):
                one = self._value(operand)
                return self._calculated(f"-{one.text}", one.known)
            case tree.Arithmetic(sign, left, right):
                one, other = self._value(left), self._value(right)
                return self._calculated(f"{one.text} {sign} {other.text}", (*one.known, *other.known))
            case tree.Ratio(over, under):
                one, other = self._value(over), self._value(under)
                formula = f"({one.text} / {other.text} if {other.text} != 0.0 else None)"
                return self._calculated(formula, (*one.known, *other.known))
            case _:
                raise AssertionError(f"checked as a number or a text and is neither: {node}")

    def _calculated(self, formula: str, known: Sequence[str]) -> _Value:
        if formula not in self._variables:
            variable = self._variables[formula] = f"v{len(self._variables)}"
            tests = _both(known) if known else "True"
            self._rules.append(_CALCULATED.format(variable=variable, formula=formula, known=tests))
        return self._variable(self._variables[formula])

    def _feature(self, feature: Feature) -> str:
        name = repr(feature.name)
        if name not in self._variables:
            variable = self._variables[name] = f"v{len(self._variables)}"
            self._reads.append(_READ[feature.type].format(variable=variable, name=name))
        return self._variables[name]

    @staticmethod
    def _variable(name: str) -> _Value:
        return _Value(name, (f"{name} is not None",))


def _null_test(value: _Value) -> _Sides:
    """A constant is never null."""
    return _Sides(f"{value.text} is None", value.known[0]) if value.known else _Sides("False", "True")


def _listed(value: _Value, options: Iterable[tree.Literal]) -> _Sides:
    listed = "{" + ", ".join(repr(option.value) for option in options) + "}"
    return _Sides(*(_both([*value.known, f"{value.text} {word} {listed}"]) for word in ("in", "not in")))


def _compared(one: _Value, sign: str, other: _Value) -> _Sides:
    known = [*one.known, *other.known]
    return _Sides(*(_both([*known, f"{one.text} {python} {other.text}"]) for python in _SIGNS[sign]))


def _every(parts: Sequence[_Sides]) -> _Sides:
    """SQL's AND: true if all are, false as soon as one is, however many others are unknown."""
    return _Sides(_both([part.true for part in parts]), "(" + " or ".join(part.false for part in parts) + ")")


def _both(tests: Sequence[str]) -> str:
    return "(" + " and ".join(tests) + ")"
