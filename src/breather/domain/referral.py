"""Step 9, refer: one withdrawal as an agency may read it (guarantee H3).

A referral has no exact amount, no time of day, no answers, no timeline and no reference to the customer: there is no
field that could hold them. What of the rest may leave is for the relay terms to say (`domain/relay_terms.py`).
"""

from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum

from breather.domain.amount import USD_DECIMALS, MicroUsd
from breather.domain.asset import Asset
from breather.domain.finding import nearest
from breather.domain.instant import Millis
from breather.domain.typology import Typology
from breather.domain.withdrawal import Destination


class Tier(IntEnum):
    """How much the campaign lets leave. Each includes those below; only the last two are referrals."""

    OFF = 0
    AGGREGATE = 1
    PSEUDONYMOUS = 2
    IDENTIFIED = 3

    @property
    def word(self) -> str:
        return self.name.lower()

    @classmethod
    def from_word(cls, word: str) -> "Tier":
        """ValueError naming the nearest tier for anything else."""
        for tier in cls:
            if tier.word == word:
                return tier
        hint = nearest(word, [tier.word for tier in cls])
        raise ValueError(f"{word[:40]!r} is no tier" + (f"; did you mean {hint!r}?" if hint else ""))


class ReferralBasis(StrEnum):
    """Why this withdrawal was referred at all; there is no third reason."""

    CUSTOMER_ASKED = "customer-asked"
    LISTED_DESTINATION = "listed-destination"


class AmountBand(StrEnum):
    """US dollars, lower bound included. Wide on purpose: with address and day, an exact amount is one transfer."""

    UNKNOWN = "unknown"
    UNDER_100 = "under-100"
    TO_1_000 = "100-1000"
    TO_10_000 = "1000-10000"
    TO_50_000 = "10000-50000"
    TO_250_000 = "50000-250000"
    ABOVE = "over-250000"


_DOLLAR = 10**USD_DECIMALS
_UPPER_BOUNDS = (
    (100 * _DOLLAR, AmountBand.UNDER_100),
    (1_000 * _DOLLAR, AmountBand.TO_1_000),
    (10_000 * _DOLLAR, AmountBand.TO_10_000),
    (50_000 * _DOLLAR, AmountBand.TO_50_000),
    (250_000 * _DOLLAR, AmountBand.TO_250_000),
)


def amount_band(amount_usd: MicroUsd | None) -> AmountBand:
    """The band of an amount in micro-dollars; UNKNOWN where the exchange gave none."""
    if amount_usd is None:
        return AmountBand.UNKNOWN
    return next((band for bound, band in _UPPER_BOUNDS if amount_usd < bound), AmountBand.ABOVE)


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of a campaign or a pack."""

    id: str
    version: int


@dataclass(frozen=True, slots=True)
class Consent:
    """The customer's yes, on a screen of its own: its id at the exchange, when, and which text she read."""

    id: str
    at: Millis
    text: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """The subject, sealed in the exchange's process to officers' keys, which `keys` names by id. Never read here."""

    ciphertext: bytes
    keys: tuple[str, ...]
    consent: Consent


@dataclass(frozen=True, slots=True)
class Referral:
    """One withdrawal, for an agency. None is *not sent*, because the relay terms have no row for it.

    `day` is the campaign's local date. `sealed` is there exactly in tier IDENTIFIED. `follows` is the id of the
    pseudonymous referral that was sent of the same withdrawal, so that officers do not take two referrals for two
    withdrawals; only in tier IDENTIFIED, for what the customer agreed to is what links them.
    """

    tier: Tier
    basis: ReferralBasis
    destination: Destination
    campaign: Edition
    pack: Edition
    typology: Typology | None = None
    asset: Asset | None = None
    amount_band: AmountBand | None = None
    day: date | None = None
    sealed: Sealed | None = None
    follows: str | None = None
