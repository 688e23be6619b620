"""What each page of the console shows: frozen views, in words and numbers that the templates only lay out."""

from collections.abc import Mapping
from dataclasses import dataclass

from breather.domain.feature import Phase
from breather.domain.friction import Friction
from breather.domain.instant import Millis
from breather.storage.exchange.console_record import DecisionFilter
from breather.web.exchange.console_destination import ListLine, ResemblanceView


@dataclass(frozen=True, slots=True)
class Frame:
    """Around every page. `mode` is test or live, `csrf` goes into the form that logs out.

    `notes` are what holds up clearances while decisions go on: a heading, and what is known of it.
    """

    vasp: str
    mode: str
    now: Millis
    csrf: str
    notes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class LoginView:
    """`message` says why the last try failed; empty the first time."""

    vasp: str
    mode: str
    csrf: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """One withdrawal in one line. `raised` is the friction now, where it is higher than the decided one."""

    id: str
    customer: str
    decided_at: int
    amount: str
    asset: str
    network: str
    jurisdiction: str
    place_conflicts: bool
    campaign: str
    decision: str
    friction: Friction
    raised: Friction | None
    typology: str
    degraded: bool
    undetermined: int
    watched: bool
    alarm: str
    help_asked: bool
    state: str
    outcome: str


@dataclass(frozen=True, slots=True)
class DecisionsView:
    """`counts` are those of the last 24 hours; `problem` says which part of a filter was not understood."""

    frame: Frame
    lines: tuple[DecisionLine, ...]
    counts: Mapping[Friction, int]
    wanted: DecisionFilter
    newest: bool
    older: int | None
    searched: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class RuleText:
    """What the campaign says of a rule. `because` is for analysts and never shown to a customer."""

    when: str
    phase: Phase
    because: str
    friction: Friction
    typology: str


@dataclass(frozen=True, slots=True)
class ShownAlert:
    """The agency's words as the customer saw them, in `locale`. `contacts` are (number, what for)."""

    pack: str
    version: int
    variant: int
    locale: str
    sample_mark: str
    agency: str
    heading: str
    first_screen: str
    title: str
    body: str
    why: tuple[str, ...]
    tips: tuple[str, ...]
    contacts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """What the frozen campaign version and its pack say about one withdrawal; the caller looks it up."""

    rules: Mapping[str, RuleText]
    alert: ShownAlert | None


@dataclass(frozen=True, slots=True)
class FeatureLine:
    """`unknown` is the class, or empty where `value` is known; `rules` are the hits that named it."""

    name: str
    value: str
    exact: str
    unknown: str
    unknown_means: str
    unit: str
    meaning: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleLine:
    """`text` is None for a rule that the campaign's stored version does not hold; `named` are its features'
    values."""

    id: str
    text: RuleText | None
    after_answers: bool
    named: tuple[FeatureLine, ...]
    unknown: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PlaceView:
    """`evidence` is (kind, code, whether it decided, whether it conflicts), strongest first; an empty code is
    unknown."""

    code: str
    because: str
    evidence: tuple[tuple[str, str, bool, bool], ...]


@dataclass(frozen=True, slots=True)
class PauseView:
    id: str
    friction: Friction
    covers: str
    length: int
    offered_at: int
    started_at: int | None
    elapses_at: int | None
    lapses_at: int | None
    resolution: str
    resolved_at: int | None
    actor: str
    joined: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HoldView:
    reason: str
    placed_at: int
    ends_at: int
    lifted_at: int | None
    actor: str
    withdrawal: str
    open: bool


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """`members` is the body in one line where it is small; `body` is always the whole of it."""

    number: int
    at: int
    step: int
    step_name: str
    kind: str
    actor: str
    members: tuple[tuple[str, str], ...]
    body: str


@dataclass(frozen=True, slots=True)
class ReferralLine:
    """One referral with its delivery. `due_at` is the next attempt of a pending one; `problem` is of the last attempt.

    `replayable`: a dead letter that may be tried again, which one whose consent was taken back may not.
    """

    id: str
    withdrawal: str
    addressee: str
    tier: str
    basis: str
    state: str
    attempts: int
    due_at: int | None
    problem: str
    promised_at: int
    received_at: int | None
    died_at: int | None
    closed_at: int | None
    disposition: str
    duplicate_of: str
    replayable: bool


@dataclass(frozen=True, slots=True)
class ShadowSaid:
    """What a shadow asked for, and what the active version did; `after` is the same after the answers, or None.

    `shadow` is None where its rules failed with `problem`.
    """

    name: str
    number: int
    active: Friction
    shadow: Friction | None
    hits: tuple[str, ...]
    undetermined: tuple[str, ...]
    problem: str
    after: "ShadowSaid | None" = None


@dataclass(frozen=True, slots=True)
class WithdrawalView:
    """`asked` is the friction that the rules asked for, where another was done; `typology` is after the answers.
    `consent` is since when she agrees to be named, and the id of the text that she read.
    """

    frame: Frame
    line: DecisionLine
    address: str
    memo: str
    locale: str
    typology: str
    asked: Friction | None
    arm: str
    assignment: str
    excluded: tuple[str, ...]
    place: PlaceView
    hits: tuple[RuleLine, ...]
    undetermined: tuple[RuleLine, ...]
    misses: tuple[RuleLine, ...]
    features: tuple[tuple[str, tuple[FeatureLine, ...]], ...]
    alert: ShownAlert | None
    alert_missing: bool
    why: tuple[str, ...]
    pause: PauseView | None
    holds: tuple[HoldView, ...]
    broadcast: tuple[str, int] | None
    cleared_until: int | None
    timeline: tuple[TimelineEntry, ...]
    submitted: str
    referrals: tuple[ReferralLine, ...] = ()
    consent: tuple[int, str] | None = None
    shadow: ShadowSaid | None = None
    resembles: ResemblanceView | None = None
    lists: tuple[ListLine, ...] = ()
    contradict: bool = False


@dataclass(frozen=True, slots=True)
class ProcessLine:
    process: str
    at: int
    detail: str
    late: bool


@dataclass(frozen=True, slots=True)
class CampaignLine:
    """`standing` is active, waiting, ended or retired; `soon` marks an end or an expiry that is less than a
    week away."""

    id: str
    version: int
    hash: str
    jurisdiction: str
    standing: str
    starts_at: int
    ends_at: int
    retired_at: int | None
    activated_by: str
    soon: bool
    pack: str
    pack_hash: str
    pack_expires: int | None
    pack_standing: str


@dataclass(frozen=True, slots=True)
class StatusView:
    frame: Frame
    processes: tuple[ProcessLine, ...]
    campaigns: tuple[CampaignLine, ...]


@dataclass(frozen=True, slots=True)
class StreamLine:
    """The changes of one agency. `late`: not taken for longer than a few pulls take."""

    agency: str
    pulled_at: int | None
    tried_at: int
    after: int
    problem: str
    late: bool


@dataclass(frozen=True, slots=True)
class SetAsideLine:
    agency: str
    number: int
    kind: str
    problem: str
    at: int


@dataclass(frozen=True, slots=True)
class RelayView:
    """`counts` by delivery state; `oldest_pending` in milliseconds; `waiting` is (agency, pending, last problem).
    `taken_back` of the dead are no dead letters: the customer took her consent back in time.
    """

    frame: Frame
    counts: tuple[tuple[str, int], ...]
    taken_back: int
    oldest_pending: int | None
    waiting: tuple[tuple[str, int, str], ...]
    streams: tuple[StreamLine, ...]
    dead: tuple[ReferralLine, ...]
    set_aside: tuple[SetAsideLine, ...]
    set_aside_count: int
