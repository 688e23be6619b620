"""What every courier is given and gives back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


class Undelivered(Exception):
    """Nobody answered, or what answered was not listened to. `code` is stable; the text is for people."""

    def __init__(self, code: str, what: str) -> None:
        self.code = code
        super().__init__(what)


@dataclass(frozen=True, slots=True)
class Letter:
    """One request to a peer: `path` below its address. `largest` bounds the answer's body, in bytes."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""
    largest: int = 64 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; nothing of it is believed yet. Names of headers are in small letters."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class Courier(Protocol):
    """One way of carrying a letter to one peer. Used by one thread at a time."""

    def carry(self, letter: Letter) -> Answer:
        """Raises Undelivered; never waits longer than its limit."""
        ...

    def close(self) -> None: ...
