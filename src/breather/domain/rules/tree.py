"""The tree of an expression. Nodes compare by what they say; where they stood in the text is left out."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import TypeAlias

from breather.domain.feature import Feature


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The characters of the text from which a node was read, parentheses included."""

    at: int = field(default=0, compare=False)
    length: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class NumberLiteral(Place):
    value: float


@dataclass(frozen=True, slots=True)
class TextLiteral(Place):
    value: str


@dataclass(frozen=True, slots=True)
class BooleanLiteral(Place):
    value: bool


@dataclass(frozen=True, slots=True)
class FeatureUse(Place):
    feature: Feature


@dataclass(frozen=True, slots=True)
class Missing(Place):
    """A name that is no feature: already reported, and kept so that the rest can still be checked."""

    name: str


@dataclass(frozen=True, slots=True)
class Negative(Place):
    operand: "Node"


@dataclass(frozen=True, slots=True)
class Arithmetic(Place):
    """`sign` is + - or *."""

    sign: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Ratio(Place):
    over: "Node"
    under: "Node"


@dataclass(frozen=True, slots=True)
class Comparison(Place):
    """`sign` is = <> < <= > or >=."""

    sign: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Membership(Place):
    """IN, or NOT IN when `negated`."""

    operand: "Node"
    options: tuple["Literal", ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class Between(Place):
    operand: "Node"
    low: "Node"
    high: "Node"


@dataclass(frozen=True, slots=True)
class IsNull(Place):
    """IS NULL, or IS NOT NULL when `negated`."""

    operand: "Node"
    negated: bool


@dataclass(frozen=True, slots=True)
class Not(Place):
    operand: "Node"


@dataclass(frozen=True, slots=True)
class All(Place):
    """AND of two parts or more: kept flat, so that a long rule is not a deep one."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Any(Place):
    """OR of two parts or more."""

    parts: tuple["Node", ...]


Literal: TypeAlias = NumberLiteral | TextLiteral | BooleanLiteral
Node: TypeAlias = (
    Literal | FeatureUse | Missing | Negative | Arithmetic | Ratio
    | Comparison | Membership | Between | IsNull | Not | All | Any
)  # fmt: skip


def parts_of(node: Place) -> Iterator[Place]:
    """The node itself and every part below it."""
    yield node
    for part in fields(node):
        value = getattr(node, part.name)
        for inner in value if isinstance(value, tuple) else (value,):
            if isinstance(inner, Place):
                yield from parts_of(inner)


def features_in(node: Place) -> frozenset[Feature]:
    return frozenset(part.feature for part in parts_of(node) if isinstance(part, FeatureUse))
