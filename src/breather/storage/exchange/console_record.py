"""What the console reads, row by row: the columns of `console.sql` under their own names, as they are stored.

Instants are milliseconds UTC, amounts are base units in text. `decision`, `submitted`, `answered` and `body`
are the stored JSON bytes.
"""

from dataclasses import dataclass

from breather.domain.amount import BaseUnits
from breather.domain.asset import Asset
from breather.domain.cooling_off import Hold, Pause, Resolution, Resolved
from breather.domain.friction import Friction
from breather.domain.instant import Millis
from breather.domain.standing import Standing
from breather.storage.exchange.withdrawals import WithdrawalRow


@dataclass(frozen=True, slots=True)
class DecisionRow(WithdrawalRow):
    """One decided withdrawal with what its state depends on: its pause, and the holds on its pair.

    `held_until` is the latest end of any hold on the pair, and a lifted hold ended when it was lifted; None
    says that there is no hold to ask for.
    """

    pause_asset: str | None
    pause_friction: int | None
    covers_up_to: str | None
    duration: int | None
    lapses_after: int | None
    offered_at: Millis | None
    started_at: Millis | None
    resolution: str | None
    resolved_by: str | None
    resolved_at: Millis | None
    resolved_actor: str | None
    held_until: Millis | None

    def cooling_off(self) -> Pause | None:
        """The pause of this withdrawal; None where it was asked for nothing."""
        if (
            self.pause is None
            or self.pause_asset is None
            or self.pause_friction is None
            or self.covers_up_to is None
            or self.duration is None
            or self.lapses_after is None
            or self.offered_at is None
        ):
            return None
        resolved = None
        if self.resolution is not None and self.resolved_at is not None:
            how = Resolution(self.resolution)
            resolved = Resolved(how, self.resolved_by or "", self.resolved_at, self.resolved_actor or "")
        return Pause(
            id=self.pause,
            asset=Asset(self.pause_asset),
            friction=Friction(self.pause_friction),
            covers_up_to=BaseUnits(int(self.covers_up_to)),
            duration=self.duration,
            lapses_after=self.lapses_after,
            offered_at=self.offered_at,
            started_at=self.started_at,
            resolved=resolved,
        )

    def standing(self, holds: tuple[Hold, ...]) -> Standing:
        """As far as state and outcome need it. `holds` are those of its pair; none where `held_until` is None."""
        return Standing(
            withdrawal=self.id,
            decided_at=self.decided_at,
            friction=Friction(self.raised_friction),
            pause=self.cooling_off(),
            holds=holds,
            answered_at=self.answered_at,
            watched_at=self.watched_at,
            help_asked_at=self.help_asked_at,
            stopped=self.stopped(),
            transaction_id=self.transaction_id,
            broadcast_at=self.broadcast_at,
            cleared_until=self.cleared_until,
        )


@dataclass(frozen=True, slots=True)
class Decided:
    """One row with the domain's words for where it stands now; `outcome` is empty while it has not ended, `alarm` where
    nothing left that should have stayed.
    """

    row: DecisionRow
    state: str
    outcome: str
    alarm: str = ""


@dataclass(frozen=True, slots=True)
class DecisionFilter:
    """Everything that is given must be so. Empty text and None ask for nothing.

    `decision` is proceed, intervene or hold; `state` a word of State; `customer` and `withdrawal` are
    whole, exact ids.
    """

    friction: Friction | None = None
    decision: str = ""
    state: str = ""
    customer: str = ""
    withdrawal: str = ""


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """Newest first. `older` is the `before` of the next page, or None where no older withdrawal exists.

    `searched` counts the rows looked at: a rare state may end the search before the page is full, and then
    `older` goes on from where it ended.
    """

    decided: tuple[Decided, ...]
    older: int | None
    searched: int


@dataclass(frozen=True, slots=True)
class JournalRow:
    number: int
    at: int
    step: int
    kind: str
    actor: str
    body: bytes


@dataclass(frozen=True, slots=True)
class WithdrawalFile:
    """One withdrawal with all that hangs on it. `joined` are the ids under the same pause, this one
    included."""

    decided: Decided
    joined: tuple[str, ...]
    holds: tuple[Hold, ...]


@dataclass(frozen=True, slots=True)
class HeartbeatRow:
    process: str
    at: int
    detail: str


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """`pack` and `pack_version` are None where the pack of that hash is not stored, which should never be."""

    id: str
    version: int
    hash: str
    jurisdiction: str
    starts_at: int
    ends_at: int
    retired_at: int | None
    activated_by: str
    pack_hash: str
    pack: str | None
    pack_version: int | None

    def standing(self, now: Millis) -> str:
        """`active`, `waiting`, `ended` or `retired`."""
        if self.retired_at is not None and self.retired_at <= now:
            return "retired"
        if now < self.starts_at:
            return "waiting"
        return "active" if now < self.ends_at else "ended"
