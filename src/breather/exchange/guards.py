"""The guards: every open pause and hold and every confirmed address, in the memory of each serving process.

A stand-in has no database to ask, and must not go below what is open (guarantee B1). The memory is filled at the start;
what this process commits that puts something in the way is learned with the commit; and everything, this process's acts
and those of others, is read again from the database by the numbers of the journal. What is forgotten late only makes a
stand-in stronger. So nothing is ever lowered but by reading, and what was read too long ago counts as not known.

A pair (customer and destination) is kept as one number by its hash. Two pairs with one hash would share the stronger
demand: at worst somebody waits who need not. What 100,000 open pauses take is in `docs/stand-in.md`.
"""

import threading
import time
from collections.abc import Callable, Iterable
from typing import Final

from breather.domain.amount import MicroUsd
from breather.domain.friction import Friction
from breather.domain.instant import DAY, HOUR, Millis
from breather.domain.stand_in import Guards, Spent
from breather.domain.withdrawal import Withdrawal
from breather.exchange.assess import Assessed
from breather.exchange.respond import Responded
from breather.storage.exchange.open_pairs import Pair, demands, open_pauses, pairs_held, pairs_touched
from breather.storage.reader import Reader

STALE_AFTER_SECONDS: Final = 10.0
MOST_PAIRS: Final = 2_000_000
PAGE: Final = 5_000
_REFRESHES_BETWEEN_CLEARINGS = 300


class KeptGuards:
    """Safe to share between threads; `refresh` is called by one of them."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic, most: int = MOST_PAIRS) -> None:
        self._monotonic = monotonic
        self._most = most
        self._turn = threading.Lock()
        self._read: dict[int, int] = {}
        self._learned: dict[int, tuple[Friction, float]] = {}
        self._confirmed: set[int] = set()
        self._through: int | None = None
        self._refreshed_at: float | None = None
        self._refreshes = 0

    def __len__(self) -> int:
        return len(self._read)

    def age(self) -> float | None:
        """Seconds since the database was last read to the end of its journal; None where it never was."""
        return None if self._refreshed_at is None else self._monotonic() - self._refreshed_at

    def of(self, asked: Withdrawal, now: Millis, known_for: int | None, time_suspect: bool) -> Guards:
        """What a stand-in for `asked` has to respect. `known_for` is `KnownPayees`' word."""
        age = self.age()
        key = _key(asked.customer, asked.destination.key)
        with self._turn:
            learned, _ = self._learned.get(key, (Friction.NONE, 0.0))
            friction = max(_friction(self._read.get(key, 0), now), learned)
            confirmed = hash(asked.destination.key) in self._confirmed
            whole = len(self._read) + len(self._learned) <= self._most
        return Guards(
            fresh=whole and age is not None and age <= STALE_AFTER_SECONDS,
            friction=friction,
            confirmed=confirmed,
            known_for=known_for,
            time_suspect=time_suspect,
        )

    def learn(self, result: object) -> None:
        """What a command of this process may have put in the way. Called after its commit; until the next reading says
        better, an event counts for the most that its withdrawal was ever asked for.
        """
        for part in result if isinstance(result, tuple) else (result,):
            if isinstance(part, Assessed):
                self._raise(part.asked.customer, part.asked.destination.key, Friction.from_word(part.record.friction))
            elif isinstance(part, Responded) and part.created:
                friction = Friction.HOLD if part.standing.holds else part.standing.friction
                self._raise(part.row.customer, part.row.destination, friction)

    def refresh(self, reader: Reader, now: Millis) -> None:
        """Everything, the first time; then what the journal names since. Raises what the reader raises, and is then as
        old as before.
        """
        began = self._monotonic()
        head = reader.one("journal_head")
        number = 0 if head is None else head["number"]
        if self._through is None:
            self._load(reader, now)
        else:
            for after in range(self._through, number, PAGE):
                self._follow(reader, now, after, min(after + PAGE, number))
        self._through = number
        with self._turn:
            # What was learned before this reading began was committed before it, and so was read.
            self._learned = {key: found for key, found in self._learned.items() if found[1] >= began}
        self._clear(now)
        self._refreshed_at = began

    def _load(self, reader: Reader, now: Millis) -> None:
        found: dict[int, int] = {}
        for page in open_pauses(reader, now, PAGE):
            for customer, destination, friction, until in page:
                _strengthen(found, _key(customer, destination), _packed(friction, until))
        held = pairs_held(reader)
        for pair in held:
            found.pop(_key(*pair), None)
        found.update(_demanded(reader, held, now))
        confirmed = {hash(row["destination"]) for row in reader.all("every_destination_listed")}
        with self._turn:
            self._read, self._confirmed = found, confirmed

    def _follow(self, reader: Reader, now: Millis, after: int, through: int) -> None:
        touched = pairs_touched(reader, after, through)
        found = dict(_demanded(reader, touched.pairs, now))
        listed = {
            row["destination"]
            for row in reader.each("destinations_listed", [{"destination": name} for name in touched.disposed])
        }
        with self._turn:
            for pair in touched.pairs:
                self._read.pop(_key(*pair), None)
            self._read.update(found)
            self._confirmed -= {hash(name) for name in touched.disposed - listed}
            self._confirmed |= {hash(name) for name in listed}

    def _raise(self, customer: str, destination: str, friction: Friction) -> None:
        if friction < Friction.QUESTIONS:
            return
        key, learned_at = _key(customer, destination), self._monotonic()
        with self._turn:
            before, _ = self._learned.get(key, (Friction.NONE, 0.0))
            self._learned[key] = (max(before, friction), learned_at)

    def _clear(self, now: Millis) -> None:
        """What the clock has ended demands nothing, and now and then leaves."""
        self._refreshes += 1
        if self._refreshes % _REFRESHES_BETWEEN_CLEARINGS == 0:
            with self._turn:
                self._read = {key: packed for key, packed in self._read.items() if packed >> 3 > now}


class SpentByStandIns:
    """What stand-ins of this process have let go in the last day, for the campaign's limits (guarantee B2).

    Each process counts its own, and what it read from the database at its start: replicas have a limit each.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._let_go: list[tuple[Millis, int, MicroUsd]] = []

    def add(self, customer: str, amount: MicroUsd, at: Millis) -> None:
        with self._turn:
            self._let_go.append((at, hash(customer), amount))

    def so_far(self, customer: str, now: Millis) -> Spent:
        wanted = hash(customer)
        with self._turn:
            self._let_go = [entry for entry in self._let_go if entry[0] > now - DAY]
            day = sum(amount for _, key, amount in self._let_go if key == wanted)
            hour = sum(amount for at, _, amount in self._let_go if at > now - HOUR)
        return Spent(MicroUsd(day), MicroUsd(hour))


def _demanded(reader: Reader, pairs: Iterable[Pair], now: Millis) -> Iterable[tuple[int, int]]:
    for demand in demands(reader, list(pairs), now):
        yield _key(*demand.pair), _packed(demand.friction, demand.until)


def _key(customer: str, destination: str) -> int:
    return hash((customer, destination))


def _packed(friction: int, until: int) -> int:
    return until << 3 | friction


def _friction(packed: int, now: Millis) -> Friction:
    return Friction(packed & 7) if packed >> 3 > now else Friction.NONE


def _strengthen(found: dict[int, int], key: int, packed: int) -> None:
    """Several pauses of one pair: the strongest of them, until the last of them ends."""
    before = found.get(key, 0)
    found[key] = _packed(max(before & 7, packed & 7), max(before >> 3, packed >> 3))
