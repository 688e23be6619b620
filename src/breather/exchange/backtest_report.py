"""What a backtest found: counts first, and nothing that the history cannot tell."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from breather.domain.instant import Millis
from breather.measurement.proportion import Proportion

LIMITS = (
    (
        "Features are as they were recorded while serving. `days_since_notice`, earlier interventions and stops are"
        " those of the past that was served, not of a past under this version: notices are kept back by the alerts that"
        " were really shown, and where nothing was shown yet, none is kept back."
    ),
    "Nobody's behaviour changes here: a customer who would have stopped goes on withdrawing in the history.",
    "Only rules that run at submission are counted. What a customer would have answered is not known.",
    (
        "Every withdrawal that gets a cooling-off is counted with a pause of its own; when serving, some join a pause"
        " that is running or are covered by one that was released, so that the minutes are at most these."
    ),
)
LIMIT_OF_LABELS = "Labels say what became known. Precision and recall are about the labelled withdrawals alone."


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Of labelled withdrawals: how many of those caught are scams, and how many scams are caught."""

    precision: Proportion
    recall: Proportion


@dataclass(frozen=True, slots=True)
class RuleFound:
    """`hits` is None for a rule that waits for a later phase. `alone`: no other rule hit. `undetermined_by` counts a
    withdrawal under every class that is among the unknown values the rule names; `no_finite_result` is an operation's.
    """

    id: str
    friction: str
    phase: str
    hits: int | None = None
    alone: int = 0
    undetermined: int = 0
    undetermined_by: Mapping[str, int] | None = None
    accuracy: Accuracy | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """A day where the campaign applies. `hits` has the rules that hit at all, `friction` the words that occur."""

    day: date
    withdrawals: int
    hits: Mapping[str, int]
    friction: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Cost:
    """What the version would cost its customers. An interruption is questions or more; a notice is none."""

    customers: int
    customers_interrupted: int
    interruptions: int
    per_thousand_withdrawals: float
    per_thousand_customers: float
    expected_per_thousand_withdrawals: int
    pause_minutes: int
    holds: int
    notices: int
    notices_too_soon: int
    degraded: int


@dataclass(frozen=True, slots=True)
class Overlap:
    """Withdrawals that both rules hit."""

    one: str
    other: str
    both: int


@dataclass(frozen=True, slots=True)
class Moved:
    """Withdrawals that change sides, their customers, and some of their ids."""

    withdrawals: int
    customers: int
    sample: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """Against the other version. `friction` counts by before and then after, `hits` by rule of the other version."""

    against: str
    newly_interrupted: Moved
    no_longer_interrupted: Moved
    friction: Mapping[str, Mapping[str, int]]
    hits: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Labelled:
    """`labels` were read, `found` of them are withdrawals of this history, `scams` of those say scam."""

    labels: int
    found: int
    scams: int
    told: Accuracy
    interrupted: Accuracy


@dataclass(frozen=True, slots=True)
class Report:
    """`withdrawals` are those of the campaign's jurisdiction; `elsewhere` the others in the file, left out."""

    campaign: str
    jurisdiction: str
    time_zone: str
    history: str
    first: Millis
    last: Millis
    withdrawals: int
    elsewhere: int
    rules: tuple[RuleFound, ...]
    days: tuple[Day, ...]
    friction: Mapping[str, int]
    cost: Cost
    overlaps: tuple[Overlap, ...]
    changes: Changes | None
    labelled: Labelled | None
    limits: tuple[str, ...]
