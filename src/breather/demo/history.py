"""Invented withdrawals of the last 60 days, so that the demo's profiles, lists and console are not empty.

The same seed and `now` give the same history. It is meant to be fed through the real use cases in order,
with a clock that follows `at`. Some events suppose what the decision was (an acknowledgement supposes a
notice): the real service may refuse those, and the feeder goes on.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from breather.client import Account, Residence, SessionEvidence, Withdrawal
from breather.demo.holding import usd_of
from breather.demo.invented import DAY, HOUR, Dice, customers_of, invented_address
from breather.demo.referred import referred
from breather.demo.step import MINUTE, PastEvent, PastWithdrawal

DAYS = 60
_PLACES = ("MO",) * 9 + ("HK",) * 5 + ("CN", "SG", "PT", "MY", "TW", "PH")
_LOCALES: Mapping[str, tuple[str, ...]] = {
    "MO": ("zh-Hant", "zh-Hant", "pt", "en", "zh-Hans"),
    "HK": ("zh-Hant", "en"),
    "CN": ("zh-Hans",),
    "PT": ("pt",),
    "TW": ("zh-Hant",),
}
_AMOUNTS = ("25", "60", "80", "120", "150", "200", "240.5", "300", "450", "600", "900", "1500", "2800", "7000")


@dataclass(frozen=True, slots=True)
class _Past:
    ref: str
    place: str
    locale: str
    opened_at: int
    own: tuple[tuple[str, str], ...]


def history(
    now: int, seed: int = 1, count: int = 400, vasp: str = "demo-exchange"
) -> Iterator[PastWithdrawal | PastEvent]:
    """`count` withdrawals of the 60 days before `now` and what became of them, in order of time; among them
    those of whom `vasp` referred to the police.
    """
    dice = Dice(seed)
    people = [_person(dice, now, (seed, number)) for number in range(60)]
    collectors = [("TRON", invented_address("TRON", f"collector {number}")) for number in range(3)]
    past = referred(vasp, now)
    for number in range(count):
        at = now - DAY - dice.below((DAYS - 1) * DAY)
        past += _one(dice, f"past-{seed}-{number:04d}", at, (dice.pick(people), collectors))
    for customer in customers_of(vasp):
        # What the demo's own customers sent before, to the address that they know.
        for days in (40, 12):
            if customer.account_days > days + 10:
                past += _known(customer.ref, customer.residence, now - days * DAY, customer.saved)
    return iter(sorted(past, key=lambda step: (step.at, step.withdrawal, isinstance(step, PastEvent))))


def _person(dice: Dice, now: int, which: tuple[int, int]) -> _Past:
    seed, number = which
    place = dice.pick(_PLACES)
    networks = ["TRON" if dice.chance(75) else "ETH" for _ in range(1 + dice.below(3))]
    own = tuple(
        (network, invented_address(network, f"past {seed} {number} {index}")) for index, network in enumerate(networks)
    )
    opened_at = now - (DAYS + 5 + dice.below(900)) * DAY
    return _Past(f"h-{number:03d}", place, dice.pick(_LOCALES.get(place, ("en",))), opened_at, own)


def _one(
    dice: Dice, withdrawal: str, at: int, who: tuple[_Past, list[tuple[str, str]]]
) -> list[PastWithdrawal | PastEvent]:
    person, collectors = who
    collected = dice.chance(4)
    network, address = dice.pick(collectors) if collected else dice.pick(person.own)
    amount = dice.pick(_AMOUNTS[4:10] if collected else _AMOUNTS)
    balance = f"{Decimal(amount) * (Decimal('1.3') if collected else 2 + dice.below(6)):.2f}"
    body = Withdrawal(
        id=withdrawal,
        customer=person.ref,
        asset="USDT",
        network=network,
        amount=amount,
        address=address,
        amount_usd=usd_of("USDT", amount),
        kind="interactive" if dice.chance(92) else "api",
        locale=person.locale,
        residence=Residence(kyc=person.place, phone=person.place, ip=person.place if dice.chance(90) else "SG"),
        account=Account(
            opened_at=person.opened_at,
            balance_usd=balance,
            last_deposit_at=at - (1 + dice.below(300)) * HOUR,
            last_deposit_kind=dice.pick(("fiat", "fiat", "crypto", "card")),
        ),
        session=SessionEvidence(
            new_device=dice.chance(5),
            remote_access=collected and dice.chance(15),
            on_call=collected and dice.chance(20),
        ),
    ).body()
    return [PastWithdrawal(at, body), *_became(dice, withdrawal, at, collected)]


def _became(dice: Dice, withdrawal: str, at: int, collected: bool) -> list[PastEvent]:
    if dice.chance(45 if collected else 3):
        stop = {"id": f"{withdrawal}-stop", "event": "stop"}
        return [PastEvent(at + (2 + dice.below(30)) * MINUTE, withdrawal, "vasp", stop)]
    acknowledge = {"id": f"{withdrawal}-seen", "event": "acknowledge"}
    seen = PastEvent(at + (1 + dice.below(4)) * MINUTE, withdrawal, "link", acknowledge)
    if dice.chance(6):
        return [seen]  # seen, and left to lapse
    return [seen, _broadcast(withdrawal, at + (6 + dice.below(90)) * MINUTE)]


def _broadcast(withdrawal: str, at: int) -> PastEvent:
    transaction_id = invented_address("ETH", withdrawal).lower().removeprefix("0x").ljust(64, "0")
    body = {"id": f"{withdrawal}-sent", "event": "broadcast", "transaction_id": transaction_id}
    return PastEvent(at, withdrawal, "vasp", body)


def _known(ref: str, residence: Residence, at: int, address: str) -> list[PastWithdrawal | PastEvent]:
    withdrawal = f"past-{ref}-{at // DAY}"
    body = Withdrawal(
        id=withdrawal, customer=ref, asset="USDT", network="TRON", amount="150", address=address,
        amount_usd="150.00", kind="interactive", residence=residence,
    ).body()  # fmt: skip
    seen = PastEvent(at + 2 * MINUTE, withdrawal, "link", {"id": f"{withdrawal}-seen", "event": "acknowledge"})
    return [PastWithdrawal(at, body), seen, _broadcast(withdrawal, at + 10 * MINUTE)]
