"""One compiled function for many rules: from a mapping of features to what hit, what missed, and what stayed open."""

import math
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, TypeAlias, TypeVar

from breather.domain.feature import Features, Unknown
from breather.domain.rules.expression import Expression
from breather.domain.rules.python_text import NAME, python_text

_T = TypeVar("_T")
Undetermined: TypeAlias = list[tuple[_T, dict[str, Unknown]]]
Decider: TypeAlias = Callable[[Features], tuple[list[_T], list[_T], Undetermined[_T]]]


def make_decider(rules: Sequence[_T], conditions: Sequence[Expression]) -> Decider[_T]:
    """The function that sorts `rules` by what their conditions say: hits, misses, and undetermined.

    Each undetermined rule comes with the unknown features that it names. The function raises KeyError for a named
    value that is absent, and TypeError for one of another type than its feature's: mistakes of the program both.

    The text that runs is `python_text`'s, which copies nothing that anybody typed; and it runs without builtins, so
    that it could reach nothing but the names given here.
    """
    text = python_text([condition.root for condition in conditions])
    names: dict[str, Any] = {
        "__builtins__": {},
        "Unknown": Unknown,
        "type": type,
        "float": float,
        "str": str,
        "number": _number,
        "boolean": _boolean,
        "text": _text,
        **{f"rule{number}": rule for number, rule in enumerate(rules)},
    }
    exec(compile(text, "<rules>", "exec"), names)  # noqa: S102  our own text, see above
    decider: Decider[_T] = names[NAME]
    return decider


def _number(name: str, value: object) -> float | None:
    """What is known and not plainly a finite double: an integer, NaN, an infinity, or a mistake."""
    # A bool is an int to Python, and would silently count as 0 or 1.
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{name} is a number, not {value!r}")
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _boolean(name: str, value: object) -> NoReturn:
    raise TypeError(f"{name} is true or false, not {value!r}")


def _text(name: str, value: object) -> str:
    """A member of a closed vocabulary is a text, too."""
    if not isinstance(value, str):
        raise TypeError(f"{name} is a text, not {value!r}")
    return value
