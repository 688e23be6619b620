"""Invented customers and addresses. Nobody owns these addresses: each is a hash of a label, so no key is
known for it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import base58
from eth_utils.address import to_checksum_address

from breather.client import Account, Residence

HOUR = 3_600_000
DAY = 24 * HOUR
_Item = TypeVar("_Item")


def _hash(label: str) -> bytes:
    return hashlib.sha256(f"breather demo, invented: {label}".encode()).digest()


def tron_address(label: str) -> str:
    """base58check over 0x41 and 20 bytes: the checksum is right, the address belongs to nobody."""
    return base58.b58encode_check(b"\x41" + _hash(label)[:20]).decode()


def ethereum_address(label: str) -> str:
    """20 bytes with the capitals of EIP-55."""
    return str(to_checksum_address(_hash(label)[:20]))


def invented_address(network: str, label: str) -> str:
    return tron_address(label) if network == "TRON" else ethereum_address(label)


class Dice:
    """Choices that are the same on every machine for the same seed: SHA-256 of seed and counter."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._thrown = 0

    def below(self, limit: int) -> int:
        """A whole number from 0 to limit - 1."""
        self._thrown += 1
        return int.from_bytes(_hash(f"{self._seed}/{self._thrown}")[:8]) % limit

    def pick(self, items: Sequence[_Item]) -> _Item:
        return items[self.below(len(items))]

    def chance(self, percent: int) -> bool:
        return self.below(100) < percent


@dataclass(frozen=True, slots=True)
class InventedCustomer:
    """Someone to sign in as. `holdings`: asset to whole-unit decimal string; `saved`: an address used
    before. `telephone` begins with a 0 after the country's code, as no number there does.
    """

    ref: str
    name: str
    telephone: str
    locale: str
    story: str
    residence: Residence
    account_days: int
    deposit_hours: int
    deposit_kind: str
    holdings: tuple[tuple[str, str], ...]

    @property
    def saved(self) -> str:
        return tron_address(f"saved by {self.ref}")

    @property
    def mail(self) -> str:
        """In a domain that is nobody's (RFC 2606)."""
        return f"{self.ref.removeprefix('c-')}@customer.example"

    def account(self, now: int) -> Account:
        """As seen at `now` (milliseconds UTC), without the balance, which the books know."""
        return Account(
            opened_at=now - self.account_days * DAY,
            last_deposit_at=now - self.deposit_hours * HOUR,
            last_deposit_kind=self.deposit_kind,
        )


CUSTOMERS = (
    InventedCustomer(
        "c-mei", "阿美 Mei", "+853 0000 0001", "zh-Hant", "new-account",
        Residence(kyc="MO", document="MO", phone="MO", ip="MO"),
        9, 20, "fiat", (("USDT", "6100"),),
    ),
    InventedCustomer(
        "c-joana", "Joana", "+853 0000 0002", "pt", "macau-resident",
        Residence(kyc="MO", document="MO", phone="MO", ip="PT"),
        410, 70, "fiat", (("USDT", "2400"), ("ETH", "1")),
    ),
    InventedCustomer(
        "c-alex", "Alex", "+853 0000 0003", "en", "macau-resident",
        Residence(kyc="MO", phone="MO", ip="MO"),
        900, 240, "crypto", (("USDT", "12000"), ("ETH", "2.5")),
    ),
    InventedCustomer(
        "c-wei", "小伟 Wei", "+853 0000 0004", "zh-Hans", "student",
        Residence(kyc="MO", document="MO", phone="CN", ip="MO"),
        60, 30, "fiat", (("USDT", "3000"),),
    ),
    InventedCustomer(
        "c-ho", "阿豪 Ho", "+852 0000 0005", "zh-Hant", "hong-kong",
        Residence(kyc="HK", document="HK", phone="HK", ip="HK"),
        300, 100, "fiat", (("USDT", "8000"),),
    ),
)  # fmt: skip

# The customers of the other exchange. Nobody is at both: people are never matched across exchanges, destinations are.
OTHER_CUSTOMERS = (
    InventedCustomer(
        "c-lam", "阿琳 Lam", "+853 0000 0011", "zh-Hant", "new-account",
        Residence(kyc="MO", document="MO", phone="MO", ip="MO"),
        9, 20, "fiat", (("USDT", "6100"),),
    ),
    InventedCustomer(
        "c-rui", "Rui", "+853 0000 0012", "pt", "macau-resident",
        Residence(kyc="MO", document="MO", phone="MO", ip="MO"),
        700, 90, "fiat", (("USDT", "9000"),),
    ),
)  # fmt: skip
OTHER_EXCHANGE = "second-demo-exchange"


def customers_of(vasp: str) -> tuple[InventedCustomer, ...]:
    """Who may sign in at this exchange."""
    return OTHER_CUSTOMERS if vasp == OTHER_EXCHANGE else CUSTOMERS


def customer_named(ref: str) -> InventedCustomer | None:
    return next((one for one in (*CUSTOMERS, *OTHER_CUSTOMERS) if one.ref == ref), None)
