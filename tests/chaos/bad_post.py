"""A courier between an exchange and an agency to whom everything happens that may happen to a letter (guarantee J3)."""

import random
import threading
from collections import Counter
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from breather.couriers.letter import Answer, Courier, Letter, Undelivered


class Fate(Enum):
    LOST = auto()
    LATE = auto()  # kept, and carried after those that came later, when nobody waits for the answer any more
    TWICE = auto()
    ALTERED = auto()
    ANSWER_LOST = auto()
    ANSWER_ALTERED = auto()
    ARRIVES = auto()


@dataclass
class BadPost:
    """What its couriers share. `fates` is what happened. Once it is `mended`, every letter arrives."""

    chance: random.Random
    mended: bool = False
    fates: Counter[Fate] = field(default_factory=Counter)
    _kept: list[tuple[Courier, Letter]] = field(default_factory=list)
    _turn: "threading.Lock" = field(default_factory=threading.Lock)

    def courier(self, inner: Courier) -> Courier:
        return BadCourier(inner, self)

    def fate(self) -> Fate:
        with self._turn:
            chosen = Fate.ARRIVES if self.mended else self.chance.choice(list(Fate))
            self.fates[chosen] += 1
        return chosen

    def keep(self, inner: Courier, letter: Letter) -> None:
        with self._turn:
            self._kept.append((inner, letter))

    def late_ones_arrive(self) -> None:
        """The last first."""
        with self._turn:
            kept, self._kept = self._kept, []
        for inner, letter in reversed(kept):
            inner.carry(letter)

    def altered(self, body: bytes) -> bytes:
        """One bit."""
        with self._turn:
            at = self.chance.randrange(8 * max(1, len(body)))
        changed = bytearray(body or b"\x00")
        changed[at // 8] ^= 1 << at % 8
        return bytes(changed)


@dataclass
class BadCourier:
    inner: Courier
    post: BadPost

    def carry(self, letter: Letter) -> Answer:
        match self.post.fate():
            case Fate.LOST:
                raise Undelivered("timed-out", "lost on the way there")
            case Fate.LATE:
                self.post.keep(self.inner, letter)
                raise Undelivered("timed-out", "it is late")
            case Fate.TWICE:
                self.inner.carry(letter)
                return self.inner.carry(letter)
            case Fate.ALTERED:
                return self.inner.carry(replace(letter, body=self.post.altered(letter.body)))
            case Fate.ANSWER_LOST:
                self.inner.carry(letter)
                raise Undelivered("timed-out", "lost on the way back")
            case Fate.ANSWER_ALTERED:
                answer = self.inner.carry(letter)
                return replace(answer, body=self.post.altered(answer.body))
            case Fate.ARRIVES:
                return self.inner.carry(letter)

    def close(self) -> None:
        self.inner.close()
