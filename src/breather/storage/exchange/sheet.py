"""One batch of decisions on one sheet: read together, decided in order, written together.

A decision asks for a dozen rows and writes half a dozen. Asked one by one, that is most of what a decision costs; for a
batch it is the same few queries, however many decisions are in it. What one decision of the batch stages, the next one
finds. Rare questions go to the database, and what is staged is written before they are asked.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from breather.domain.cooling_off import Hold, Pause
from breather.domain.instant import Millis
from breather.domain.profile import Profiles
from breather.domain.withdrawal import CustomerRef, Withdrawal
from breather.storage.exchange.profiles import (
    Key,
    Profile,
    changed_profiles,
    decode_profile,
    profile_keys,
    profiles_from,
    stored_profiles,
    write_profiles,
)
from breather.storage.exchange.withdrawals import (
    ENOUGH,
    EVERY,
    Decided,
    WithdrawalRow,
    find_withdrawal,
    hold_of,
    hold_row,
    holds_of_pair,
    joined_amounts,
    pause_of,
    pause_row,
    pauses_of_pair,
    withdrawal_row,
)
from breather.storage.transaction import Transaction

Pair = tuple[str, str]  # customer and Destination.key


class Sheet:
    """Made for the withdrawals of one batch, and asked about no others. `since`: how far back a release still covers.

    `flush` writes what is staged; whoever makes a sheet calls it at the end.
    """

    def __init__(self, tx: Transaction, batch: Sequence[Withdrawal], since: Millis) -> None:
        self.tx = tx
        self._since = since
        names = [{"id": name} for name in dict.fromkeys(asked.id for asked in batch)]
        self._known = {row["id"]: WithdrawalRow(**row) for row in tx.each("withdrawals_named", names)}
        # A known one is not erased: only new ids are looked up a second time.
        new = [name for name in names if name["id"] not in self._known]
        self._erased = {row["id"]: Millis(row["at"]) for row in tx.each("erased_named", new)}
        pairs = list(dict.fromkeys((asked.customer, asked.destination.key) for asked in batch))
        destinations = [{"destination": name} for name in dict.fromkeys(key for _, key in pairs)]
        self._listed = {row["destination"] for row in tx.each("destinations_listed", destinations)}
        keys = dict.fromkeys(key for pair in pairs for key in profile_keys(CustomerRef(pair[0]), pair[1]))
        self._profiles = stored_profiles(tx, list(keys))
        self._holds = _open_holds(tx, pairs)
        self._pauses = self._open_pauses(pairs)
        self._staged: dict[str, list[dict[str, Any]]] = {"insert_pause": [], "insert_hold": [], "insert_withdrawal": []}
        self._decisions: dict[str, bytes | None] = {}
        self._met: dict[Key, Profile] = {}  # as the last decision left them
        self._changed: dict[Key, Profile] = {}

    def known(self, withdrawal: str) -> WithdrawalRow | None:
        """As it was before this batch."""
        return self._known.get(withdrawal)

    def erased(self, withdrawal: str) -> Millis | None:
        """When the withdrawal of this id was erased; None where none was (guarantee A1)."""
        return self._erased.get(withdrawal)

    def is_listed(self, destination: str) -> bool:
        return destination in self._listed

    def profiles(self, customer: CustomerRef, destination: str) -> Profiles:
        found = [
            self._met.get(key) or decode_profile(key, self._profiles.get(key))
            for key in profile_keys(customer, destination)
        ]
        return profiles_from(found)

    def keep_profiles(self, customer: CustomerRef, destination: str, before: Profiles, after: Profiles) -> None:
        changed = changed_profiles(customer, destination, before, after)
        self._met.update(changed)
        self._changed.update(changed)

    def holds(self, pair: Pair) -> tuple[Hold, ...]:
        return self._holds.get(pair, ())

    def pauses(self, pair: Pair) -> Sequence[Pause]:
        """As `pauses_of_pair` gives them, with what this batch opened first."""
        return self._pauses.get(pair, ())

    def joined_amounts(self, pause: str) -> list[tuple[int, bool]]:
        """(base units, whether it was stopped) of every withdrawal that opened or joined the pause."""
        staged = [(int(row["amount"]), False) for row in self._staged["insert_withdrawal"] if row["pause"] == pause]
        return [*joined_amounts(self.tx, pause), *staged]

    def decision_of(self, withdrawal: str) -> bytes | None:
        """The record of one that may be of this batch."""
        if withdrawal not in self._decisions:
            row = find_withdrawal(self.tx, withdrawal)
            self._decisions[withdrawal] = None if row is None else row.decision
        return self._decisions[withdrawal]

    def find(self, withdrawal: str) -> WithdrawalRow | None:
        """One of this batch, as the database has it."""
        self.flush()
        return find_withdrawal(self.tx, withdrawal)

    def add_withdrawal(self, asked: Withdrawal, decided: Decided, number: int) -> None:
        self._staged["insert_withdrawal"].append(withdrawal_row(asked, decided, number, self.tx.now))
        self._decisions[asked.id] = decided.record

    def add_pause(self, pause: Pause, pair: Pair) -> None:
        self._staged["insert_pause"].append(pause_row(pause, *pair))
        self._pauses[pair] = (pause, *self.pauses(pair))

    def add_hold(self, hold: Hold, pair: Pair) -> None:
        """What a hold lies on is read anew: with one, older pauses of the pair matter too (`pauses_of_pair`)."""
        self._staged["insert_hold"].append(hold_row(hold, *pair))
        self.flush()
        self._holds[pair] = holds_of_pair(self.tx, *pair)
        self._pauses[pair] = tuple(pauses_of_pair(self.tx, pair, self._holds[pair], self.tx.now, self._since))

    def flush(self) -> None:
        for query, rows in self._staged.items():
            if rows:
                self._staged[query] = []
                self.tx.run_each(query, rows)
        if self._changed:
            write_profiles(self.tx, self._changed)
            self._changed = {}

    def _open_pauses(self, pairs: Iterable[Pair]) -> dict[Pair, tuple[Pause, ...]]:
        wanted = [
            {
                "customer": pair[0],
                "destination": pair[1],
                "now": 0 if pair in self._holds else self.tx.now,
                "since": 0 if pair in self._holds else self._since,
                "most": EVERY if pair in self._holds else ENOUGH,
            }
            for pair in pairs
        ]
        found: dict[Pair, tuple[Pause, ...]] = {}
        for row in self.tx.each("pauses_of_pairs", wanted):
            pair = (row["customer"], row["destination"])
            found[pair] = (*found.get(pair, ()), pause_of(row))
        return found


def _open_holds(tx: Transaction, pairs: Iterable[Pair]) -> dict[Pair, tuple[Hold, ...]]:
    found: dict[Pair, tuple[Hold, ...]] = {}
    for row in tx.each("holds_of_pairs", [{"customer": one, "destination": other} for one, other in pairs]):
        pair = (row["customer"], row["destination"])
        found[pair] = (*found.get(pair, ()), hold_of(row))
    return found
