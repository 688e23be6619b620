"""What lists say about an address, a host or an actor: closed words, so that a rule never meets one it does not know.

A list is somebody's opinion. It is kept as it was given, with its source; lists that contradict each other stand side
by side (`Entry`), and nothing is merged into a truth that nobody said. A label belongs to a network: the same 0x
address may be a bridge on one and a stranger on another.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from breather.domain.instant import Millis
from breather.domain.typology import Typology

# Scopes beside the values of `Network`. A host is not yet a registrable domain: `intelligence.host` says why.
HOST = "host"
ACTOR = "actor"


class Category(StrEnum):
    """What a source says that it is. A category is not a risk; `HARMFUL` names those that accuse somebody."""

    SCAM = "scam"
    PHISHING = "phishing"
    THEFT = "theft"
    RANSOMWARE = "ransomware"
    EXTORTION = "extortion"
    DARKNET_MARKET = "darknet-market"
    TERRORISM = "terrorism"
    SANCTIONED = "sanctioned"
    ABUSE = "abuse"  # an accusation in a word that we do not know
    BLOCKED = "blocked"
    EXCHANGE = "exchange"
    MIXER = "mixer"
    BRIDGE = "bridge"
    GAMBLING = "gambling"
    DEFI = "defi"
    CUSTODIAN = "custodian"
    PAYMENT = "payment"
    MINER = "miner"
    SERVICE = "service"
    SELF_HOSTED = "self-hosted"
    OTHER = "other"


# BLOCKED is not among them: issuers block tokens' own contracts, and exchanges block what they merely cannot serve.
HARMFUL = frozenset(
    {
        Category.SCAM,
        Category.PHISHING,
        Category.THEFT,
        Category.RANSOMWARE,
        Category.EXTORTION,
        Category.DARKNET_MARKET,
        Category.TERRORISM,
        Category.SANCTIONED,
        Category.ABUSE,
    }
)


class Confidence(StrEnum):
    """How sure the source says it is. A source that does not say is None, which is not low."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Standing(StrEnum):
    """What became of an entry here. Only what stands is evidence by itself; the rest is shown with its word."""

    STANDS = "stands"
    QUESTIONED = "questioned"  # an allow list names the same address as a service
    CONTESTED = "contested"  # somebody says that it is wrong, and that is not settled
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


IN_FORCE = frozenset({Standing.STANDS, Standing.QUESTIONED, Standing.CONTESTED})


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that one list says. `scope` is a network's value, HOST or ACTOR; `value` is in its canonical form.

    `allows`: a service that must not be taken for a scam because some list says so. `expires_at` is the source's own
    date; a list's expiry comes beside it. `jurisdictions` (ISO 3166, as published) are an actor's.
    """

    scope: str
    value: str
    category: Category
    label: str = ""
    typology: Typology | None = None
    actor: str | None = None
    confidence: Confidence | None = None
    first_seen: Millis | None = None
    expires_at: Millis | None = None
    allows: bool = False
    jurisdictions: tuple[str, ...] = ()
    reference: str = ""

    @property
    def accuses(self) -> bool:
        return self.category in HARMFUL


@dataclass(frozen=True, slots=True)
class Entry:
    """A claim with the list that makes it, and where it stands here. `expires_at`: the claim's or the list's, whichever
    comes first. `because`: why it was withdrawn, or is contested.
    """

    claim: Claim
    source: str
    standing: Standing
    expires_at: Millis | None = None
    because: str = ""


def contradict(entries: Iterable[Entry]) -> bool:
    """One list accuses, and another names a service or says something that accuses nobody; of those that count."""
    return len({entry.claim.accuses for entry in entries if entry.standing in IN_FORCE}) == 2
