"""Victims who stopped and are sent back: a second try within the day, for less or to another address.

Whoever stops has the scammer on the telephone within the hour: the bank was wrong, send a smaller sum, take this
address instead. That is what the outcomes *reduced* and *redirected* count. One try more is simulated, not a third.
"""

import hashlib
from dataclasses import dataclass

import numpy as np

from breather.domain.instant import HOUR, MINUTE
from breather.simulation import addresses
from breather.simulation.dice import PERMILLE
from breather.simulation.ledgers import families
from breather.simulation.parameters import Parameters
from breather.simulation.victim import WAYS, Person

_SOON, _LATE = 20 * MINUTE, 20 * HOUR
_LEAST_SHARE, _MOST_SHARE = 200, 700


@dataclass(frozen=True, slots=True)
class Return:
    """`after` is in ms from the stop. `share`: per mille of the first amount. `elsewhere`: to another address.
    `draw` and `way` as in `victim.Person`, drawn anew.
    """

    after: int
    share: int
    elsewhere: bool
    draw: int
    way: int


def return_of(parameters: Parameters, person: Person, withdrawal: str) -> Return | None:
    """None for whoever stays away, and for whom no scammer sends back. By the withdrawal's id, which is the seed's."""
    if person.typology is None or _drawn(withdrawal, "returns", PERMILLE) >= parameters.returns:
        return None
    elsewhere = _drawn(withdrawal, "elsewhere", PERMILLE) < parameters.returns_elsewhere
    share = PERMILLE if elsewhere else _LEAST_SHARE + _drawn(withdrawal, "share", _MOST_SHARE - _LEAST_SHARE)
    return Return(
        after=_SOON + _drawn(withdrawal, "after", _LATE - _SOON),
        share=share,
        elsewhere=elsewhere,
        draw=_drawn(withdrawal, "draw", PERMILLE),
        way=_drawn(withdrawal, "way", WAYS),
    )


def other_address(withdrawal: str, network: int) -> str:
    """A fresh one on the same network (an index of NETWORKS): the scammer has any number of them."""
    payload = np.frombuffer(_digest(withdrawal, "address")[: addresses.WIDTH], np.uint8).reshape(1, addresses.WIDTH)
    text = addresses.texts(payload.copy(), families(np.array([network], np.int64)))
    return bytes(text[0]).decode("ascii")


def _drawn(withdrawal: str, what: str, below: int) -> int:
    return int.from_bytes(_digest(withdrawal, what)[:8], "big") % below


def _digest(withdrawal: str, what: str) -> bytes:
    return hashlib.sha256(f"{withdrawal} {what}".encode()).digest()
