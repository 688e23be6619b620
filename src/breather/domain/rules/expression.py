"""One rule's condition, compiled: what it names, from when it can run, and what it says (step 4)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields

from breather.domain.feature import Feature, Features, Phase
from breather.domain.rules import tree
from breather.domain.rules.checker import check
from breather.domain.rules.compiler import Condition, condition
from breather.domain.rules.error import BadExpression
from breather.domain.rules.parser import parse
from breather.domain.rules.truth import Truth

_TRUTHS: Mapping[bool | None, Truth] = {True: Truth.HIT, False: Truth.MISS, None: Truth.UNDETERMINED}


@dataclass(frozen=True, slots=True)
class Expression:
    """`features` are the names used; `phase` is the latest of theirs, from which the rule runs.

    `evaluate` takes a value, or an `Unknown`, for every name. It raises KeyError for a needed name without
    either, and TypeError for a value of another type than its feature's.
    """

    text: str
    features: frozenset[str]
    phase: Phase
    evaluate: Callable[[Features], Truth] = field(repr=False, compare=False)
    root: tree.Node = field(repr=False)


def compile_expression(text: str, catalogue: Mapping[str, Feature]) -> Expression:
    """Raises BadExpression with every error that could be found."""
    root, errors = parse(text, catalogue)
    errors = [*errors, *check(root)]
    if errors:
        raise BadExpression(text, errors)
    used = frozenset(node.feature for node in _walk(root) if isinstance(node, tree.FeatureUse))
    return Expression(
        text=text,
        features=frozenset(feature.name for feature in used),
        phase=max((feature.phase for feature in used), default=Phase.SUBMIT),
        evaluate=_evaluator(condition(root)),
        root=root,
    )


def _evaluator(holds: Condition) -> Callable[[Features], Truth]:
    return lambda values: _TRUTHS[holds(values)]


def _walk(node: tree.Place) -> Iterator[tree.Place]:
    yield node
    for part in fields(node):
        value = getattr(node, part.name)
        for inner in value if isinstance(value, tuple) else (value,):
            if isinstance(inner, tree.Place):
                yield from _walk(inner)
