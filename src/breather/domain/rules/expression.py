"""One rule's condition, read and checked: what it names, and from when it can run (step 4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from breather.domain.feature import Feature, Phase
from breather.domain.rules import tree
from breather.domain.rules.checker import check
from breather.domain.rules.error import BadExpression
from breather.domain.rules.parser import parse


@dataclass(frozen=True, slots=True)
class Expression:
    """`features` are the names used; `phase` is the latest of theirs, from which the rule runs.

    `make_decider` compiles many of them to one function, `duckdb_text` prints one for backtests.
    """

    text: str
    features: frozenset[str]
    phase: Phase
    root: tree.Node = field(repr=False)


def read_expression(text: str, catalogue: Mapping[str, Feature]) -> Expression:
    """Raises BadExpression with every error that could be found."""
    root, errors = parse(text, catalogue)
    errors = [*errors, *check(root)]
    if errors:
        raise BadExpression(text, errors)
    used = tree.features_in(root)
    return Expression(
        text=text,
        features=frozenset(feature.name for feature in used),
        phase=max((feature.phase for feature in used), default=Phase.SUBMIT),
        root=root,
    )
