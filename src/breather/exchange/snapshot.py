"""What `serve` decides with: one immutable object, replaced by reference when the generation changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from breather.domain.campaign import Campaign, Period
from breather.domain.finding import Refused
from breather.domain.instant import DAY, Millis
from breather.domain.pack import Pack
from breather.exchange.campaign_file import read_campaign
from breather.intelligence.known import NOTHING_KNOWN, Intelligence
from breather.protocol.alert_slot import AlertSlot
from breather.protocol.pack import from_blob, read_pack
from breather.protocol.peer_folder import PinnedPeer
from breather.protocol.trust import Role
from breather.storage.failure import Unavailable
from breather.storage.reader import Reader


@dataclass(frozen=True, slots=True)
class Activated:
    """A campaign version that was ever activated here, with its pinned period and the pack it was agreed for."""

    campaign: Campaign
    period: Period
    pack_hash: str
    pack: Pack


@dataclass(frozen=True, slots=True)
class Shadow:
    """A version that runs beside the active one without effect; `number` is the journal entry that began it."""

    number: int
    campaign: Campaign


def released_covers(active: Activated | None) -> int:
    """For how long (ms) a release is good; a day where no campaign applies, as a campaign has it by default."""
    return DAY if active is None else active.campaign.pause.released_covers


@dataclass(frozen=True, slots=True)
class ApiKey:
    name: str
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Identity:
    """Who this service is: one VASP in one mode, with the secret that experiments are keyed with, by version.

    `peers` are those pinned, by organisation; `slots` has the newest alert-code slot shared with each agency.
    """

    vasp: str
    mode: str
    assignment_keys: Mapping[int, bytes]
    peers: Mapping[str, PinnedPeer] = field(default_factory=dict)
    slots: Mapping[str, AlertSlot] = field(default_factory=dict)

    @property
    def agencies(self) -> frozenset[str]:
        """To whom something may be sent at all: agencies pinned by hand, in this mode."""
        return frozenset(
            name
            for name, pinned in self.peers.items()
            if pinned.peer.role is Role.AGENCY and pinned.peer.mode == self.mode
        )


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`api_keys` is by the SHA-256 of the key, in hexadecimal; revoked ones are not in it. `shadows` is by the version
    that each runs beside. `intelligence` is None where there are lists and they could not be opened: not known, which
    is not *not listed*.
    """

    generation: int
    identity: Identity
    campaigns: Mapping[tuple[str, int], Activated]
    packs: Mapping[str, Pack]
    api_keys: Mapping[str, ApiKey]
    shadows: Mapping[tuple[str, int], Shadow] = field(default_factory=dict)
    intelligence: Intelligence | None = NOTHING_KNOWN

    def campaign_for(self, jurisdiction: str | None, now: Millis) -> Activated | None:
        """The one active there and then; activation refuses a second (`exchange/activate.py`)."""
        for activated in self.campaigns.values():
            if activated.campaign.jurisdiction == jurisdiction and activated.period.contains(now):
                return activated
        return None

    def beside(self, active: Activated | None) -> Shadow | None:
        """The shadow that runs beside `active`."""
        if active is None or not self.shadows:
            return None
        return self.shadows.get((active.campaign.id, active.campaign.version))

    def keys_needed(self, now: Millis) -> frozenset[int]:
        """The versions of the assignment key that campaigns in force, or coming, are keyed with."""
        return frozenset(
            activated.campaign.experiment.key_version
            for activated in self.campaigns.values()
            if activated.period.contains(max(now, activated.period.starts_at))
        )

    def frozen(self, key: tuple[str, int] | None) -> Activated | None:
        """The version a withdrawal was submitted under. Raises Unavailable while it is not loaded here yet."""
        if key is not None and key not in self.campaigns:
            raise Unavailable(f"campaign {key[0]} version {key[1]} was activated a moment ago")
        return None if key is None else self.campaigns[key]


def read_generation(reader: Reader) -> int:
    row = reader.one("find_generation")
    return 0 if row is None else row["number"]


def read_snapshot(reader: Reader, identity: Identity) -> Snapshot:
    packs = {row["hash"]: read_pack(from_blob(row["files"])) for row in reader.all("all_packs")}
    campaigns = {}
    for row in reader.all("all_campaigns"):
        campaign = read_campaign(from_blob(row["files"]))
        period = Period(row["starts_at"], row["ends_at"], row["retired_at"])
        campaigns[row["id"], row["version"]] = Activated(campaign, period, row["pack"], packs[row["pack"]])
    keys = {
        row["hash"]: ApiKey(row["name"], frozenset(row["scopes"].split()))
        for row in reader.all("all_api_keys")
        if row["revoked_at"] is None
    }
    return Snapshot(read_generation(reader), identity, campaigns, packs, keys, _shadows(reader))


def _shadows(reader: Reader) -> dict[tuple[str, int], Shadow]:
    """Those that run and can still be read: no shadow keeps a service from starting. The doctor names the others."""
    found = {}
    for row in reader.all("shadows_running"):
        try:
            campaign = read_campaign(from_blob(row["files"]))
        except Refused:
            continue
        found[row["beside"], row["beside_version"]] = Shadow(row["number"], campaign)
    return found
