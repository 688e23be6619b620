"""One step of the invented past: a withdrawal that was asked about, or an event on one."""

from dataclasses import dataclass
from typing import Any

MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class PastWithdrawal:
    """`body` is what was posted to /v1/withdrawals at `at` (milliseconds UTC)."""

    at: int
    body: dict[str, Any]

    @property
    def withdrawal(self) -> str:
        return str(self.body["id"])


@dataclass(frozen=True, slots=True)
class PastEvent:
    """`by`: vasp (the body is one of POST .../events) or link (what the customer did in the frame:
    acknowledge).

    A broadcast is what an exchange does with what was cleared: leave it out where the withdrawal is not
    clearable.
    """

    at: int
    withdrawal: str
    by: str
    body: dict[str, Any]
