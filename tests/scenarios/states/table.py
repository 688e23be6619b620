"""The one table of who may move a withdrawal: read from `events.txt`, and written as docs/flow.md shows it.

python -m tests.scenarios.states.table      puts the table into docs/flow.md, between its two markers
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from breather.domain.event import MAY, Actor, EventKind

EVENTS = Path(__file__).with_name("events.txt")
FLOW = Path(__file__).parents[3] / "docs" / "flow.md"
BEGIN, END = "<!-- table: events -->", "<!-- /table -->"

# The states of `domain.cooling_off.State`. What is only offered comes in two kinds, and what has been broadcast is one
# more, although no pause knows of it.
SITUATIONS: Mapping[str, str] = {
    "clear": "nothing was asked",
    "notice": "offered: a notice",
    "offered": "offered: questions, or a pause",
    "running": "running",
    "elapsed": "elapsed",
    "released": "released",
    "stopped": "stopped",
    "lapsed": "lapsed",
    "held-offered": "held, unanswered",
    "held": "held, elapsed",
    "broadcast": "broadcast",
}


@dataclass(frozen=True, slots=True)
class Row:
    """What one event does in one situation: a state, or `!` and the code it is refused with."""

    event: EventKind
    situation: str
    result: str


def rows() -> tuple[Row, ...]:
    """Raises ValueError for a line that is none, and KeyError for a situation that is not listed."""
    found = []
    for line in EVENTS.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        event, situation, result = (cell.strip() for cell in line.split("|"))
        SITUATIONS[situation]
        found.append(Row(EventKind(event), situation, result))
    return tuple(found)


def who(kind: EventKind) -> str:
    return ", ".join(actor.value for actor in Actor if actor in MAY[kind])


def markdown() -> str:
    """One line for each event, one column for each situation; a refusal in italics."""
    results = {(row.event, row.situation): row.result for row in rows()}
    lines = [
        f"| event | who | {' | '.join(SITUATIONS.values())} |",
        f"|---|---|{'---|' * len(SITUATIONS)}",
    ]
    for kind in EventKind:
        cells = [_cell(results[kind, situation]) for situation in SITUATIONS]
        lines.append(f"| **{kind.value}** | {who(kind)} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _cell(result: str) -> str:
    return f"*{result[1:]}*" if result.startswith("!") else result


def between_markers(text: str) -> str:
    """What stands between the markers. Raises ValueError where they are missing."""
    begin, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    return text[begin:end].strip("\n") + "\n"


def with_table(text: str) -> str:
    begin, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    return f"{text[:begin]}\n{markdown()}{text[end:]}"


if __name__ == "__main__":
    FLOW.write_text(with_table(FLOW.read_text(encoding="utf-8")), encoding="utf-8")
