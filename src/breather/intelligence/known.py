"""What all lists in force say: the one object that a decision asks. Immutable; a new import makes a new one.

What contradicts is not resolved here. Whoever asks gets every entry that is in force, with its source and standing: an
accusation of an address that an allow list names is *questioned*, and says so.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from breather.domain.asset import Network
from breather.domain.entry import ACTOR, HOST, IN_FORCE, Entry, Standing
from breather.domain.instant import Millis
from breather.intelligence.address import READERS
from breather.intelligence.address_index import AddressIndex, Hit
from breather.intelligence.claim_record import read_claim


@dataclass(frozen=True, slots=True)
class Source:
    """A list in force. `expires_at` is the operator's date for all of it."""

    name: str
    expires_at: Millis | None = None


@dataclass(frozen=True, slots=True)
class Ruled:
    """What somebody here said about one entry: WITHDRAWN or CONTESTED."""

    standing: Standing
    because: str


Ruling = tuple[str, str, str]  # list, scope, value


class Intelligence:
    """`find` answers a stranger in about a microsecond, without a read from storage."""

    __slots__ = ("_find", "_rulings", "sources")

    def __init__(
        self, index: AddressIndex | None, sources: Sequence[Source] = (), rulings: Mapping[Ruling, Ruled] | None = None
    ) -> None:
        """`sources` in the order of the index's lists. Without an index nothing is known of anybody."""
        self._find: Callable[[str, str], tuple[Hit, ...]] = _nobody if index is None else index.find
        self._rulings: Mapping[Ruling, Ruled] = dict(rulings or {})
        self.sources = tuple(sources)

    def find(self, network: Network, address: str, now: Millis) -> tuple[Entry, ...]:
        """Entries in force about a canonical address, by source; () for a stranger."""
        hits = self._find(network, address)
        return self._in_force(hits, now) if hits else ()

    def find_host(self, host: str, now: Millis) -> tuple[Entry, ...]:
        """The same for a host as `read_host` gives it."""
        return self._in_force(self._find(HOST, host), now)

    def find_actor(self, actor: str, now: Millis) -> tuple[Entry, ...]:
        """The same for the actor that another entry names; their jurisdictions are in the claims."""
        return self._in_force(self._find(ACTOR, actor), now)

    def elsewhere(self, network: Network, address: str, now: Millis) -> tuple[Entry, ...]:
        """The same spelling on other networks: a hint at most, because a label belongs to a network."""
        reader = READERS[network]
        others = [other for other in READERS if other is not network and READERS[other] is reader]
        return tuple(entry for other in others for entry in self.find(other, address, now))

    def everything(self, scope: str, value: str, now: Millis) -> tuple[Entry, ...]:
        """Also what was withdrawn or has expired: for people who want to know why something is no longer found."""
        return self._entries(self._find(scope, value), now)

    def allows(self, scope: str, value: str) -> bool:
        """Whether a list in force names it as a service that is not to be accused without a question."""
        return any(read_claim(claim).allows for _, claim in self._find(scope, value))

    def _in_force(self, hits: Sequence[Hit], now: Millis) -> tuple[Entry, ...]:
        return tuple(entry for entry in self._entries(hits, now) if entry.standing in IN_FORCE)

    def _entries(self, hits: Sequence[Hit], now: Millis) -> tuple[Entry, ...]:
        found = [self._entry(number, claim, now) for number, claim in hits]
        allowed = any(entry.claim.allows and entry.standing is Standing.STANDS for entry in found)
        return tuple(_questioned(entry) if allowed else entry for entry in found)

    def _entry(self, number: int, record: memoryview, now: Millis) -> Entry:
        claim, source = read_claim(record), self.sources[number]
        dates = [each for each in (claim.expires_at, source.expires_at) if each is not None]
        ends = min(dates) if dates else None
        ruled = self._rulings.get((source.name, claim.scope, claim.value))
        if ruled is not None:
            standing = ruled.standing
        else:
            standing = Standing.EXPIRED if ends is not None and ends <= now else Standing.STANDS
        if ruled is not None and ruled.standing is Standing.CONTESTED and ends is not None and ends <= now:
            standing = Standing.EXPIRED
        return Entry(claim, source.name, standing, ends, "" if ruled is None else ruled.because)


def _questioned(entry: Entry) -> Entry:
    if not entry.claim.accuses or entry.standing is not Standing.STANDS:
        return entry
    return Entry(
        entry.claim, entry.source, Standing.QUESTIONED, entry.expires_at, "an allow list names it as a service"
    )


def _nobody(scope: str, value: str) -> tuple[Hit, ...]:
    """The index of no lists."""
    return ()


NOTHING_KNOWN = Intelligence(None)
