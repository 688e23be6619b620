"""What the client raises. The whole tree:

    BreatherError
    ├── Unavailable         no usable answer in time; nothing is known, ask again with the same id
    ├── Problem             the service understood and refused (RFC 9457): request or moment is wrong
    │   └── Conflict        409: the withdrawal is not in a state for this; `members` says more
    ├── ClearanceRefused    the token is not a clearance for exactly this payout: do not broadcast
    └── AlreadySpent        this clearance has paid out before: do not broadcast

`Breather.assess` never raises Unavailable: its answer is then an assessment that says `wait`. A mistake in
how the client was set up (a key of the wrong length, a withdrawal without an id) is a ValueError.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Why(StrEnum):
    """Why there was no usable answer."""

    TIMED_OUT = "timed_out"
    UNREACHABLE = "unreachable"
    NO_DECISION = "no_decision"
    GARBLED = "garbled"


class BreatherError(Exception):
    """The root of everything below; catch it to stop a payout whatever happened."""


class Unavailable(BreatherError):
    """No usable answer. The request may have been carried out: repeat it with the same ids."""

    def __init__(self, why: Why, detail: str) -> None:
        super().__init__(f"{why}: {detail}")
        self.why = why
        self.detail = detail


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with a request: where (JSON pointer), what, and what would be right."""

    pointer: str
    code: str
    message: str
    suggestion: str = ""


class Problem(BreatherError):
    """A refusal that the service explained. `code` is the last part of `urn:breather:problem:<code>`."""

    def __init__(self, status: int, code: str, title: str, detail: str = "") -> None:
        super().__init__(f"{status} {code}: {detail or title}")
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.errors: tuple[FieldError, ...] = ()
        self.members: Mapping[str, object] = {}

    def __str__(self) -> str:
        lines = [f"{self.status} {self.code}: {self.detail or self.title}"]
        for error in self.errors:
            near = f" ({error.suggestion})" if error.suggestion else ""
            lines.append(f"  {error.pointer}: {error.message}{near}")
        return "\n".join(lines)


class Conflict(Problem):
    """409. What the service said about the present state is in `members`, such as `elapses_at`."""


class ClearanceRefused(BreatherError):
    """Not a clearance for this payout. `claim` names what did not hold: a claim, or header, signature,
    form.
    """

    def __init__(self, claim: str, reason: str) -> None:
        super().__init__(f"{claim}: {reason}")
        self.claim = claim
        self.reason = reason


class AlreadySpent(BreatherError):
    """The `jti` was kept before, so this withdrawal was paid out, or is being paid out, by someone else."""

    def __init__(self, jti: str) -> None:
        super().__init__(f"the clearance of withdrawal {jti} was spent before")
        self.jti = jti
