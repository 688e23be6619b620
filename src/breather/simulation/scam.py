"""Patterns of scams, as the published cases describe them: what a withdrawal of each looks like from an exchange.

Signals are inference from those cases (facts, section 4); the numbers are ours, and only as good as that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from breather.domain.typology import Typology


class Money(StrEnum):
    """Where the money of a withdrawal comes from: paid in for it, what lies there, or as usual."""

    PAID_IN = "paid-in"
    BALANCE = "balance"
    USUAL = "usual"


@dataclass(frozen=True, slots=True)
class Pattern:
    """Shares per mille. `steps` and `hours` (between steps) from-to; the first step is `opening` of her wealth, each
    further one `growth` of the one before; from the balance, `opening` is the share of it that goes.

    `fresh`: the account was opened for it. `collected`: sent where a gang has several victims send. `night`: at hours
    when nobody else is awake. `secret`: she was told to keep it secret.
    """

    steps: tuple[int, int]
    hours: tuple[int, int]
    money: Money
    opening: int
    growth: int
    fresh: int = 0
    collected: int = 0
    new_device: int = 30
    remote_access: int = 0
    screen_shared: int = 0
    on_call: int = 0
    security_change: int = 0
    abroad: int = 40
    night: bool = False
    secret: bool = False


PATTERNS: Mapping[Typology, Pattern] = {
    # Fiat, stablecoin, the same new address in rising steps (FIN-2023-Alert005; FATF 2020).
    Typology.INVESTMENT: Pattern(
        (2, 6), (30, 240), Money.PAID_IN, 300, 1_800, fresh=250, collected=600, on_call=60, secret=True
    ),
    # A "tax" or "deposit" soon after a failed withdrawal elsewhere, from somebody who lost before.
    Typology.FEE_TO_UNLOCK: Pattern((1, 3), (24, 120), Money.PAID_IN, 400, 1_200, collected=500, on_call=80),
    # A new account, guided; the whole balance; the screen shared; at night (Macau, January 2026).
    Typology.FAKE_POLICE: Pattern(
        (1, 2),
        (1, 12),
        Money.PAID_IN,
        2_500,
        900,
        fresh=600,
        collected=250,
        new_device=350,
        remote_access=120,
        screen_shared=450,
        on_call=650,
        abroad=60,
        night=True,
        secret=True,
    ),
    # A call, a security change, then the whole balance to an address fresh from the caller (Australia, March 2025).
    Typology.EXCHANGE_IMPERSONATION: Pattern(
        (1, 2),
        (1, 6),
        Money.BALANCE,
        950,
        0,
        new_device=450,
        remote_access=300,
        screen_shared=150,
        on_call=700,
        security_change=850,
        abroad=100,
    ),
    # Many small growing sums, many people to one address.
    Typology.TASK_JOB: Pattern((3, 9), (3, 40), Money.PAID_IN, 30, 1_500, fresh=350, collected=900, screen_shared=40),
    # The usual sum, to an address that looks like the usual one.
    Typology.ADDRESS_POISONING: Pattern((1, 1), (1, 1), Money.USUAL, 0, 0, new_device=20),
    # A large over-the-counter purchase of which the other leg, in cash or chips, never comes.
    Typology.CHIP_EXCHANGE: Pattern((1, 1), (1, 1), Money.PAID_IN, 4_000, 0, collected=150, on_call=150),
}

# Not a typology of any alert (guarantee H2): other people's money, fast in and out. It stands in the truth only.
MULE = Pattern((3, 10), (2, 60), Money.PAID_IN, 1_500, 1_000, fresh=500, collected=950, new_device=80, abroad=200)
MULE_NAME = "mule"

# By number, as the truth's columns hold them; the last is not a typology.
CASE_NAMES: tuple[str, ...] = (*PATTERNS, MULE_NAME)
CASE_PATTERNS: tuple[Pattern, ...] = (*PATTERNS.values(), MULE)
NUMBER_OF: Mapping[str, int] = {name: number for number, name in enumerate(CASE_NAMES)}
