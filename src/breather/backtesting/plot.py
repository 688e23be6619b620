"""Plots as SVG text: no scripts, no fonts, no addresses; colours by class, so that the page's style sheet decides."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 860, 220, 60, 24, 8


def stacked_days(days: Sequence[str], series: Mapping[str, Sequence[int]]) -> Markup:
    """One column a day, each in parts of the named series; the name of a series becomes the class of its parts."""
    totals = [sum(values[n] for values in series.values()) for n in range(len(days))]
    top = max([*totals, 1])
    wide = (WIDTH - LEFT) / max(len(days), 1)
    tall = HEIGHT - TOP - BOTTOM
    parts = [_axis(top, days)]
    for n, day in enumerate(days):
        base = float(HEIGHT - BOTTOM)
        for name, values in series.items():
            high = tall * values[n] / top
            base -= high
            if values[n]:
                label = escape(f"{day}: {name} {values[n]}")
                parts.append(
                    f'<rect class="{escape(name)}" x="{LEFT + n * wide:.2f}" y="{base:.2f}" '
                    f'width="{max(wide - 1, 0.5):.2f}" height="{high:.2f}"><title>{label}</title></rect>'
                )
    return _svg(parts, "by day")


def bars(counts: Mapping[str, int]) -> Markup:
    """One horizontal bar a name, in the order given."""
    line, name_width = 20, 260
    top = max([*counts.values(), 1])
    parts = []
    for n, (name, count) in enumerate(counts.items()):
        y = n * line
        wide = (WIDTH - name_width - 90) * count / top
        parts.append(
            f'<text x="{name_width - 8}" y="{y + 14}" text-anchor="end">{escape(name)}</text>'
            f'<rect class="bar" x="{name_width}" y="{y + 3}" width="{wide:.2f}" height="14"/>'
            f'<text x="{name_width + wide + 6:.2f}" y="{y + 14}">{count}</text>'
        )
    return _svg(parts, "hits", max(len(counts) * line, line))


def _axis(top: int, days: Sequence[str]) -> str:
    first, last = (days[0], days[-1]) if days else ("", "")
    return (
        f'<text x="{LEFT - 6}" y="{TOP + 10}" text-anchor="end">{top}</text>'
        f'<text x="{LEFT - 6}" y="{HEIGHT - BOTTOM}" text-anchor="end">0</text>'
        f'<text x="{LEFT}" y="{HEIGHT - 6}">{escape(first)}</text>'
        f'<text x="{WIDTH}" y="{HEIGHT - 6}" text-anchor="end">{escape(last)}</text>'
    )


def _svg(parts: Sequence[str], label: str, height: int = HEIGHT) -> Markup:
    opening = f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(label)}">'
    return Markup(opening + "".join(parts) + "</svg>")  # noqa: S704  every text above is escaped
