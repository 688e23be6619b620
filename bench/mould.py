"""A row of the first town, into which any other town's names can be cast."""

import json
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from bench.lives import Prepared
from bench.population import ADDRESSES, address, customer_ref, town_name
from breather.domain.assignment import point_of
from breather.domain.withdrawal import CustomerRef

Cells = tuple[Any, ...]
Casts = Callable[[int], Any]  # from the number of a town to its cell

NUMBERS = frozenset({"number", "changed"})  # columns that name an entry of the journal
FIRST = town_name(0)
_NAMES = re.compile(FIRST + r'|\bT[1-9A-HJ-NP-Za-km-z]{33}\b|(?<="point":)[0-9.e-]+')
_DRAWN = 2_000_000


class Mould:
    """`of(town)` is the row as that town would have it. The first is town 0: its mould gives back the row itself."""

    def __init__(self, row: Cells, casts: Sequence[tuple[int, Casts]]) -> None:
        self._row = row
        self._casts = casts

    def of(self, town: int) -> Cells:
        cells = list(self._row)
        for place, cast in self._casts:
            cells[place] = cast(town)
        return tuple(cells)


class Moulder:
    """Makes moulds for a database of so many towns, prepared with these keys."""

    def __init__(self, prepared: Prepared, towns: int) -> None:
        self._prepared = prepared
        self._towns = towns
        self._numbers = {address(0, number): number for number in range(ADDRESSES)}
        self._drawn = lru_cache(maxsize=_DRAWN)(self._draw)

    def mould(self, columns: Sequence[str], row: Cells) -> Mould:
        customer = str(row[columns.index("customer")]) if "customer" in columns else ""
        casts = [
            (place, cast)
            for place, (name, cell) in enumerate(zip(columns, row, strict=True))
            if (cast := self._cast(name, cell, customer)) is not None
        ]
        return Mould(row, casts)

    def _cast(self, name: str, cell: Any, customer: str) -> Casts | None:
        """None where every town has the same."""
        if name in NUMBERS and cell is not None:
            return self._entry(cell)
        if isinstance(cell, bytes):
            words = self._text(cell.decode("utf-8"), customer)
            return None if words is None else lambda town: words(town).encode("utf-8")
        return self._text(cell, customer) if isinstance(cell, str) else None

    def _entry(self, number: int) -> Casts:
        """Where one town has one entry, all have one, in their order."""
        first = self._prepared.number + (number - self._prepared.number - 1) * self._towns + 1
        return lambda town: first + town

    def _text(self, text: str, customer: str) -> Casts | None:
        found = list(_NAMES.finditer(text))
        if not found:
            return None
        ends = [0, *(match.end() for match in found)]
        fixed = [text[end : match.start()] for end, match in zip(ends, found, strict=False)]
        pieces = [(before, self._word(match.group(), customer)) for before, match in zip(fixed, found, strict=True)]
        rest = text[ends[-1] :]

        def cast(town: int) -> str:
            return "".join([before + word(town) for before, word in pieces]) + rest

        return cast

    def _word(self, word: str, customer: str) -> Callable[[int], str]:
        if word == FIRST:
            return town_name
        if word in self._numbers:
            number = self._numbers[word]
            return lambda town: address(town, number)
        rank = int(customer.rpartition("-")[2])
        return lambda town: self._drawn(town, rank)

    def _draw(self, town: int, rank: int) -> str:
        """The experiment draws by the customer: the one thing in a row that cannot be read off another."""
        point = point_of(self._prepared.experiment, CustomerRef(customer_ref(town, rank)), self._prepared.secret)
        return json.dumps(round(point, 6))
