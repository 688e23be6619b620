"""What the demo exchange lets out: assets, their decimals and invented prices; amounts as exact whole
numbers.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

_DECIMAL = re.compile(r"[0-9]{1,12}(\.[0-9]{1,18})?")


@dataclass(frozen=True, slots=True)
class Offer:
    """One asset on one network. `decimals` are those of the token there; `usd` is an invented price of one
    unit.
    """

    asset: str
    network: str
    decimals: int
    usd: Decimal

    @property
    def key(self) -> str:
        return f"{self.asset}/{self.network}"


OFFERS = (
    Offer("USDT", "TRON", 6, Decimal(1)),
    Offer("USDT", "ETH", 6, Decimal(1)),
    Offer("ETH", "ETH", 18, Decimal(3000)),
)
# Balances are kept in 18 decimals whatever the asset: one customer's USDT is the same on every network.
BALANCE_DECIMALS = 18


def offer_of(key: str) -> Offer | None:
    """By its key, such as `USDT/TRON`; None if it is not offered."""
    return next((offer for offer in OFFERS if offer.key == key), None)


def to_units(text: str, decimals: int) -> int | None:
    """A positive decimal string in base units; None if it is anything else or has too many decimals."""
    if not _DECIMAL.fullmatch(text):
        return None
    whole, _, fraction = text.partition(".")
    if len(fraction.rstrip("0")) > decimals:
        return None
    return int(whole) * 10**decimals + int(fraction.rstrip("0").ljust(decimals, "0") or "0") or None


def to_text(units: int, decimals: int) -> str:
    """Base units as a decimal string without trailing zeros."""
    whole, fraction = divmod(units, 10**decimals)
    digits = str(fraction).rjust(decimals, "0").rstrip("0")
    return f"{whole}.{digits}" if digits else str(whole)


def usd_of(asset: str, amount: str) -> str:
    """Value in US dollars with cents, at the invented price."""
    price = next(offer.usd for offer in OFFERS if offer.asset == asset)
    return f"{Decimal(amount) * price:.2f}"
