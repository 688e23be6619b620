"""What is open on which customer and destination, for those that keep it in memory (`exchange/guards.py`)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from breather.domain.cooling_off import OPEN, Hold, Pause
from breather.domain.friction import Friction
from breather.domain.instant import Millis
from breather.storage.exchange.withdrawals import ENOUGH, EVERY, hold_of, pause_of
from breather.storage.reader import Reader

Pair = tuple[str, str]  # customer and Destination.key


@dataclass(frozen=True, slots=True)
class Demand:
    """The strongest of what is open on a pair, until the last of it ends by the clock (ms)."""

    pair: Pair
    friction: Friction
    until: Millis


@dataclass(frozen=True, slots=True)
class Touched:
    """What some entries of the journal were about: pairs on which something may have opened or ended, and destinations
    about which an agency has found something.
    """

    pairs: frozenset[Pair]
    disposed: frozenset[str]


def open_pauses(reader: Reader, now: Millis, most: int) -> Iterator[list[tuple[str, str, int, int]]]:
    """Pages of (customer, destination, friction, lapses at), of at least questions, as if there had been no holds."""
    after = ""
    while rows := reader.all("open_pauses_page", after=after, now=now, most=most):
        yield [(row["customer"], row["destination"], row["friction"], row["lapses_at"]) for row in rows]
        after = rows[-1]["id"]


def pairs_held(reader: Reader) -> list[Pair]:
    """Every pair with a hold, ended ones too: a hold postpones a lapse and voids a release."""
    return [(row["customer"], row["destination"]) for row in reader.all("pairs_held")]


def pairs_touched(reader: Reader, after: int, through: int) -> Touched:
    rows = reader.all("pairs_touched", after=after, through=through)
    return Touched(
        frozenset((row["customer"], row["destination"]) for row in rows),
        frozenset(row["destination"] for row in rows if row["disposed"]),
    )


def demands(reader: Reader, pairs: Sequence[Pair], now: Millis) -> Iterator[Demand]:
    """Of those pairs on which anything is open."""
    if not pairs:
        return
    holds: dict[Pair, tuple[Hold, ...]] = {}
    for row in reader.each("holds_of_pairs", [{"customer": one, "destination": other} for one, other in pairs]):
        pair = (row["customer"], row["destination"])
        holds[pair] = (*holds.get(pair, ()), hold_of(row))
    wanted = [
        {
            "customer": pair[0],
            "destination": pair[1],
            "now": 0 if pair in holds else now,
            "since": 0 if pair in holds else now,
            "most": EVERY if pair in holds else ENOUGH,
        }
        for pair in pairs
    ]
    pauses: dict[Pair, list[Pause]] = {}
    for row in reader.each("pauses_of_pairs", wanted):
        pauses.setdefault((row["customer"], row["destination"]), []).append(pause_of(row))
    for pair in pairs:
        if (demand := _demand(pair, pauses.get(pair, ()), holds.get(pair, ()), now)) is not None:
            yield demand


def _demand(pair: Pair, pauses: Sequence[Pause], holds: tuple[Hold, ...], now: Millis) -> Demand | None:
    found = [(Friction.HOLD, hold.ended_at()) for hold in holds if hold.is_open(now)]
    found += [
        (min(pause.friction, Friction.COOLING_OFF), pause.lapses_at(holds))
        for pause in pauses
        if pause.friction >= Friction.QUESTIONS and pause.state(holds, now) in OPEN
    ]
    if not found:
        return None
    return Demand(pair, max(friction for friction, _ in found), Millis(max(until for _, until in found)))
