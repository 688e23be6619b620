"""What was recorded while serving, held against what replay computes: by column, and by row where they differ."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow.compute as pc

from breather.domain.catalogue import CATALOGUE
from breather.domain.feature import Features, Phase
from breather.history.cells import feature_columns
from breather.history.schema import feature_column, unknown_column

MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class Difference:
    """Values as a file holds them; an unknown one as its class in brackets."""

    withdrawal: str
    feature: str
    recorded: str
    replayed: str

    def __str__(self) -> str:
        return f"{self.withdrawal} {self.feature}: recorded {self.recorded}, replayed {self.replayed}"


@dataclass(slots=True)
class Comparison:
    """`values` were compared; `missing` were not recorded, the feature being younger than the decision."""

    withdrawals: int = 0
    values: int = 0
    missing: int = 0
    differing: int = 0
    first: list[Difference] = field(default_factory=list)

    def take(self, recorded: Any, replayed: Sequence[Features], features: Sequence[str]) -> None:
        """One table of the file, and the features of the same rows. Answers come later than the fold, and are left."""
        self.withdrawals += len(recorded)
        computed = feature_columns(replayed)
        here: list[tuple[int, Difference]] = []
        for name in features:
            if CATALOGUE[name].phase is Phase.SUBMIT:
                here += self._take(recorded, computed, name)
        # In the order of the history, not of the catalogue: what comes first may explain what follows.
        here.sort(key=lambda each: each[0])
        self.first += [difference for _, difference in here][: MOST_NAMED - len(self.first)]

    def _take(self, recorded: Any, computed: dict[str, Any], name: str) -> list[tuple[int, Difference]]:
        old, new = (recorded.column(feature_column(name)).combine_chunks(), computed[feature_column(name)])
        old_unknown, new_unknown = (
            recorded.column(unknown_column(name)).combine_chunks(),
            computed[unknown_column(name)],
        )
        self.values += len(old)
        if old.equals(new) and old_unknown.equals(new_unknown):
            return []
        found: list[tuple[int, Difference]] = []
        ids = recorded.column("id")
        known = pc.or_(pc.is_valid(old), pc.is_valid(old_unknown)).to_pylist()
        rows = zip(old.to_pylist(), old_unknown.to_pylist(), new.to_pylist(), new_unknown.to_pylist(), strict=True)
        for row, (was, was_unknown, now, now_unknown) in enumerate(rows):
            if not known[row]:
                self.missing += 1
                self.values -= 1
            elif (was, was_unknown) != (now, now_unknown):
                self.differing += 1
                if len(found) < MOST_NAMED:
                    said = Difference(ids[row].as_py(), name, _said(was, was_unknown), _said(now, now_unknown))
                    found.append((row, said))
        return found


def _said(value: object, unknown: str | None) -> str:
    return repr(value) if unknown is None else f"({unknown})"
