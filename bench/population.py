"""Who withdraws in `decisions`, `growth` and the soak, where to, and how much: the same before a run and during it.

A thousand towns with a thousand customers each. Within a town, customers come by Zipf's law (a customer's chance is one
by her rank), and each sends to three of the town's 400 addresses. Over all towns the law is flatter at its head, as it
is in life: no single customer makes a twentieth of an exchange's withdrawals.

All towns live the same lives at the same time, each with names and addresses of its own. That is what lets `store`
write down ten million withdrawals of which only ten thousand had to be decided.
"""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import base58

TOWNS = 1_000
CUSTOMERS = 1_000
ADDRESSES = 400
EACH_SENDS_TO = 3
LOCALES = ("zh-Hant", "zh-Hans", "pt", "en")
_SEED = 7


@dataclass(frozen=True, slots=True)
class Wish:
    """One withdrawal of some town. `customer` and `address` are numbers within it; `dollars` as they are written."""

    customer: int
    address: int
    dollars: str
    locale: str


def wishes(chance: random.Random) -> Iterator[Wish]:
    """Without an end. The logarithm of a rank is uniform: Zipf's law with the exponent 1."""
    while True:
        customer = int(CUSTOMERS ** chance.random()) % CUSTOMERS
        address = (customer * 31 + chance.randrange(EACH_SENDS_TO)) % ADDRESSES
        yield Wish(customer, address, f"{chance.lognormvariate(5, 1.5):.2f}", chance.choice(LOCALES))


def past(each: int) -> Iterator[Wish]:
    """What every town wished for before the run, in order: the same each time."""
    chance = random.Random(_SEED)
    for _, wish in zip(range(each), wishes(chance), strict=False):
        yield wish


def body(withdrawal: str, town: int, wish: Wish) -> dict[str, Any]:
    """What the exchange posts."""
    return {
        "id": withdrawal,
        "customer": {"ref": customer_ref(town, wish.customer)},
        "asset": "USDT",
        "network": "TRON",
        "amount": wish.dollars,
        "amount_usd": wish.dollars,
        "destination": {"address": address(town, wish.address)},
        "locale": wish.locale,
        "residence": {"kyc": "MO", "ip": "MO"},
        "account": {"opened_at": "2024-01-01T00:00:00Z", "balance_usd": "10000", "last_deposit_kind": "fiat"},
        "session": {"new_device": False, "remote_access": False, "screen_shared": False, "on_call": False},
    }


def town_name(town: int) -> str:
    """As it stands in every id and reference of that town, and always of one length."""
    return f"t{town:04d}"


def customer_ref(town: int, customer: int) -> str:
    return f"{town_name(town)}-{customer:04d}"


@lru_cache(maxsize=TOWNS * ADDRESSES)
def address(town: int, number: int) -> str:
    """A TRON address that nobody has the key of."""
    digest = hashlib.sha256(f"breather bench {town} {number}".encode()).digest()
    found: bytes = base58.b58encode_check(b"\x41" + digest[:20])
    return found.decode("ascii")
