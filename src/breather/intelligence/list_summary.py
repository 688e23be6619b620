"""What an import came to, in numbers that add up, with the first examples of everything that was not taken."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from breather.intelligence.importers.finding import Reason, Rejected

EXAMPLES = 5
# What could not be read as a row was one all the same.
_ROWS = frozenset({Reason.UNREADABLE, Reason.TOO_LONG, Reason.ENCODING})


@dataclass(frozen=True, slots=True)
class Example:
    """`file` is the name only."""

    file: str
    line: int
    text: str
    message: str


@dataclass(slots=True)
class Summary:
    """`rows` of the source; `claims` in the new snapshot; claims read = claims + repeated + crowded.

    A row may make several claims (a site with its addresses) or none. `services` are hosts that the list allows.
    `rejected` counts what was not taken, by reason.
    """

    rows: int = 0
    read: int = 0
    claims: int = 0
    repeated: int = 0
    crowded: int = 0
    added: int = 0
    removed: int = 0
    kept: int = 0
    services: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[Example]] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)

    def reject(self, file: str, rejected: Rejected) -> None:
        self.rejected[rejected.reason.value] += 1
        self.rows += rejected.reason in _ROWS
        shown = self.examples.setdefault(rejected.reason.value, [])
        if len(shown) < EXAMPLES:
            shown.append(Example(file, rejected.line, rejected.text, rejected.message))

    def counts(self) -> Mapping[str, object]:
        """For the journal: numbers, and no examples, which are somebody else's words."""
        numbers = ("rows", "read", "claims", "repeated", "crowded", "added", "removed", "kept", "services")
        return {**{name: getattr(self, name) for name in numbers}, "rejected": dict(sorted(self.rejected.items()))}
