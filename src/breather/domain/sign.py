"""What `breather doctor` says: one thing that was looked at, and what to do about it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sign:
    """`wrong` is what makes the service fail or mislead; what is only worth knowing is not."""

    wrong: bool
    what: str
    remedy: str = ""
