"""The console's reader: pages are given this, and it cannot write.

Lists run backwards over journal numbers, which are assigned under the write lock (guarantees D3), so a page
never shows a row twice nor misses one, however many decisions arrive meanwhile.
"""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from breather.domain.friction import Friction
from breather.domain.instant import Millis
from breather.domain.outcome import outcome_of
from breather.storage.exchange.console_record import (
    CampaignRow,
    Decided,
    DecisionFilter,
    DecisionPage,
    DecisionRow,
    HeartbeatRow,
    JournalRow,
    WithdrawalFile,
)
from breather.storage.exchange.withdrawals import following, holds_of_pair
from breather.storage.reader import Reader

NEWEST = 2**63 - 1  # before every number that a journal can reach
MOST_ON_A_PAGE = 200
# A state is computed, so no index finds it: the search gives up here and the page offers to go on.
SEARCHED_AT_MOST = 2_000
_CHUNK = 200

# A decision is its friction in other words (proceed, intervene, hold), so a column answers for it.
FRICTIONS_OF: Final = MappingProxyType(
    {
        "proceed": (Friction.NONE, Friction.NONE),
        "intervene": (Friction.NOTICE, Friction.COOLING_OFF),
        "hold": (Friction.HOLD, Friction.HOLD),
    }
)


class ConsoleReader:
    """Everything the console shows, within the snapshot of one `Reader` and at one instant."""

    def __init__(self, connection: Reader, now: Millis) -> None:
        self._connection = connection
        self._now = now

    def decisions(self, wanted: DecisionFilter, before: int = NEWEST, limit: int = 50) -> DecisionPage:
        """Up to `limit` withdrawals decided before journal number `before`, newest first.

        Raises ValueError for a decision that is none of FRICTIONS_OF, and for a limit outside 1 to 200.
        """
        if not 1 <= limit <= MOST_ON_A_PAGE:
            raise ValueError(f"limit is {limit}; 1 to {MOST_ON_A_PAGE} is right")
        found: list[Decided] = []
        searched = 0
        for row in self._candidates(wanted, before, _CHUNK if wanted.state else limit):
            if len(found) == limit or searched == SEARCHED_AT_MOST:
                return DecisionPage(tuple(found), before, searched)
            searched += 1
            before = row.number
            decided = self._decided(row)
            if wanted.state in ("", decided.state):
                found.append(decided)
        return DecisionPage(tuple(found), None, searched)

    def withdrawal(self, withdrawal: str) -> WithdrawalFile | None:
        """One withdrawal with its pause and its holds, the latest first; None for an unknown id."""
        row = self._connection.one_as(DecisionRow, "console_decision", withdrawal=withdrawal)
        if row is None:
            return None
        joined = [] if row.pause is None else self._connection.all("console_joined", pause=row.pause)
        holds = holds_of_pair(self._connection, row.customer, row.destination)
        return WithdrawalFile(
            decided=self._decided(row),
            joined=tuple(one["id"] for one in joined),
            holds=tuple(sorted(holds, key=lambda hold: -hold.placed_at)),
        )

    def decided(self, rows: Iterable[DecisionRow]) -> tuple[Decided, ...]:
        """Where each stands now."""
        return tuple(self._decided(row) for row in rows)

    def _decided(self, row: DecisionRow) -> Decided:
        # Few pairs were ever held, so a list asks this for few of its rows.
        held = row.held_until is not None
        standing = row.standing(holds_of_pair(self._connection, row.customer, row.destination) if held else ())
        ending = outcome_of(standing, row.compared(), following(self._connection, row), self._now)
        outcome = "" if ending is None else ending.outcome.value
        return Decided(row, standing.state(self._now).value, outcome, standing.alarm() or "")

    def timeline(self, withdrawal: str) -> tuple[JournalRow, ...]:
        """The journal's entries on one withdrawal, oldest first, at most 500."""
        return tuple(self._connection.all_as(JournalRow, "console_timeline", withdrawal=withdrawal))

    def counts(self, since: int) -> Mapping[Friction, int]:
        """Decisions from instant `since` on, by the friction decided; every friction is there."""
        rows = self._connection.all("console_counts", since=since)
        counted = {row["friction"]: row["decisions"] for row in rows}
        return {friction: counted.get(int(friction), 0) for friction in Friction}

    def heartbeats(self) -> tuple[HeartbeatRow, ...]:
        return tuple(self._connection.all_as(HeartbeatRow, "console_heartbeats"))

    def campaigns(self) -> tuple[CampaignRow, ...]:
        """Those not retired first, then the retired, the latest begun first; at most 100."""
        return tuple(self._connection.all_as(CampaignRow, "console_campaigns"))

    def _candidates(self, wanted: DecisionFilter, before: int, chunk: int) -> Iterator[DecisionRow]:
        """Rows of the filter but for its state, fetched chunk by chunk as they are asked for."""
        least, most = _range_of(wanted)
        if least > most:
            return
        if wanted.withdrawal:
            row = self._connection.one_as(DecisionRow, "console_decision", withdrawal=wanted.withdrawal)
            if row and row.number < before and least <= row.friction <= most and wanted.customer in ("", row.customer):
                yield row
            return
        name, of = (
            ("console_decisions_of_customer", {"customer": wanted.customer})
            if wanted.customer
            else ("console_decisions", {})
        )
        while True:
            # One more than a page: its presence says that an older page exists.
            rows = self._connection.all_as(
                DecisionRow, name, before=before, least=least, most=most, rows=chunk + 1, **of
            )
            yield from rows
            if len(rows) <= chunk:
                return
            before = rows[-1].number


def _range_of(wanted: DecisionFilter) -> tuple[int, int]:
    """The frictions, least and most, that both the wanted decision and the wanted friction allow."""
    least, most = Friction.NONE, Friction.HOLD
    if wanted.decision:
        if wanted.decision not in FRICTIONS_OF:
            raise ValueError(f"decision is {wanted.decision!r}; {', '.join(FRICTIONS_OF)} is right")
        least, most = FRICTIONS_OF[wanted.decision]
    if wanted.friction is not None:
        least, most = max(least, wanted.friction), min(most, wanted.friction)
    return int(least), int(most)
