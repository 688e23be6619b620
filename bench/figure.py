"""One measured figure, and how it is written: a JSON object a line, or a table."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import median

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """`against` names what was measured in the same run, alternating; `ratio` is ours by theirs.

    `spread` is the distance between the highest and the lowest round by the median: how far to trust the value.
    """

    figure: str
    value: float
    unit: str
    against: str
    against_value: float
    ratio: float
    spread: float

    def line(self) -> str:
        return json.dumps(asdict(self))


def compared(name: str, unit: str, ours: Sequence[float], against: str, theirs: Sequence[float]) -> Figure:
    """Medians of the rounds; a figure keeps its name for good."""
    value, other = median(ours), median(theirs)
    spread = (max(ours) - min(ours)) / value
    return Figure(name, round(value, 2), unit, against, round(other, 2), round(value / other, 3), round(spread, 3))


def allowed(name: str, unit: str, ours: Sequence[float], most: float, by: str = "allowed") -> Figure:
    """Against a number that is asked for, and was not measured."""
    value = median(ours)
    spread = (max(ours) - min(ours)) / value if value else 0.0
    return Figure(name, round(value, 2), unit, by, most, round(value / most, 3), round(spread, 3))


def print_lines(figures: Iterable[Figure]) -> None:
    for figure in figures:
        print(figure.line(), flush=True)


def print_table(figures: Iterable[Figure]) -> None:
    table = Table("figure", "value", "unit", "against", "its value", "ratio", "spread", box=None, pad_edge=False)
    for figure in figures:
        table.add_row(*(str(value) for value in asdict(figure).values()))
    Console().print(table)
