"""Plots as SVG without a word in it: it is stretched to whatever room there is, and its words stand beside it as text.

No scripts, no fonts, no addresses; colours by class, so that the page's style sheet decides.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from markupsafe import Markup, escape

from breather.measurement.proportion import Proportion

# A column narrower than a pixel of a small screen is no column: then a week is drawn as one.
_MOST_COLUMNS = 400
_WEEK = 7
_TALL = 100


class Columns(NamedTuple):
    """A plot with the height of its axis, and whether a column is a day or a week."""

    svg: Markup
    top: int
    each: str


def stacked(series: Mapping[str, Sequence[int]], label: str) -> Columns:
    """One column a day, or a week, each in parts; the name of a series becomes the class of its parts."""
    days = max(map(len, series.values()))
    every = 1 if days <= _MOST_COLUMNS else _WEEK
    heights = [[sum(values[n : n + every]) for n in range(0, days, every)] for values in series.values()]
    totals = [sum(column) for column in zip(*heights, strict=True)]
    top = axis_top(max(totals))
    base = [0] * len(totals)
    parts = []
    for name, values in zip(series, heights, strict=True):
        upper = [low + value for low, value in zip(base, values, strict=True)]
        parts.append(f'<path class="{escape(name)}" d="{_band(base, upper, top)}"/>')
        base = upper
    return Columns(_svg(parts, len(totals), label), top, "day" if every == 1 else "week")


def spark(values: Sequence[int], label: str) -> Markup:
    """One rule's days or weeks, as high as its own most."""
    every = 1 if len(values) <= _MOST_COLUMNS else _WEEK
    columns = [sum(values[n : n + every]) for n in range(0, len(values), every)]
    path = _band([0] * len(columns), columns, max([*columns, 1]))
    return _svg([f'<path class="hits" d="{path}"/>'], len(columns), label)


def interval(found: Proportion, label: str) -> Markup:
    """From 0 to 100 %: the interval as a bar, and in it what was found."""
    low, high = 100 * found.low, 100 * found.high
    parts = [f'<rect class="range" x="{low:.2f}" width="{max(high - low, 0.6):.2f}" height="{_TALL}"/>']
    if found.share is not None:
        at = min(max(100 * found.share - 0.5, 0), 99)
        parts.append(f'<rect class="found" x="{at:.2f}" width="1" height="{_TALL}"/>')
    return _svg(parts, 100, label)


def axis_top(most: int) -> int:
    """The next number that is easily read, and whose half is, too."""
    step = 1
    while True:
        for first in (2, 4, 6, 8, 10):
            if first * step >= most:
                return first * step
        step *= 10


def _band(lower: Sequence[int], upper: Sequence[int], top: int) -> str:
    """Columns between two heights, all in one path: a rectangle each would make a page of years heavy."""
    return "".join(
        f"M{n} {_y(low, top)}V{_y(high, top)}h1V{_y(low, top)}z"
        for n, (low, high) in enumerate(zip(lower, upper, strict=True))
        if high > low
    )


def _y(value: int, top: int) -> str:
    return f"{_TALL * (1 - value / top):.4g}"


def _svg(parts: Sequence[str], wide: int, label: str) -> Markup:
    opening = f'<svg viewBox="0 0 {wide} {_TALL}" preserveAspectRatio="none" role="img" aria-label="{escape(label)}">'
    return Markup(opening + "".join(parts) + "</svg>")  # noqa: S704  every text above is escaped
