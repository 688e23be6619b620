"""Why a rule said what it said: the smallest conditions in it that decided, as they were written."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from breather.domain.feature import Features
from breather.domain.rules import tree
from breather.domain.rules.decider import make_decider
from breather.domain.rules.expression import Expression
from breather.domain.rules.truth import Truth

_Truths = Mapping[tree.Node, Truth]


class Reason(NamedTuple):
    """A condition in the words of the rule, and what it was."""

    text: str
    truth: Truth


def reasons(expression: Expression, features: Features) -> tuple[Truth, tuple[Reason, ...]]:
    """What the rule says of these features, and the parts without which it would not.

    One false part decides an AND, one true part an OR; what is left open is left so by the parts that are.
    """
    conditions = list(dict.fromkeys(_conditions(expression.root)))
    parts = [Expression(expression.text, expression.features, expression.phase, node) for node in conditions]
    hits, misses, undetermined = make_decider(conditions, parts)(features)
    truths = {**dict.fromkeys(hits, Truth.HIT), **dict.fromkeys(misses, Truth.MISS)}
    truths |= dict.fromkeys((node for node, _ in undetermined), Truth.UNDETERMINED)
    deciding = dict.fromkeys(_deciding(expression.root, truths))
    found = (Reason(expression.text[node.at : node.at + node.length], truths[node]) for node in deciding)
    return truths[expression.root], tuple(found)


def _conditions(node: tree.Node) -> Iterator[tree.Node]:
    yield node
    match node:
        case tree.Not(operand):
            yield from _conditions(operand)
        case tree.All(parts) | tree.Any(parts):
            for part in parts:
                yield from _conditions(part)
        case _:
            pass


def _deciding(node: tree.Node, truths: _Truths) -> Iterator[tree.Node]:
    match node:
        case tree.Not(operand):
            yield from _deciding(operand, truths)
        case tree.All(parts) | tree.Any(parts):
            # A part that is as the whole is has decided it: all of an AND that holds, the false ones of one that fails.
            for part in parts:
                if truths[part] is truths[node]:
                    yield from _deciding(part, truths)
        case _:
            yield node
